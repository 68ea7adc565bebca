/// Why a text is no time in a layout; Go's wording.
struct GoTimeParseError: Error, CustomStringConvertible {
  var description: String

  init(_ layout: String, _ value: String, _ element: String, _ rest: String) {
    description =
      "parsing time \(Self.quote(value)) as \(Self.quote(layout)): cannot parse \(Self.quote(rest)) as \(Self.quote(element))"
  }

  init(_ value: String, message: String) {
    description = "parsing time \(Self.quote(value))\(message)"
  }

  static func quote(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension GoTime {
  /// Reads a time in a layout; where the text names no zone, in `zone`.
  init(parsing value: String, layout: String, zone: GoZone) throws(GoTimeParseError) {
    var parser = GoTimeParser(value: value, layout: layout)
    try parser.run()
    self = try parser.time(in: zone)
  }
}

/// Reads the pieces of a layout one after another.
private struct GoTimeParser {
  let value: String
  let layout: String
  private var rest: Substring.UTF8View
  private var year: Int64 = 0
  private var month = -1
  private var day = -1
  private var dayOfYear = -1
  private var hour = 0
  private var minute = 0
  private var second = 0
  private var nanoseconds = 0
  private var isPM = false
  private var isAM = false
  private var isUTC = false
  private var offset: Int?
  private var zoneName = ""

  init(value: String, layout: String) {
    self.value = value
    self.layout = layout
    rest = Substring(value).utf8
  }

  mutating func run() throws(GoTimeParseError) {
    let elements = GoLayout.elements(of: layout)
    for (index, element) in elements.enumerated() {
      let before = rest
      let wanted = Self.name(of: element)
      let isTaken = try take(element, next: index + 1 < elements.count ? elements[index + 1] : nil)
      if !isTaken { throw GoTimeParseError(layout, value, wanted, String(Substring(before))) }
    }
    if !rest.isEmpty {
      throw GoTimeParseError(value, message: ": extra text: \(GoTimeParseError.quote(String(Substring(rest))))")
    }
  }

  private mutating func take(_ element: GoLayout.Element, next: GoLayout.Element?) throws(GoTimeParseError) -> Bool {
    switch element {
    case .text(let text): return takeText(text)
    case .longYear:
      guard let number = digits(4...4) else { return false }
      year = Int64(number)
    case .year:
      guard let number = digits(2...2) else { return false }
      year = Int64(number >= 69 ? 1900 + number : 2000 + number)
    case .longMonth:
      guard let found = name(GoCalendar.months) else { return false }
      month = found + 1
    case .month:
      guard let found = name(GoCalendar.months.map { String($0.prefix(3)) }) else { return false }
      month = found + 1
    case .numericMonth, .zeroMonth:
      guard let number = digits(element == .zeroMonth ? 2...2 : 1...2) else { return false }
      month = number
      if !(1...12).contains(number) { throw outOfRange("month") }
    case .longWeekday: return name(GoCalendar.weekdays) != nil
    case .weekday: return name(GoCalendar.weekdays.map { String($0.prefix(3)) }) != nil
    case .day, .spaceDay, .zeroDay:
      if element == .spaceDay, rest.first == UInt8(ascii: " ") { rest.removeFirst() }
      guard let number = digits(element == .zeroDay ? 2...2 : 1...2) else { return false }
      day = number
    case .spaceYearDay, .zeroYearDay:
      if element == .spaceYearDay {
        for _ in 0..<2 where rest.first == UInt8(ascii: " ") { rest.removeFirst() }
      }
      guard let number = digits(element == .zeroYearDay ? 3...3 : 1...3) else { return false }
      dayOfYear = number
    case .hour24:
      guard let number = digits(1...2) else { return false }
      hour = number
      if number > 23 { throw outOfRange("hour") }
    case .hour12, .zeroHour12:
      guard let number = digits(element == .zeroHour12 ? 2...2 : 1...2) else { return false }
      hour = number
      if number > 12 { throw outOfRange("hour") }
    case .minute, .zeroMinute:
      guard let number = digits(element == .zeroMinute ? 2...2 : 1...2) else { return false }
      minute = number
      if number > 59 { throw outOfRange("minute") }
    case .second, .zeroSecond:
      guard let number = digits(element == .zeroSecond ? 2...2 : 1...2) else { return false }
      second = number
      if number > 59 { throw outOfRange("second") }
      takeUnannouncedFraction(next)
    case .upperPM, .lowerPM: return takeHalf(isUpper: element == .upperPM)
    case .zoneName: return takeZoneName()
    case .offset(let style): return takeOffset(style)
    case .fraction(let count, _):
      guard let first = rest.first, first == UInt8(ascii: ".") || first == UInt8(ascii: ",") else { return false }
      rest.removeFirst()
      let taken = rest.prefix(count)
      guard taken.count == count, taken.allSatisfy(Self.isDigit) else { return false }
      rest = rest.dropFirst(count)
      nanoseconds = Self.nanoseconds(taken)
    case .trimmedFraction: takeFraction()
    }
    return true
  }

  // MARK: Pieces

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private mutating func digits(_ count: ClosedRange<Int>) -> Int? {
    let found = rest.prefix(while: Self.isDigit).prefix(count.upperBound)
    guard found.count >= count.lowerBound else { return nil }
    rest = rest.dropFirst(found.count)
    return found.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  /// Literal text; a space stands for any number of them, also none.
  private mutating func takeText(_ text: String) -> Bool {
    for byte in text.utf8 {
      if byte == UInt8(ascii: " ") {
        if let first = rest.first, first != byte { return false }
        while rest.first == byte { rest.removeFirst() }
        continue
      }
      guard rest.first == byte else { return false }
      rest.removeFirst()
    }
    return true
  }

  private mutating func name(_ names: [String]) -> Int? {
    for (index, name) in names.enumerated() {
      let length = name.utf8.count
      let candidate = String(Substring(rest.prefix(length)))
      if candidate.lowercased() == name.lowercased() {
        rest = rest.dropFirst(length)
        return index
      }
    }
    return nil
  }

  private mutating func takeHalf(isUpper: Bool) -> Bool {
    switch String(Substring(rest.prefix(2))) {
    case isUpper ? "PM" : "pm": isPM = true
    case isUpper ? "AM" : "am": isAM = true
    default: return false
    }
    rest = rest.dropFirst(2)
    return true
  }

  /// Go takes fractional seconds also where the layout does not announce them.
  private mutating func takeUnannouncedFraction(_ next: GoLayout.Element?) {
    switch next {
    case .fraction, .trimmedFraction: return
    default: takeFraction()
    }
  }

  private mutating func takeFraction() {
    guard let first = rest.first, first == UInt8(ascii: ".") || first == UInt8(ascii: ",") else { return }
    let found = rest.dropFirst().prefix(while: Self.isDigit)
    guard !found.isEmpty else { return }
    rest = rest.dropFirst(1 + found.count)
    nanoseconds = Self.nanoseconds(found)
  }

  private static func nanoseconds(_ digits: Substring.UTF8View) -> Int {
    var value = digits.prefix(9).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    for _ in digits.prefix(9).count..<9 { value *= 10 }
    return value
  }

  private mutating func takeZoneName() -> Bool {
    if rest.starts(with: "UTC".utf8) {
      isUTC = true
      rest = rest.dropFirst(3)
      return true
    }
    let letters = rest.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    if letters.count >= 3 && letters.count <= 5 {
      zoneName = String(Substring(letters))
      rest = rest.dropFirst(letters.count)
      return true
    }
    if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      let number = rest.dropFirst().prefix(while: Self.isDigit)
      guard number.count == 2 || number.count == 4 else { return false }
      zoneName = String(Substring(rest.prefix(1 + number.count)))
      rest = rest.dropFirst(1 + number.count)
      return true
    }
    return false
  }

  private mutating func takeOffset(_ style: GoLayout.OffsetStyle) -> Bool {
    if style.usesZ, rest.first == UInt8(ascii: "Z") {
      rest.removeFirst()
      isUTC = true
      return true
    }
    guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
    rest.removeFirst()
    guard let hours = digits(2...2) else { return false }
    var seconds = hours * 3600
    for (isThere, unit) in [(style.hasMinutes, 60), (style.hasSeconds, 1)] where isThere {
      if style.hasColon {
        guard rest.first == UInt8(ascii: ":") else { return false }
        rest.removeFirst()
      }
      guard let number = digits(2...2), number <= 60 else { return false }
      seconds += number * unit
    }
    offset = sign == UInt8(ascii: "-") ? -seconds : seconds
    return true
  }

  private static func name(of element: GoLayout.Element) -> String {
    switch element {
    case .text(let text): text
    case .longMonth: "January"
    case .month: "Jan"
    case .numericMonth: "1"
    case .zeroMonth: "01"
    case .longWeekday: "Monday"
    case .weekday: "Mon"
    case .day: "2"
    case .spaceDay: "_2"
    case .zeroDay: "02"
    case .spaceYearDay: "__2"
    case .zeroYearDay: "002"
    case .hour24: "15"
    case .hour12: "3"
    case .zeroHour12: "03"
    case .minute: "4"
    case .zeroMinute: "04"
    case .second: "5"
    case .zeroSecond: "05"
    case .longYear: "2006"
    case .year: "06"
    case .upperPM: "PM"
    case .lowerPM: "pm"
    case .zoneName: "MST"
    case .offset(let style):
      (style.usesZ ? "Z" : "-") + "07" + (style.hasMinutes ? (style.hasColon ? ":00" : "00") : "")
        + (style.hasSeconds ? (style.hasColon ? ":00" : "00") : "")
    case .fraction(let digits, let separator):
      String(UnicodeScalar(separator)) + String(repeating: "0", count: digits)
    case .trimmedFraction(let digits, let separator):
      String(UnicodeScalar(separator)) + String(repeating: "9", count: digits)
    }
  }

  private func outOfRange(_ field: String) -> GoTimeParseError {
    GoTimeParseError(value, message: ": \(field) out of range")
  }

  // MARK: The result

  mutating func time(in zone: GoZone) throws(GoTimeParseError) -> GoTime {
    if isPM, hour < 12 { hour += 12 }
    if isAM, hour == 12 { hour = 0 }
    try settleDay()
    let fields = (year, Int64(month), Int64(day), Int64(hour), Int64(minute), Int64(second), Int64(nanoseconds))
    func make(_ zone: GoZone) -> GoTime {
      GoTime(
        year: fields.0, month: fields.1, day: fields.2, hour: fields.3, minute: fields.4, second: fields.5,
        nanosecond: fields.6, zone: zone)
    }
    if isUTC { return make(.utc) }
    if let offset {
      var time = make(.utc)
      time.seconds -= Int64(offset)
      let there = zone.offset(at: time.seconds)
      // The zone at hand is used where it has this offset at that time.
      let fits = there.offset == offset && (zoneName.isEmpty || there.abbreviation == zoneName)
      time.zone = fits ? zone : .fixed(name: zoneName, offset: offset)
      return time
    }
    guard !zoneName.isEmpty else { return make(zone) }
    let local = make(zone)
    if zone.offset(at: local.seconds).abbreviation == zoneName { return local }
    var fixedOffset = 0
    if zoneName.hasPrefix("GMT"), zoneName.count > 3 { fixedOffset = (Int(zoneName.dropFirst(3)) ?? 0) * 3600 }
    return make(.fixed(name: zoneName, offset: fixedOffset))
  }

  private mutating func settleDay() throws(GoTimeParseError) {
    if dayOfYear >= 0 {
      guard (1...(GoCalendar.isLeap(year) ? 366 : 365)).contains(dayOfYear) else { throw outOfRange("day-of-year") }
      let date = GoCalendar(
        days: GoCalendar.daysSinceEpoch(year: year, month: 1, day: 1) + Int64(dayOfYear) - 1)
      if (month >= 0 && month != date.month) || (day >= 0 && day != date.day) {
        throw GoTimeParseError(value, message: ": day-of-year does not match \(month >= 0 ? "month" : "day")")
      }
      (month, day) = (date.month, date.day)
    } else {
      if month < 0 { month = 1 }
      if day < 0 { day = 1 }
    }
    guard day >= 1, day <= GoCalendar.days(in: month, of: year) else { throw outOfRange("day") }
  }
}
