/// Reads the language of expr-lang, as far as it is here: literals, operators, members, slices, predicates, pipes, `let`.
struct ExpressionParser {
  private static let deepest = 200
  /// Operators of two sides by how strongly they bind; those of `**` and `^` to the right.
  private static let strengths: [String: Int] = [
    "|": 0, "or": 10, "||": 10, "and": 15, "&&": 15, "==": 20, "!=": 20, "<": 20, ">": 20, "<=": 20, ">=": 20, "in": 20,
    "not in": 20, "matches": 20, "contains": 20, "startsWith": 20, "endsWith": 20, "..": 25, "+": 30, "-": 30, "*": 60,
    "/": 60, "%": 60, "**": 100, "^": 100, "??": 500,
  ]

  private let tokens: [ExpressionToken]
  private var position = 0
  private var depth = 0

  static func parse(_ text: String) throws(ExpressionError) -> ExpressionNode {
    var parser = ExpressionParser(tokens: try ExpressionLexer.tokens(text))
    let node = try parser.sequence()
    if parser.token.kind != .end { throw parser.unexpected() }
    return node
  }

  private init(tokens: [ExpressionToken]) { self.tokens = tokens }

  private var token: ExpressionToken { tokens[position] }

  private mutating func advance() { if position < tokens.count - 1 { position += 1 } }

  private func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

  private mutating func take(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ symbol: String) throws(ExpressionError) {
    guard take(symbol) else { throw unexpected() }
  }

  private func unexpected() -> ExpressionError {
    let text =
      switch token.kind {
      case .end: "EOF"
      case .name(let name): "Identifier(\"\(name)\")"
      case .number(let value): "Number(\"\(value.text)\")"
      case .string(let text): "String(\"\(text)\")"
      case .symbol(let symbol): "Operator(\"\(symbol)\")"
      }
    return ExpressionError("unexpected token \(text) (1:\(token.column))")
  }

  // MARK: Expressions

