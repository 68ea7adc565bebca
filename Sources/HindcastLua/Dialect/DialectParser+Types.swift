extension DialectParser {
  /// Parses `T`, `A | B`, `A & B` or `A extends B ? C : D`.
  mutating func typeExpression() throws(LuaSyntaxError) -> DialectType {
    try enter()
    defer { leave() }
    _ = try take(.pipe)
    var type = try simpleType()
    var rounds = 0
    if try take(.extends) {
      _ = try primaryType()
      try expect(.question, to: "follow the tested type")
      _ = try typeExpression()
      try expect(.colon, to: "separate the two outcomes")
      _ = try typeExpression()
      return .named("unknown")
    }
    while token.kind == .pipe || token.kind == .ampersand {
      let joint = token.kind
      var members = [type]
      while try take(joint) { members.append(try simpleType()) }
      type = joint == .pipe ? .union(members) : .intersection(members)
      rounds += 1
      try checkWrappings(rounds)
    }
    return type
  }

  /// Parses a type without `|` and `&`: all that a cast takes, since those are also operators.
  mutating func simpleType() throws(LuaSyntaxError) -> DialectType {
    try enter()
    defer { leave() }
    var type = try primaryType()
    var suffixes = 0
    while true {
      switch token.kind {
      case .question:
        try advance()
        type = .optional(type)
      case .leftBracket:
        type = try bracketSuffix(of: type)
      case .at:
        var annotations: [DialectType.Annotation] = []
        while token.kind == .at { annotations.append(try validator()) }
        type = .annotated(type, annotations)
      default:
        return type
      }
      suffixes += 1
      try checkWrappings(suffixes)
    }
  }

  /// Refuses a type that wraps itself again and again on one level, such as `T[][][]…`: what reads types recurses.
  private func checkWrappings(_ count: Int) throws(LuaSyntaxError) {
    if count > 8 { throw lexer.error(token, "nested too deeply", hint: "give a part of the type a name") }
  }

  /// Parses `[]` or `["field"]` after a type.
  private mutating func bracketSuffix(of type: DialectType) throws(LuaSyntaxError) -> DialectType {
    let bracket = token
    try advance()
    if try take(.rightBracket) { return .array(type) }
    let index = try typeExpression()
    try expect(.rightBracket, closing: bracket)
    return .indexed(type, by: index)
  }

  /// Parses `@min(0)`.
  private mutating func validator() throws(LuaSyntaxError) -> DialectType.Annotation {
    try advance()
    var annotation = DialectType.Annotation(name: try name(for: "the validator"))
    let open = token
    guard try take(.leftParen) else { return annotation }
    if token.kind != .rightParen {
      let first = token
      let value = try fullExpression()
      if let number = value.constant {
        annotation.argument = .number(number)
      } else if first.kind == .string, value.end == first.end {
        annotation.argument = .string(lexer.stringValue(first))
      }
      while try take(.comma) { try fullExpression() }
    }
    try expect(.rightParen, closing: open)
    return annotation
  }

  // MARK: Primary types

  private mutating func primaryType() throws(LuaSyntaxError) -> DialectType {
    try enter()
    defer { leave() }
    let start = token
    switch start.kind {
    case .nil: try advance(); return .named("nil")
    case .true: try advance(); return .boolean(true)
    case .false: try advance(); return .boolean(false)
    case .string: try advance(); return .string(lexer.stringValue(start))
    case .number: try advance(); return .number(lexer.numberValue(start).double)
    case .name: return try namedType()
    case .leftBrace: return try braceType()
    case .leftParen: return try parenthesizedType()
    case .fun, .function: return try funType()
    case .readonly: try advance(); return try braceType()
    case .interface:
      try advance()
      guard token.kind == .leftBrace else { throw unexpected(wanted: "'{'") }
      return try braceType()
    case .asserts: return try assertsType()
    case .typeof: return try typeofType()
    case .keyof:
      try advance()
      return .keyOf(try enclosed { parser throws(LuaSyntaxError) in try parser.typeExpression() })
    default: throw unexpected(wanted: "a type")
    }
  }

  private mutating func enclosed(
    _ body: (inout DialectParser) throws(LuaSyntaxError) -> DialectType
  ) throws(LuaSyntaxError) -> DialectType {
    let open = token
    try expect(.leftParen, to: "begin the operand")
    let type = try body(&self)
    try expect(.rightParen, closing: open)
    return type
  }

  /// Parses `Name`, `module.Name` or `Name<T, …>`.
  private mutating func namedType() throws(LuaSyntaxError) -> DialectType {
    var name = try name(for: "the type")
    var isForeign = false
    while try take(.dot) {
      name += "." + (try fieldName())
      isForeign = true
    }
    let open = token
    guard try take(.less) else { return isForeign ? .foreign(name) : .named(name) }
    var arguments = [try typeExpression()]
    while try take(.comma) { arguments.append(try typeExpression()) }
    try closeAngle(open)
    return isForeign ? .foreign(name) : .generic(name, arguments: arguments)
  }

  private mutating func assertsType() throws(LuaSyntaxError) -> DialectType {
    try advance()
    _ = try name(for: "the parameter")
    if try take(.is) { _ = try typeExpression() }
    return .named("unknown")
  }

  /// Parses `typeof(e)`: the declared type of a local, otherwise nothing that could be checked.
  private mutating func typeofType() throws(LuaSyntaxError) -> DialectType {
    try advance()
    return try enclosed { parser throws(LuaSyntaxError) in
      let first = parser.token
      let operand = try parser.fullExpression()
      let local = parser.lexer.text(first)
      guard case .name = operand.shape, let type = parser.scope.type(of: local) else { return .named("unknown") }
      if case .named = type { return type }
      let reference = parser.facts.name(type, of: local)
      parser.scope.retype(local, reference)
      return reference
    }
  }

  // MARK: Braces

  /// Parses `{T}`, `{[K]: V}` or `{name: T, age?: U}`.
  private mutating func braceType() throws(LuaSyntaxError) -> DialectType {
    let open = token
    try expect(.leftBrace, to: "begin the type")
    if try take(.rightBrace) { return .record([]) }
    if token.kind == .leftBracket { return try mapType(open) }
    guard try startsField() else {
      let element = try typeExpression()
      _ = try take(.comma)
      try expect(.rightBrace, closing: open)
      return .array(element)
    }
    var fields: [DialectType.Field] = []
    while token.kind != .rightBrace {
      fields.append(try field())
      guard token.kind == .comma || token.kind == .semicolon else { break }
      try advance()
    }
    try expect(.rightBrace, closing: open)
    return .record(fields)
  }

  private mutating func mapType(_ open: DialectToken) throws(LuaSyntaxError) -> DialectType {
    let bracket = token
    try advance()
    let key = try typeExpression()
    try expect(.rightBracket, closing: bracket)
    try expect(.colon, to: "separate key and value type")
    let value = try typeExpression()
    _ = try take(.comma)
    try expect(.rightBrace, closing: open)
    return .map(key: key, value: value)
  }

  private mutating func startsField() throws(LuaSyntaxError) -> Bool {
    guard token.kind == .name || token.kind.isTypeWord else { return false }
    switch try peek() {
    case .colon, .questionColon: return true
    case .name: return token.kind == .readonly
    case let next: return token.kind == .readonly && next.isTypeWord
    }
  }

  private mutating func field() throws(LuaSyntaxError) -> DialectType.Field {
    var isReadonly = false
    if token.kind == .readonly {
      let next = try peek()
      if next == .name || next.isTypeWord {
        try advance()
        isReadonly = true
      }
    }
    let name = try fieldName()
    let isOptional = token.kind == .questionColon
    if isOptional { try advance() } else { try expect(.colon, to: "give the field's type") }
    return .init(name: name, type: try typeExpression(), isOptional: isOptional, isReadonly: isReadonly)
  }
}
