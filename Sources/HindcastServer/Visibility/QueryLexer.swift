/// A word, value or sign of a visibility query.
struct QueryToken: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case identifier(String)
    /// In lower case.
    case keyword(String)
    case string(String)
    case integer(String)
    case float(String)
    case hexadecimal(String)
    /// A parameter that a query cannot have.
    case parameter(String)
    case sign(String)
    case end
    case unreadable(String)
  }

  var kind: Kind
  /// The byte behind it, counted from the start of the statement.
  var end: Int

  /// What a syntax error quotes of it.
  var near: String? {
    switch kind {
    case .identifier(let text), .keyword(let text), .string(let text), .integer(let text), .float(let text),
      .hexadecimal(let text), .parameter(let text), .unreadable(let text):
      text
    case .sign, .end: nil
    }
  }
}

/// Takes a visibility query apart (`server.md` 14.3), by the rules of the SQL dialect that the real server reads it with.
struct QueryLexer {
  private let bytes: [UInt8]
  private var place = 0
  /// How many bytes stand before the query in the statement that errors count in.
  private let offset: Int
  private var parameterCount = 0

  init(_ text: String, offset: Int) {
    bytes = Array(text.utf8)
    self.offset = offset
  }

  mutating func next() -> QueryToken {
    skipBlanks()
    let kind = scan()
    return QueryToken(kind: kind, end: offset + place)
  }

  private func peek(_ ahead: Int = 0) -> UInt8? { place + ahead < bytes.count ? bytes[place + ahead] : nil }

  private func text(from start: Int) -> String { String(decoding: bytes[start..<place], as: UTF8.self) }

  private mutating func skipBlanks() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        place += 1
      case UInt8(ascii: "#"): skipLine()
      case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLine()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipLine()
      case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
        guard let end = endOfComment() else { return }
        place = end
      default: return
      }
    }
  }

  private mutating func skipLine() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { place += 1 }
  }

  private func endOfComment() -> Int? {
    var index = place + 2
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") { return index + 2 }
      index += 1
    }
    return nil
  }

  private mutating func scan() -> QueryToken.Kind {
    guard let byte = peek() else { return .end }
    if byte.isWordStart { return scanWord() }
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) { return scanNumber() }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return scanString(byte)
    case UInt8(ascii: "`"): return scanQuotedIdentifier()
    case UInt8(ascii: "?"):
      place += 1
      parameterCount += 1
      return .parameter(":v\(parameterCount)")
    case UInt8(ascii: ":"):
      let start = place
      place += 1
      while let next = peek(), next.isWordStart || next.isDigit { place += 1 }
      return place == start + 1 ? .unreadable(":") : .parameter(text(from: start))
    default: return scanSign()
    }
  }

  private mutating func scanWord() -> QueryToken.Kind {
    let start = place
    while let byte = peek(), byte.isWordStart || byte.isDigit { place += 1 }
    let word = text(from: start)
    let lowered = word.lowercased()
    return QueryLexer.keywords.contains(lowered) ? .keyword(lowered) : .identifier(word)
  }

  private mutating func scanNumber() -> QueryToken.Kind {
    let start = place
    if peek() == UInt8(ascii: "0"), peek(1) == UInt8(ascii: "x") || peek(1) == UInt8(ascii: "X") {
      place += 2
      while let byte = peek(), byte.isHexDigit { place += 1 }
      return .hexadecimal(text(from: start))
    }
    var isFloat = false
    skipDigits()
    if peek() == UInt8(ascii: ".") {
      isFloat = true
      place += 1
      skipDigits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      isFloat = true
      place += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { place += 1 }
      skipDigits()
    }
    let number = text(from: start)
    if let byte = peek(), byte.isWordStart { return .unreadable(number) }
    return isFloat ? .float(number) : .integer(number)
  }

  private mutating func skipDigits() {
    while let byte = peek(), byte.isDigit { place += 1 }
  }

  /// A string in quotes: two quotes in a row or a backslash before one mean the quote itself.
  private mutating func scanString(_ quote: UInt8) -> QueryToken.Kind {
    place += 1
    var content: [UInt8] = []
    while let byte = peek() {
      place += 1
      if byte == quote {
        guard peek() == quote else { return .string(String(decoding: content, as: UTF8.self)) }
        place += 1
      } else if byte == UInt8(ascii: "\\") {
        guard let escaped = peek() else { break }
        place += 1
        content.append(QueryLexer.escapes[escaped] ?? escaped)
        continue
      }
      content.append(byte)
    }
    return .unreadable(String(decoding: content, as: UTF8.self))
  }

  private mutating func scanQuotedIdentifier() -> QueryToken.Kind {
    place += 1
    let start = place
    while let byte = peek(), byte != UInt8(ascii: "`") { place += 1 }
    let name = text(from: start)
    guard peek() != nil, !name.isEmpty else { return .unreadable(name) }
    place += 1
    return .identifier(name)
  }

  private static let signs = ["<=>", "<>", "<<", "<=", ">>", ">=", "!=", "&&", "||"]
  private static let singleSigns = Set("=,;()+*%^~&|.-/<>!".utf8)

  private mutating func scanSign() -> QueryToken.Kind {
    for sign in Self.signs where bytes[place...].starts(with: sign.utf8) {
      place += sign.utf8.count
      switch sign {
      case "&&": return .keyword("and")
      case "||": return .keyword("or")
      case "<>": return .sign("!=")
      default: return .sign(sign)
      }
    }
    let start = place
    place += 1
    let byte = bytes[start]
    return Self.singleSigns.contains(byte) ? .sign(text(from: start)) : .unreadable(text(from: start))
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "0"): 0, UInt8(ascii: "b"): 8, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    UInt8(ascii: "Z"): 26,
  ]

  /// Words that cannot be the name of an attribute unless they are quoted.
  private static let keywords: Set<String> = Set(
    """
    accessible add all alter and as asc auto_increment before between both by call cascade case change check collate
    column condition constraint continue convert create cross cube cume_dist current_date current_time
    current_timestamp current_user cursor database databases declare default delayed delete desc describe deterministic
    distinct distinctrow div drop dual each else elseif empty enclosed end escape escaped except exists exit explain
    false fetch for force foreign from fulltext generated get grant group grouping having high_priority if ignore in
    index infile inner inout insensitive insert interval into io_after_gtids is iterate join keys kill lag leading leave
    left like limit linear lines load localtime localtimestamp lock loop low_priority master_bind match maxvalue
    minute_microsecond minute_second mod modifies natural next not no_write_to_binlog null of on optimizer_costs option
    optionally or order out outer outfile partition precision primary procedure purge range rank read reads read_write
    recursive references regexp release rename repeat replace require resignal restrict return revoke right rlike rows
    row_number schema schemas second_microsecond select sensitive separator set show signal specific sql sqlexception
    sqlstate sqlwarning ssl starting starts_with stored straight_join table tables terminated then to trailing trigger
    true undo union unique unlock unsigned update usage use using utc_date utc_time utc_timestamp values varying virtual
    when where while with write xor year_month zerofill
    """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
}

extension UInt8 {
  fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  fileprivate var isWordStart: Bool {
    (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z")) || self == UInt8(ascii: "_")
      || self == UInt8(ascii: "@")
  }
}
