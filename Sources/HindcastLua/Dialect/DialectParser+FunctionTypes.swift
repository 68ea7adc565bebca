extension DialectParser {
  /// Parses the types after a function's `:`, in parentheses or not.
  mutating func returnTypes() throws(LuaSyntaxError) {
    if token.kind == .leftParen {
      switch try parenthesizedList() {
      case .function: break
      case .list:
        // Only a function type goes on after its parenthesis; a union of it is written `(f) -> R | S`.
        if token.kind != .comma { return }
      }
    } else {
      _ = try typeExpression()
    }
    while try take(.comma) { _ = try typeExpression() }
  }

  /// What stands in parentheses in a type: parameters before `->`, or types.
  enum ParenthesizedTypes {
    case function(DialectType)
    case list([DialectType.Parameter])
  }

  /// Parses `(A) -> R`, or `(T)` for grouping.
  mutating func parenthesizedType() throws(LuaSyntaxError) -> DialectType {
    let open = token
    switch try parenthesizedList() {
    case .function(let type): return type
    case .list(let parameters):
      guard parameters.count == 1, let only = parameters.first, only.name.isEmpty else {
        throw lexer.error(open, "a list of types can only be what a function takes or returns", hint: "add -> R")
      }
      return only.type
    }
  }

  mutating func parenthesizedList() throws(LuaSyntaxError) -> ParenthesizedTypes {
    try enter()
    defer { leave() }
    let parameters = try typeParameterList()
    guard try take(.arrow) else { return .list(parameters) }
    return .function(.function(parameters: parameters, returns: try functionReturns()))
  }

  /// Parses `fun(a: T): R`.
  mutating func funType() throws(LuaSyntaxError) -> DialectType {
    try advance()
    guard token.kind == .leftParen else { return .function(parameters: [], returns: []) }
    let parameters = try typeParameterList()
    let returns = try take(.colon) ? try functionReturns() : []
    return .function(parameters: parameters, returns: returns)
  }

  private mutating func functionReturns() throws(LuaSyntaxError) -> [DialectType] {
    guard token.kind == .leftParen else { return [try typeExpression()] }
    switch try parenthesizedList() {
    case .function(let type): return [type]
    case .list(let types): return types.map(\.type)
    }
  }

  /// Parses `(name: T, U, ...V)`.
  private mutating func typeParameterList() throws(LuaSyntaxError) -> [DialectType.Parameter] {
    let open = token
    try expect(.leftParen, to: "begin the parameter types")
    var parameters: [DialectType.Parameter] = []
    while token.kind != .rightParen {
      parameters.append(try typeParameter())
      guard try take(.comma) else { break }
    }
    try expect(.rightParen, closing: open)
    return parameters
  }

  private mutating func typeParameter() throws(LuaSyntaxError) -> DialectType.Parameter {
    if try take(.ellipsis) {
      _ = try take(.colon)
      return .init(name: "...", type: try typeExpression())
    }
    guard token.kind == .name || token.kind.isTypeWord else { return .init(name: "", type: try typeExpression()) }
    switch try peek() {
    case .colon:
      let name = try fieldName()
      try advance()
      return .init(name: name, type: try typeExpression())
    case .questionColon:
      let name = try fieldName()
      try advance()
      return .init(name: name, type: .optional(try typeExpression()))
    default:
      return .init(name: "", type: try typeExpression())
    }
  }

  // MARK: Declarations

  /// Parses `<T, U: C>`.
  mutating func typeParameters() throws(LuaSyntaxError) -> [DialectType.TypeParameter] {
    let open = token
    try advance()
    var parameters: [DialectType.TypeParameter] = []
    repeat {
      let name = try name(for: "the type parameter")
      parameters.append(.init(name: name, constraint: try take(.colon) ? try typeExpression() : nil))
    } while try take(.comma)
    try closeAngle(open)
    return parameters
  }

  /// Parses `type Name<T> = …`.
  mutating func typeStatement() throws(LuaSyntaxError) {
    let start = token
    try advance()
    let name = try name(for: "the type")
    let parameters = token.kind == .less ? try typeParameters() : []
    try expect(.assign, to: "define the type")
    let body = try typeExpression()
    define(name, parameters.isEmpty ? body : .parametric(parameters, body), from: start)
  }

  /// Parses `interface Name: Base … end`.
  mutating func interfaceStatement() throws(LuaSyntaxError) {
    let start = token
    try advance()
    let name = try name(for: "the interface")
    if token.kind == .less { _ = try typeParameters() }
    if try take(.colon) {
      repeat { _ = try typeExpression() } while try take(.comma)
    }
    while try take(.function) {
      _ = try fieldName()
      if token.kind == .less { _ = try typeParameters() }
      _ = try interfaceParameters()
      if try take(.colon) { try returnTypes() }
    }
    try expect(.endWord, closing: start)
    define(name, .interface, from: start)
  }

  private mutating func interfaceParameters() throws(LuaSyntaxError) {
    let open = token
    try expect(.leftParen, to: "begin the parameters")
    while token.kind != .rightParen {
      if try !take(.ellipsis) { _ = try fieldName() }
      _ = try annotation()
      guard try take(.comma) else { break }
    }
    try expect(.rightParen, closing: open)
  }

  private mutating func define(_ name: String, _ type: DialectType, from start: DialectToken) {
    rewriter.erase(start.start..<previous.end)
    if blockDepth == 0 { facts.types.append((name, type)) }
  }
}
