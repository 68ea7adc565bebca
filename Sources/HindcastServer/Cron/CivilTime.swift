internal import Foundation

/// A moment as a clock on the wall shows it: a date of the Gregorian calendar and a time of day.
struct CivilTime: Equatable, Sendable {
  var year: Int
  /// From 1.
  var month: Int
  /// From 1.
  var day: Int
  var hour = 0
  var minute = 0
  var second = 0

  /// From 0 for Sunday.
  var weekday: Int {
    let days = CivilTime.days(year: year, month: month, day: day)
    // 1970-01-01 was a Thursday.
    return Int(((days + 4) % 7 + 7) % 7)
  }

  /// Seconds since 1970-01-01 00:00:00 on the same clock; fields may be beyond their ranges.
  var seconds: Int64 {
    CivilTime.days(year: year, month: month, day: day) * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60
      + Int64(second)
  }

  init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// What a clock shows so many seconds after it showed 1970-01-01 00:00:00.
  init(seconds: Int64) {
    let rest = Int((seconds % 86_400 + 86_400) % 86_400)
    let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    // Howard Hinnant's algorithm, with eras of 400 years that begin in March.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
    hour = rest / 3_600
    minute = rest % 3_600 / 60
    second = rest % 60
  }

  /// Days from 1970-01-01 to a date.
  private static func days(year: Int, month: Int, day: Int) -> Int64 {
    var year = year + (month - 1) / 12
    let month = (month - 1) % 12 + 1
    if month <= 2 { year -= 1 }
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return Int64(era) * 146_097 + Int64(yearOfEra) * 365 + Int64(yearOfEra / 4 - yearOfEra / 100 + dayOfYear) - 719_468
  }
}

/// How far a place's clocks are from UTC.
struct ZoneOffsets: Sendable {
  private let zone: TimeZone?

  /// Clocks that show UTC.
  static let utc = ZoneOffsets(zone: nil)

  private init(zone: TimeZone?) { self.zone = zone }

  /// The zone of a name of the time zone database; `nil` if there is none.
  init?(name: String) {
    if name.isEmpty || name == "UTC" || name == "Etc/UTC" {
      self = .utc
      return
    }
    // Foundation makes zones of `GMT+5` and the like, which are no names of the database.
    if name.hasPrefix("GMT"), name.count > 3 { return nil }
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.zone = zone
  }

  /// Seconds that are added to UTC.
  func offset(at seconds: Int64) -> Int64 {
    guard let zone else { return 0 }
    return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
  }

  /// What clocks show at a moment, in seconds since 1970 UTC.
  func civil(at seconds: Int64) -> CivilTime { CivilTime(seconds: seconds + offset(at: seconds)) }

  /// When clocks show a time. One that they skip, or show twice, is taken by the offset before or after the change.
  func seconds(of civil: CivilTime) -> Int64 {
    let local = civil.seconds
    let offset = offset(at: local)
    let guess = local - offset
    let there = self.offset(at: guess)
    return there == offset ? guess : local - there
  }
}
