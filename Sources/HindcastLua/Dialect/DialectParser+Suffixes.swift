extension DialectParser {
  /// Parses a name or a parenthesized expression with the fields, indices and calls after it.
  ///
  /// - Parameter asTarget: at the start of a statement, where a name before `=` or `,` is assigned, not read.
  mutating func suffixedExpression(asTarget: Bool) throws(LuaSyntaxError) -> DialectExpression {
    let start = token
    switch start.kind {
    case .leftParen:
      let inner = try parenthesized()
      if startsSuffix() { settle(inner) }
      return try suffixes(of: inner, base: nil)
    case .name:
      try advance()
      let name = lexer.text(start)
      let isTarget = asTarget && (token.kind == .assign || token.kind == .comma)
      if !isTarget, !scope.isLocal(name) { noteRead(of: start, name) }
      return try suffixes(
        of: DialectExpression(start: start.start, end: start.end, shape: .name), base: start)
    default:
      throw unexpected(wanted: "an expression")
    }
  }

  /// Parentheses cut a call to one value and hide nothing else.
  private mutating func parenthesized() throws(LuaSyntaxError) -> DialectExpression {
    let open = token
    try advance()
    var inner = try expression()
    try expect(.rightParen, closing: open)
    inner.start = open.start
    inner.end = previous.end
    switch inner.shape {
    case .call, .parenthesizedCall: inner.shape = .parenthesizedCall
    case .value, .name, .field, .vararg: inner.shape = .value
    }
    return inner
  }

  private func startsSuffix() -> Bool {
    switch token.kind {
    case .dot, .leftBracket, .colon, .leftParen, .leftBrace, .string: true
    default: false
    }
  }

  /// Parses what follows `operand`; `base` is its name if it is one.
  mutating func suffixes(
    of operand: DialectExpression, base: DialectToken?
  ) throws(LuaSyntaxError) -> DialectExpression {
    var result = operand
    var base = base
    while startsSuffix() {
      let symbol = token
      switch symbol.kind {
      case .dot:
        try advance()
        noteMember(of: base)
        let member = try fieldName()
        if let base { noteVersion(lexer.text(base), member) }
        result.shape = .field
      case .leftBracket:
        try advance()
        try fullExpression()
        try expect(.rightBracket, closing: symbol)
        result.shape = .field
      case .colon:
        try advance()
        noteMember(of: base)
        _ = try fieldName()
        try arguments()
        result.shape = .call
      default:
        if let base { try noteCall(of: base) }
        try arguments()
        result.shape = .call
      }
      base = nil
      result = DialectExpression(
        start: result.start, end: previous.end, shape: result.shape, depth: result.depth)
    }
    return result
  }

  /// Parses `(…)`, `{…}` or a string after a function.
  mutating func arguments() throws(LuaSyntaxError) {
    let open = token
    switch open.kind {
    case .string: try advance()
    case .leftBrace: try tableConstructor()
    case .leftParen:
      if previous.kind == .rightParen, previous.line < open.line {
        throw lexer.error(
          open, "ambiguous: a call of the line before, or a new statement?",
          hint: "join the lines, or begin the statement with ';'")
      }
      try advance()
      if token.kind != .rightParen { _ = try expressionList() }
      try expect(.rightParen, closing: open)
    default: throw unexpected(wanted: "the arguments of a call")
    }
  }

  // MARK: Facts

  private mutating func noteRead(of token: DialectToken, _ name: String) {
    facts.reads(name, line: token.line)
    if Self.builtinTypes.contains(name) { facts.typeValues.append((name, token.start..<token.end)) }
  }

  /// Notes `base.member` of a global, the member being the token at hand.
  private mutating func noteMember(of base: DialectToken?) {
    guard let base, token.kind == .name || token.kind.isTypeWord else { return }
    let name = lexer.text(base)
    guard !scope.isLocal(name) else { return }
    let member = lexer.text(token)
    facts.reads("\(name).\(member)", line: base.line)
    if name == Self.stringType, Self.typeMethods.contains(member) {
      facts.typeValues.append((name, base.start..<base.end))
    }
  }

  private mutating func noteCall(of base: DialectToken) throws(LuaSyntaxError) {
    let name = lexer.text(base)
    guard !scope.isLocal(name) else { return }
    if name == Self.stringType { facts.typeValues.append((name, base.start..<base.end)) }
    if name == "require" { try noteRequire() }
  }

  private mutating func noteRequire() throws(LuaSyntaxError) {
    var literal = token
    if literal.kind == .leftParen {
      _ = try peek()
      literal = lookedAhead ?? literal
    }
    guard literal.kind == .string else { return }
    facts.requires.append(
      .init(name: String(decoding: lexer.stringValue(literal), as: UTF8.self), line: literal.line))
  }

  /// The types that exist without a declaration; `string` is one only where it is called or asked like a type, otherwise
  /// the library.
  static let builtinTypes: Set<String> = ["number", "integer", "boolean", "any", "unknown", "never"]

  private static let stringType = "string"

  private static let typeMethods: Set<String> = [
    "is", "kind", "name", "elem", "key", "val", "inner", "ret", "fields", "variants", "params", "tparams",
  ]
}
