/// The hash functions of the `hash` and `crypto` modules.
///
/// Written here rather than taken from a crypto package, whose build would be most of `hindcast replay`'s: they serve to replay
/// what production computed with its own library, and guard no secret. Checked against the vectors of RFC 1321, RFC 6234,
/// RFC 2202 and RFC 4231.
enum Digest {
  /// A hash function.
  enum Kind: String, CaseIterable {
    case md5, sha1, sha256, sha384, sha512

    /// Bytes in a block, which HMAC pads keys to.
    var blockSize: Int { self == .sha384 || self == .sha512 ? 128 : 64 }
  }

  static func hash(_ kind: Kind, _ message: [UInt8]) -> [UInt8] {
    switch kind {
    case .md5: md5(message)
    case .sha1: sha1(message)
    case .sha256: sha2(.sha256, message)
    case .sha384: sha2(.sha384, message)
    case .sha512: sha2(.sha512, message)
    }
  }

  static func hmac(_ kind: Kind, key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var key = key.count > kind.blockSize ? hash(kind, key) : key
    key += [UInt8](repeating: 0, count: kind.blockSize - key.count)
    let inner = hash(kind, key.map { $0 ^ 0x36 } + message)
    return hash(kind, key.map { $0 ^ 0x5c } + inner)
  }

  private static func sha2<Word>(_ start: SHA2<Word>, _ message: [UInt8]) -> [UInt8] {
    var hash = start
    hash.update(message)
    return hash.finish()
  }

  /// Lowercase hexadecimal.
  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The message with its padding and length, cut into blocks of `size` bytes.
  private static func blocks(_ message: [UInt8], size: Int, length: [UInt8]) -> [ArraySlice<UInt8>] {
    var padded = message + [0x80]
    while padded.count % size != size - length.count { padded.append(0) }
    padded += length
    return stride(from: 0, to: padded.count, by: size).map { padded[$0..<$0 + size] }
  }

  private static func words(_ block: ArraySlice<UInt8>) -> [UInt32] {
    stride(from: block.startIndex, to: block.endIndex, by: 4).map { start in
      block[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
  }

  // MARK: MD5

  private static let md5Shifts: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]
  /// floor(2^32 · |sin(i + 1)|), by integer arithmetic on the constants of RFC 1321.
  private static let md5Table: [UInt32] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
  ]

  private static func md5(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
    for block in blocks(message, size: 64, length: littleEndian(UInt64(message.count) &* 8)) {
      let word = words(block).map(\.byteSwapped)
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      for index in 0..<64 {
        let mix: UInt32
        let pick: Int
        switch index / 16 {
        case 0: (mix, pick) = ((b & c) | (~b & d), index)
        case 1: (mix, pick) = ((d & b) | (~d & c), (5 * index + 1) % 16)
        case 2: (mix, pick) = (b ^ c ^ d, (3 * index + 5) % 16)
        default: (mix, pick) = (c ^ (b | ~d), 7 * index % 16)
        }
        let sum = a &+ mix &+ md5Table[index] &+ word[pick]
        (a, d, c, b) = (d, c, b, b &+ rotateLeft(sum, md5Shifts[index / 16][index % 4]))
      }
      state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d]
    }
    return state.flatMap { littleEndian($0) }
  }

  private static func rotateLeft(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value << count | value >> (32 - count)
  }

  // MARK: SHA-1

  private static func sha1(_ message: [UInt8]) -> [UInt8] {
    var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]
    for block in blocks(message, size: 64, length: bigEndian(UInt64(message.count) &* 8)) {
      var w = words(block)
      for index in 16..<80 { w.append(rotateLeft(w[index - 3] ^ w[index - 8] ^ w[index - 14] ^ w[index - 16], 1)) }
      var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
      for index in 0..<80 {
        let (f, k): (UInt32, UInt32)
        switch index / 20 {
        case 0: (f, k) = ((b & c) | (~b & d), 0x5a82_7999)
        case 1: (f, k) = (b ^ c ^ d, 0x6ed9_eba1)
        case 2: (f, k) = ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
        default: (f, k) = (b ^ c ^ d, 0xca62_c1d6)
        }
        let next = rotateLeft(a, 5) &+ f &+ e &+ k &+ w[index]
        (e, d, c, b, a) = (d, c, rotateLeft(b, 30), a, next)
      }
      state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d, state[4] &+ e]
    }
    return state.flatMap { bigEndian($0) }
  }
}

/// FNV-1 (not 1a), as the `hash` module has it.
enum FNV1 {
  static func hash32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0x811c_9dc5) { ($0 &* 0x0100_0193) ^ UInt32($1) }
  }

  static func hash64(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 &* 0x100_0000_01b3) ^ UInt64($1) }
  }
}
