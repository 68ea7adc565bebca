import HindcastLua

extension SyntaxParser {
  mutating func scopedBlock() throws(Failure) -> Block {
    enterScope()
    defer { leaveScope() }
    return try block()
  }

  mutating func block() throws(Failure) -> Block {
    var statements: Block = []
    while !kind.endsBlock {
      switch kind {
      case .semicolon, .label, .break: advance()
      case .goto:
        advance()
        _ = try name()
      default: statements.append(try nested { parser throws(Failure) in try parser.statement() })
      }
    }
    return statements
  }

  private mutating func statement() throws(Failure) -> Statement {
    switch kind {
    case .return: return try returnStatement()
    case .if: return try ifStatement()
    case .while:
      advance()
      let condition = try expression()
      try expect(.do)
      let body = try scopedBlock()
      try expect(.endWord)
      return .while(condition, body)
    case .repeat:
      advance()
      enterScope()
      defer { leaveScope() }
      let body = try block()
      try expect(.until)
      return .repeat(body, try expression())
    case .for: return try forStatement()
    case .do:
      advance()
      let body = try scopedBlock()
      try expect(.endWord)
      return .do(body)
    case .function: return try functionStatement()
    case .local: return try localStatement()
    default: return try expressionStatement()
    }
  }

  private mutating func returnStatement() throws(Failure) -> Statement {
    advance()
    let values = kind.endsBlock || kind == .semicolon ? [] : try expressions()
    _ = take(.semicolon)
    return .return(values)
  }

  private mutating func ifStatement() throws(Failure) -> Statement {
    var branches: [(condition: Expression, block: Block)] = []
    while kind == .if || kind == .elseif {
      advance()
      let condition = try expression()
      try expect(.then)
      branches.append((condition, try scopedBlock()))
    }
    let last = take(.else) ? try scopedBlock() : nil
    try expect(.endWord)
    return .if(branches, else: last)
  }

  private mutating func forStatement() throws(Failure) -> Statement {
    let start = position
    advance()
    var names = [(position, try name())]
    if take(.assign) {
      let bounds = try expressions()
      try expect(.do)
      let body = try loopBody(names)
      return .numericFor(bounds, body)
    }
    while take(.comma) { names.append((position, try name())) }
    try expect(.in)
    let values = try expressions()
    try expect(.do)
    return .genericFor(values, try loopBody(names), start)
  }

  private mutating func loopBody(_ names: [(Position, String)]) throws(Failure) -> Block {
    enterScope()
    defer { leaveScope() }
    for (position, name) in names { _ = declare(name, at: position) }
    let body = try scopedBlock()
    try expect(.endWord)
    return body
  }

  private mutating func functionStatement() throws(Failure) -> Statement {
    let start = position
    advance()
    let head = (position, try name())
    var suffixes: [Suffix] = []
    var isMethod = false
    while kind == .dot || kind == .colon {
      isMethod = kind == .colon
      advance()
      let place = position
      suffixes.append(Suffix(kind: .field(try fieldName()), position: place))
      if isMethod { break }
    }
    let target = use(head.1, at: head.0, isWrite: suffixes.isEmpty)
    let body = try functionBody(at: start, isMethod: isMethod)
    return .function(suffixes.isEmpty ? .name(target) : .chain(.name(target), suffixes), body)
  }

  private mutating func localStatement() throws(Failure) -> Statement {
    advance()
    if kind == .function {
      let start = position
      advance()
      let place = position
      let variable = declare(try name(), at: place)
      let body = try functionBody(at: start, isMethod: false)
      variables[variable].value = .function(body)
      return .localFunction(variable, body)
    }
    var names: [(Position, String)] = []
    repeat { names.append((position, try name())) } while take(.comma)
    // A function sees the local that it is assigned to.
    if names.count == 1, kind == .assign, nextKind == .function {
      let variable = declare(names[0].1, at: names[0].0)
      advance()
      let values = try expressions()
      if values.count == 1 { variables[variable].value = values[0] }
      return .local([variable], values)
    }
    let values = take(.assign) ? try expressions() : []
    let declared = names.enumerated().map { place, name in
      // Of a call that gives several, the first is as good as its own.
      declare(name.1, at: name.0, value: place < values.count ? values[place] : nil)
    }
    return .local(declared, values)
  }

  private mutating func expressionStatement() throws(Failure) -> Statement {
    let first = try target()
    guard kind == .assign || kind == .comma else {
      guard case .chain = first.withoutParentheses else { throw unexpected() }
      return .call(first)
    }
    var targets = [first]
    while take(.comma) { targets.append(try target()) }
    try expect(.assign)
    return .assign(targets, try expressions())
  }

  /// Parses what stands left of `=`, or a call.
  private mutating func target() throws(Failure) -> Expression {
    if kind == .name, nextKind == .assign || nextKind == .comma {
      let place = position
      return .name(use(try name(), at: place, isWrite: true))
    }
    return try suffixedExpression()
  }

  // MARK: Functions

  mutating func functionBody(at start: Position, isMethod: Bool) throws(Failure) -> FunctionBody {
    functionCount += 1
    let id = functionCount
    functions.append(id)
    enterScope()
    defer {
      leaveScope()
      functions.removeLast()
    }
    if isMethod { _ = declare("self", at: start) }
    try expect(.leftParen)
    while kind != .rightParen {
      if take(.ellipsis) { break }
      let place = position
      _ = declare(try name(), at: place)
      guard take(.comma) else { break }
    }
    try expect(.rightParen)
    let body = try scopedBlock()
    try expect(.endWord)
    return FunctionBody(id: id, block: body, position: start)
  }
}
