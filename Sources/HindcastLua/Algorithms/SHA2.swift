/// The running state of SHA-256 (`Word` is `UInt32`) or SHA-512 and SHA-384 (`UInt64`); FIPS 180-4.
///
/// Nothing is allocated for a block, because PBKDF2 hashes millions of them.
struct SHA2<Word: FixedWidthInteger & UnsignedInteger & SIMDScalar & Sendable> {
  private let parameters: Parameters
  private var state: SIMD8<Word>
  /// The block being filled.
  private var block: [UInt8]
  private var filled = 0
  private var length = 0

  /// The bytes of a block.
  static var blockSize: Int { 2 * Word.bitWidth }

  fileprivate struct Parameters: Sendable {
    /// Eight words.
    var start: [Word]
    var constants: [Word]
    /// Rotations and shifts of the message schedule and of the state.
    var small0: (Int, Int, Int)
    var small1: (Int, Int, Int)
    var big1: (Int, Int, Int)
    var big0: (Int, Int, Int)
    /// Bytes of the result.
    var size: Int
  }

  fileprivate init(_ parameters: Parameters) {
    self.parameters = parameters
    state = SIMD8(parameters.start)
    block = [UInt8](repeating: 0, count: Self.blockSize)
  }

  /// Takes more of the message.
  mutating func update(_ bytes: some Collection<UInt8>) {
    length += bytes.count
    for byte in bytes {
      block[filled] = byte
      filled += 1
      if filled == block.count { compress() }
    }
  }

  /// Ends the message.
  mutating func finish() -> [UInt8] {
    let bits = Digest.bigEndian(UInt64(length) &* 8)
    let lengthSize = Word.bitWidth / 4
    block[filled] = 0x80
    filled += 1
    if filled > block.count - lengthSize {
      while filled < block.count { zero() }
      compress()
    }
    while filled < block.count - bits.count { zero() }
    for byte in bits {
      block[filled] = byte
      filled += 1
    }
    compress()
    var digest: [UInt8] = []
    for index in 0..<8 { digest += Digest.bigEndian(state[index]) }
    return Array(digest.prefix(parameters.size))
  }

  private mutating func zero() {
    block[filled] = 0
    filled += 1
  }

  private mutating func compress() {
    filled = 0
    let parameters = parameters
    let start = state
    state = withUnsafeTemporaryAllocation(of: Word.self, capacity: parameters.constants.count) { schedule in
      block.withUnsafeBytes { bytes in
        for index in 0..<16 {
          schedule[index] = bytes.loadUnaligned(fromByteOffset: index * (Word.bitWidth / 8), as: Word.self).bigEndian
        }
      }
      return parameters.constants.withUnsafeBufferPointer { Self.compress(start, schedule, $0, parameters) }
    }
  }

