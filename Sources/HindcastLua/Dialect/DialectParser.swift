/// Parses a chunk of Wippy's Lua and notes the edits that make it Lua 5.4.
///
/// Recursive descent without a tree: the source itself is the output, so the parser keeps of an expression only what an
/// operator further right may have to know (`DialectExpression`).
struct DialectParser {
  var lexer: DialectLexer
  var rewriter = DialectRewriter()
  var scope = DialectScope()
  var facts = DialectFacts()
  /// What is noted and added for coverage; nil: nothing.
  var probes: DialectProbes?
  /// Begins every name that the translation invents; no identifier of the source begins so.
  let prefix: String

  /// The token at hand and, when looked at already, the one after it.
  var token = DialectToken(kind: .endOfFile, start: 0, end: 0, line: 1, lineStart: 0)
  private(set) var lookedAhead: DialectToken?
  /// The token before the one at hand.
  var previous = DialectToken(kind: .semicolon, start: 0, end: 0, line: 1, lineStart: 0)

  /// The functions around the current place, the chunk itself first.
  var functions = [FunctionState(isVararg: true)]
  /// How many blocks deep the place is in the chunk; a `type` counts only at 0.
  var blockDepth = 0
  private var depth = 0

  struct FunctionState {
    var isVararg: Bool
    var loops = 0
  }

  /// Lua 5.4 gives up at 200 nested levels, its callers' included.
  static let maximumDepth = 180

  init(source: [UInt8], chunkName: String, countsCoverage: Bool = false) {
    if countsCoverage { probes = DialectProbes() }
    lexer = DialectLexer(source: source, chunkName: chunkName)
    prefix = Self.freePrefix(in: source)
  }

  /// `__hc_`, or with the smallest number that makes it new: `__hc1_`.
  private static func freePrefix(in source: [UInt8]) -> String {
    let mark = Array("__hc".utf8)
    var taken: Set<String> = []
    var index = 0
    while index + mark.count < source.count {
      guard source[index] == mark[0], source[index..<index + mark.count].elementsEqual(mark) else {
        index += 1
        continue
      }
      index += mark.count
      let digits = source[index...].prefix(6).prefix(while: DialectLexer.isDigit)
      taken.insert(String(decoding: digits, as: UTF8.self))
    }
    guard taken.contains("") else { return "__hc_" }
    var number = 1
    while taken.contains(String(number)) { number += 1 }
    return "__hc\(number)_"
  }

  mutating func parseChunk() throws(LuaSyntaxError) {
    token = try lexer.next(&rewriter)
    try block()
    if token.kind != .endOfFile { throw unexpected() }
  }

  // MARK: Tokens

  mutating func advance() throws(LuaSyntaxError) {
    if probes != nil { noteCodeLine() }
    previous = token
    if let next = lookedAhead {
      token = next
      lookedAhead = nil
    } else {
      token = try lexer.next(&rewriter)
    }
  }

  /// The kind of the token after the one at hand.
  mutating func peek() throws(LuaSyntaxError) -> DialectToken.Kind {
    if let lookedAhead { return lookedAhead.kind }
    let next = try lexer.next(&rewriter)
    lookedAhead = next
    return next.kind
  }

  /// Steps over the token if it is of the kind.
  mutating func take(_ kind: DialectToken.Kind) throws(LuaSyntaxError) -> Bool {
    guard token.kind == kind else { return false }
    try advance()
    return true
  }

  mutating func expect(_ kind: DialectToken.Kind, to purpose: String) throws(LuaSyntaxError) {
    guard token.kind == kind else { throw unexpected(wanted: "\(kind.display) to \(purpose)") }
    try advance()
  }

  /// Steps over the token that closes what `opener` began.
  mutating func expect(_ kind: DialectToken.Kind, closing opener: DialectToken) throws(LuaSyntaxError) {
    let place = opener.line == token.line ? "" : " at line \(opener.line)"
    try expect(kind, to: "close '\(lexer.text(opener))'\(place)")
  }

  /// Steps over a name and returns it.
  mutating func name(for purpose: String) throws(LuaSyntaxError) -> String {
    guard token.kind == .name else { throw unexpected(wanted: "a name for \(purpose)") }
    let name = lexer.text(token)
    try advance()
    return name
  }

  /// Steps over a name or a word of the type syntax, where such words are allowed.
  mutating func fieldName() throws(LuaSyntaxError) -> String {
    guard token.kind == .name || token.kind.isTypeWord else { throw unexpected(wanted: "a field name") }
    let name = lexer.text(token)
    try advance()
    return name
  }

  /// Splits `>>` and `>=` where only a `>` is wanted, then steps over it.
  mutating func closeAngle(_ opener: DialectToken) throws(LuaSyntaxError) {
    let rest: DialectToken.Kind
    switch token.kind {
    case .shiftRight: rest = .greater
    case .greaterEqual: rest = .assign
    default: return try expect(.greater, closing: opener)
    }
    previous = token
    previous.end = token.start + 1
    token.kind = rest
    token.start += 1
  }

  // MARK: Depth

  mutating func enter() throws(LuaSyntaxError) {
    depth += 1
    try checkDepth(0)
  }

  mutating func leave() {
    depth -= 1
  }

  /// Refuses a construct that goes `extra` levels deeper than the place at hand.
  func checkDepth(_ extra: Int) throws(LuaSyntaxError) {
    if depth + extra > Self.maximumDepth {
      throw lexer.error(
        token, "nested too deeply: more than \(Self.maximumDepth) levels", hint: "give a part a local of its own")
    }
  }
}
