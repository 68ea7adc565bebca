internal import SwiftProtobuf
internal import TemporalServiceAPI

extension ScheduleSpecMessage {
  /// The specification as the server keeps it: calendars and cron strings become structured calendars and intervals.
  func canonical() throws(ScheduleSpecRefusal) -> ScheduleSpecMessage {
    var spec = self
    for calendar in calendar { spec.structuredCalendar.append(try StructuredCalendar(calendar)) }
    for calendar in excludeCalendar { spec.excludeStructuredCalendar.append(try StructuredCalendar(calendar)) }
    spec.calendar = []
    spec.excludeCalendar = []
    var zone: String?
    for text in cronString {
      let cron = try CronText(text)
      if let zone, zone != cron.zone { throw .init("conflicting timezone names") }
      zone = cron.zone
      switch cron.meaning {
      case .calendar(let calendar): spec.structuredCalendar.append(calendar)
      case .interval(let interval): spec.interval.append(interval)
      }
    }
    spec.cronString = []
    if let zone, !zone.isEmpty {
      if !timezoneName.isEmpty && timezoneName != zone || !timezoneData.isEmpty {
        throw .init("conflicting timezone names")
      }
      spec.timezoneName = zone
    }
    for calendar in spec.structuredCalendar { try calendar.check() }
    // The real server does not look at these; ranges that are none would match nothing.
    for calendar in spec.excludeStructuredCalendar { try calendar.check() }
    for interval in spec.interval { try interval.check() }
    if !spec.timezoneData.isEmpty { throw .init("timezone data is not supported") }
    if ZoneOffsets(name: spec.timezoneName) == nil { throw .init("unknown time zone \(spec.timezoneName)") }
    return spec
  }

  /// The specification as descriptions show it.
  var filledIn: ScheduleSpecMessage {
    var spec = self
    spec.structuredCalendar = structuredCalendar.map(\.filledIn)
    spec.excludeStructuredCalendar = excludeStructuredCalendar.map(\.filledIn)
    return spec
  }
}

extension IntervalMessage {
  fileprivate func check() throws(ScheduleSpecRefusal) {
    if interval.nanoseconds < 1_000_000_000 { throw .init("interval is too small") }
    if phase.nanoseconds < 0 { throw .init("phase is negative") }
    if phase.nanoseconds >= interval.nanoseconds { throw .init("phase cannot be greater than Interval") }
  }
}

/// A cron string of a schedule: five to seven fields, `@hourly` and the like, or `@every 90m/10m`; before it a time zone,
/// behind it a comment.
private struct CronText {
  enum Meaning {
    case calendar(StructuredCalendar)
    case interval(IntervalMessage)
  }

  let meaning: Meaning
  /// Empty where the text names none.
  let zone: String

  private static let named = [
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
  ]

  init(_ text: String) throws(ScheduleSpecRefusal) {
    var rest = Substring(text).trimmed
    var zone = ""
    if rest.hasPrefix("TZ=") || rest.hasPrefix("CRON_TZ=") {
      guard let space = rest.firstIndex(of: " "), let equals = rest.firstIndex(of: "=") else {
        throw .init("CronString has time zone but missing fields")
      }
      zone = String(rest[rest.index(after: equals)..<space])
      rest = rest[space...].trimmed
    }
    var comment = ""
    if let hash = rest.firstIndex(of: "#") {
      comment = String(rest[rest.index(after: hash)...].trimmed)
      rest = rest[..<hash].trimmed
    }
    if rest.hasPrefix("@every") {
      self.zone = ""
      meaning = .interval(try Self.interval(rest))
      return
    }
    self.zone = zone
    let fields = (Self.named[String(rest)] ?? String(rest)).split(whereSeparator: \.isWhitespace).map(String.init)
    guard (5...7).contains(fields.count) else { throw .init("CronString does not have 5-7 fields") }
    var calendar = CalendarMessage()
    calendar.comment = comment
    // Seven fields begin with seconds, six and seven end with the year.
    let first = fields.count == 7 ? 1 : 0
    if fields.count == 7 { calendar.second = fields[0] }
    calendar.minute = fields[first]
    calendar.hour = fields[first + 1]
    calendar.dayOfMonth = fields[first + 2]
    calendar.month = fields[first + 3]
    calendar.dayOfWeek = fields[first + 4]
    if fields.count > 5 { calendar.year = fields[first + 5] }
    meaning = .calendar(try StructuredCalendar(calendar))
  }

  private static func interval(_ text: Substring) throws(ScheduleSpecRefusal) -> IntervalMessage {
    guard let space = text.firstIndex(of: " ") else { throw .init("CronString does not have interval after @every") }
    let parts = text[space...].trimmed.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    var interval = IntervalMessage()
    for (index, part) in parts.enumerated() where index == 0 || !part.isEmpty {
      guard let nanoseconds = Int64(durationText: String(part)) else {
        throw .init("time: invalid duration \"\(part)\"")
      }
      if index == 0 {
        interval.interval = nanoseconds.protobufDuration
      } else {
        interval.phase = nanoseconds.protobufDuration
      }
    }
    return interval
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
      return ""
    }
    return self[first...last]
  }
}
