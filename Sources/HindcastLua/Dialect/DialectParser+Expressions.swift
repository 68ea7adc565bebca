extension DialectParser {
  /// Parses expressions separated by commas; how many, and the last.
  mutating func expressionList() throws(LuaSyntaxError) -> (count: Int, last: DialectExpression) {
    var last = try fullExpression()
    var count = 1
    while try take(.comma) {
      last = try fullExpression()
      count += 1
    }
    return (count, last)
  }

  /// Parses an expression that no operator takes up.
  @discardableResult
  mutating func fullExpression() throws(LuaSyntaxError) -> DialectExpression {
    let parsed = try expression()
    settle(parsed)
    return parsed
  }

  /// Writes the value of arithmetic on literals in its place.
  mutating func settle(_ expression: DialectExpression) {
    guard expression.isFolded, let value = expression.constant else { return }
    let literal = DialectOperator.literal(value)
    let isParenthesized = lexer.source[expression.start] == UInt8(ascii: "(")
    rewriter.replace(expression.start..<expression.end, .verbatim(isParenthesized ? "(\(literal))" : literal))
  }

  /// Cuts an expression to one value where it ends a list of arguments.
  mutating func truncate(_ expression: DialectExpression) {
    guard expression.isMultiple else { return }
    rewriter.open(at: expression.start, .verbatim("("))
    rewriter.close(at: expression.end, ")")
  }

  // MARK: Operators

  /// Parses an expression whose operators bind tighter than `strength` to the left.
  mutating func expression(above strength: Int = 0) throws(LuaSyntaxError) -> DialectExpression {
    try enter()
    defer { leave() }
    var left = try prefixOperation()
    while let operation = DialectOperator.table[token.kind], operation.left > strength {
      if token.kind == .concat {
        left = try concatenation(from: left)
        continue
      }
      let symbol = token
      try advance()
      let right = try expression(above: operation.right)
      left = try combine(left, symbol, operation, right)
    }
    return left
  }

  private mutating func prefixOperation() throws(LuaSyntaxError) -> DialectExpression {
    let symbol = token
    let support: LuaSupport?
    switch symbol.kind {
    case .not: support = nil
    case .minus: support = .negate
    case .hash: support = .length
    case .tilde: support = .bitNot
    default: return try castExpression()
    }
    try advance()
    let operand = try expression(above: DialectOperator.unaryStrength)
    var result = DialectExpression(start: symbol.start, end: operand.end)
    if symbol.kind == .minus, let value = operand.constant {
      result.constant = -value
      result.isFolded = true
      result.number = .float(isIntegral: value.rounded() == value)
      return result
    }
    settle(operand)
    guard let support else { return result }
    truncate(operand)
    rewriter.replace(symbol.start..<symbol.end, .call(support))
    rewriter.close(at: operand.end, ")")
    switch support {
    case .length: result.number = .float(isIntegral: true)
    case .negate: result.number = .float(isIntegral: false)
    default: break
    }
    return result
  }

  private mutating func combine(
    _ left: DialectExpression, _ symbol: DialectToken, _ operation: DialectOperator, _ right: DialectExpression
  ) throws(LuaSyntaxError) -> DialectExpression {
    var result = DialectExpression(start: left.start, end: right.end)
    if let fold = operation.fold, let a = left.constant, let b = right.constant {
      let value = fold(a, b)
      result.constant = value
      result.isFolded = true
      result.number = .float(isIntegral: value.rounded() == value)
      return result
    }
    settle(left)
    settle(right)
    if operation.givesFloat { result.number = .float(isIntegral: false) }
    result.depth = left.depth
    guard let support = operation.support else { return result }
    truncate(right)
    rewriter.open(at: left.start, .call(support))
    rewriter.replace(symbol.start..<symbol.end, .verbatim(","))
    rewriter.close(at: right.end, ")")
    result.depth += 1
    try checkDepth(result.depth)
    return result
  }

  /// Parses the rest of `a .. b .. c` into `cat(a, cat(b, c))`.
  ///
  /// Each call inside a call costs Lua 5.4 registers, so a long chain becomes groups of calls. That joins the same text;
  /// only an operand with a `__concat` in such a chain could tell.
  private mutating func concatenation(from first: DialectExpression) throws(LuaSyntaxError) -> DialectExpression {
    settle(first)
    var operands = [first]
    while token.kind == .concat {
      rewriter.replace(token.start..<token.end, .verbatim(","))
      try advance()
      let operand = try expression(above: DialectOperator.concatOperandStrength)
      settle(operand)
      operands.append(operand)
    }
    let last = operands[operands.count - 1]
    truncate(last)

    let groupSize = 48
    let groups = stride(from: 0, to: operands.count, by: groupSize).map {
      operands[$0..<min($0 + groupSize, operands.count)]
    }
    for group in groups {
      for operand in group.dropLast() { rewriter.open(at: operand.start, .call(.concatenate)) }
      if let end = group.last?.end { rewriter.close(at: end, String(repeating: ")", count: group.count - 1)) }
    }
    for group in groups.dropLast() {
      if let start = group.first?.start { rewriter.open(at: start, .call(.concatenate)) }
    }
    rewriter.close(at: last.end, String(repeating: ")", count: groups.count - 1))
    return DialectExpression(start: first.start, end: last.end, depth: first.depth + 1)
  }

  // MARK: Casts

  /// Parses an operand and the casts and assertions after it, which bind tighter than any operator and cost a call all
  /// its results but the first.
  private mutating func castExpression() throws(LuaSyntaxError) -> DialectExpression {
    let operand = try simpleExpression()
    guard token.kind == .bang || token.kind == .as || token.kind == .doubleColon else { return operand }
    settle(operand)
    truncate(operand)
    let from = token.start
    while token.kind == .bang || token.kind == .as || token.kind == .doubleColon {
      let isAssertion = token.kind == .bang
      try advance()
      if !isAssertion { _ = try simpleType() }
    }
    rewriter.erase(from..<previous.end)
    return DialectExpression(start: operand.start, end: operand.end, depth: operand.depth)
  }

  private mutating func simpleExpression() throws(LuaSyntaxError) -> DialectExpression {
    let start = token
    switch start.kind {
    case .number: return try numberLiteral()
    case .nil:
      try advance()
      if token.kind == .leftParen, token.line == start.line { return try nilCall(start) }
    case .true, .false, .string: try advance()
    case .ellipsis: return try varargs()
    case .leftBrace: try tableConstructor()
    case .function:
      try advance()
      try functionBody(isMethod: false)
      return DialectExpression(start: start.start, end: previous.end, isFunction: true)
    default: return try suffixedExpression(asTarget: false)
    }
    return DialectExpression(start: start.start, end: previous.end)
  }

  private mutating func numberLiteral() throws(LuaSyntaxError) -> DialectExpression {
    let literal = token
    try advance()
    var result = DialectExpression(start: literal.start, end: literal.end)
    switch lexer.numberValue(literal) {
    case .integer(let value):
      result.constant = Double(value)
      result.number = .integer
    case .float(let value):
      result.constant = value
      result.number = .float(isIntegral: value.rounded() == value)
      result.isFolded = value.isNaN
    }
    return result
  }

  private mutating func varargs() throws(LuaSyntaxError) -> DialectExpression {
    let dots = token
    if functions.last?.isVararg != true { throw lexer.error(dots, "cannot use '...' outside a vararg function") }
    if functions.count == 1 { rewriter.replace(dots.start..<dots.end, .chunkArguments) }
    try advance()
    return DialectExpression(start: dots.start, end: dots.end, shape: .vararg)
  }

  /// Parses `nil(v)`, which asks whether `v` is nil.
  private mutating func nilCall(_ word: DialectToken) throws(LuaSyntaxError) -> DialectExpression {
    facts.typeValues.append(("nil", word.start..<word.end))
    try arguments()
    return try suffixes(of: DialectExpression(start: word.start, end: previous.end, shape: .call), base: nil)
  }

  // MARK: Tables

  mutating func tableConstructor() throws(LuaSyntaxError) {
    let open = token
    try advance()
    while token.kind != .rightBrace {
      if token.kind == .leftBracket {
        let bracket = token
        try advance()
        try fullExpression()
        try expect(.rightBracket, closing: bracket)
        try expect(.assign, to: "follow the key")
      } else if token.kind == .name || token.kind.isTypeWord, try peek() == .assign {
        try advance()
        try advance()
      }
      try fullExpression()
      guard token.kind == .comma || token.kind == .semicolon else { break }
      try advance()
    }
    try expect(.rightBrace, closing: open)
  }
}
