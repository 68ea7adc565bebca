/// A UUID, as the runtime's library reads and writes it.
struct UUIDValue: Hashable {
  var bytes: [UInt8]

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads the standard form, also with `urn:uuid:` or in braces, and plain 32 digits.
  init?(parsing text: String) {
    var digits = Array(text.utf8)
    switch digits.count {
    case 36: break
    case 45:
      guard text.lowercased().hasPrefix("urn:uuid:") else { return nil }
      digits.removeFirst(9)
    case 38: digits = Array(digits[1..<37])
    case 32: digits = Self.dashed(digits)
    default: return nil
    }
    guard digits.count == 36, [8, 13, 18, 23].allSatisfy({ digits[$0] == UInt8(ascii: "-") }) else { return nil }
    bytes = []
    var high: UInt8?
    for (index, digit) in digits.enumerated() where ![8, 13, 18, 23].contains(index) {
      guard digit < 0x80, let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(value))
        high = nil
      } else {
        high = UInt8(value)
      }
    }
  }

  private static func dashed(_ digits: [UInt8]) -> [UInt8] {
    [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { Array(digits[$0]) }.reduce(into: [UInt8]()) { text, group in
      if !text.isEmpty { text.append(UInt8(ascii: "-")) }
      text += group
    }
  }

  var simple: String { Digest.hex(bytes) }
  var text: String { String(decoding: Self.dashed(Array(simple.utf8)), as: UTF8.self) }
  var version: Int { Int(bytes[6] >> 4) }

  var variant: String {
    switch bytes[8] {
    case let byte where byte & 0xC0 == 0x80: "RFC4122"
    case let byte where byte & 0xE0 == 0xC0: "Microsoft"
    case let byte where byte & 0xE0 == 0xE0: "Future"
    default: "Reserved"
    }
  }

  /// Seconds since 1970 that the time inside stands for: of versions 1 and 7.
  var unixSeconds: Int64 {
    func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
    if version == 7 { return Int64(number(0..<6) / 1000) }
    let ticks = (number(6..<8) & 0x0FFF) << 48 | number(4..<6) << 32 | number(0..<4)
    return (Int64(ticks) - Self.gregorianOffset) / 10_000_000
  }

  /// Steps of 100 ns from 1582-10-15 to 1970.
  private static let gregorianOffset: Int64 = 122_192_928_000_000_000

  // MARK: Making

  private init(bytes: [UInt8], version: UInt8) {
    self.bytes = Array(bytes.prefix(16))
    self.bytes[6] = self.bytes[6] & 0x0F | version << 4
    self.bytes[8] = self.bytes[8] & 0x3F | 0x80
  }

  /// Version 3 (of MD5) or 5 (of SHA-1).
  init(namespace: UUIDValue, name: [UInt8], digest: Digest.Kind) {
    self.init(bytes: Digest.hash(digest, namespace.bytes + name), version: digest == .md5 ? 3 : 5)
  }

  /// Version 1, 4 or 7 of random bytes and the time.
  init(version: Int, random: inout RandomBytes, time: LuaInstant) {
    switch version {
    case 1:
      let ticks = time.seconds &* 10_000_000 &+ Int64(time.nanoseconds / 100) &+ Self.gregorianOffset
      let low = Digest.bigEndian(UInt32(truncatingIfNeeded: ticks))
      let middle = Digest.bigEndian(UInt16(truncatingIfNeeded: ticks >> 32))
      let high = Digest.bigEndian(UInt16(truncatingIfNeeded: ticks >> 48))
      self.init(bytes: low + middle + high + random.next(8), version: 1)
    case 7:
      let tick = random.tick(at: time)
      let milliseconds = Digest.bigEndian(tick >> 12).suffix(6)
      let count = Digest.bigEndian(UInt16(truncatingIfNeeded: tick & 0xfff))
      self.init(bytes: milliseconds + count + random.next(8), version: 7)
    default: self.init(bytes: random.next(16), version: 4)
    }
  }
}
