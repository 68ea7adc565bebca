import HindcastLua

/// Reads the tokens of a chunk that the dialect's own parser has accepted already; what is wrong with the code is not looked for
/// here.
struct SyntaxParser {
  typealias Kind = DialectToken.Kind

  /// Why the code cannot be followed: it is nested deeper than anybody writes, or this parser lags behind the dialect.
  struct Failure: Error {
    var message: String
    var position: Position
  }

  let source: LuaTokens
  var index = 0
  var variables: [Variable] = []
  var globals: [GlobalUse] = []
  /// The functions around the current place, innermost last.
  var functions = [0]
  var functionCount = 0
  private var scopes: [[(name: String, variable: Int)]] = [[]]
  private var visible: [String: [Int]] = [:]
  private var depth = 0

  /// The dialect's own parser stops at 180 levels, some of which are several here.
  private static let maximumDepth = 600

  private init(_ source: LuaTokens) { self.source = source }

  static func parse(_ source: LuaTokens) throws(Failure) -> Chunk {
    var parser = SyntaxParser(source)
    let block = try parser.block()
    if parser.kind != .endOfFile { throw parser.unexpected() }
    return Chunk(block: block, variables: parser.variables, globals: parser.globals)
  }

  // MARK: Tokens

  var token: LuaTokens.Token { source.tokens[min(index, source.tokens.count - 1)] }
  var kind: Kind { token.kind }
  var nextKind: Kind { source.tokens[min(index + 1, source.tokens.count - 1)].kind }
  var position: Position { Position(line: token.line, column: token.column) }

  mutating func advance() { index += 1 }

  /// Steps over the token if it is of the kind.
  mutating func take(_ wanted: Kind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  mutating func expect(_ wanted: Kind) throws(Failure) {
    if !take(wanted) { throw unexpected() }
  }

  mutating func name() throws(Failure) -> String {
    guard kind == .name else { throw unexpected() }
    defer { advance() }
    return source.text(token)
  }

  mutating func fieldName() throws(Failure) -> String {
    guard kind == .name || kind.isTypeWord else { throw unexpected() }
    defer { advance() }
    return source.text(token)
  }

  func unexpected() -> Failure {
    Failure(message: "the linter does not understand '\(source.text(token).prefix(40))' here", position: position)
  }

  /// Runs a part one level deeper.
  mutating func nested<T>(_ part: (inout SyntaxParser) throws(Failure) -> T) throws(Failure) -> T {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth { throw Failure(message: "nested too deeply to be checked", position: position) }
    return try part(&self)
  }

  // MARK: Names

  mutating func enterScope() { scopes.append([]) }

  mutating func leaveScope() {
    for (name, _) in scopes.popLast() ?? [] { _ = visible[name]?.popLast() }
  }

  /// Declares a local; its number.
  mutating func declare(_ name: String, at position: Position, value: Expression? = nil) -> Int {
    let number = variables.count
    variables.append(
      Variable(name: name, position: position, function: functions.last ?? 0, value: value))
    if scopes.isEmpty { scopes.append([]) }
    scopes[scopes.count - 1].append((name, number))
    visible[name, default: []].append(number)
    return number
  }

  /// What a name at a place means, noted as read or written.
  mutating func use(_ text: String, at position: Position, isWrite: Bool) -> Name {
    let variable = visible[text]?.last
    if let variable {
      if isWrite { variables[variable].assignments += 1 } else { variables[variable].reads += 1 }
    } else {
      globals.append(
        GlobalUse(name: text, position: position, isWrite: isWrite, function: functions.last ?? 0))
    }
    return Name(text: text, variable: variable, position: position)
  }
}
