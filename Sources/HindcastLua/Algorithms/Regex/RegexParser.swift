/// Reads RE2's syntax.
struct RegexParser {
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotTakesNewline = false
    var isUngreedy = false
  }

  private static let deepest = 500
  private static let mostRepeats = 1000

  let scalars: [Unicode.Scalar]
  var position = 0
  var flags = Flags()
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

  // MARK: Scalars

  var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    position += 1
    return scalar
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }

  func has(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

  func text(_ start: Int, _ end: Int? = nil) -> String {
    String(String.UnicodeScalarView(scalars[start..<(end ?? scalars.count)]))
  }

  func fail(_ message: String, _ part: String) -> RegularExpression.SyntaxError {
    RegularExpression.SyntaxError(message: message, part: part)
  }
}
