/// A string as it stands between its quotes.
struct RawString {
  /// The offset of the first byte after the quote.
  var start: Int
  /// How many bytes stand between the quotes.
  var count: Int
  var hasEscapes: Bool
  /// Whether all bytes are ASCII; of the text as it stands, before escapes are undone.
  var isASCII: Bool
}

extension JSONScanner {
  /// Reads a string and leaves it as it stands.
  ///
  /// - Parameter what: the thing that is expected, for the fault when something else stands there.
  @inline(__always)
  mutating func rawString(of what: @autoclosure () -> String) throws -> RawString {
    guard try peek() == UInt8(ascii: "\"") else { throw unexpected(what()) }
    let start = position &+ 1
    var scan = start
    var hasEscapes = false
    var seen: UInt64 = 0
    while true {
      // Eight bytes at a time until one of them is a quote, a backslash or a control character.
      var stop = end
      while scan &+ 8 <= end {
        let word = loadWord(base + scan)
        let special = Self.specialBytes(word)
        if special != 0 {
          let before = special.trailingZeroBitCount & ~7
          seen |= word & ((1 << UInt64(before)) &- 1)
          stop = scan &+ before >> 3
          break
        }
        seen |= word
        scan &+= 8
      }
      if stop == end {
        while scan < end, base[scan] != UInt8(ascii: "\""), base[scan] != UInt8(ascii: "\\"), base[scan] >= 0x20 {
          seen |= UInt64(base[scan])
          scan &+= 1
        }
        stop = scan
      }
      guard stop < end else {
        position = end
        throw truncated()
      }
      if base[stop] == UInt8(ascii: "\"") {
        position = stop &+ 1
        return RawString(
          start: start, count: stop &- start, hasEscapes: hasEscapes, isASCII: seen & 0x8080_8080_8080_8080 == 0)
      }
      guard base[stop] == UInt8(ascii: "\\") else {
        throw fault(.syntax, "a string holds a line break or another control character", at: stop)
      }
      hasEscapes = true
      scan = stop &+ 2
    }
  }

  /// Marks the high bit of every byte that is a quote, a backslash or below 0x20; bits above the lowest may be wrong.
  @inline(__always)
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ 0x2222_2222_2222_2222
    let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
    let marks = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- (ones &* 0x20)) & ~word)
    return marks & 0x8080_8080_8080_8080
  }

  /// Reads a string.
  mutating func string(of what: @autoclosure () -> String) throws -> String {
    try text(of: try rawString(of: what()))
  }

  /// The text of a string that was read.
  @inline(__always)
  func text(of raw: RawString) throws -> String {
    if raw.hasEscapes { return try unescaped(raw) }
    let bytes = UnsafeBufferPointer(start: base + raw.start, count: raw.count)
    if raw.isASCII { return String(decoding: bytes, as: UTF8.self) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fault(.encoding, "a string is not valid UTF-8", at: raw.start)
    }
    return text
  }

  private func unescaped(_ raw: RawString) throws -> String {
    let bytes = try unescapedBytes(raw)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw fault(.encoding, "a string is not valid UTF-8", at: raw.start)
    }
    return text
  }

  /// The bytes of a string with its escapes undone.
  func unescapedBytes(_ raw: RawString) throws -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(raw.count)
    var scan = raw.start
    let stop = raw.start + raw.count
    while scan < stop {
      let byte = base[scan]
      scan += 1
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      // The scan that found the closing quote stepped over whole escapes, so a character follows.
      let escape = base[scan]
      scan += 1
      if let simple = Self.simpleEscape(escape) {
        result.append(simple)
      } else if escape == UInt8(ascii: "u") {
        let scalar = try unicodeEscape(&scan, stop: stop)
        result.append(contentsOf: Array(String(scalar).utf8))
      } else {
        throw fault(.syntax, "a string holds an unknown escape", at: scan - 2)
      }
    }
    return result
  }

  private static func simpleEscape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// Reads the four digits after `\u`, and the second half of a surrogate pair.
  private func unicodeEscape(_ scan: inout Int, stop: Int) throws -> Unicode.Scalar {
    let offset = scan - 2
    let first = try hexadecimal(&scan, stop: stop)
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, scan + 2 <= stop, base[scan] == UInt8(ascii: "\\"), base[scan + 1] == UInt8(ascii: "u") {
      scan += 2
      let second = try hexadecimal(&scan, stop: stop)
      if (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return scalar
      }
    }
    throw fault(.encoding, "a string holds half of a surrogate pair", at: offset)
  }

  private func hexadecimal(_ scan: inout Int, stop: Int) throws -> UInt32 {
    guard scan + 4 <= stop else { throw fault(.syntax, "“\\u” needs four hexadecimal digits", at: scan) }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(base[scan])).hexDigitValue else {
        throw fault(.syntax, "“\\u” needs four hexadecimal digits", at: scan)
      }
      value = value << 4 | UInt32(digit)
      scan += 1
    }
    return value
  }
}
