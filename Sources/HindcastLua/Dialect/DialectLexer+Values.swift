extension DialectLexer {
  /// What a number literal stands for.
  enum NumberLiteral {
    case integer(Int64)
    case float(Double)

    var double: Double {
      switch self {
      case .integer(let value): Double(value)
      case .float(let value): value
      }
    }
  }

  /// The value of a number token. Too big for the dialect (a decimal past `1.8e308`, a hexadecimal past 64 bits signed)
  /// is NaN there; a decimal integer past 64 bits is a float.
  func numberValue(_ token: DialectToken) -> NumberLiteral {
    let digits = text(token)
    if digits.count > 1, digits.hasPrefix("0x") || digits.hasPrefix("0X") {
      return Int64(digits.dropFirst(2), radix: 16).map(NumberLiteral.integer) ?? .float(.nan)
    }
    if let value = Int64(digits) { return .integer(value) }
    // Swift wants digits on both sides of the point.
    var spelled = digits.hasPrefix(".") ? "0\(digits)" : digits
    if let point = spelled.firstIndex(of: "."), !(spelled[spelled.index(after: point)...].first?.isNumber ?? false) {
      spelled.insert("0", at: spelled.index(after: point))
    }
    let value = Double(spelled) ?? .nan
    return .float(value.isInfinite ? .nan : value)
  }

  /// The bytes of a string token, escapes resolved as the dialect does.
  func stringValue(_ token: DialectToken) -> [UInt8] {
    let bytes = source[token.start..<token.end]
    guard let first = bytes.first else { return [] }
    return first == UInt8(ascii: "[") ? longStringValue(bytes) : quotedStringValue(bytes.dropFirst().dropLast())
  }

  private func longStringValue(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let level = bytes.dropFirst().prefix { $0 == UInt8(ascii: "=") }.count
    let body = Self.normalizingLineBreaks(bytes.dropFirst(level + 2).dropLast(level + 2))
    return body.first == 0x0A ? Array(body.dropFirst()) : body
  }

  private static func normalizingLineBreaks(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if byte == 0x0A || byte == 0x0D {
        if index < bytes.endIndex, bytes[index] == 0x0A || bytes[index] == 0x0D, bytes[index] != byte { index += 1 }
        result.append(0x0A)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  private func quotedStringValue(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    let body = Self.normalizingLineBreaks(bytes)
    var index = 0
    while index < body.count {
      let byte = body[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < body.count else {
        result.append(byte)
        continue
      }
      if Self.isDigit(body[index]) {
        let digits = body[index...].prefix(3).prefix(while: Self.isDigit)
        result.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }))
        index += digits.count
      } else {
        result.append(Self.controlEscapes[body[index]] ?? body[index])
        index += 1
      }
    }
    return result
  }

  private static let controlEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13,
    UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11,
  ]
}
