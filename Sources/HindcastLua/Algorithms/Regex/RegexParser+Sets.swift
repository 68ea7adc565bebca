/// What one place of an expression takes: literals, escapes, classes.
extension RegexParser {
  func literal(_ scalar: Unicode.Scalar) -> RegexSet {
    flags.ignoresCase ? .folded(.scalar(scalar)) : .scalar(scalar)
  }

  private static let digit = RegexSet.range(0x30...0x39)
  private static let word: [RegexSet] = [
    .range(0x30...0x39), .range(0x41...0x5A), .range(0x61...0x7A), .scalar("_"),
  ]
  private static let space: [RegexSet] = [.scalar("\t"), .scalar("\n"), .scalar("\u{C}"), .scalar("\r"), .scalar(" ")]

  static func isWord(_ scalar: Unicode.Scalar) -> Bool { word.contains { $0.contains(scalar) } }

  mutating func escape(from start: Int) throws(RegularExpression.SyntaxError) -> RegexNode {
    guard let scalar = peek else { throw fail("trailing backslash at end of expression", "") }
    switch scalar {
    case "A": position += 1; return .assertion(.textStart)
    case "z": position += 1; return .assertion(.textEnd)
    case "b": position += 1; return .assertion(.wordBoundary)
    case "B": position += 1; return .assertion(.noWordBoundary)
    default: break
    }
    if let set = try classEscape(from: start) { return .set(set) }
    return .set(literal(try escapedScalar(from: start)))
  }

  /// `\d`, `\pL` and their like, behind the backslash; nil where it is another escape.
  private mutating func classEscape(from start: Int) throws(RegularExpression.SyntaxError) -> RegexSet? {
    guard let scalar = peek else { return nil }
    switch scalar {
    case "d", "D": position += 1; return .any([Self.digit], isNegated: scalar == "D")
    case "w", "W": position += 1; return .any(Self.word, isNegated: scalar == "W")
    case "s", "S": position += 1; return .any(Self.space, isNegated: scalar == "S")
    case "p", "P": break
    default: return nil
    }
    position += 1
    var isNegated = scalar == "P"
    var name = ""
    if take("{") {
      if take("^") { isNegated.toggle() }
      while let next = next(), next != "}" { name.unicodeScalars.append(next) }
    } else if let next = next() {
      name = String(next)
    }
    guard RegexSet.categories.contains(name) else {
      throw fail("invalid character class range", text(start, position))
    }
    let set = RegexSet.category(name, isNegated: isNegated)
    return flags.ignoresCase ? .folded(set) : set
  }

  private mutating func escapedScalar(from start: Int) throws(RegularExpression.SyntaxError) -> Unicode.Scalar {
    guard let scalar = next() else { throw fail("trailing backslash at end of expression", "") }
    switch scalar {
    case "a": return "\u{7}"
    case "f": return "\u{C}"
    case "t": return "\t"
    case "n": return "\n"
    case "r": return "\r"
    case "v": return "\u{B}"
    case "0"..."7":
      // A digit but zero alone would refer back to a group, which RE2 cannot.
      var digits = String(scalar)
      while digits.count < 3, let next = peek, ("0"..."7").contains(next) {
        digits.unicodeScalars.append(next)
        position += 1
      }
      if scalar != "0", digits.count < 2 { break }
      if let value = UInt32(digits, radix: 8), let octal = Unicode.Scalar(value) { return octal }
    case "x":
      var digits = ""
      if take("{") {
        while let next = next(), next != "}" { digits.unicodeScalars.append(next) }
      } else {
        digits = text(position, min(position + 2, scalars.count))
        position = min(position + 2, scalars.count)
        if digits.count < 2 { break }
      }
      if let value = UInt32(digits, radix: 16), let hex = Unicode.Scalar(value) { return hex }
    default:
      if scalar.isASCII, !Self.isWord(scalar) { return scalar }
    }
    throw fail("invalid escape sequence", text(start, position))
  }

  mutating func characterClass(from start: Int) throws(RegularExpression.SyntaxError) -> RegexSet {
    let isNegated = take("^")
    var sets: [RegexSet] = []
    var isFirst = true
    while isFirst || peek != "]" {
      guard position < scalars.count else { throw fail("missing closing ]", text(start)) }
      isFirst = false
      if has("[:"), let set = try namedClass() {
        sets.append(set)
        continue
      }
      let itemStart = position
      if peek == "\\" {
        position += 1
        if let set = try classEscape(from: itemStart) {
          sets.append(set)
          continue
        }
        position = itemStart
      }
      let low = try classScalar()
      guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
        sets.append(.scalar(low))
        continue
      }
      position += 1
      let high = try classScalar()
      guard low <= high else { throw fail("invalid character class range", text(itemStart, position)) }
      sets.append(.range(low.value...high.value))
    }
    position += 1
    let folded = flags.ignoresCase ? sets.map { RegexSet.folded($0) } : sets
    return .any(folded, isNegated: isNegated)
  }

  private mutating func classScalar() throws(RegularExpression.SyntaxError) -> Unicode.Scalar {
    let start = position
    guard let scalar = next() else { throw fail("missing closing ]", text(0)) }
    return scalar == "\\" ? try escapedScalar(from: start) : scalar
  }

  private static let namedClasses: [String: [RegexSet]] = [
    "alnum": [.range(0x30...0x39), .range(0x41...0x5A), .range(0x61...0x7A)],
    "alpha": [.range(0x41...0x5A), .range(0x61...0x7A)], "ascii": [.range(0...0x7F)],
    "blank": [.scalar("\t"), .scalar(" ")], "cntrl": [.range(0...0x1F), .scalar("\u{7F}")], "digit": [digit],
    "graph": [.range(0x21...0x7E)], "lower": [.range(0x61...0x7A)], "print": [.range(0x20...0x7E)],
    "punct": [.range(0x21...0x2F), .range(0x3A...0x40), .range(0x5B...0x60), .range(0x7B...0x7E)],
    "space": [.range(0x9...0xD), .scalar(" ")], "upper": [.range(0x41...0x5A)], "word": word,
    "xdigit": [digit, .range(0x41...0x46), .range(0x61...0x66)],
  ]

  /// `[:alpha:]`; nil where it is none, which makes the bracket a literal.
  private mutating func namedClass() throws(RegularExpression.SyntaxError) -> RegexSet? {
    let start = position
    var end = position + 2
    while end + 1 < scalars.count, !(scalars[end] == ":" && scalars[end + 1] == "]") { end += 1 }
    guard end + 1 < scalars.count else { return nil }
    var name = text(position + 2, end)
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    guard let sets = Self.namedClasses[name] else {
      throw fail("invalid character class range", text(start, end + 2))
    }
    position = end + 2
    return .any(sets, isNegated: isNegated)
  }
}
