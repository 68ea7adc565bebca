/// A regular expression in RE2's syntax, with the semantics of Go's `regexp`: the leftmost match, alternatives tried in
/// their order. It takes time in proportion to the text, whatever the expression: nothing is tried twice.
final class RegularExpression: Sendable {
  /// Why an expression cannot be used; Go's wording where it has one.
  struct SyntaxError: Error, CustomStringConvertible {
    let message: String
    /// The part of the expression that is wrong.
    let part: String
    var description: String { "error parsing regexp: \(message): `\(part)`" }
  }

  /// The expression as it was written.
  let pattern: String
  /// The names of groups, the whole match first; empty for those without one.
  let groupNames: [String]
  private let program: RegexProgram

  init(_ pattern: String) throws(SyntaxError) {
    self.pattern = pattern
    var parser = RegexParser(pattern)
    let tree = try parser.parse()
    groupNames = [""] + parser.groupNames
    var compiler = RegexCompiler()
    guard let program = compiler.compile(tree, groups: groupNames.count) else {
      throw SyntaxError(message: "expression too large", part: pattern)
    }
    self.program = program
  }

  /// How many instructions one step over a text may cost, for charging.
  var size: Int { program.instructions.count }

  /// A match: for each group where it begins and ends, in bytes; nil for groups that took no part.
  typealias Match = [Range<Int>?]

  func matches(_ text: [UInt8]) -> Bool {
    program.match(RegexText(text), from: 0) != nil
  }

  /// The first match.
  func firstMatch(in text: [UInt8]) -> Match? { program.match(RegexText(text), from: 0) }

  /// All matches that do not overlap, at most so many: no empty one stands next to the one before it.
  func allMatches(in text: [UInt8], atMost limit: Int = .max) -> [Match] {
    let decoded = RegexText(text)
    var matches: [Match] = []
    var start = 0
    var lastEnd = -1
    while start <= decoded.scalars.count, matches.count < limit {
      guard let match = program.match(decoded, from: start), let whole = match[0] else { break }
      let end = decoded.index(ofByte: whole.upperBound)
      if whole.isEmpty {
        // Next to the match before, an empty match does not count.
        if whole.upperBound != lastEnd { matches.append(match) }
        start = end + 1
      } else {
        matches.append(match)
        start = end
      }
      lastEnd = whole.upperBound
    }
    return matches
  }

  /// The text with every match replaced; `$1`, `${1}` and `${name}` in the replacement stand for groups, `$$` for `$`.
  func replacingAll(in text: [UInt8], with template: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    for match in allMatches(in: text) {
      guard let whole = match[0] else { continue }
      result += text[position..<whole.lowerBound]
      expand(template, match, text, into: &result)
      position = whole.upperBound
    }
    return result + text[position...]
  }

  /// The text cut at the matches, into at most so many parts; negative: no limit.
  func split(_ text: [UInt8], atMost limit: Int) -> [ArraySlice<UInt8>] {
    if limit == 0 { return [] }
    if !pattern.isEmpty, text.isEmpty { return [text[...]] }
    var parts: [ArraySlice<UInt8>] = []
    var begin = 0
    var end = 0
    for match in allMatches(in: text) {
      if limit > 0, parts.count == limit - 1 { break }
      guard let whole = match[0] else { continue }
      end = whole.lowerBound
      if whole.upperBound != 0 { parts.append(text[begin..<end]) }
      begin = whole.upperBound
    }
    if end != text.count { parts.append(text[begin...]) }
    return parts
  }

  private func expand(_ template: [UInt8], _ match: Match, _ text: [UInt8], into result: inout [UInt8]) {
    var rest = template[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "$"), let next = rest.first else {
        result.append(byte)
        continue
      }
      if next == UInt8(ascii: "$") {
        rest = rest.dropFirst()
        result.append(next)
        continue
      }
      let isBraced = next == UInt8(ascii: "{")
      let body = isBraced ? rest.dropFirst() : rest
      let name = body.prefix { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
      let behind = body.dropFirst(name.count)
      guard !name.isEmpty, !isBraced || behind.first == UInt8(ascii: "}") else {
        result.append(byte)
        continue
      }
      rest = isBraced ? behind.dropFirst() : behind
      let wanted = String(decoding: name, as: UTF8.self)
      let group = Int(wanted) ?? groupNames.indices.dropFirst().last { groupNames[$0] == wanted }
      if let group, match.indices.contains(group), let range = match[group] { result += text[range] }
    }
  }
}

/// A text as scalars, with where each begins; bytes that are no UTF-8 are U+FFFD each.
struct RegexText {
  let scalars: [Unicode.Scalar]
  /// Where each scalar begins, and the end.
  let offsets: [Int]

  init(_ bytes: [UInt8]) {
    var scalars: [Unicode.Scalar] = []
    var offsets: [Int] = []
    scalars.reserveCapacity(bytes.count)
    offsets.reserveCapacity(bytes.count + 1)
    var position = 0
    while position < bytes.count {
      offsets.append(position)
      var iterator = bytes[position...].prefix(4).makeIterator()
      var decoder = UTF8()
      if case .scalarValue(let scalar) = decoder.decode(&iterator) {
        scalars.append(scalar)
        position += UTF8.width(scalar)
      } else {
        scalars.append("\u{FFFD}")
        position += 1
      }
    }
    offsets.append(bytes.count)
    self.scalars = scalars
    self.offsets = offsets
  }

  /// The number of the scalar that begins at a byte, or of the end.
  func index(ofByte byte: Int) -> Int {
    var (low, high) = (0, offsets.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if offsets[middle] < byte { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
