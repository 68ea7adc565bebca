/// Cuts Wippy's Lua into tokens, and edits the literals that Lua 5.4 would read differently.
struct DialectLexer {
  let source: [UInt8]
  let chunkName: String
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  init(source: [UInt8], chunkName: String) {
    self.source = source
    self.chunkName = chunkName
  }

  /// The next token; `.endOfFile` again and again at the end.
  mutating func next(_ rewriter: inout DialectRewriter) throws(LuaSyntaxError) -> DialectToken {
    try skipBlanksAndComments()
    var token = DialectToken(kind: .endOfFile, start: offset, end: offset, line: line, lineStart: lineStart)
    guard let byte = peek() else { return token }
    if Self.isNameStart(byte) {
      token.kind = nameOrWord()
    } else if Self.isDigit(byte) || byte == UInt8(ascii: "."), Self.isDigit(byte) || Self.isDigit(peek(1) ?? 0) {
      try number(token, &rewriter)
      token.kind = .number
    } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      try string(token, quote: byte, &rewriter)
      token.kind = .string
    } else if byte == UInt8(ascii: "["), let level = longBracketLevel(at: offset) {
      try longBracket(token, level: level, what: "string")
      token.kind = .string
    } else {
      token.kind = try symbol(token, byte)
    }
    token.end = offset
    return token
  }

  func text(_ token: DialectToken) -> String {
    String(decoding: source[token.start..<token.end], as: UTF8.self)
  }

  func error(_ token: DialectToken, _ message: String, hint: String? = nil) -> LuaSyntaxError {
    LuaSyntaxError(chunkName: chunkName, line: token.line, column: token.column, message: message, hint: hint)
  }

  // MARK: Bytes

  private func peek(_ distance: Int = 0) -> UInt8? {
    offset + distance < source.count ? source[offset + distance] : nil
  }

  /// Steps over one byte, or over a two-byte line break.
  private mutating func step() {
    let byte = source[offset]
    offset += 1
    guard byte == 0x0A || byte == 0x0D else { return }
    if let next = peek(), next == 0x0A || next == 0x0D, next != byte { offset += 1 }
    line += 1
    lineStart = offset
  }

  private func errorHere(_ message: String, hint: String? = nil) -> LuaSyntaxError {
    LuaSyntaxError(
      chunkName: chunkName, line: line, column: offset - lineStart + 1, message: message, hint: hint)
  }

  static func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
  }

  // MARK: Blanks and comments

  private mutating func skipBlanksAndComments() throws(LuaSyntaxError) {
    while let byte = peek() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D:
        step()
      case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
        let start = DialectToken(kind: .minus, start: offset, end: offset, line: line, lineStart: lineStart)
        offset += 2
        if let level = longBracketLevel(at: offset) {
          try longBracket(start, level: level, what: "comment")
        } else {
          while let byte = peek(), byte != 0x0A, byte != 0x0D {
            try refuseNul(byte)
            offset += 1
          }
        }
      default:
        return
      }
    }
  }

  private func refuseNul(_ byte: UInt8) throws(LuaSyntaxError) {
    if byte == 0 { throw errorHere("NUL byte in the source", hint: "is this a text file?") }
  }

  /// The number of `=` in the long bracket that opens at `position`, or nil when none does.
  private func longBracketLevel(at position: Int) -> Int? {
    guard position < source.count, source[position] == UInt8(ascii: "[") else { return nil }
    var index = position + 1
    while index < source.count, source[index] == UInt8(ascii: "=") { index += 1 }
    guard index < source.count, source[index] == UInt8(ascii: "[") else { return nil }
    return index - position - 1
  }

  private mutating func longBracket(
    _ start: DialectToken, level: Int, what: String
  ) throws(LuaSyntaxError) {
    offset += level + 2
    while let byte = peek() {
      try refuseNul(byte)
      guard byte == UInt8(ascii: "]") else {
        step()
        continue
      }
      var index = offset + 1
      while index < source.count, source[index] == UInt8(ascii: "=") { index += 1 }
      let closes = index - offset - 1 == level && index < source.count && source[index] == UInt8(ascii: "]")
      // Without a match the `]` at `index` may open the next attempt, so it is looked at again.
      offset = closes ? index + 1 : index
      if closes { return }
    }
    throw error(start, "unfinished long \(what)")
  }

  // MARK: Names and numbers

  private mutating func nameOrWord() -> DialectToken.Kind {
    let start = offset
    while let byte = peek(), Self.isNameStart(byte) || Self.isDigit(byte) { offset += 1 }
    guard offset - start <= 9 else { return .name }
    return DialectToken.Kind.words[String(decoding: source[start..<offset], as: UTF8.self)] ?? .name
  }

  private mutating func number(
    _ token: DialectToken, _ rewriter: inout DialectRewriter
  ) throws(LuaSyntaxError) {
    if peek() == UInt8(ascii: "0"), let mark = peek(1), mark | 0x20 == UInt8(ascii: "x") {
      offset += 2
      let digits = offset
      while let byte = peek(), Self.isHexDigit(byte) { offset += 1 }
      if offset == digits { throw error(token, "malformed hexadecimal number") }
    } else {
      skipDigits()
      if peek() == UInt8(ascii: ".") {
        offset += 1
        skipDigits()
      }
      if let mark = peek(), mark | 0x20 == UInt8(ascii: "e") {
        offset += 1
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
        guard Self.isDigit(peek() ?? 0) else { throw error(token, "malformed number: digits must follow the exponent") }
        skipDigits()
      }
    }
    // Lua 5.4 reads `1and` and `1..` as one malformed number, the dialect as a number and what follows.
    if let byte = peek(), Self.isNameStart(byte) || byte == UInt8(ascii: ".") { rewriter.close(at: offset, " ") }
  }

  private mutating func skipDigits() {
    while let byte = peek(), Self.isDigit(byte) { offset += 1 }
  }

  // MARK: Strings

  private mutating func string(
    _ token: DialectToken, quote: UInt8, _ rewriter: inout DialectRewriter
  ) throws(LuaSyntaxError) {
    offset += 1
    while let byte = peek(), byte != 0x0A, byte != 0x0D {
      try refuseNul(byte)
      if byte == UInt8(ascii: "\\") {
        try escape(&rewriter)
      } else {
        offset += 1
        if byte == quote { return }
      }
    }
    throw error(token, "unfinished string", hint: "a line break in a string is written \\n")
  }

  private mutating func escape(_ rewriter: inout DialectRewriter) throws(LuaSyntaxError) {
    let start = offset
    offset += 1
    guard let byte = peek() else { return }
    if Self.isDigit(byte) {
      var value = 0
      for _ in 0..<3 {
        guard let digit = peek(), Self.isDigit(digit) else { break }
        value = value * 10 + Int(digit - UInt8(ascii: "0"))
        offset += 1
      }
      if value > 255 { throw errorHere("decimal escape too large", hint: "\\ddd goes up to \\255") }
      return
    }
    try refuseNul(byte)
    step()
    if !Self.knownEscapes.contains(byte) { rewriter.replace(start..<start + 1, .verbatim("")) }
  }

  private static let knownEscapes = Set<UInt8>("abfnrtv\\\"'\n\r".utf8)

  // MARK: Symbols

  private mutating func symbol(_ token: DialectToken, _ byte: UInt8) throws(LuaSyntaxError) -> DialectToken.Kind {
    if byte == UInt8(ascii: ":"), peek(1) == byte, let end = labelEnd() {
      offset = end
      return .label
    }
    for length in stride(from: min(3, source.count - offset), through: 1, by: -1) {
      if let kind = Self.symbols[length - 1][Self.key(source[offset..<offset + length])] {
        offset += length
        return kind
      }
    }
    try refuseNul(byte)
    let shown = byte > 0x20 && byte < 0x7F ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
    throw error(token, "unexpected \(shown)")
  }

  /// The offset after `::name::` on one line, or nil: otherwise `::` is a cast.
  private func labelEnd() -> Int? {
    var index = offset + 2
    func skipBlanks() { while index < source.count, source[index] == 0x20 || source[index] == 0x09 { index += 1 } }
    skipBlanks()
    guard index < source.count, Self.isNameStart(source[index]) else { return nil }
    while index < source.count, Self.isNameStart(source[index]) || Self.isDigit(source[index]) { index += 1 }
    skipBlanks()
    guard index + 1 < source.count, source[index] == UInt8(ascii: ":"), source[index + 1] == UInt8(ascii: ":") else {
      return nil
    }
    return index + 2
  }

  private static func key(_ bytes: some Sequence<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  /// The symbols of one, two and three bytes.
  private static let symbols: [[Int: DialectToken.Kind]] = {
    let all: [DialectToken.Kind] = [
      .plus, .minus, .star, .slash, .doubleSlash, .percent, .caret, .hash, .ampersand, .tilde, .pipe, .shiftLeft,
      .shiftRight, .equal, .notEqual, .lessEqual, .greaterEqual, .less, .greater, .assign, .leftParen, .rightParen,
      .leftBrace, .rightBrace, .leftBracket, .rightBracket, .semicolon, .colon, .doubleColon, .comma, .dot, .concat,
      .ellipsis, .arrow, .question, .questionColon, .bang, .at,
    ]
    var tables: [[Int: DialectToken.Kind]] = [[:], [:], [:]]
    for kind in all { tables[kind.rawValue.utf8.count - 1][key(kind.rawValue.utf8)] = kind }
    return tables
  }()
}
