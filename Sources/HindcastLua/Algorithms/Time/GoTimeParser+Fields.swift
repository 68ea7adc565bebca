extension GoTimeParser {
  /// Takes one piece from the text; false when it does not fit.
  mutating func take(_ element: GoLayout.Element, next: GoLayout.Element?) -> Bool {
    switch element {
    case .literal: return true
    case .longYear: return takeYear(digits: 4)
    case .year: return takeYear(digits: 2)
    case .longMonth: return takeName(GoTime.months) { $0.fields.month = $1 + 1 }
    case .month: return takeName(GoTime.months.map { $0.prefix(3) }) { $0.fields.month = $1 + 1 }
    case .numericMonth, .zeroMonth:
      return takeNumber("month", 1...12, isPadded: element == .zeroMonth) { $0.fields.month = $1 }
    case .longWeekday: return takeName(GoTime.weekdays) { _, _ in }
    case .weekday: return takeName(GoTime.weekdays.map { $0.prefix(3) }) { _, _ in }
    case .day, .spaceDay, .zeroDay:
      if element == .spaceDay { skipSpace() }
      return takeNumber("day", 0...99, isPadded: element == .zeroDay) { $0.fields.day = $1 }
    case .spaceYearDay, .zeroYearDay: return takeDayOfYear(isPadded: element == .zeroYearDay)
    case .hour24: return takeNumber("hour", 0...23, isPadded: false) { $0.fields.hour = $1 }
    case .hour12, .zeroHour12:
      return takeNumber("hour", 0...12, isPadded: element == .zeroHour12) { $0.fields.hour = $1 }
    case .minute, .zeroMinute:
      return takeNumber("minute", 0...59, isPadded: element == .zeroMinute) { $0.fields.minute = $1 }
    case .second, .zeroSecond:
      guard takeNumber("second", 0...59, isPadded: element == .zeroSecond, { $0.fields.second = $1 }) else {
        return false
      }
      // A fraction may follow the seconds also where the layout has none.
      return rangeComplaint != nil || next?.isFraction == true || takeOptionalFraction()
    case .fraction(let digits): return takeFraction(bytes: digits + 1)
    case .trimmedFraction: return takeOptionalFraction()
    case .upperPM: return takeHalf(morning: "AM", afternoon: "PM")
    case .lowerPM: return takeHalf(morning: "am", afternoon: "pm")
    case .abbreviation: return takeAbbreviation()
    case .offset(let style): return takeOffset(style)
    }
  }

  // MARK: Numbers

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private mutating func skipSpace() {
    if rest.first == UInt8(ascii: " ") { rest.removeFirst() }
  }

  private func number(_ digits: some Sequence<UInt8>) -> Int {
    digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  /// Digits, at most so many.
  private mutating func takeDigits(_ count: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix(count.upperBound).prefix { isDigit($0) }
    guard digits.count >= count.lowerBound else { return nil }
    rest = rest.dropFirst(digits.count)
    return number(digits)
  }

  /// Digits with a sign that Go's own number reader takes too.
  private func signedNumber(_ bytes: ArraySlice<UInt8>) -> Int? {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = isNegative || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
    guard digits.allSatisfy({ isDigit($0) }) else { return nil }
    return isNegative ? -number(digits) : number(digits)
  }

  private mutating func takeNumber(
    _ name: String, _ range: ClosedRange<Int>, isPadded: Bool, _ store: (inout GoTimeParser, Int) -> Void
  ) -> Bool {
    guard let number = takeDigits(isPadded ? 2...2 : 1...2) else { return false }
    guard range.contains(number) else {
      rangeComplaint = name
      return false
    }
    store(&self, number)
    return true
  }

  private mutating func takeYear(digits: Int) -> Bool {
    guard rest.count >= digits, digits == 2 || isDigit(rest.first), let year = signedNumber(rest.prefix(digits)) else {
      return false
    }
    rest = rest.dropFirst(digits)
    fields.year = digits == 4 ? year : year >= 69 ? year + 1900 : year + 2000
    return true
  }

  private mutating func takeDayOfYear(isPadded: Bool) -> Bool {
    if !isPadded {
      skipSpace()
      skipSpace()
    }
    guard let day = takeDigits(isPadded ? 3...3 : 1...3) else { return false }
    fields.dayOfYear = day
    return true
  }

  // MARK: Fractions

  /// A point or comma and digits, so many bytes in all; digits past the ninth are dropped.
  private mutating func takeFraction(bytes: Int) -> Bool {
    guard rest.count >= bytes, let separator = rest.first,
      separator == UInt8(ascii: ".") || separator == UInt8(ascii: ","),
      let number = signedNumber(rest.prefix(min(bytes, 10)).dropFirst())
    else { return false }
    rest = rest.dropFirst(bytes)
    guard number >= 0 else {
      rangeComplaint = "fractional second"
      return false
    }
    fields.nanosecond = (min(bytes, 10)..<10).reduce(number) { value, _ in value * 10 }
    return true
  }

  private mutating func takeOptionalFraction() -> Bool {
    guard let separator = rest.first, separator == UInt8(ascii: ".") || separator == UInt8(ascii: ","),
      isDigit(rest.dropFirst().first)
    else { return true }
    return takeFraction(bytes: 1 + rest.dropFirst().prefix { isDigit($0) }.count)
  }

  // MARK: Names

  /// One of some names, in capitals or not.
  private mutating func takeName(
    _ names: [some StringProtocol], _ store: (inout GoTimeParser, Int) -> Void
  ) -> Bool {
    for (index, name) in names.enumerated() {
      let candidate = rest.prefix(name.utf8.count)
      // All names are letters, which capitals differ from by one bit.
      if candidate.lazy.map({ $0 | 0x20 }).elementsEqual(name.utf8.lazy.map { $0 | 0x20 }) {
        rest = rest.dropFirst(name.utf8.count)
        store(&self, index)
        return true
      }
    }
    return false
  }

  private mutating func takeHalf(morning: String, afternoon: String) -> Bool {
    let text = rest.prefix(2)
    if text.elementsEqual(morning.utf8) {
      fields.half = .morning
    } else if text.elementsEqual(afternoon.utf8) {
      fields.half = .afternoon
    } else {
      return false
    }
    rest = rest.dropFirst(2)
    return true
  }

  // MARK: Zones

  private mutating func takeAbbreviation() -> Bool {
    if rest.starts(with: "UTC".utf8) {
      fields.isUTC = true
      rest = rest.dropFirst(3)
      return true
    }
    guard let length = abbreviationLength() else { return false }
    fields.abbreviation = String(decoding: rest.prefix(length), as: UTF8.self)
    rest = rest.dropFirst(length)
    return true
  }

  /// How long the zone's name at the start of the text is: three capitals, or four or five that end in T, and some that
  /// are like no other.
  private func abbreviationLength() -> Int? {
    guard rest.count >= 3 else { return nil }
    if rest.starts(with: "ChST".utf8) || rest.starts(with: "MeST".utf8) { return 4 }
    if rest.starts(with: "GMT".utf8) { return 3 + (signedHourLength(rest.dropFirst(3)) ?? 0) }
    if let length = signedHourLength(rest) { return length }
    let capitals = rest.prefix(6).prefix { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
    switch capitals.count {
    case 3: return 3
    case 4: return capitals.last == UInt8(ascii: "T") || capitals.elementsEqual("WITA".utf8) ? 4 : nil
    case 5: return capitals.last == UInt8(ascii: "T") ? 5 : nil
    default: return nil
    }
  }

  /// The length of a sign and a number up to 23.
  private func signedHourLength(_ text: ArraySlice<UInt8>) -> Int? {
    guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    let digits = text.dropFirst().prefix { isDigit($0) }
    let significant = digits.drop { $0 == UInt8(ascii: "0") }
    guard !digits.isEmpty, significant.count <= 2, number(significant) <= 23 else { return nil }
    return 1 + digits.count
  }

  private mutating func takeOffset(_ style: GoLayout.Offset) -> Bool {
    if style.usesZ, rest.first == UInt8(ascii: "Z") {
      rest.removeFirst()
      fields.isUTC = true
      return true
    }
    let text = Array(rest.prefix(style.width))
    guard text.count == style.width else { return false }
    rest = rest.dropFirst(style.width)
    var seconds = 0
    var position = 1
    let parts = [("hour", 24, 3_600), ("minute", 60, 60), ("second", 60, 1)]
    for (name, limit, unit) in parts.prefix(style.hasSeconds ? 3 : style.hasMinutes ? 2 : 1) {
      if style.hasColons, position > 1 {
        guard text[position] == UInt8(ascii: ":") else { return false }
        position += 1
      }
      guard isDigit(text[position]), isDigit(text[position + 1]) else { return false }
      let number = number(text[position..<position + 2])
      if number > limit { rangeComplaint = "time zone offset \(name)" }
      seconds += number * unit
      position += 2
    }
    guard text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-") else { return false }
    fields.offset = text[0] == UInt8(ascii: "-") ? -seconds : seconds
    return true
  }
}
