/// Base64 as Go's `encoding/base64` reads and writes it.
struct GoBase64: Sendable {
  /// With `+` and `/`, padded.
  static let standard = GoBase64(symbols: "+/", isPadded: true)
  /// With `-` and `_`, without padding: what web tokens are made of.
  static let rawURL = GoBase64(symbols: "-_", isPadded: false)

  /// A text that is not Base64; Go's wording.
  struct CorruptInput: Error, Hashable, CustomStringConvertible {
    /// The byte that does not fit, from 0.
    let offset: Int

    var description: String { "illegal base64 data at input byte \(offset)" }
  }

  private let alphabet: [UInt8]
  /// The value of each byte; 0xff: none.
  private let values: [UInt8]
  private let isPadded: Bool

  private init(symbols: String, isPadded: Bool) {
    alphabet = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + symbols).utf8)
    var values = [UInt8](repeating: 0xff, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    self.values = values
    self.isPadded = isPadded
  }

  private static let padding = UInt8(ascii: "=")

  func encode(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
      for index in 0...count { out.append(alphabet[Int(group >> UInt32(18 - 6 * index) & 63)]) }
      if isPadded { for _ in count..<3 { out.append(Self.padding) } }
    }
    return out
  }

  /// Reads Base64; line breaks in it are skipped.
  func decode(_ text: [UInt8]) throws(CorruptInput) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3 + 3)
    var position = 0
    while position < text.count {
      let (group, count) = try takeGroup(text, &position)
      for index in 0..<max(0, count - 1) { out.append(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * index))) }
    }
    return out
  }

  /// The next four symbols as 24 bits, and how many there were; fewer only at the end.
  private func takeGroup(_ text: [UInt8], _ position: inout Int) throws(CorruptInput) -> (group: UInt32, count: Int) {
    var group: UInt32 = 0
    var count = 0
    while count < 4 {
      guard position < text.count else {
        if count == 0 { break }
        if count == 1 || isPadded { throw CorruptInput(offset: position - count) }
        break
      }
      let byte = text[position]
      position += 1
      let value = values[Int(byte)]
      if value != 0xff {
        count += 1
        group |= UInt32(value) << UInt32(24 - 6 * count)
      } else if !isLineBreak(byte) {
        guard isPadded, byte == Self.padding, count >= 2 else { throw CorruptInput(offset: position - 1) }
        try takePadding(text, &position, after: count)
        break
      }
    }
    return (group, count)
  }

  /// What follows the first padding byte: another one after two symbols, and nothing else.
  private func takePadding(_ text: [UInt8], _ position: inout Int, after count: Int) throws(CorruptInput) {
    func skipLineBreaks() {
      while position < text.count, isLineBreak(text[position]) { position += 1 }
    }
    if count == 2 {
      skipLineBreaks()
      guard position < text.count else { throw CorruptInput(offset: text.count) }
      guard text[position] == Self.padding else { throw CorruptInput(offset: position - 1) }
      position += 1
    }
    skipLineBreaks()
    if position < text.count { throw CorruptInput(offset: position) }
  }

  private func isLineBreak(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
