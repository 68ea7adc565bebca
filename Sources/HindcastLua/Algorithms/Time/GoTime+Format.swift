extension GoTime {
  /// The time in a reference layout.
  func format(_ layout: String) -> String { String(decoding: format(Array(layout.utf8)), as: UTF8.self) }

  /// The time in a reference layout, which may hold bytes that are no text.
  func format(_ layout: [UInt8]) -> [UInt8] {
    var writer = GoTimeWriter(time: civil, nanoseconds: Int(instant.nanoseconds))
    for piece in GoLayout.pieces(of: layout) { writer.append(piece) }
    return writer.out
  }

  /// As Go prints a time.
  var text: String { format(GoLayout.text) }
}

/// Writes the pieces of a layout one after another.
private struct GoTimeWriter {
  let time: LuaCivilTime
  let nanoseconds: Int
  var out: [UInt8] = []

  init(time: LuaCivilTime, nanoseconds: Int) {
    self.time = time
    self.nanoseconds = nanoseconds
  }

  mutating func append(_ piece: GoLayout.Piece) {
    switch piece.element {
    case .literal: out += piece.text
    case .longYear: append(time.year, width: 4)
    case .year: append(max(time.year, 0) % 100, width: 2)
    case .longMonth: append(GoTime.months[time.month - 1])
    case .month: append(GoTime.months[time.month - 1].prefix(3))
    case .numericMonth: append(time.month)
    case .zeroMonth: append(time.month, width: 2)
    case .longWeekday: append(GoTime.weekdays[time.weekday])
    case .weekday: append(GoTime.weekdays[time.weekday].prefix(3))
    case .day: append(time.day)
    case .spaceDay: append(time.day, width: 2, padding: " ")
    case .zeroDay: append(time.day, width: 2)
    case .spaceYearDay: append(time.dayOfYear, width: 3, padding: " ")
    case .zeroYearDay: append(time.dayOfYear, width: 3)
    case .hour24: append(time.hour, width: 2)
    case .hour12: append(hour12)
    case .zeroHour12: append(hour12, width: 2)
    case .minute: append(time.minute)
    case .zeroMinute: append(time.minute, width: 2)
    case .second: append(time.second)
    case .zeroSecond: append(time.second, width: 2)
    case .fraction(let digits): appendFraction(digits, separator: piece.text.first, isTrimmed: false)
    case .trimmedFraction(let digits): appendFraction(digits, separator: piece.text.first, isTrimmed: true)
    case .upperPM: append(time.hour >= 12 ? "PM" : "AM")
    case .lowerPM: append(time.hour >= 12 ? "pm" : "am")
    case .abbreviation: appendAbbreviation()
    case .offset(let style): append(style)
    }
  }

  private var hour12: Int { time.hour % 12 == 0 ? 12 : time.hour % 12 }

  private mutating func append(_ text: some StringProtocol) { out += text.utf8 }

  private mutating func append(_ number: Int, width: Int = 0, padding: Unicode.Scalar = "0") {
    if number < 0 { out.append(UInt8(ascii: "-")) }
    let digits = String(number.magnitude)
    for _ in 0..<max(0, width - digits.utf8.count) { out.append(UInt8(ascii: padding)) }
    append(digits)
  }

  private mutating func appendFraction(_ digits: Int, separator: UInt8?, isTrimmed: Bool) {
    guard let separator, !isTrimmed || nanoseconds != 0 else { return }
    let start = out.count
    out.append(separator)
    append(nanoseconds, width: 9)
    if digits < 9 { out.removeLast(9 - digits) }
    guard isTrimmed else { return }
    while out.last == UInt8(ascii: "0") { out.removeLast() }
    if out.count == start + 1 { out.removeLast() }
  }

  /// A zone without a name is called by its offset.
  private mutating func appendAbbreviation() {
    guard time.zone.name.isEmpty else { return append(time.zone.name) }
    append(GoLayout.Offset(usesZ: false, hasColons: false, hasMinutes: true, hasSeconds: false))
  }

  private mutating func append(_ style: GoLayout.Offset) {
    let offset = time.zone.offset
    if style.usesZ, offset == 0 { return out.append(UInt8(ascii: "Z")) }
    let minutes = offset / 60
    // As in Go, an offset of less than a minute west of Greenwich shows no sign.
    out.append(UInt8(ascii: minutes < 0 ? "-" : "+"))
    append(abs(minutes) / 60, width: 2)
    if style.hasMinutes {
      if style.hasColons { out.append(UInt8(ascii: ":")) }
      append(abs(minutes) % 60, width: 2)
    }
    if style.hasSeconds {
      if style.hasColons { out.append(UInt8(ascii: ":")) }
      append(abs(offset) % 60, width: 2)
    }
  }
}
