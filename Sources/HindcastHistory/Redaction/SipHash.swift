/// SipHash-2-4: a keyed hash that tells nobody without the key anything about the text.
///
/// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. Written here because the standard library does not
/// let its own be keyed, and a crypto package would be most of the build of `hindcast replay`.
package struct SipHash: Sendable {
  private let key: (UInt64, UInt64)

  /// Makes a hash of a key.
  package init(_ first: UInt64, _ second: UInt64) {
    key = (first, second)
  }

  /// Makes a hash of a random key.
  package init(using generator: inout some RandomNumberGenerator) {
    key = (generator.next(), generator.next())
  }

  /// The hash of some bytes.
  package func callAsFunction(_ bytes: some Collection<UInt8>) -> UInt64 {
    var state = State(key)
    var word: UInt64 = 0
    var count = 0
    for byte in bytes {
      word |= UInt64(byte) << (8 * UInt64(count & 7))
      count += 1
      if count & 7 == 0 {
        state.take(word)
        word = 0
      }
    }
    state.take(word | UInt64(count & 0xFF) << 56)
    return state.finish()
  }

  private struct State {
    var a, b, c, d: UInt64

    init(_ key: (UInt64, UInt64)) {
      a = key.0 ^ 0x736f_6d65_7073_6575
      b = key.1 ^ 0x646f_7261_6e64_6f6d
      c = key.0 ^ 0x6c79_6765_6e65_7261
      d = key.1 ^ 0x7465_6462_7974_6573
    }

    mutating func take(_ word: UInt64) {
      d ^= word
      round()
      round()
      a ^= word
    }

    mutating func finish() -> UInt64 {
      c ^= 0xFF
      for _ in 0..<4 { round() }
      return a ^ b ^ c ^ d
    }

    private mutating func round() {
      a &+= b
      b = b << 13 | b >> 51
      b ^= a
      a = a << 32 | a >> 32
      c &+= d
      d = d << 16 | d >> 48
      d ^= c
      a &+= d
      d = d << 21 | d >> 43
      d ^= a
      c &+= b
      b = b << 17 | b >> 47
      b ^= c
      c = c << 32 | c >> 32
    }
  }
}