  private static func compress(
    _ start: SIMD8<Word>, _ schedule: UnsafeMutableBufferPointer<Word>, _ constants: UnsafeBufferPointer<Word>,
    _ parameters: Parameters
  ) -> SIMD8<Word> {
    for index in 16..<constants.count {
      let (x, y) = (schedule[index - 15], schedule[index - 2])
      let small0 = rotate(x, parameters.small0.0) ^ rotate(x, parameters.small0.1) ^ x &>> Word(parameters.small0.2)
      let small1 = rotate(y, parameters.small1.0) ^ rotate(y, parameters.small1.1) ^ y &>> Word(parameters.small1.2)
      schedule[index] = schedule[index - 16] &+ small0 &+ schedule[index - 7] &+ small1
    }
    var (a, b, c, d) = (start[0], start[1], start[2], start[3])
    var (e, f, g, h) = (start[4], start[5], start[6], start[7])
    for index in 0..<constants.count {
      let big1 = rotate(e, parameters.big1.0) ^ rotate(e, parameters.big1.1) ^ rotate(e, parameters.big1.2)
      let first = h &+ big1 &+ ((e & f) ^ (~e & g)) &+ constants[index] &+ schedule[index]
      let big0 = rotate(a, parameters.big0.0) ^ rotate(a, parameters.big0.1) ^ rotate(a, parameters.big0.2)
      let second = big0 &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    return start &+ SIMD8(a, b, c, d, e, f, g, h)
  }

  @inline(__always)
  private static func rotate(_ value: Word, _ count: Int) -> Word {
    value &>> Word(count) | value &<< Word(Word.bitWidth - count)
  }
}

// MARK: The functions

extension SHA2<UInt32> {
  static var sha256: SHA2 { SHA2(SHA2Tables.sha256) }
}

extension SHA2<UInt64> {
  static var sha384: SHA2 { SHA2(SHA2Tables.sha384) }
  static var sha512: SHA2 { SHA2(SHA2Tables.sha512) }
}

/// The constants: the first bits of the fractions of roots of primes, computed rather than listed.
private enum SHA2Tables {
  static let sha256 = SHA2<UInt32>.Parameters(
    start: start(primes[0..<8]) { UInt32($0 >> 32) }, constants: cubeRoots.prefix(64).map { UInt32($0 >> 32) },
    small0: (7, 18, 3), small1: (17, 19, 10), big1: (6, 11, 25), big0: (2, 13, 22), size: 32)
  static let sha384 = wide(start(primes[8..<16]) { $0 }, size: 48)
  static let sha512 = wide(start(primes[0..<8]) { $0 }, size: 64)

  private static func wide(_ start: [UInt64], size: Int) -> SHA2<UInt64>.Parameters {
    SHA2<UInt64>.Parameters(
      start: start, constants: cubeRoots, small0: (1, 8, 7), small1: (19, 61, 6), big1: (14, 18, 41),
      big0: (28, 34, 39), size: size)
  }

  private static let primes: [UInt64] = (2..<410).filter { number in
    !(2..<number).contains { number % $0 == 0 }
  }

  private static let cubeRoots = primes.prefix(80).map { fraction(of: $0, root: 3) }

  private static func start<Word>(_ primes: ArraySlice<UInt64>, _ cut: (UInt64) -> Word) -> [Word] {
    primes.map { cut(fraction(of: $0, root: 2)) }
  }

  /// The first 64 bits of the fraction of a prime's root: the largest x with (x / 2^64)^root ≤ prime, by bisection.
  private static func fraction(of prime: UInt64, root: Int) -> UInt64 {
    var whole: UInt64 = 0
    while power(whole + 1, root) <= prime { whole += 1 }
    var fraction: UInt64 = 0
    for bit in (0..<64).reversed() {
      let candidate = fraction | 1 << UInt64(bit)
      if isAtMost(whole: whole, fraction: candidate, root, prime) { fraction = candidate }
    }
    return fraction
  }

  private static func power(_ base: UInt64, _ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { value, _ in value * base }
  }

  /// Whether (whole + fraction / 2^64)^root ≤ prime, on limbs of 32 bits.
  private static func isAtMost(whole: UInt64, fraction: UInt64, _ root: Int, _ prime: UInt64) -> Bool {
    let limbs = [fraction & 0xffff_ffff, fraction >> 32, whole]
    var product = limbs
    for _ in 1..<root { product = multiply(product, limbs) }
    let bound = [UInt64](repeating: 0, count: 2 * root) + [prime]
    for index in (0..<max(product.count, bound.count)).reversed() {
      let left = index < product.count ? product[index] : 0
      let right = index < bound.count ? bound[index] : 0
      if left != right { return left < right }
    }
    return true
  }

  private static func multiply(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    var out = [UInt64](repeating: 0, count: a.count + b.count)
    for i in a.indices {
      var carry: UInt64 = 0
      for j in b.indices {
        let sum = out[i + j] + a[i] * b[j] + carry
        out[i + j] = sum & 0xffff_ffff
        carry = sum >> 32
      }
      out[i + b.count] += carry
    }
    return out
  }
}
