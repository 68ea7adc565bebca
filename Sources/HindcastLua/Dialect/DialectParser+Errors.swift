extension DialectParser {
  /// The error for a token that cannot stand where it does.
  func unexpected(wanted: String? = nil) -> LuaSyntaxError {
    let found = token.kind == .endOfFile ? token.kind.display : "'\(shownText())'"
    let message = wanted.map { "expected \($0), found \(found)" } ?? "unexpected \(found)"
    return lexer.error(token, message, hint: hint())
  }

  private func shownText() -> String {
    let text = lexer.text(token)
    return text.count > 40 ? "\(text.prefix(40))…" : text
  }

  /// What someone who wrote the token had in mind, told in the dialect's words.
  private func hint() -> String? {
    let next = token.end < lexer.source.count ? lexer.source[token.end] : 0
    switch token.kind {
    case .bang where next == UInt8(ascii: "="), .assign where previous.kind == .bang: return "inequality is written ~="
    case .ampersand where next == UInt8(ascii: "&"), .ampersand where previous.kind == .ampersand:
      return "logical and is written 'and'"
    case .pipe where next == UInt8(ascii: "|"), .pipe where previous.kind == .pipe:
      return "logical or is written 'or'"
    case .assign where DialectOperator.table[previous.kind] != nil:
      return "there is no compound assignment: write x = x \(previous.kind.rawValue) …"
    case .plus, .minus, .star, .slash, .percent, .concat:
      return next == UInt8(ascii: "=") ? "there is no compound assignment: write x = x \(token.kind.rawValue) …" : nil
    case .doubleSlash: return "a comment starts with --"
    case .less where previous.kind == .name: return "the dialect has no attributes such as <const> and <close>"
    case let kind where kind.isTypeWord:
      return "'\(kind.rawValue)' is a reserved word of Wippy's Lua; it can only be a field or method name"
    default: return nil
    }
  }
}
