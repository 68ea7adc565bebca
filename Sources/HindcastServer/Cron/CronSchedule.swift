/// When a workflow with a cron schedule runs (`server.md` 10.3): the syntax of the Go package robfig/cron.
///
/// `minute hour day-of-month month day-of-week` in UTC or, behind `CRON_TZ=zone `, in a time zone; `@hourly` and the like;
/// `@every 90m`.
enum CronSchedule: Equatable, Sendable {
  /// Every so many nanoseconds, whole seconds and at least one.
  case every(Int64)
  /// When a clock shows something.
  case calendar(CronCalendar)

  /// A schedule; `nil` if the text is none.
  init?(parsing text: String) {
    var fields = Substring(text)
    var zone = ""
    if fields.hasPrefix("TZ=") || fields.hasPrefix("CRON_TZ=") {
      guard let equals = fields.firstIndex(of: "="), let space = fields.firstIndex(of: " ") else { return nil }
      zone = String(fields[fields.index(after: equals)..<space])
      fields = fields[space...].drop { $0.isWhitespace }
    }
    guard let offsets = ZoneOffsets(name: zone) else { return nil }
    if fields.hasPrefix("@every ") {
      guard let interval = GoDuration.nanoseconds(of: fields.dropFirst("@every ".count)) else { return nil }
      let second: Int64 = 1_000_000_000
      self = .every(max(interval - interval % second, second))
      return
    }
    if fields.hasPrefix("@") {
      guard let spelled = Self.descriptors[fields] else { return nil }
      fields = spelled
    }
    guard let calendar = CronCalendar(parsing: fields, zone: zone, offsets: offsets) else { return nil }
    self = .calendar(calendar)
  }

  private static let descriptors: [Substring: Substring] = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
  ]

  /// The first time after a moment, in nanoseconds since 1970 UTC; `nil` if there is none within five years.
  func next(after moment: Int64) -> Int64? {
    let second: Int64 = 1_000_000_000
    switch self {
    case .every(let interval):
      return moment.addingClamped(-moment.positiveRemainder(second)).addingClamped(interval)
    case .calendar(let calendar):
      let seconds = moment.addingClamped(-moment.positiveRemainder(second)) / second
      guard let next = calendar.next(after: seconds) else { return nil }
      let (product, overflow) = next.multipliedReportingOverflow(by: second)
      return overflow ? nil : product
    }
  }

  /// How long a run waits from now, in whole seconds, if the one before it was scheduled at a moment; `nil` if the schedule
  /// has no more times.
  func backoff(scheduled: Int64, now: Int64) -> Int64? {
    var next: Int64?
    if now < scheduled {
      next = scheduled
    } else if case .every(let interval) = self {
      // As if one interval after the other were added until now is reached.
      let first = self.next(after: scheduled) ?? scheduled
      let missed = max(now.addingClamped(-first), 0)
      let begun = missed % interval
      next = first.addingClamped(missed - begun).addingClamped(begun > 0 ? interval : 0)
    } else {
      next = self.next(after: max(scheduled, now.addingClamped(-1)))
    }
    guard let next else { return nil }
    let second: Int64 = 1_000_000_000
    let interval = next.addingClamped(-now)
    return interval > .max - second ? interval : (interval + second - 1) / second * second
  }
}

extension Int64 {
  /// What is left of a division that rounds down.
  fileprivate func positiveRemainder(_ divisor: Int64) -> Int64 {
    let rest = self % divisor
    return rest < 0 ? rest + divisor : rest
  }
}

/// Durations as Go writes them.
enum GoDuration {
  private static let units: [Substring: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3_600e9,
  ]

  /// Nanoseconds of `1h30m`, `1.5s`; `nil` for what is no duration.
  static func nanoseconds(of text: Substring) -> Int64? {
    var rest = text
    var sign = 1.0
    if let first = rest.first, first == "-" || first == "+" {
      sign = first == "-" ? -1 : 1
      rest = rest.dropFirst()
    }
    if rest == "0" { return 0 }
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      rest = rest.dropFirst(number.count)
      let unit = rest.prefix { !($0.isASCII && $0.isNumber || $0 == ".") }
      rest = rest.dropFirst(unit.count)
      guard let value = Double(number), let scale = units[unit] else { return nil }
      total += value * scale
    }
    guard total < 9.2e18 else { return nil }
    return Int64(sign * total)
  }
}
