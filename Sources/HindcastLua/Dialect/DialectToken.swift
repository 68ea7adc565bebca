/// One lexical element; its text is `source[start..<end]`.
package struct DialectToken {
  var kind: Kind
  var start: Int
  var end: Int
  /// The line of the first byte, from 1.
  var line: Int
  /// The offset of that line's first byte.
  var lineStart: Int

  var column: Int { start - lineStart + 1 }

  package enum Kind: String, Sendable {
    case endOfFile = "end of file"
    case name, number, string, label

    case and, `break`, `do`, `else`, elseif, endWord = "end", `false`, `for`, function, goto, `if`, `in`, local
    case `nil`, not, or, `repeat`, `return`, then, `true`, until, `while`

    case interface, `as`, asserts, readonly, `is`, typeof, keyof, extends, fun

    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case doubleSlash = "//"
    case percent = "%"
    case caret = "^"
    case hash = "#"
    case ampersand = "&"
    case tilde = "~"
    case pipe = "|"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case equal = "=="
    case notEqual = "~="
    case lessEqual = "<="
    case greaterEqual = ">="
    case less = "<"
    case greater = ">"
    case assign = "="
    case leftParen = "("
    case rightParen = ")"
    case leftBrace = "{"
    case rightBrace = "}"
    case leftBracket = "["
    case rightBracket = "]"
    case semicolon = ";"
    case colon = ":"
    case doubleColon = "::"
    case comma = ","
    case dot = "."
    case concat = ".."
    case ellipsis = "..."
    case arrow = "->"
    case question = "?"
    case questionColon = "?:"
    case bang = "!"
    case at = "@"
  }
}

extension DialectToken.Kind {
  /// How an error names the kind.
  var display: String {
    switch self {
    case .endOfFile: "the end of the file"
    case .name, .number, .string, .label: "a \(rawValue)"
    default: "'\(rawValue)'"
    }
  }

  /// Words that the type syntax reserves: no names, but fine after `.` and `:` and as table keys.
  package var isTypeWord: Bool {
    switch self {
    case .interface, .as, .asserts, .readonly, .is, .typeof, .keyof, .extends, .fun: true
    default: false
    }
  }

  /// Whether a block ends before the token.
  package var endsBlock: Bool {
    switch self {
    case .endOfFile, .endWord, .else, .elseif, .until: true
    default: false
    }
  }

  static let words: [String: DialectToken.Kind] = {
    let all: [DialectToken.Kind] = [
      .and, .break, .do, .else, .elseif, .endWord, .false, .for, .function, .goto, .if, .in, .local, .nil, .not, .or,
      .repeat, .return, .then, .true, .until, .while, .interface, .as, .asserts, .readonly, .is, .typeof, .keyof,
      .extends, .fun,
    ]
    return Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, $0) })
  }()
}
