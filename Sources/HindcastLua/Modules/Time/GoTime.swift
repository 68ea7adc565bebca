import HindcastCore

/// A moment and the zone it is shown in: Go's `time.Time`.
struct GoTime: Hashable {
  /// Seconds since 1970-01-01T00:00:00Z.
  var seconds: Int64
  /// 0 to 999,999,999.
  var nanoseconds: Int32
  var zone: GoZone

  init(seconds: Int64, nanoseconds: Int32 = 0, zone: GoZone) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.zone = zone
  }

  init(_ time: WorkflowTime, zone: GoZone) {
    self.init(seconds: time.seconds, nanoseconds: time.nanoseconds, zone: zone)
  }

  /// Seconds and any number of nanoseconds.
  init(unix seconds: Int64, nanoseconds: Int64, zone: GoZone) {
    let carry = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
    self.init(
      seconds: seconds &+ carry, nanoseconds: Int32(nanoseconds - carry * 1_000_000_000), zone: zone)
  }

  /// Makes a time of clock and calendar fields in a zone; fields out of their range carry over.
  init(
    year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0, second: Int64 = 0,
    nanosecond: Int64 = 0, zone: GoZone
  ) {
    let months = Self.floorDivide(month - 1, 12)
    let days = GoCalendar.daysSinceEpoch(year: year &+ months.quotient, month: months.remainder + 1, day: 1) &+ day - 1
    let wall = days &* 86400 &+ hour &* 3600 &+ minute &* 60 &+ second
    self.init(unix: wall, nanoseconds: nanosecond, zone: zone)
    // As Go: guess with the offset at the wall time read as UTC, and correct once where that crosses a change.
    let guess = Int64(zone.offset(at: seconds).offset)
    let corrected = Int64(zone.offset(at: seconds - guess).offset)
    seconds -= corrected
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let remainder = ((value % divisor) + divisor) % divisor
    return ((value - remainder) / divisor, remainder)
  }

  /// Year 1, January 1, 00:00:00 UTC.
  var isZero: Bool { seconds == WorkflowTime.zero.seconds && nanoseconds == 0 }

  var offset: Int { zone.offset(at: seconds).offset }
  private var wall: Int64 { seconds + Int64(offset) }

  var calendar: GoCalendar { GoCalendar(days: Self.floorDivide(wall, 86400).quotient) }
  var secondOfDay: Int64 { Self.floorDivide(wall, 86400).remainder }
  var hour: Int { Int(secondOfDay / 3600) }
  var minute: Int { Int(secondOfDay / 60 % 60) }
  var second: Int { Int(secondOfDay % 60) }

  /// Nanoseconds since 1970, wrapping as Go's do outside of its range.
  var unixNanoseconds: Int64 { seconds &* 1_000_000_000 &+ Int64(nanoseconds) }

  func adding(nanoseconds duration: Int64) -> GoTime {
    var sum = GoTime(
      unix: seconds &+ duration / 1_000_000_000,
      nanoseconds: Int64(nanoseconds) + duration % 1_000_000_000, zone: zone)
    sum.zone = zone
    return sum
  }

  /// The distance to another time, in nanoseconds; saturates at 292 years.
  func since(_ other: GoTime) -> Int64 {
    let (difference, overflow) = seconds.subtractingReportingOverflow(other.seconds)
    let (scaled, overflow2) = difference.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflow3) = scaled.addingReportingOverflow(Int64(nanoseconds) - Int64(other.nanoseconds))
    guard !overflow, !overflow2, !overflow3 else { return seconds < other.seconds ? .min : .max }
    return sum
  }

  func adding(years: Int64, months: Int64, days: Int64) -> GoTime {
    let date = calendar
    return GoTime(
      year: date.year &+ years, month: Int64(date.month) &+ months, day: Int64(date.day) &+ days, hour: Int64(hour),
      minute: Int64(minute), second: Int64(second), nanosecond: Int64(nanoseconds), zone: zone)
  }

  func isBefore(_ other: GoTime) -> Bool { (seconds, nanoseconds) < (other.seconds, other.nanoseconds) }
  func isEqual(_ other: GoTime) -> Bool { seconds == other.seconds && nanoseconds == other.nanoseconds }

  /// What is left when whole multiples of a duration since year 1 are taken away.
  private func remainder(_ duration: Int64) -> Int64 {
    let sinceYearOne = seconds - WorkflowTime.zero.seconds
    // 2^64 nanoseconds are passed after 584 years, so the product needs more bits.
    let product = sinceYearOne.magnitude.multipliedFullWidth(by: 1_000_000_000)
    let divisor = UInt64(duration)
    let whole = divisor.dividingFullWidth((product.high % divisor, product.low)).remainder
    let signed = sinceYearOne < 0 && whole != 0 ? divisor - whole : whole
    return Int64((UInt64(signed) + UInt64(nanoseconds) % divisor) % divisor)
  }

  func truncated(to duration: Int64) -> GoTime {
    duration <= 0 ? self : adding(nanoseconds: -remainder(duration))
  }

  func rounded(to duration: Int64) -> GoTime {
    guard duration > 0 else { return self }
    let rest = remainder(duration)
    return adding(nanoseconds: rest < duration - rest ? -rest : duration - rest)
  }
}

/// A day of the proleptic Gregorian calendar.
struct GoCalendar: Hashable {
  var year: Int64
  var month: Int
  var day: Int
  /// 1 for January 1.
  var dayOfYear: Int
  /// 0 for Sunday.
  var weekday: Int

  /// The day that is so many days after 1970-01-01.
  init(days: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfShiftedYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfShiftedYear + 2) / 153
    day = Int(dayOfShiftedYear - (153 * shiftedMonth + 2) / 5) + 1
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    dayOfYear = Int(days - Self.daysSinceEpoch(year: year, month: 1, day: 1)) + 1
    weekday = Int(((days + 4) % 7 + 7) % 7)
  }

  static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month <= 2 ? year &- 1 : year
    let era = (y >= 0 ? y : y &- 399) / 400
    let yearOfEra = y &- era &* 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return era &* 146_097 &+ dayOfEra &- 719_468
  }

  static func isLeap(_ year: Int64) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func days(in month: Int, of year: Int64) -> Int {
    month == 2 && isLeap(year) ? 29 : [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// The ISO 8601 week.
  var isoWeek: (year: Int64, week: Int) {
    // The week belongs to the year that holds its Thursday.
    let thursday = GoCalendar(
      days: Self.daysSinceEpoch(year: year, month: Int64(month), day: Int64(day)) + Int64(3 - (weekday + 6) % 7))
    return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
}
