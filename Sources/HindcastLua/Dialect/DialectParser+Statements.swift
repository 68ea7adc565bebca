extension DialectParser {
  // MARK: Calls and assignments

  mutating func expressionStatement() throws(LuaSyntaxError) {
    let first = token
    let expression = try suffixedExpression(asTarget: true)
    guard token.kind == .assign || token.kind == .comma else {
      try callStatement(first, expression)
      return
    }
    var targets = [(token: first, shape: expression.shape)]
    while try take(.comma) {
      let next = token
      guard next.kind == .name || next.kind == .leftParen else { throw unexpected(wanted: "a variable") }
      targets.append((next, try suffixedExpression(asTarget: true).shape))
    }
    try expect(.assign, to: "assign")
    for target in targets {
      switch target.shape {
      case .name: noteAssignment(to: target.token)
      case .field: break
      case .value, .call, .parenthesizedCall, .vararg:
        throw lexer.error(target.token, "cannot assign to this expression")
      }
    }
    _ = try expressionList()
  }

  private mutating func callStatement(
    _ first: DialectToken, _ expression: DialectExpression
  ) throws(LuaSyntaxError) {
    switch expression.shape {
    case .call: break
    case .parenthesizedCall:
      // A call in parentheses is a statement in the dialect, not in Lua 5.4.
      rewriter.open(at: expression.start, .verbatim("do local _="))
      rewriter.close(at: expression.end, " end")
    case .name where lexer.text(first) == "continue":
      throw lexer.error(
        first, "a name alone is not a statement", hint: "the dialect has no 'continue': use goto continue")
    case .value, .name, .field, .vararg:
      if token.kind == .endOfFile || token.line > previous.line {
        throw lexer.error(first, "an expression alone is not a statement", hint: "call it or assign it")
      }
      throw unexpected(wanted: "'=' or a call")
    }
  }

  private mutating func noteAssignment(to name: DialectToken) {
    let text = lexer.text(name)
    if !scope.isLocal(text) { facts.assigns(text, line: name.line) }
  }

  // MARK: Locals

  mutating func localStatement() throws(LuaSyntaxError) {
    try advance()
    if try take(.function) {
      let name = try name(for: "the function")
      scope.declare(name)
      try functionBody(isMethod: false, name: name)
      return
    }
    var names: [(name: String, type: DialectType?)] = []
    let nameEnd = token.end
    repeat {
      let name = try name(for: "the local")
      names.append((name, try annotation()))
    } while try take(.comma)
    guard try take(.assign) else {
      if token.kind == .less { throw unexpected() }
      for local in names { scope.declare(local.name, type: local.type) }
      return
    }
    // The dialect's compiler lets a function see the local that it is assigned to.
    if names.count == 1, token.kind == .function { scope.declare(names[0].name, type: names[0].type) }
    let (count, last) = try expressionList()
    if names.count == 1, count == 1, last.isFunction {
      rewriter.close(at: nameEnd, " \(names[0].name)")
    }
    for local in names { scope.declare(local.name, type: local.type) }
  }

  // MARK: Functions

  mutating func functionStatement() throws(LuaSyntaxError) {
    try advance()
    let head = token
    _ = try name(for: "the function")
    var isField = false
    while try take(.dot) {
      _ = try fieldName()
      isField = true
    }
    let isMethod = try take(.colon)
    if isMethod { _ = try fieldName() }
    let name = lexer.text(head)
    if !isField, !isMethod {
      noteAssignment(to: head)
    } else if !scope.isLocal(name) {
      facts.reads(name, line: head.line)
    }
    let path = probes == nil ? nil : String(decoding: lexer.source[head.start..<previous.end], as: UTF8.self)
    try functionBody(isMethod: isMethod, name: path)
  }

  /// Parses from the type parameters or the `(` to the `end`.
  ///
  /// - Parameter name: what coverage calls the function; nil: it has none.
  mutating func functionBody(isMethod: Bool, name: String? = nil) throws(LuaSyntaxError) {
    let start = token
    try eraseTypeParameters()
    scope.enterBlock()
    if isMethod { scope.declare("self") }
    let isVararg = try parameters()
    if token.kind == .colon {
      let from = token.start
      try advance()
      try returnTypes()
      rewriter.erase(from..<previous.end)
    }
    probeFunction(name, line: start.line)
    functions.append(FunctionState(isVararg: isVararg))
    try scopedBlock()
    functions.removeLast()
    scope.leaveBlock()
    let line = start.line == token.line ? "" : " begun at line \(start.line)"
    try expect(.endWord, to: "close the function\(line)")
  }

  /// Parses `(a: T, b?: U, ...: V)`, declares the names, and tells whether there is a `...`.
  private mutating func parameters() throws(LuaSyntaxError) -> Bool {
    let open = token
    try expect(.leftParen, to: "begin the parameters")
    var isVararg = false
    while token.kind != .rightParen {
      if try take(.ellipsis) {
        _ = try annotation()
        isVararg = true
        break
      }
      let name = try name(for: "the parameter")
      scope.declare(name, type: try annotation())
      guard try take(.comma) else { break }
      if token.kind == .rightParen { throw unexpected(wanted: "a parameter") }
    }
    try expect(.rightParen, closing: open)
    return isVararg
  }

  /// Erases `: T`, `?: T` or `?` at the place at hand; the type, if there is one.
  mutating func annotation() throws(LuaSyntaxError) -> DialectType? {
    let from = token.start
    var type: DialectType?
    switch token.kind {
    case .colon, .questionColon:
      try advance()
      type = try typeExpression()
    case .question:
      try advance()
      if try take(.colon) { type = try typeExpression() }
    default:
      return nil
    }
    rewriter.erase(from..<previous.end)
    return type
  }

  mutating func eraseTypeParameters() throws(LuaSyntaxError) {
    guard token.kind == .less else { return }
    let from = token.start
    _ = try typeParameters()
    rewriter.erase(from..<previous.end)
  }
}
