/// Reads RE2's syntax.
struct RegexParser {
  private typealias Failure = RegularExpression.SyntaxError

  private struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotTakesNewline = false
    var isUngreedy = false
  }

  private static let deepest = 500
  private static let mostRepeats = 1000

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var flags = Flags()
  private var depth = 0
  /// The names of the groups so far; empty for those without one.
  private(set) var groupNames: [String] = []

  init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

  mutating func parse() throws(RegularExpression.SyntaxError) -> RegexNode {
    let node = try alternatives()
    if position < scalars.count { throw fail("unexpected )", text(0)) }
    return node
  }

  // MARK: Structure

  private mutating func alternatives() throws(RegularExpression.SyntaxError) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    guard depth < Self.deepest else { throw fail("expression nests too deeply", text(0)) }
    var nodes = [try sequence()]
    while take("|") { nodes.append(try sequence()) }
    return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
  }

  private mutating func sequence() throws(RegularExpression.SyntaxError) -> RegexNode {
    var nodes: [RegexNode] = []
    while let next = peek, next != "|", next != ")" {
      let start = position
      if takeQuoted(into: &nodes) { continue }
      guard let node = try atom() else { continue }
      nodes.append(try repetition(of: node, from: start))
    }
    return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
  }

  /// `\Q…\E`
  private mutating func takeQuoted(into nodes: inout [RegexNode]) -> Bool {
    guard has("\\Q") else { return false }
    position += 2
    while position < scalars.count, !has("\\E") {
      nodes.append(.set(literal(scalars[position])))
      position += 1
    }
    if has("\\E") { position += 2 }
    return true
  }

  private mutating func repetition(of node: RegexNode, from start: Int) throws(RegularExpression.SyntaxError)
    -> RegexNode
  {
    var node = node
    var isRepeated = false
    while let next = peek {
      let operatorStart = position
      let bounds: (Int, Int?)
      switch next {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let counted = try count() else { return node }
        bounds = counted
        position -= 1
      default: return node
      }
      position += 1
      let isLazy = take("?")
      if isRepeated { throw fail("invalid nested repetition operator", text(operatorStart, position)) }
      isRepeated = true
      node = .repeated(node, min: bounds.0, max: bounds.1, isGreedy: isLazy == flags.isUngreedy)
    }
    return node
  }

  /// `{n}`, `{n,}`, `{n,m}`, read up to behind the brace; nil where it is none, which makes the brace a literal.
  private mutating func count() throws(RegularExpression.SyntaxError) -> (Int, Int?)? {
    let start = position
    position += 1
    func number() -> Int? {
      let begin = position
      while let next = peek, ("0"..."9").contains(next) { position += 1 }
      return Int(text(begin, position))
    }
    guard let min = number() else {
      position = start
      return nil
    }
    var max: Int? = min
    if take(",") {
      max = nil
      if peek != "}" {
        guard let number = number() else {
          position = start
          return nil
        }
        max = number
      }
    }
    guard take("}") else {
      position = start
      return nil
    }
    if min > Self.mostRepeats || max ?? 0 > Self.mostRepeats || max ?? min < min {
      throw fail("invalid repeat count", text(start, position))
    }
    return (min, max)
  }

  private mutating func atom() throws(RegularExpression.SyntaxError) -> RegexNode? {
    let start = position
    guard let scalar = next() else { return .empty }
    switch scalar {
    case "(": return try group(from: start)
    case "[": return .set(try characterClass(from: start))
    case ".":
      return .set(
        flags.dotTakesNewline ? .range(0...0x10FFFF) : .any([.scalar("\n")], isNegated: true))
    case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "*", "+", "?": throw fail("missing argument to repetition operator", String(scalar))
    case "\\": return try escape(from: start)
    default: return .set(literal(scalar))
    }
  }

  private mutating func group(from start: Int) throws(RegularExpression.SyntaxError) -> RegexNode? {
    var number: Int?
    let outer = flags
    if take("?") {
      if has("P<") || (peek == "<" && !has("<=") && !has("<!")) {
        position += peek == "P" ? 2 : 1
        let begin = position
        while position < scalars.count, scalars[position] != ">" { position += 1 }
        let name = text(begin, position)
        guard take(">"), !name.isEmpty, name.unicodeScalars.allSatisfy(Self.isWord) else {
          throw fail("invalid named capture", text(start, position))
        }
        if groupNames.contains(name) { throw fail("duplicate capture group name", name) }
        groupNames.append(name)
        number = groupNames.count
      } else if try !setFlags(from: start) {
        // `(?i)` holds for the rest of the group that it stands in.
        return nil
      }
    } else {
      groupNames.append("")
      number = groupNames.count
    }
    let inner = try alternatives()
    guard take(")") else { throw fail("missing closing )", text(0)) }
    flags = outer
    return number.map { .group(inner, number: $0) } ?? inner
  }

  /// Flags behind `(?`; true where a group follows, false where they end with `)`.
  private mutating func setFlags(from start: Int) throws(RegularExpression.SyntaxError) -> Bool {
    var isOn = true
    var hasFlag = false
    while let flag = next() {
      switch flag {
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotTakesNewline = isOn
      case "U": flags.isUngreedy = isOn
      case "-" where isOn:
        isOn = false
        hasFlag = false
        continue
      case ":" where isOn || hasFlag: return true
      case ")" where isOn || hasFlag: return false
      default: throw fail("invalid or unsupported Perl syntax", text(start, position))
      }
      hasFlag = true
    }
    throw fail("missing closing )", text(0))
  }

  // MARK: Sets

  private func literal(_ scalar: Unicode.Scalar) -> RegexSet {
    flags.ignoresCase ? .folded(.scalar(scalar)) : .scalar(scalar)
  }

  private static let digit = RegexSet.range(0x30...0x39)
  private static let word: [RegexSet] = [
    .range(0x30...0x39), .range(0x41...0x5A), .range(0x61...0x7A), .scalar("_"),
  ]
  private static let space: [RegexSet] = [.scalar("\t"), .scalar("\n"), .scalar("\u{C}"), .scalar("\r"), .scalar(" ")]

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool { word.contains { $0.contains(scalar) } }

  private mutating func escape(from start: Int) throws(RegularExpression.SyntaxError) -> RegexNode {
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

  private mutating func characterClass(from start: Int) throws(RegularExpression.SyntaxError) -> RegexSet {
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

  // MARK: Scalars

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    position += 1
    return scalar
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }

  private func has(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

  private func text(_ start: Int, _ end: Int? = nil) -> String {
    String(String.UnicodeScalarView(scalars[start..<(end ?? scalars.count)]))
  }

  private func fail(_ message: String, _ part: String) -> RegularExpression.SyntaxError {
    RegularExpression.SyntaxError(message: message, part: part)
  }
}
