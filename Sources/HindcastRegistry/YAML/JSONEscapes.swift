/// JSON writes a character past U+FFFF as two escapes, which YAML does not know.
enum JSONEscapes {
  /// The text with every escaped surrogate pair, `\uD83D\uDE00`, in YAML's form, `\U0001F600`.
  static func joiningSurrogates(in bytes: [UInt8]) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    guard bytes.contains(backslash) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == backslash, index + 1 < bytes.count else {
        result.append(bytes[index])
        index += 1
        continue
      }
      if let high = codeUnit(at: index, in: bytes), let low = codeUnit(at: index + 6, in: bytes),
        UTF16.isLeadSurrogate(high), UTF16.isTrailSurrogate(low)
      {
        let scalar = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))
        let digits = String(scalar, radix: 16, uppercase: true)
        result +=
          Array("\\U".utf8) + Array(repeating: UInt8(ascii: "0"), count: 8 - digits.utf8.count) + Array(digits.utf8)
        index += 12
      } else {
        // Both bytes of the escape go, so that the second backslash of `\\` starts nothing.
        result += bytes[index...index + 1]
        index += 2
      }
    }
    return result
  }

  /// The code unit of the escape `\uXXXX` at an index.
  private static func codeUnit(at index: Int, in bytes: [UInt8]) -> UInt16? {
    guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") else {
      return nil
    }
    return UInt16(String(decoding: bytes[index + 2..<index + 6], as: UTF8.self), radix: 16)
  }
}
