import HindcastRegistry

/// Writes values as YAML the way Go's yaml.v3 does: blocks, sorted keys, quotes where a text would be read as something
/// else.
struct YAMLWriter {
  /// How far each level is indented.
  var indent = 4
  /// Keys that come first, in this order.
  var fieldOrder: [String] = []

  private var text = ""

  init(indent: Int = 4, fieldOrder: [String] = []) {
    self.indent = indent
    self.fieldOrder = fieldOrder
  }

  mutating func write(_ value: GoValue) -> String {
    text = ""
    switch value {
    case .object(let fields) where !fields.isEmpty: write(fields, column: 0, isContinued: true)
    case .array(let items) where !items.isEmpty: write(items, column: 0, isContinued: true)
    default: text += scalar(value, column: 0) + "\n"
    }
    return text
  }

  /// - Parameter isContinued: whether the first line is begun already.
  private mutating func write(_ fields: [String: GoValue], column: Int, isContinued: Bool) {
    var isContinued = isContinued
    for name in sorted(Array(fields.keys)) {
      if !isContinued { text += spaces(column) }
      isContinued = false
      text += key(name) + ":"
      writeValue(fields[name] ?? .null, column: column)
    }
  }

  private mutating func write(_ items: [GoValue], column: Int, isContinued: Bool) {
    var isContinued = isContinued
    for item in items {
      if !isContinued { text += spaces(column) }
      isContinued = false
      text += "-"
      switch item {
      // A block in a list begins on the line of its dash.
      case .object(let fields) where !fields.isEmpty:
        text += " "
        write(fields, column: column + 2, isContinued: true)
      case .array(let inner) where !inner.isEmpty:
        text += " "
        write(inner, column: column + 2, isContinued: true)
      default: text += " " + scalar(item, column: column) + "\n"
      }
    }
  }

  private mutating func writeValue(_ value: GoValue, column: Int) {
    switch value {
    case .object(let fields) where !fields.isEmpty:
      text += "\n"
      write(fields, column: next(column), isContinued: false)
    case .array(let items) where !items.isEmpty:
      text += "\n"
      write(items, column: next(column), isContinued: false)
    default: text += " " + scalar(value, column: column) + "\n"
    }
  }

  /// Where what belongs to a key begins: at the next whole step.
  private func next(_ column: Int) -> Int { indent * ((column + indent) / indent) }

  // MARK: Scalars

  private func key(_ name: String) -> String {
    name.contains("\n") ? Self.doubleQuoted(name) : Self.string(name)
  }

  private func scalar(_ value: GoValue, column: Int) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .double(let number): GoNumber.yaml(number)
    case .array: "[]"
    case .object: "{}"
    case .string(let text): text.contains("\n") ? block(text, column: column) : Self.string(text)
    }
  }

  /// A text of several lines, as a literal block where it can be one.
  private func block(_ text: String, column: Int) -> String {
    let scalars = text.unicodeScalars
    let isPlain = scalars.allSatisfy { $0 == "\n" || Self.isPrintable($0) }
    // A line that ends with spaces could not be told from the block's own.
    guard isPlain, let first = scalars.first, first != " ", first != "\n", !text.contains(" \n"), text.last != " "
    else {
      return Self.doubleQuoted(text)
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let header = text.hasSuffix("\n\n") ? "|+" : text.hasSuffix("\n") ? "|" : "|-"
    if text.hasSuffix("\n") { lines.removeLast() }
    let body = lines.map { $0.isEmpty ? "" : spaces(next(column)) + $0 }
    return ([header] + body).joined(separator: "\n")
  }

  /// Words that YAML 1.1 takes for booleans, which yaml.v3 quotes though it reads them as texts.
  private static let oldBooleans: Set<String> = [
    "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
  ]

  private static func string(_ text: String) -> String {
    if YAMLText.isAmbiguous(text) || oldBooleans.contains(text) || !text.unicodeScalars.allSatisfy(isPrintable) {
      return doubleQuoted(text)
    }
    return canBePlain(text)
      ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  private static func canBePlain(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, first != " ", last != " " else { return false }
    if text.hasPrefix("---") || text.hasPrefix("...") { return false }
    for (index, scalar) in scalars.enumerated() {
      let next = index + 1 < scalars.count ? scalars[index + 1] : " "
      if index == 0 {
        if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(scalar) { return false }
        if "-?:".unicodeScalars.contains(scalar), next == " " { return false }
      } else {
        if scalar == ":", next == " " { return false }
        if scalar == "#", scalars[index - 1] == " " { return false }
      }
    }
    return true
  }

  private static func doubleQuoted(_ text: String) -> String {
    let short: [Unicode.Scalar: String] = [
      "\0": "\\0", "\u{7}": "\\a", "\u{8}": "\\b", "\t": "\\t", "\n": "\\n", "\u{B}": "\\v", "\u{C}": "\\f",
      "\r": "\\r", "\u{1B}": "\\e", "\"": "\\\"", "\\": "\\\\", "\u{85}": "\\N", "\u{2028}": "\\L", "\u{2029}": "\\P",
    ]
    let body = text.unicodeScalars.map { scalar -> String in
      if let escape = short[scalar] { return escape }
      if isPrintable(scalar) { return String(scalar) }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
      return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
    }
    return "\"" + body.joined() + "\""
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  // MARK: Order

  private func sorted(_ names: [String]) -> [String] {
    let rank = Dictionary(fieldOrder.enumerated().map { ($0.element, $0.offset) }) { $1 }
    return names.sorted { a, b in
      switch (rank[a], rank[b]) {
      case (let a?, let b?): a < b
      case (_?, nil): true
      case (nil, _?): false
      case (nil, nil): Self.isBefore(a, b)
      }
    }
  }

  /// Numbers within texts count as numbers, letters come behind other signs.
  private static func isBefore(_ a: String, _ b: String) -> Bool {
    let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    var isInDigits = false
    for index in 0..<min(a.count, b.count) {
      if a[index] == b[index] {
        isInDigits = isDigit(a[index])
        continue
      }
      let (isLetterA, isLetterB) = (a[index].properties.isAlphabetic, b[index].properties.isAlphabetic)
      if isLetterA && isLetterB { return a[index] < b[index] }
      if isLetterA || isLetterB {
        // Behind digits a letter ends the number, which is the smaller one then.
        return isInDigits ? isLetterA : isLetterB
      }
      let (first, second) = (number(a, index), number(b, index))
      if isDigit(a[index]), isDigit(b[index]), first != second { return first < second }
      return a[index] < b[index]
    }
    return a.count < b.count
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func number(_ scalars: [Unicode.Scalar], _ start: Int) -> Double {
    scalars[start...].prefix(while: isDigit).reduce(0) { $0 * 10 + Double($1.value - 48) }
  }
}
