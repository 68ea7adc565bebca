/// Go's reference layouts: `Mon Jan 2 15:04:05 MST 2006` and its parts.
enum GoLayout {
  static let rfc3339 = "2006-01-02T15:04:05Z07:00"
  static let rfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00"

  /// One piece of a layout.
  enum Element: Hashable {
    case text(String)
    case longMonth, month, numericMonth, zeroMonth
    case longWeekday, weekday
    case day, spaceDay, zeroDay
    case spaceYearDay, zeroYearDay
    case hour24, hour12, zeroHour12
    case minute, zeroMinute
    case second, zeroSecond
    case longYear, year
    case upperPM, lowerPM
    case zoneName
    /// `Z07:00` and its like, and `-07:00` without the Z.
    case offset(OffsetStyle)
    /// `.000` or `,000`: that many digits.
    case fraction(digits: Int, separator: UInt8)
    /// `.999`: up to that many digits, trailing zeros dropped.
    case trimmedFraction(digits: Int, separator: UInt8)
  }

  /// How an offset from UTC is written.
  struct OffsetStyle: Hashable {
    var usesZ: Bool
    var hasColon: Bool
    var hasMinutes: Bool
    var hasSeconds: Bool
  }

  /// Fixed pieces, longer before shorter where one begins like another.
  private static let pieces: [(String, Element)] = [
    ("January", .longMonth), ("Jan", .month), ("Monday", .longWeekday), ("Mon", .weekday), ("MST", .zoneName),
    ("01", .zeroMonth), ("02", .zeroDay), ("03", .zeroHour12), ("04", .zeroMinute), ("05", .zeroSecond), ("06", .year),
    ("002", .zeroYearDay), ("15", .hour24), ("1", .numericMonth), ("2006", .longYear), ("2", .day),
    ("__2", .spaceYearDay),
    ("_2006", .text("_")), ("_2", .spaceDay), ("3", .hour12), ("4", .minute), ("5", .second), ("PM", .upperPM),
    ("pm", .lowerPM), ("-07:00:00", .offset(style(false, true, true, true))),
    ("-07:00", .offset(style(false, true, true, false))), ("-070000", .offset(style(false, false, true, true))),
    ("-0700", .offset(style(false, false, true, false))), ("-07", .offset(style(false, false, false, false))),
    ("Z07:00:00", .offset(style(true, true, true, true))), ("Z07:00", .offset(style(true, true, true, false))),
    ("Z070000", .offset(style(true, false, true, true))), ("Z0700", .offset(style(true, false, true, false))),
    ("Z07", .offset(style(true, false, false, false))),
  ]

  private static func style(_ usesZ: Bool, _ hasColon: Bool, _ hasMinutes: Bool, _ hasSeconds: Bool) -> OffsetStyle {
    OffsetStyle(usesZ: usesZ, hasColon: hasColon, hasMinutes: hasMinutes, hasSeconds: hasSeconds)
  }

  /// Cuts a layout into its pieces.
  static func elements(of layout: String) -> [Element] {
    var elements: [Element] = []
    var literal: [UInt8] = []
    var rest = Array(layout.utf8)[...]
    func flush() {
      if !literal.isEmpty { elements.append(.text(String(decoding: literal, as: UTF8.self))) }
      literal = []
    }
    while !rest.isEmpty {
      if let (element, length) = piece(at: rest) {
        flush()
        if case .text = element {
          // `_2006` is an underscore before a year.
          elements.append(element)
        } else {
          elements.append(element)
        }
        rest = rest.dropFirst(length)
      } else {
        literal.append(rest.removeFirst())
      }
    }
    flush()
    return elements
  }

