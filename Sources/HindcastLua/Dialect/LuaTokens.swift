/// The tokens of a chunk without its types, and its comments: for tools that read code rather than run it. The chunk is one
/// that the translator takes.
package struct LuaTokens: Sendable {
  /// One lexical element.
  package struct Token: Sendable {
    package let kind: DialectToken.Kind
    /// Its bytes in the source.
    package let range: Range<Int>
    /// Where it begins, both from 1; the column in characters (Unicode scalars).
    package let line: Int
    package let column: Int
  }

  /// A comment that ends with its line.
  package struct Comment: Sendable {
    /// What follows the `--`.
    package let text: String
    package let line: Int
    /// In characters, from 1.
    package let column: Int
  }

  /// The tokens in order, `endOfFile` last.
  package let tokens: [Token]
  package let comments: [Comment]
  /// The types that code may use as values: those that exist without a declaration, and the chunk's own.
  package let typeNames: Set<String>
  private let lexer: DialectLexer

  init(_ source: [UInt8], chunkName: String) throws(LuaSyntaxError) {
    var parser = DialectParser(source: source, chunkName: chunkName)
    try parser.parseChunk()
    var types = ErasedRanges(parser.rewriter.erased)
    var lexer = DialectLexer(source: source, chunkName: chunkName)
    var edits = DialectRewriter()
    var tokens: [Token] = []
    var comments = CommentScanner(source: source)
    var columns = ColumnCounter(source: source)
    while true {
      let token = try lexer.next(&edits)
      comments.scan(upTo: token.start, atLine: token.line, lineStart: token.lineStart)
      comments.skip(to: token.end)
      if token.kind == .endOfFile || !types.contains(token.start) {
        tokens.append(
          Token(
            kind: token.kind, range: token.start..<token.end, line: token.line,
            column: columns.column(of: token.start, inLineFrom: token.lineStart)))
      }
      if token.kind == .endOfFile { break }
    }
    self.tokens = tokens
    typeNames = DialectParser.builtinTypes.union(parser.facts.types.map(\.name))
    self.comments = comments.comments
    self.lexer = lexer
  }

  /// A token's text.
  package func text(_ token: Token) -> String { String(decoding: lexer.source[token.range], as: UTF8.self) }

  /// The value of a string token, escapes resolved; what is no UTF-8 becomes U+FFFD.
  package func string(_ token: Token) -> String {
    String(decoding: lexer.stringValue(dialectToken(token)), as: UTF8.self)
  }

  /// The value of a number token.
  package func number(_ token: Token) -> Double { lexer.numberValue(dialectToken(token)).double }

  private func dialectToken(_ token: Token) -> DialectToken {
    DialectToken(
      kind: token.kind, start: token.range.lowerBound, end: token.range.upperBound, line: token.line, lineStart: 0)
  }
}

extension LuaDialect {
  /// Cuts `source` into tokens.
  ///
  /// - Throws: what `translate(_:chunkName:)` throws.
  package static func tokens(of source: [UInt8], chunkName: String) throws(LuaSyntaxError) -> LuaTokens {
    try refuseBinary(source, chunkName: chunkName)
    return try LuaTokens(source, chunkName: chunkName)
  }
}

/// Ranges to leave out, asked in order.
private struct ErasedRanges {
  private let ranges: [Range<Int>]
  private var index = 0
  private var end = 0

  init(_ ranges: [Range<Int>]) { self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound } }

  /// Whether an offset lies in a range; offsets come in order.
  mutating func contains(_ offset: Int) -> Bool {
    while index < ranges.count, ranges[index].lowerBound <= offset {
      end = max(end, ranges[index].upperBound)
      index += 1
    }
    return offset < end
  }
}

/// Finds the comments between tokens.
private struct CommentScanner {
  let source: [UInt8]
  private(set) var comments: [LuaTokens.Comment] = []
  private var offset = 0
  private var line = 1
  private var lineStart = 0
  private var columns: ColumnCounter

  init(source: [UInt8]) {
    self.source = source
    columns = ColumnCounter(source: source)
  }

  /// Reads what lies before the next token, which begins here.
  mutating func scan(upTo end: Int, atLine tokenLine: Int, lineStart tokenLineStart: Int) {
    while offset < end {
      switch source[offset] {
      case 0x0A, 0x0D:
        let byte = source[offset]
        offset += 1
        if offset < end, source[offset] == 0x0A || source[offset] == 0x0D, source[offset] != byte { offset += 1 }
        line += 1
        lineStart = offset
      case UInt8(ascii: "-"): comment(upTo: end)
      default: offset += 1
      }
    }
    // What a long comment held is counted by the lexer.
    line = tokenLine
    lineStart = tokenLineStart
  }

  /// Steps over a token.
  mutating func skip(to end: Int) { offset = max(offset, end) }

  private mutating func comment(upTo end: Int) {
    let start = offset
    offset = min(offset + 2, end)
    if let close = longBracket(upTo: end) {
      offset = close
      return
    }
    let text = source[offset..<end].prefix { $0 != 0x0A && $0 != 0x0D }
    offset = text.endIndex
    comments.append(
      LuaTokens.Comment(
        text: String(decoding: text, as: UTF8.self), line: line,
        column: columns.column(of: start, inLineFrom: lineStart)))
  }

  /// The offset after the long bracket that begins here, its line breaks counted; nil where none begins.
  private mutating func longBracket(upTo end: Int) -> Int? {
    guard offset < end, source[offset] == UInt8(ascii: "[") else { return nil }
    let level = source[(offset + 1)..<end].prefix { $0 == UInt8(ascii: "=") }.count
    guard offset + 1 + level < end, source[offset + 1 + level] == UInt8(ascii: "[") else { return nil }
    var index = offset + 2 + level
    while index < end {
      let byte = source[index]
      if byte == 0x0A || byte == 0x0D {
        index += 1
        if index < end, source[index] == 0x0A || source[index] == 0x0D, source[index] != byte { index += 1 }
        line += 1
        lineStart = index
      } else if byte == UInt8(ascii: "]"), index + 1 + level < end, source[index + 1 + level] == byte,
        source[(index + 1)..<(index + 1 + level)].allSatisfy({ $0 == UInt8(ascii: "=") })
      {
        return index + 2 + level
      } else {
        index += 1
      }
    }
    return end
  }
}

/// Counts characters up to places that come in order.
private struct ColumnCounter {
  let source: [UInt8]
  private var lineStart = 0
  private var offset = 0
  private var count = 0

  init(source: [UInt8]) { self.source = source }

  /// The column of an offset, from 1.
  mutating func column(of place: Int, inLineFrom start: Int) -> Int {
    if start != lineStart || place < offset {
      lineStart = start
      offset = start
      count = 0
    }
    // The bytes that continue a character count for nothing.
    while offset < place {
      if source[offset] & 0xC0 != 0x80 { count += 1 }
      offset += 1
    }
    return count + 1
  }
}