  /// `let x = 1; x + 1`
  private mutating func sequence() throws(ExpressionError) -> ExpressionNode {
    guard token.kind == .name("let") else { return try expression(0) }
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw ExpressionError("expression nests too deeply") }
    advance()
    guard case .name(let name) = token.kind else { throw unexpected() }
    advance()
    try expect("=")
    let value = try expression(0)
    try expect(";")
    return .binding(name, value, in: try sequence())
  }

  private mutating func expression(_ strength: Int) throws(ExpressionError) -> ExpressionNode {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw ExpressionError("expression nests too deeply") }
    var left = try unary()
    while let (name, width) = binaryOperator(), let bound = Self.strengths[name], bound >= strength {
      for _ in 0..<width { advance() }
      if name == "|" {
        left = try pipe(left)
        continue
      }
      let right = try expression(name == "**" || name == "^" ? bound : bound + 1)
      left = .binary(name, left, right)
    }
    if strength == 0, take("?") {
      if take(":") { return .condition(left, left, try expression(0)) }
      let yes = try expression(0)
      try expect(":")
      return .condition(left, yes, try expression(0))
    }
    return left
  }

  /// The operator that stands here, and how many tokens it has.
  private func binaryOperator() -> (String, Int)? {
    switch token.kind {
    case .symbol(let symbol): return (symbol, 1)
    case .name("not") where tokens[position + 1].kind == .name("in"): return ("not in", 2)
    case .name(let name): return (name, 1)
    default: return nil
    }
  }

  /// `a | f(b)` is `f(a, b)`.
  private mutating func pipe(_ first: ExpressionNode) throws(ExpressionError) -> ExpressionNode {
    guard case .name(let name) = token.kind else { throw unexpected() }
    advance()
    try expect("(")
    return try suffixes(.call(name, [first] + (try arguments(until: ")"))))
  }

  private mutating func unary() throws(ExpressionError) -> ExpressionNode {
    for (symbol, name, strength) in [("!", "not", 50), ("-", "-", 90), ("+", "+", 90)] where isSymbol(symbol) {
      advance()
      return .unary(name, try expression(strength))
    }
    if token.kind == .name("not") {
      advance()
      return .unary("not", try expression(50))
    }
    return try suffixes(try primary())
  }

  private mutating func primary() throws(ExpressionError) -> ExpressionNode {
    let current = token
    advance()
    switch current.kind {
    case .number(let value): return .value(value)
    case .string(let text): return .value(.string(text))
    case .symbol("("):
      let inner = try sequence()
      try expect(")")
      return inner
    case .symbol("["): return .list(try arguments(until: "]"))
    case .symbol("{"): return try map()
    case .symbol("#"):
      return .element
    case .symbol("."):
      // Within a predicate: a field of the element.
      guard case .name(let name) = token.kind else { throw unexpected() }
      advance()
      return .member(.element, .value(.string(name)), isOptional: false)
    case .name("true"): return .value(.bool(true))
    case .name("false"): return .value(.bool(false))
    case .name("nil"), .name("null"): return .value(.null)
    case .name(let name):
      if take("(") { return .call(name, try arguments(until: ")")) }
      return .name(name)
    default:
      position = max(0, position - (current.kind == .end ? 0 : 1))
      throw unexpected()
    }
  }

  private mutating func arguments(until end: String) throws(ExpressionError) -> [ExpressionNode] {
    var nodes: [ExpressionNode] = []
    while !take(end) {
      if !nodes.isEmpty {
        try expect(",")
        if take(end) { break }
      }
      nodes.append(end == ")" ? try argument() : try expression(0))
    }
    return nodes
  }

  /// An argument of a call; one in braces is a predicate.
  private mutating func argument() throws(ExpressionError) -> ExpressionNode {
    guard isSymbol("{"), !isMap else { return try expression(0) }
    advance()
    let body = try sequence()
    try expect("}")
    return .predicate(body)
  }

  /// Whether the brace here begins a map: `{}`, `{a: …`, `{"a": …`, `{(…`.
  private var isMap: Bool {
    guard position + 2 < tokens.count else { return true }
    if tokens[position + 1].kind == .symbol("}") { return true }
    switch tokens[position + 1].kind {
    case .name, .string, .number: return tokens[position + 2].kind == .symbol(":")
    default: return false
    }
  }

  private mutating func map() throws(ExpressionError) -> ExpressionNode {
    var fields: [(key: ExpressionNode, value: ExpressionNode)] = []
    while !take("}") {
      if !fields.isEmpty {
        try expect(",")
        if take("}") { break }
      }
      let key: ExpressionNode
      switch token.kind {
      case .name(let name): key = .value(.string(name))
      case .string(let text): key = .value(.string(text))
      case .number(let value): key = .value(.string(value.text))
      case .symbol("("):
        advance()
        key = try expression(0)
        guard isSymbol(")") else { throw unexpected() }
      default: throw unexpected()
      }
      advance()
      try expect(":")
      fields.append((key, try expression(0)))
    }
    return .map(fields)
  }

  private mutating func suffixes(_ node: ExpressionNode) throws(ExpressionError) -> ExpressionNode {
    var node = node
    while true {
      if isSymbol(".") || isSymbol("?.") {
        let isOptional = isSymbol("?.")
        advance()
        if isOptional, take("[") {
          node = .member(node, try expression(0), isOptional: true)
          try expect("]")
          continue
        }
        guard case .name(let name) = token.kind else { throw unexpected() }
        advance()
        if isSymbol("(") { throw ExpressionError("methods cannot be called here (1:\(token.column))") }
        node = .member(node, .value(.string(name)), isOptional: isOptional)
      } else if take("[") {
        if take(":") {
          let end = isSymbol("]") ? nil : try expression(0)
          node = .slice(node, nil, end)
        } else {
          let first = try expression(0)
          if take(":") {
            node = .slice(node, first, isSymbol("]") ? nil : try expression(0))
          } else {
            node = .member(node, first, isOptional: false)
          }
        }
        try expect("]")
      } else {
        return node
      }
    }
  }
}
