/// A moment and the zone it is shown in: Go's `time.Time`.
///
/// Arithmetic wraps where Go's does, so no number that workflow code comes up with can end the process.
struct GoTime: Sendable {
  var instant: LuaInstant
  var zone: GoZone

  init(_ instant: LuaInstant, zone: GoZone) {
    self.instant = instant
    self.zone = zone
  }

  /// Seconds since 1970 and any number of nanoseconds.
  init(unix seconds: Int64, nanoseconds: Int64, zone: GoZone) {
    let (carry, rest) = Self.floorDivide(nanoseconds, 1_000_000_000)
    self.init(LuaInstant(seconds: seconds &+ carry, nanoseconds: Int32(rest)), zone: zone)
  }

  /// Makes a time of what clocks and calendars in a zone show. Fields out of their range carry over: October 32 is
  /// November 1. A time that the clocks skip or show twice is the one that the offset before or after it gives, as in Go.
  init(
    year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64, nanosecond: Int64, zone: GoZone
  ) {
    let (moreSeconds, nanoseconds) = Self.floorDivide(nanosecond, 1_000_000_000)
    let (moreMinutes, second) = Self.floorDivide(second &+ moreSeconds, 60)
    let (moreHours, minute) = Self.floorDivide(minute &+ moreMinutes, 60)
    let (moreDays, hour) = Self.floorDivide(hour &+ moreHours, 24)
    let civil = LuaCivilTime(
      year: Int(year), month: Int(month), day: Int(day &+ moreDays), hour: Int(hour), minute: Int(minute),
      second: Int(second))
    // No calendar reaches as far as the fields that do not fit: they give 1970.
    let clock = civil.secondsAsUTC ?? 0
    self.init(LuaInstant(seconds: clock, nanoseconds: Int32(nanoseconds)), zone: zone)
    // A guess by the offset when the clocks of UTC show this, and once more by the offset at the guess.
    let guess = clock &- Int64(zone.offset(at: clock).offset)
    instant.seconds = clock &- Int64(zone.offset(at: guess).offset)
  }

  /// The quotient rounded down, and what is left, which is never negative.
  static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let remainder = value % divisor
    return remainder < 0 ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
  }

  // MARK: Reading

  /// January 1 of year 1, midnight UTC.
  var isZero: Bool { instant == .yearOne }

  /// What the clocks and calendars show. Times beyond some billion years are shown as if they were there.
  var civil: LuaCivilTime {
    let seconds = min(max(instant.seconds, -1 << 58), 1 << 58)
    return LuaCivilTime(seconds: seconds, zone: zone.offset(at: seconds))
  }

  /// Nanoseconds since 1970, which wrap after 292 years.
  var unixNanoseconds: Int64 { instant.seconds &* 1_000_000_000 &+ Int64(instant.nanoseconds) }

  func isBefore(_ other: GoTime) -> Bool {
    (instant.seconds, instant.nanoseconds) < (other.instant.seconds, other.instant.nanoseconds)
  }

  /// The distance to another time in nanoseconds; at most 292 years.
  func since(_ other: GoTime) -> Int64 {
    let seconds = Int128(instant.seconds) - Int128(other.instant.seconds)
    return Int64(clamping: seconds * 1_000_000_000 + Int128(instant.nanoseconds) - Int128(other.instant.nanoseconds))
  }

  // MARK: Arithmetic

  func adding(nanoseconds duration: Int64) -> GoTime {
    GoTime(
      unix: instant.seconds &+ duration / 1_000_000_000,
      nanoseconds: Int64(instant.nanoseconds) + duration % 1_000_000_000, zone: zone)
  }

  func adding(years: Int64, months: Int64, days: Int64) -> GoTime {
    let civil = civil
    return GoTime(
      year: Int64(civil.year) &+ years, month: Int64(civil.month) &+ months, day: Int64(civil.day) &+ days,
      hour: Int64(civil.hour), minute: Int64(civil.minute), second: Int64(civil.second),
      nanosecond: Int64(instant.nanoseconds), zone: zone)
  }

  /// What is left over whole multiples of a duration since year 1.
  private func remainder(_ duration: Int64) -> Int64 {
    let elapsed =
      (Int128(instant.seconds) - Int128(LuaInstant.yearOne.seconds)) * 1_000_000_000 + Int128(instant.nanoseconds)
    let rest = elapsed % Int128(duration)
    return Int64(rest < 0 ? rest + Int128(duration) : rest)
  }

  /// The time rounded down to a multiple of a duration since year 1; itself for a duration that is not positive.
  func truncated(to duration: Int64) -> GoTime {
    duration > 0 ? adding(nanoseconds: -remainder(duration)) : self
  }

  /// The time rounded to the nearest multiple of a duration since year 1, halves up.
  func rounded(to duration: Int64) -> GoTime {
    guard duration > 0 else { return self }
    let rest = remainder(duration)
    return adding(nanoseconds: rest < duration - rest ? -rest : duration - rest)
  }
}

// MARK: The calendar

extension GoTime {
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// How many days a month has; `month` counts from 1.
  static func days(in month: Int, of year: Int) -> Int {
    month == 2 && isLeap(year) ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }
}
