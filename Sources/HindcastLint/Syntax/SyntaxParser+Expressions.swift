import HindcastLua

extension SyntaxParser {
  mutating func expressions() throws(Failure) -> [Expression] {
    var list = [try expression()]
    while take(.comma) { list.append(try expression()) }
    return list
  }

  mutating func expression() throws(Failure) -> Expression {
    try nested { parser throws(Failure) in try parser.operation() }
  }

  private mutating func operation() throws(Failure) -> Expression {
    var operands = [try operand()]
    var operators: [Operator] = []
    while Self.binary.contains(kind) {
      operators.append(kind)
      advance()
      operands.append(try operand())
    }
    return operators.isEmpty ? operands[0] : .operation(operands, operators)
  }

  private static let binary: Set<Operator> = [
    .or, .and, .less, .greater, .lessEqual, .greaterEqual, .equal, .notEqual, .pipe, .tilde, .ampersand, .shiftLeft,
    .shiftRight, .concat, .plus, .minus, .star, .slash, .percent, .doubleSlash, .caret,
  ]

  private mutating func operand() throws(Failure) -> Expression {
    let start = position
    switch kind {
    case .not, .minus, .hash, .tilde:
      let symbol = kind
      advance()
      return .unary(symbol, try nested { parser throws(Failure) in try parser.operand() }, start)
    case .nil:
      let line = token.line
      advance()
      let word = Expression.literal(.nil, start)
      // `nil(v)` asks whether v is nil.
      guard kind == .leftParen, token.line == line else { return word }
      return try suffixes(of: word)
    case .true: return literal(.true)
    case .false: return literal(.false)
    case .ellipsis: return literal(.vararg)
    case .number: return literal(.number(source.number(token)))
    case .string: return literal(.string(source.string(token)))
    case .leftBrace: return try table()
    case .function:
      advance()
      return .function(try functionBody(at: start, isMethod: false))
    default: return try suffixedExpression()
    }
  }

  private mutating func literal(_ value: Expression.Literal) -> Expression {
    defer { advance() }
    return .literal(value, position)
  }

  mutating func suffixedExpression() throws(Failure) -> Expression {
    let start = position
    if take(.leftParen) {
      let inner = try expression()
      try expect(.rightParen)
      return try suffixes(of: .parenthesized(inner, start))
    }
    guard kind == .name else { throw unexpected() }
    return try suffixes(of: .name(use(try name(), at: start, isWrite: false)))
  }

  private mutating func suffixes(of base: Expression) throws(Failure) -> Expression {
    var list: [Suffix] = []
    while true {
      let start = position
      switch kind {
      case .dot:
        advance()
        let place = position
        list.append(Suffix(kind: .field(try fieldName()), position: place))
      case .leftBracket:
        advance()
        let index = try expression()
        try expect(.rightBracket)
        list.append(Suffix(kind: index.string.map { .field($0) } ?? .index(index), position: start))
      case .colon:
        advance()
        let place = position
        let method = try fieldName()
        list.append(Suffix(kind: .method(method, try arguments()), position: place))
      case .leftParen, .leftBrace, .string:
        list.append(Suffix(kind: .call(try arguments()), position: start))
      default: return list.isEmpty ? base : .chain(base, list)
      }
    }
  }

  private mutating func arguments() throws(Failure) -> [Expression] {
    switch kind {
    case .string: return [literal(.string(source.string(token)))]
    case .leftBrace: return [try table()]
    case .leftParen:
      advance()
      if take(.rightParen) { return [] }
      let list = try expressions()
      try expect(.rightParen)
      return list
    default: throw unexpected()
    }
  }

  private mutating func table() throws(Failure) -> Expression {
    try nested { parser throws(Failure) in try parser.tableItems() }
  }

  private mutating func tableItems() throws(Failure) -> Expression {
    let start = position
    advance()
    var items: [TableItem] = []
    while kind != .rightBrace {
      if take(.leftBracket) {
        let key = try expression()
        try expect(.rightBracket)
        try expect(.assign)
        items.append(TableItem(key: key.string.map { .field($0) } ?? .computed(key), value: try expression()))
      } else if kind == .name || kind.isTypeWord, nextKind == .assign {
        let field = try fieldName()
        advance()
        items.append(TableItem(key: .field(field), value: try expression()))
      } else {
        items.append(TableItem(key: .position, value: try expression()))
      }
      guard kind == .comma || kind == .semicolon else { break }
      advance()
    }
    try expect(.rightBrace)
    return .table(items, start)
  }
}
