/// The five fields of a cron schedule, each a set of allowed values.
struct CronCalendar: Sendable {
  private var minutes: Field
  private var hours: Field
  private var days: Field
  private var months: Field
  private var weekdays: Field
  /// The name of the time zone, and its rules.
  private var zone: String
  private var offsets: ZoneOffsets

  /// Allowed values as bits.
  fileprivate struct Field: Equatable, Sendable {
    var bits: UInt64 = 0
    /// Whether the field says `*`: a day field that does restricts nothing.
    var isStar = false

    func contains(_ value: Int) -> Bool { bits >> UInt64(value) & 1 == 1 }
  }

  /// - Returns: `nil` if the text is no five fields of a cron schedule.
  init?(parsing text: Substring, zone: String, offsets: ZoneOffsets) {
    let fields = text.split { $0.isWhitespace }
    guard fields.count == 5, let minutes = Field(parsing: fields[0], in: 0...59),
      let hours = Field(parsing: fields[1], in: 0...23), let days = Field(parsing: fields[2], in: 1...31),
      let months = Field(parsing: fields[3], in: 1...12, names: Self.monthNames),
      let weekdays = Field(parsing: fields[4], in: 0...6, names: Self.weekdayNames)
    else { return nil }
    self.minutes = minutes
    self.hours = hours
    self.days = days
    self.months = months
    self.weekdays = weekdays
    self.zone = zone
    self.offsets = offsets
  }

  private static let monthNames = [
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
  ]
  private static let weekdayNames = ["sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6]

  /// Whether a day is one: both day fields must allow it, or either of them if neither is `*`.
  private func allowsDay(_ time: CivilTime) -> Bool {
    let day = days.contains(time.day)
    let weekday = weekdays.contains(time.weekday)
    return days.isStar || weekdays.isStar ? day && weekday : day || weekday
  }

  /// The first time after a moment, in seconds since 1970 UTC; `nil` if there is none within five years.
  ///
  /// The steps are hours and minutes of real time, so that no time is found twice when clocks are set back; midnights that
  /// clocks skip count as the hour after.
  func next(after moment: Int64) -> Int64? {
    // Years beyond these are no dates that clocks show.
    guard moment > -60_000_000_000, moment < 60_000_000_000 else { return nil }
    var moment = moment + 1
    var time = offsets.civil(at: moment)
    let lastYear = time.year + 5
    while time.year <= lastYear {
      let before = moment
      if !months.contains(time.month) {
        moment = offsets.seconds(of: CivilTime(year: time.year, month: time.month + 1, day: 1))
      } else if !allowsDay(time) {
        moment = midnight(after: time)
      } else if !hours.contains(time.hour) {
        moment += Int64(3_600 - time.minute * 60 - time.second)
      } else if !minutes.contains(time.minute) {
        moment += Int64(60 - time.second)
      } else if time.second != 0 {
        moment += Int64(60 - time.second)
      } else {
        return moment
      }
      moment = max(moment, before + 1)
      time = offsets.civil(at: moment)
    }
    return nil
  }

  private func midnight(after time: CivilTime) -> Int64 {
    let moment = offsets.seconds(of: CivilTime(year: time.year, month: time.month, day: time.day + 1))
    let shown = offsets.civil(at: moment)
    // Where clocks skip midnight, the day begins an hour late.
    if shown.hour > 12 { return moment + Int64(24 - shown.hour) * 3_600 }
    return moment
  }
}

extension CronCalendar: Equatable {
  static func == (left: Self, right: Self) -> Bool {
    left.minutes == right.minutes && left.hours == right.hours && left.days == right.days
      && left.months == right.months && left.weekdays == right.weekdays && left.zone == right.zone
  }
}

extension CronCalendar.Field {
  /// `*`, `5`, `1-5`, `*/15`, `10-30/5`, names, and lists of these.
  fileprivate init?(parsing text: Substring, in range: ClosedRange<Int>, names: [String: Int] = [:]) {
    for part in text.split(separator: ",") {
      guard let parsed = Self(part: part, in: range, names: names) else { return nil }
      bits |= parsed.bits
      isStar = isStar || parsed.isStar
    }
  }

  private init?(part: Substring, in range: ClosedRange<Int>, names: [String: Int]) {
    func value(_ text: Substring) -> Int? {
      if let named = names[text.lowercased()] { return named }
      guard let number = Int(text), number >= 0 else { return nil }
      return number
    }
    let rangeAndStep = part.split(separator: "/", omittingEmptySubsequences: false)
    let bounds = rangeAndStep[0].split(separator: "-", omittingEmptySubsequences: false)
    guard rangeAndStep.count <= 2, bounds.count <= 2 else { return nil }
    var first = range.lowerBound
    var last = range.upperBound
    isStar = bounds[0] == "*" || bounds[0] == "?"
    if !isStar {
      guard let start = value(bounds[0]) else { return nil }
      first = start
      last = start
      if bounds.count == 2 {
        guard let end = value(bounds[1]) else { return nil }
        last = end
      }
    }
    var step = 1
    if rangeAndStep.count == 2 {
      guard let given = Int(rangeAndStep[1]), given > 0 else { return nil }
      step = min(given, range.upperBound + 1)
      // `5/10` means from 5 on.
      if bounds.count == 1 { last = range.upperBound }
      if step > 1 { isStar = false }
    }
    guard range.contains(first), range.contains(last), first <= last else { return nil }
    for value in stride(from: first, through: last, by: step) { bits |= 1 << UInt64(value) }
  }
}
