/// A point in time as workflow code sees it. Wider than nanoseconds in 64 bits, because the clock of a workflow that has
/// not started yet stands at year 1.
struct LuaInstant: Hashable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z.
  var seconds: Int64
  /// 0 ..< 1,000,000,000.
  var nanoseconds: Int32 = 0

  /// Go's zero time, 0001-01-01T00:00:00Z.
  static let yearOne = LuaInstant(seconds: -62_135_596_800)
}

/// How far local time is from UTC.
struct LuaZone: Sendable {
  /// Seconds east of UTC.
  var offset: Int
  /// The zone's abbreviation, `CET`.
  var name: String

  static let utc = LuaZone(offset: 0, name: "UTC")
}

/// A date and time of day in the proleptic Gregorian calendar, as Go counts.
struct LuaCivilTime {
  var year: Int
  /// 1 ... 12
  var month: Int
  var day: Int
  var hour = 0
  var minute = 0
  var second = 0
  var zone = LuaZone.utc

  /// The civil time of a second in a zone.
  init(seconds: Int64, zone: LuaZone) {
    let local = seconds + Int64(zone.offset)
    let (days, rest) = Self.divide(local, by: 86_400)
    // Days from 0000-03-01, so that the leap day ends a year (Howard Hinnant's algorithm).
    let (era, dayOfEra) = Self.divide(days + 719_468, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    (hour, minute, second) = (Int(rest / 3_600), Int(rest / 60 % 60), Int(rest % 60))
    self.zone = zone
  }

  /// A civil time from fields, which may be out of range: month 14 is February of the next year.
  init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, second)
  }

  /// Seconds since 1970 if the fields are UTC; nil when they do not fit.
  var secondsAsUTC: Int64? {
    let fields = [year, month, day, hour, minute, second]
    guard fields.allSatisfy({ (-1 << 36...1 << 36).contains($0) }) else { return nil }
    let (years, monthOfYear) = Self.divide(Int64(month - 1), by: 12)
    let march = monthOfYear < 2 ? monthOfYear + 10 : monthOfYear - 2
    let (era, yearOfEra) = Self.divide(Int64(year) + years - (monthOfYear < 2 ? 1 : 0), by: 400)
    let dayOfYear = (153 * march + 2) / 5
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468 + Int64(day) - 1
    return days * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60 + Int64(second)
  }

  /// 0 for Sunday.
  var weekday: Int { Int(Self.divide(daysSinceEpoch + 4, by: 7).1) }

  /// 1 for the first of January.
  var dayOfYear: Int {
    let first = LuaCivilTime(year: year, month: 1, day: 1, hour: 0, minute: 0, second: 0)
    return Int(daysSinceEpoch - first.daysSinceEpoch) + 1
  }

  /// The week of ISO 8601, 1 ... 53.
  var isoWeek: Int {
    // The week belongs to the year of its Thursday.
    let thursday = daysSinceEpoch + 4 - Int64(weekday == 0 ? 7 : weekday)
    let year = LuaCivilTime(seconds: thursday * 86_400, zone: .utc).year
    let first = LuaCivilTime(year: year, month: 1, day: 1, hour: 0, minute: 0, second: 0)
    return Int(thursday - first.daysSinceEpoch) / 7 + 1
  }

  private var daysSinceEpoch: Int64 {
    let midnight = LuaCivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
    return Self.divide(midnight.secondsAsUTC ?? 0, by: 86_400).0
  }

  private static func divide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let rest = value % divisor
    return rest < 0 ? (value / divisor - 1, rest + divisor) : (value / divisor, rest)
  }
}