  private static func piece(at rest: ArraySlice<UInt8>) -> (Element, Int)? {
    if let fraction = fraction(at: rest) { return fraction }
    var best: (element: Element, length: Int)?
    for (text, element) in pieces where rest.starts(with: text.utf8) {
      if text.utf8.count > best?.length ?? 0 { best = (element, text.utf8.count) }
    }
    guard let best else { return nil }
    if best.element == .text("_") { return (.text("_"), 1) }
    // `Jan` and `Mon` are only pieces where no lower-case letter follows.
    if best.element == .month || best.element == .weekday,
      let next = rest.dropFirst(3).first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next)
    {
      return nil
    }
    return (best.element, best.length)
  }

  /// `.000` and `.999`, where no digit follows.
  private static func fraction(at rest: ArraySlice<UInt8>) -> (Element, Int)? {
    guard let separator = rest.first, separator == UInt8(ascii: ".") || separator == UInt8(ascii: ","),
      let digit = rest.dropFirst().first, digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9")
    else { return nil }
    let digits = rest.dropFirst().prefix { $0 == digit }.count
    if let next = rest.dropFirst(1 + digits).first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
      return nil
    }
    let element: Element =
      digit == UInt8(ascii: "0")
      ? .fraction(digits: digits, separator: separator) : .trimmedFraction(digits: digits, separator: separator)
    return (element, digits + 1)
  }
}

extension GoTime {
  /// The time in a reference layout.
  func format(_ layout: String) -> String {
    let date = calendar
    var out = ""
    for element in GoLayout.elements(of: layout) {
      switch element {
      case .text(let text): out += text
      case .longMonth: out += GoCalendar.months[date.month - 1]
      case .month: out += GoCalendar.months[date.month - 1].prefix(3)
      case .numericMonth: out += String(date.month)
      case .zeroMonth: out += padded(date.month, 2)
      case .longWeekday: out += GoCalendar.weekdays[date.weekday]
      case .weekday: out += GoCalendar.weekdays[date.weekday].prefix(3)
      case .day: out += String(date.day)
      case .spaceDay: out += date.day < 10 ? " \(date.day)" : String(date.day)
      case .zeroDay: out += padded(date.day, 2)
      case .spaceYearDay:
        out += String(repeating: " ", count: date.dayOfYear < 10 ? 2 : date.dayOfYear < 100 ? 1 : 0)
        out += String(date.dayOfYear)
      case .zeroYearDay: out += padded(date.dayOfYear, 3)
      case .hour24: out += padded(hour, 2)
      case .hour12: out += String(hour % 12 == 0 ? 12 : hour % 12)
      case .zeroHour12: out += padded(hour % 12 == 0 ? 12 : hour % 12, 2)
      case .minute: out += String(minute)
      case .zeroMinute: out += padded(minute, 2)
      case .second: out += String(second)
      case .zeroSecond: out += padded(second, 2)
      case .longYear: out += (date.year < 0 ? "-" : "") + padded(Int(date.year.magnitude), 4)
      case .year: out += padded(Int(abs(date.year % 100)), 2)
      case .upperPM: out += hour >= 12 ? "PM" : "AM"
      case .lowerPM: out += hour >= 12 ? "pm" : "am"
      case .zoneName: out += zoneName
      case .offset(let style): out += offsetText(style)
      case .fraction(let digits, let separator): out += fraction(digits, separator, isTrimmed: false)
      case .trimmedFraction(let digits, let separator): out += fraction(digits, separator, isTrimmed: true)
      }
    }
    return out
  }

  /// As Go's `Time.String`.
  var text: String { format("2006-01-02 15:04:05.999999999 -0700 MST") }

  private var zoneName: String {
    let (offset, abbreviation) = zone.offset(at: seconds)
    guard abbreviation.isEmpty else { return abbreviation }
    let minutes = abs(offset) / 60
    return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + padded(minutes % 60, 2)
  }

  private func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private func offsetText(_ style: GoLayout.OffsetStyle) -> String {
    let offset = self.offset
    if style.usesZ, offset == 0 { return "Z" }
    let minutes = abs(offset) / 60
    let colon = style.hasColon ? ":" : ""
    var text = (offset < 0 ? "-" : "+") + padded(minutes / 60, 2)
    if style.hasMinutes { text += colon + padded(minutes % 60, 2) }
    if style.hasSeconds { text += colon + padded(abs(offset) % 60, 2) }
    return text
  }

  private func fraction(_ digits: Int, _ separator: UInt8, isTrimmed: Bool) -> String {
    var text = Substring(padded(Int(nanoseconds), 9).prefix(digits))
    if isTrimmed {
      while text.last == "0" { text.removeLast() }
      if text.isEmpty { return "" }
    } else if digits > 9 {
      text += String(repeating: "0", count: digits - 9)
    }
    return String(UnicodeScalar(separator)) + text
  }
}
