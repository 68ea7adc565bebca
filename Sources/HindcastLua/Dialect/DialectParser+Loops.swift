extension DialectParser {
  mutating func forStatement() throws(LuaSyntaxError) {
    let start = token
    try advance()
    scope.enterBlock()
    defer { scope.leaveBlock() }
    let first = try loopName()
    switch token.kind {
    case .assign: try numericFor(start, variable: first)
    case .comma, .in: try genericFor(start, firstName: first)
    default: throw unexpected(wanted: "'=' or 'in'")
    }
  }

  private mutating func loopName() throws(LuaSyntaxError) -> String {
    let name = try name(for: "the loop variable")
    _ = try annotation()
    return name
  }

  // MARK: for … in

  private mutating func genericFor(_ start: DialectToken, firstName: String) throws(LuaSyntaxError) {
    var names = [firstName]
    while try take(.comma) { names.append(try loopName()) }
    try expect(.in, to: "follow the loop variables")
    let walksTable = try startsTableWalk()
    _ = try expressionList()
    try expect(.do, to: "begin the loop")
    let bodyStart = previous.end
    for name in names { scope.declare(name) }
    try loopBody()
    if walksTable { facts.pairsLoops.append(start.line...token.line) }
    try expect(.endWord, closing: start)
    probeLoop(start, bodyStart: bodyStart)
  }

  private mutating func startsTableWalk() throws(LuaSyntaxError) -> Bool {
    guard token.kind == .name else { return false }
    switch lexer.text(token) {
    case "pairs": return try peek() == .leftParen
    case "next": return try peek() == .comma
    default: return false
    }
  }

  // MARK: for … =

  private mutating func numericFor(_ start: DialectToken, variable: String) throws(LuaSyntaxError) {
    try advance()
    let head = start.start..<previous.end
    let first = try expression()
    try expect(.comma, to: "separate start and limit")
    let limit = try expression()
    let step = try take(.comma) ? try expression() : nil
    let doToken = token
    try expect(.do, to: "begin the loop")
    let isPlain = settleKind(first: first, limit: limit, step: step)
    scope.declare(variable)
    try loopBody()
    try expect(.endWord, closing: start)
    // A loop between two literals always goes the same way.
    defer { if first.constant == nil || limit.constant == nil { probeLoop(start, bodyStart: doToken.end) } }
    if isPlain { return }

    let control = "\(prefix)i,\(prefix)n,\(prefix)s"
    rewriter.replace(head, .call(.prepareFor, after: "do local \(control)="))
    if let step { truncate(step) }
    let missingStep = step == nil ? ",1" : ""
    rewriter.replace(doToken.start..<doToken.end, .verbatim("\(missingStep))for \(variable)=\(control) do"))
    rewriter.close(at: previous.end, " end")
  }

  /// Edits the three expressions so that Lua 5.4 runs an integer or a float loop where the dialect does; false if only
  /// running can tell which.
  ///
  /// The dialect counts in integers when all three are integers; Lua 5.4 looks only at start and step. A metamethod of
  /// `#` or of arithmetic that gives an integer is left out of account.
  private mutating func settleKind(
    first: DialectExpression, limit: DialectExpression, step: DialectExpression?
  ) -> Bool {
    let stepNumber = step?.number ?? .integer
    if case .integer = first.number, case .integer = limit.number, case .integer = stepNumber { return true }
    for part in [limit, step].compactMap({ $0 }) { settle(part) }

    let isFloatLoop = [first.number, limit.number, stepNumber].contains { if case .float = $0 { true } else { false } }
    guard isFloatLoop, let stepValue = step.map(\.constant) ?? 1 else {
      settle(first)
      return false
    }
    if let value = first.constant {
      // The dialect steps back before the first round, which shows in the last digits.
      let begins = value - stepValue + stepValue
      rewriter.replace(first.start..<first.end, .verbatim(DialectOperator.literal(begins)))
      return true
    }
    settle(first)
    if case .float(isIntegral: true) = first.number { return stepValue.rounded() == stepValue }
    return false
  }
}
