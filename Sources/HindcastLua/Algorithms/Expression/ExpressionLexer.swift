import Foundation

/// A token of an expression.
struct ExpressionToken: Equatable {
  enum Kind: Equatable {
    case number(GoValue)
    case string(String)
    case name(String)
    case symbol(String)
    case end
  }

  var kind: Kind
  /// Where it begins, in characters from 1.
  var column: Int
}

/// Cuts an expression into tokens.
struct ExpressionLexer {
  private static let symbols = [
    "?.", "??", "**", "==", "!=", "<=", ">=", "&&", "||", "..", "+", "-", "*", "/", "%", "^", "<", ">", "!", "?", ":",
    "(", ")", "[", "]", "{", "}", ",", ".", "#", "|", ";", "=",
  ]

  private let characters: [Character]
  private var position = 0

  init(_ text: String) { characters = Array(text) }

  static func tokens(_ text: String) throws(ExpressionError) -> [ExpressionToken] {
    var lexer = ExpressionLexer(text)
    var tokens: [ExpressionToken] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  private mutating func next() throws(ExpressionError) -> ExpressionToken {
    skipBlanks()
    let column = position + 1
    guard position < characters.count else { return ExpressionToken(kind: .end, column: column) }
    let character = characters[position]
    if character.isASCII, character.isNumber { return ExpressionToken(kind: try number(), column: column) }
    if character == "\"" || character == "'" || character == "`" {
      return ExpressionToken(kind: .string(try string()), column: column)
    }
    if character.isLetter || character == "_" || character == "$" {
      let name = take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "$" }
      return ExpressionToken(kind: .name(name), column: column)
    }
    for symbol in Self.symbols where characters[position...].starts(with: symbol) {
      position += symbol.count
      return ExpressionToken(kind: .symbol(symbol), column: column)
    }
    throw ExpressionError("unrecognized character: \(character) (1:\(column))")
  }

  private mutating func skipBlanks() {
    while position < characters.count {
      if characters[position].isWhitespace {
        position += 1
      } else if characters[position...].starts(with: "//") {
        _ = take { !$0.isNewline }
      } else if characters[position...].starts(with: "/*") {
        position += 2
        while position < characters.count, !characters[position...].starts(with: "*/") { position += 1 }
        position = min(position + 2, characters.count)
      } else {
        return
      }
    }
  }

  private mutating func take(while holds: (Character) -> Bool) -> String {
    let start = position
    while position < characters.count, holds(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private mutating func number() throws(ExpressionError) -> ExpressionToken.Kind {
    let column = position + 1
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where characters[position...].starts(with: prefix) {
      position += 2
      let digits = take { $0.isHexDigit || $0 == "_" }.replacingOccurrences(of: "_", with: "")
      guard let value = Int64(digits, radix: radix) else { throw ExpressionError("bad number syntax (1:\(column))") }
      return .number(.int(value))
    }
    var text = take { $0.isASCII && $0.isNumber || $0 == "_" }
    var isFloat = false
    // Two dots are a range.
    if position + 1 < characters.count, characters[position] == ".", characters[position + 1].isNumber {
      isFloat = true
      position += 1
      text += "." + take { $0.isASCII && $0.isNumber || $0 == "_" }
    }
    if position < characters.count, characters[position] == "e" || characters[position] == "E" {
      isFloat = true
      position += 1
      text += "e"
      if position < characters.count, characters[position] == "+" || characters[position] == "-" {
        text.append(characters[position])
        position += 1
      }
      text += take { $0.isASCII && $0.isNumber }
    }
    text = text.replacingOccurrences(of: "_", with: "")
    if !isFloat, let value = Int64(text) { return .number(.int(value)) }
    guard isFloat, let value = Double(text) else { throw ExpressionError("bad number syntax (1:\(column))") }
    return .number(.double(value))
  }

  private mutating func string() throws(ExpressionError) -> String {
    let column = position + 1
    let quote = characters[position]
    position += 1
    var text = ""
    while position < characters.count {
      let character = characters[position]
      position += 1
      if character == quote { return text }
      guard character == "\\", quote != "`" else {
        text.append(character)
        continue
      }
      guard position < characters.count else { break }
      let escaped = characters[position]
      position += 1
      let short: [Character: Character] = [
        "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}", "f": "\u{C}",
        "v": "\u{B}",
      ]
      if let plain = short[escaped] {
        text.append(plain)
      } else if let width = ["x": 2, "u": 4, "U": 8][escaped], position + width <= characters.count,
        let value = UInt32(String(characters[position..<position + width]), radix: 16),
        let scalar = Unicode.Scalar(value)
      {
        text.unicodeScalars.append(scalar)
        position += width
      } else {
        throw ExpressionError("invalid escape sequence (1:\(position))")
      }
    }
    throw ExpressionError("literal not terminated (1:\(column))")
  }
}
