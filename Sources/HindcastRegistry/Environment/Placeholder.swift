/// A text of an entry, cut into what is literal and what the environment fills in.
enum TextPart: Equatable {
  case literal(String)
  case placeholder(Placeholder)
}

/// `${env:NAME}`, `${env:NAME|default}` or `${NAME|default}`.
struct Placeholder: Equatable {
  var name: String
  var inlineDefault: String?
  /// The placeholder as it is written.
  var written: String
}

extension TextPart {
  /// Cuts a text at its placeholders. `$${` is a literal `${`; anything else in `${…}` stays as it is.
  static func parse(_ text: String) -> [TextPart] {
    var parts: [TextPart] = []
    var literal = ""
    var rest = text[...]
    while let dollar = rest.utf8.firstIndex(of: UInt8(ascii: "$")) {
      literal += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        literal += "${"
        rest = rest.dropFirst(3)
      } else if let placeholder = takePlaceholder(from: rest) {
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = ""
        parts.append(.placeholder(placeholder))
        rest = rest.dropFirst(placeholder.written.count)
      } else {
        literal.append("$")
        rest = rest.dropFirst()
      }
    }
    literal += rest
    if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
    return parts
  }

  /// The placeholder at the start of a text.
  private static func takePlaceholder(from text: Substring) -> Placeholder? {
    guard text.hasPrefix("${"), let end = text.utf8.firstIndex(of: UInt8(ascii: "}")) else { return nil }
    let written = String(text[...end])
    let body = text[..<end].dropFirst(2)
    let bar = body.utf8.firstIndex(of: UInt8(ascii: "|"))
    let inlineDefault = bar.map { String(body[body.utf8.index(after: $0)...]) }
    let name = bar.map { body[..<$0] } ?? body
    if name.hasPrefix("env:") {
      return Placeholder(name: String(name.dropFirst(4)), inlineDefault: inlineDefault, written: written)
    }
    guard inlineDefault != nil, !name.isEmpty, name.utf8.allSatisfy(isShortNameByte) else { return nil }
    return Placeholder(name: String(name), inlineDefault: inlineDefault, written: written)
  }

  private static func isShortNameByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "_")
  }
}
