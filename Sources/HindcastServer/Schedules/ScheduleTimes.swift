internal import SwiftProtobuf
internal import TemporalServiceAPI

/// The times of a schedule's specification.
struct ScheduleTimes: Sendable {
  /// A time at which a schedule acts.
  struct Moment: Equatable, Sendable {
    /// As the specification has it, in nanoseconds since 1970.
    var nominal: Int64
    /// With jitter.
    var actual: Int64
  }

  private let calendars: [CalendarMatcher]
  private let exclusions: [CalendarMatcher]
  /// In seconds.
  private let intervals: [(interval: Int64, phase: Int64)]
  private let start: Int64
  private let end: Int64
  private let jitter: Int64
  /// Makes the jitter of one schedule another than that of the next.
  private let seed: String

  private static let second: Int64 = 1_000_000_000

  /// How many excluded times in a row are looked at: a specification that excludes all that it names has no times.
  private static let mostExcluded = 100_000

  /// - Parameter spec: In its canonical form.
  init(_ spec: ScheduleSpecMessage, seed: String) {
    let zone = ZoneOffsets(name: spec.timezoneName) ?? .utc
    calendars = spec.structuredCalendar.map { CalendarMatcher($0, zone: zone) }
    exclusions = spec.excludeStructuredCalendar.map { CalendarMatcher($0, zone: zone) }
    intervals = spec.interval.map {
      (max($0.interval.nanoseconds / Self.second, 1), max($0.phase.nanoseconds / Self.second, 0))
    }
    start = spec.hasStartTime ? spec.startTime.nanoseconds : 0
    end = spec.hasEndTime ? spec.endTime.nanoseconds : .max
    jitter = max(spec.jitter.nanoseconds, 0)
    self.seed = seed
  }

  /// The first time after a moment; `nil` if there is none.
  func next(after moment: Int64) -> Moment? {
    var after = max(moment, start.addingClamped(-Self.second))
    for _ in 0..<Self.mostExcluded {
      guard let nominal = nominal(after: after), nominal <= end else { return nil }
      if !exclusions.contains(where: { $0.matches(nominal / Self.second) }) {
        return Moment(nominal: nominal, actual: jittered(nominal))
      }
      after = nominal
    }
    return nil
  }

  /// The first times after a moment, with jitter.
  func times(after moment: Int64, limit: Int) -> [Int64] {
    var times: [Int64] = []
    var moment = moment
    while times.count < limit, let next = next(after: moment), next.actual > moment {
      times.append(next.actual)
      moment = next.actual
    }
    return times
  }

  private func nominal(after moment: Int64) -> Int64? {
    let seconds = moment / Self.second - (moment % Self.second < 0 ? 1 : 0)
    var first = calendars.compactMap { $0.next(after: seconds) }.min()
    for (interval, phase) in intervals {
      let next = ((seconds - phase) / interval + 1) * interval + phase
      first = min(first ?? next, next)
    }
    guard let first, CivilTime(seconds: first).year <= CalendarField.year.range.upperBound else { return nil }
    let (nanoseconds, overflow) = first.multipliedReportingOverflow(by: Self.second)
    return overflow ? nil : nanoseconds
  }

  /// Jitter never reaches the next time.
  private func jittered(_ nominal: Int64) -> Int64 {
    guard jitter > 0 else { return nominal }
    var most = jitter
    if let following = self.nominal(after: nominal) { most = min(most, following - nominal) }
    var hash: UInt32 = 2_166_136_261
    for byte in "\(nominal)|\(seed)".utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    // Mixed, so that times one after the other do not get jitters one after the other.
    hash = (hash ^ hash >> 16) &* 0x85eb_ca6b
    hash = (hash ^ hash >> 13) &* 0xc2b2_ae35
    hash ^= hash >> 16
    let milliseconds = min(UInt64(most / 1_000_000), UInt64(UInt32.max))
    return nominal.addingClamped(Int64((UInt64(hash) * milliseconds) >> 32) * 1_000_000)
  }
}

/// Which moments a structured calendar matches.
struct CalendarMatcher: Sendable {
  private let seconds, minutes, hours, days, months, weekdays: UInt64
  /// `nil` for all.
  private let years: Set<Int>?
  private let zone: ZoneOffsets

  init(_ calendar: StructuredCalendar, zone: ZoneOffsets) {
    seconds = calendar.second.bits(.second)
    minutes = calendar.minute.bits(.minute)
    hours = calendar.hour.bits(.hour)
    days = calendar.dayOfMonth.bits(.dayOfMonth)
    months = calendar.month.bits(.month)
    weekdays = calendar.dayOfWeek.bits(.dayOfWeek)
    years = calendar.year.isEmpty ? nil : Set(calendar.year.flatMap { $0.values(.year) })
    self.zone = zone
  }

  func matches(_ moment: Int64) -> Bool {
    let time = zone.civil(at: moment)
    return years?.contains(time.year) ?? true && months.has(time.month) && days.has(time.day)
      && weekdays.has(time.weekday) && hours.has(time.hour) && minutes.has(time.minute) && seconds.has(time.second)
  }

  /// The first match after a moment, in seconds since 1970; `nil` if there is none.
  ///
  /// Steps are of real time, so an hour that clocks show twice matches twice, and one that they skip does not match.
  func next(after moment: Int64) -> Int64? {
    guard moment > -60_000_000_000, moment < 60_000_000_000 else { return nil }
    var moment = moment + 1
    while true {
      let time = zone.civil(at: moment)
      guard time.year <= CalendarField.year.range.upperBound else { return nil }
      let before = moment
      if !(years?.contains(time.year) ?? true) {
        moment = zone.seconds(of: CivilTime(year: time.year + 1, month: 1, day: 1))
      } else if !months.has(time.month) {
        moment = zone.seconds(of: CivilTime(year: time.year, month: time.month + 1, day: 1))
      } else if !days.has(time.day) || !weekdays.has(time.weekday) {
        moment = zone.seconds(of: CivilTime(year: time.year, month: time.month, day: time.day + 1))
      } else if !hours.has(time.hour) {
        moment += Int64(3_600 - time.minute * 60 - time.second)
      } else if !minutes.has(time.minute) {
        moment += Int64(60 - time.second)
      } else if !seconds.has(time.second) {
        moment += 1
      } else {
        return moment
      }
      moment = max(moment, before + 1)
    }
  }
}

extension CalendarRange {
  /// The values that the range holds.
  fileprivate func values(_ field: CalendarField) -> StrideThrough<Int> {
    let first = max(Int(start), field.range.lowerBound)
    return stride(
      from: first, through: min(max(Int(end), first), field.range.upperBound), by: max(Int(step), 1))
  }
}

extension [CalendarRange] {
  fileprivate func bits(_ field: CalendarField) -> UInt64 {
    var bits: UInt64 = 0
    for range in self { for value in range.values(field) { bits |= 1 << UInt64(value) } }
    return bits
  }
}

extension UInt64 {
  fileprivate func has(_ value: Int) -> Bool { self >> UInt64(value) & 1 == 1 }
}
