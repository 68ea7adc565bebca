import HindcastCore

extension DialectParser {
  /// Parses statements up to what ends the block; names declared in it are forgotten after it.
  mutating func scopedBlock() throws(LuaSyntaxError) {
    scope.enterBlock()
    blockDepth += 1
    try block()
    blockDepth -= 1
    scope.leaveBlock()
  }

  mutating func block() throws(LuaSyntaxError) {
    while !token.kind.endsBlock {
      switch token.kind {
      case .semicolon: try advance()
      case .return, .break: return try lastStatement()
      default: try statement()
      }
    }
  }

  private mutating func lastStatement() throws(LuaSyntaxError) {
    let word = token
    try advance()
    if word.kind == .break {
      if functions.last?.loops == 0 { throw lexer.error(word, "'break' outside a loop") }
    } else if !token.kind.endsBlock, token.kind != .semicolon {
      _ = try expressionList()
    }
    _ = try take(.semicolon)
    if !token.kind.endsBlock {
      throw lexer.error(
        word, "'\(word.kind.rawValue)' must be the last statement of its block",
        hint: "write do \(word.kind.rawValue) end")
    }
  }

  private mutating func statement() throws(LuaSyntaxError) {
    try enter()
    defer { leave() }
    let start = token
    switch token.kind {
    case .if: try ifStatement()
    case .while: try whileStatement()
    case .repeat: try repeatStatement()
    case .for: try forStatement()
    case .do:
      try advance()
      try scopedBlock()
      try expect(.endWord, closing: start)
    case .function: try functionStatement()
    case .local: try localStatement()
    case .goto:
      try advance()
      _ = try name(for: "the label")
    case .label: try advance()
    case .interface: try interfaceStatement()
    case .name where lexer.text(token) == "type":
      if try peek() == .name { try typeStatement() } else { try expressionStatement() }
    case .name, .leftParen: try expressionStatement()
    default: throw unexpected()
    }
    // What the dialect keeps apart, Lua 5.4 would read on as a call once a cast before it is gone.
    if start.kind == .leftParen { rewriter.open(at: start.start, .verbatim(";")) }
  }

  private mutating func ifStatement() throws(LuaSyntaxError) {
    let start = token
    var branch = CoverageMap.Branch(line: start.line, arms: [])
    while token.kind == .if || token.kind == .elseif {
      let word = token
      try advance()
      try fullExpression()
      try expect(.then, to: "follow the condition")
      probeArm(word.kind == .if ? "then" : "elseif", line: word.line, into: &branch)
      try scopedBlock()
    }
    if try take(.else) {
      probeArm("else", line: previous.line, into: &branch)
      try scopedBlock()
    } else if token.kind == .endWord {
      probeMissingElse(into: &branch)
    }
    note(branch, at: start)
    try expect(.endWord, closing: start)
  }

  private mutating func whileStatement() throws(LuaSyntaxError) {
    let start = token
    try advance()
    let goesOn = token.kind == .true
    try fullExpression()
    let isEndless = goesOn && previous.kind == .true
    try expect(.do, to: "follow the condition")
    let bodyStart = previous.end
    try loopBody()
    try expect(.endWord, closing: start)
    if !isEndless { probeLoop(start, bodyStart: bodyStart) }
  }

  private mutating func repeatStatement() throws(LuaSyntaxError) {
    let start = token
    try advance()
    scope.enterBlock()
    blockDepth += 1
    functions[functions.count - 1].loops += 1
    try block()
    functions[functions.count - 1].loops -= 1
    blockDepth -= 1
    try expect(.until, closing: start)
    try fullExpression()
    scope.leaveBlock()
  }

  mutating func loopBody() throws(LuaSyntaxError) {
    functions[functions.count - 1].loops += 1
    try scopedBlock()
    functions[functions.count - 1].loops -= 1
  }
}
