/// Why a sealed box cannot be made or opened.
enum CipherError: Error, Equatable {
  /// A key or nonce of the wrong length.
  case wrongLength
  /// The tag does not fit: another key, or a changed text.
  case authenticationFailed
}

/// AES in Galois/counter mode (NIST SP 800-38D), with a 12-byte nonce and a 16-byte tag.
///
/// Like `Digest` it serves to replay what production did, not to keep secrets: it is not constant in time.
enum AESGCM {
  static func seal(key: [UInt8], nonce: [UInt8], _ plaintext: [UInt8], aad: [UInt8] = []) throws -> [UInt8] {
    let cipher = try AES(key: key)
    guard nonce.count == 12 else { throw CipherError.wrongLength }
    let text = counterMode(cipher, nonce, plaintext)
    return text + tag(cipher, nonce, text, aad)
  }

  /// Opens ciphertext followed by its tag.
  static func open(key: [UInt8], nonce: [UInt8], _ sealed: [UInt8], aad: [UInt8] = []) throws -> [UInt8] {
    let cipher = try AES(key: key)
    guard nonce.count == 12, sealed.count >= 16 else { throw CipherError.wrongLength }
    let text = Array(sealed.dropLast(16))
    guard tag(cipher, nonce, text, aad) == Array(sealed.suffix(16)) else { throw CipherError.authenticationFailed }
    return counterMode(cipher, nonce, text)
  }

  private static func counterMode(_ cipher: AES, _ nonce: [UInt8], _ text: [UInt8]) -> [UInt8] {
    var out = text
    for (index, start) in stride(from: 0, to: text.count, by: 16).enumerated() {
      let stream = cipher.encrypt(nonce + Digest.bigEndian(UInt32(index) &+ 2))
      for position in start..<min(start + 16, text.count) { out[position] ^= stream[position - start] }
    }
    return out
  }

  private static func tag(_ cipher: AES, _ nonce: [UInt8], _ text: [UInt8], _ aad: [UInt8]) -> [UInt8] {
    let h = Block(cipher.encrypt([UInt8](repeating: 0, count: 16))[...])
    var y = Block()
    for part in [aad, text] {
      for start in stride(from: 0, to: part.count, by: 16) {
        let chunk = part[start..<min(start + 16, part.count)]
        y = (y ^ Block(chunk)).multiplied(by: h)
      }
    }
    y = (y ^ Block(high: UInt64(aad.count) &* 8, low: UInt64(text.count) &* 8)).multiplied(by: h)
    let mask = cipher.encrypt(nonce + [0, 0, 0, 1])
    return zip(Digest.bigEndian(y.high) + Digest.bigEndian(y.low), mask).map { $0 ^ $1 }
  }

  /// An element of GF(2^128), most significant bit first.
  private struct Block {
    var high: UInt64 = 0
    var low: UInt64 = 0

    init(high: UInt64 = 0, low: UInt64 = 0) {
      self.high = high
      self.low = low
    }

    init(_ bytes: ArraySlice<UInt8>) {
      for (index, byte) in bytes.enumerated() {
        if index < 8 { high |= UInt64(byte) << (56 - 8 * index) } else { low |= UInt64(byte) << (120 - 8 * index) }
      }
    }

    static func ^ (a: Block, b: Block) -> Block { Block(high: a.high ^ b.high, low: a.low ^ b.low) }

    func multiplied(by other: Block) -> Block {
      var z = Block()
      var v = other
      for bit in 0..<128 {
        let isSet = bit < 64 ? high >> (63 - bit) & 1 : low >> (127 - bit) & 1
        if isSet == 1 { z = z ^ v }
        let carry = v.low & 1
        v = Block(high: v.high >> 1, low: v.low >> 1 | v.high << 63)
        if carry == 1 { v.high ^= 0xe1 << 56 }
      }
      return z
    }
  }
}

/// The AES block cipher (FIPS 197), encryption only, which is all that counter modes need.
private struct AES {
  private let roundKeys: [[UInt8]]
  private static let sbox = makeSBox()
  /// Where each byte comes from when the rows are shifted.
  private static let shiftedRows = (0..<16).map { ($0 + 4 * ($0 % 4)) % 16 }

  init(key: [UInt8]) throws {
    guard [16, 24, 32].contains(key.count) else { throw CipherError.wrongLength }
    let length = key.count / 4
    let rounds = length + 6
    var words = stride(from: 0, to: key.count, by: 4).map { Array(key[$0..<$0 + 4]) }
    var constant: UInt8 = 1
    for index in length..<4 * (rounds + 1) {
      var word = words[index - 1]
      if index % length == 0 {
        word = [word[1], word[2], word[3], word[0]].map { Self.sbox[Int($0)] }
        word[0] ^= constant
        constant = Self.double(constant)
      } else if length > 6, index % length == 4 {
        word = word.map { Self.sbox[Int($0)] }
      }
      words.append(zip(words[index - length], word).map { $0 ^ $1 })
    }
    roundKeys = stride(from: 0, to: words.count, by: 4).map { Array(words[$0..<$0 + 4].joined()) }
  }

  func encrypt(_ block: [UInt8]) -> [UInt8] {
    var state = zip(block, roundKeys[0]).map { $0 ^ $1 }
    for round in 1..<roundKeys.count {
      state = Self.shiftedRows.map { Self.sbox[Int(state[$0])] }
      if round < roundKeys.count - 1 { state = stride(from: 0, to: 16, by: 4).flatMap { Self.mix(state[$0..<$0 + 4]) } }
      state = zip(state, roundKeys[round]).map { $0 ^ $1 }
    }
    return state
  }

  private static func mix(_ column: ArraySlice<UInt8>) -> [UInt8] {
    let c = Array(column)
    let all = c[0] ^ c[1] ^ c[2] ^ c[3]
    return (0..<4).map { c[$0] ^ all ^ double(c[$0] ^ c[($0 + 1) % 4]) }
  }

  private static func double(_ x: UInt8) -> UInt8 { x << 1 ^ (x & 0x80 == 0 ? 0 : 0x1b) }

  private static func makeSBox() -> [UInt8] {
    var box = [UInt8](repeating: 0, count: 256)
    var (p, q): (UInt8, UInt8) = (1, 1)
    repeat {
      p ^= double(p)
      q ^= q << 1
      q ^= q << 2
      q ^= q << 4
      if q & 0x80 != 0 { q ^= 0x09 }
      func rotate(_ count: UInt8) -> UInt8 { q << count | q >> (8 - count) }
      box[Int(p)] = q ^ rotate(1) ^ rotate(2) ^ rotate(3) ^ rotate(4) ^ 0x63
    } while p != 1
    box[0] = 0x63
    return box
  }
}

/// ChaCha20 with Poly1305 (RFC 8439), with a 12-byte nonce and a 16-byte tag; see `AESGCM` on what it is for.
enum ChaCha20Poly1305 {
  static func seal(key: [UInt8], nonce: [UInt8], _ plaintext: [UInt8], aad: [UInt8] = []) throws -> [UInt8] {
    guard key.count == 32, nonce.count == 12 else { throw CipherError.wrongLength }
    let text = crypt(key, nonce, plaintext)
    return text + tag(key, nonce, text, aad)
  }

  /// Opens ciphertext followed by its tag.
  static func open(key: [UInt8], nonce: [UInt8], _ sealed: [UInt8], aad: [UInt8] = []) throws -> [UInt8] {
    guard key.count == 32, nonce.count == 12, sealed.count >= 16 else { throw CipherError.wrongLength }
    let text = Array(sealed.dropLast(16))
    guard tag(key, nonce, text, aad) == Array(sealed.suffix(16)) else { throw CipherError.authenticationFailed }
    return crypt(key, nonce, text)
  }

  private static func crypt(_ key: [UInt8], _ nonce: [UInt8], _ text: [UInt8]) -> [UInt8] {
    var out = text
    for (index, start) in stride(from: 0, to: text.count, by: 64).enumerated() {
      let stream = block(key, nonce, counter: UInt32(index) &+ 1)
      for position in start..<min(start + 64, text.count) { out[position] ^= stream[position - start] }
    }
    return out
  }

  private static func littleEndianWords(_ bytes: [UInt8]) -> [UInt32] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
  }

  private static func block(_ key: [UInt8], _ nonce: [UInt8], counter: UInt32) -> [UInt8] {
    var start: [UInt32] = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]
    start += littleEndianWords(key)
    start.append(counter)
    start += littleEndianWords(nonce)
    var x = start
    func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
      func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
      x[a] = x[a] &+ x[b]
      x[d] = rotate(x[d] ^ x[a], 16)
      x[c] = x[c] &+ x[d]
      x[b] = rotate(x[b] ^ x[c], 12)
      x[a] = x[a] &+ x[b]
      x[d] = rotate(x[d] ^ x[a], 8)
      x[c] = x[c] &+ x[d]
      x[b] = rotate(x[b] ^ x[c], 7)
    }
    for _ in 0..<10 {
      for column in 0..<4 { quarter(column, column + 4, column + 8, column + 12) }
      for diagonal in 0..<4 {
        quarter(diagonal, 4 + (diagonal + 1) % 4, 8 + (diagonal + 2) % 4, 12 + (diagonal + 3) % 4)
      }
    }
    return zip(x, start).flatMap { Digest.littleEndian($0 &+ $1) }
  }

  private static func tag(_ key: [UInt8], _ nonce: [UInt8], _ text: [UInt8], _ aad: [UInt8]) -> [UInt8] {
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (16 - bytes.count % 16) % 16) }
    var message = padded(aad)
    message += padded(text)
    message += Digest.littleEndian(UInt64(aad.count))
    message += Digest.littleEndian(UInt64(text.count))
    return poly1305(Array(block(key, nonce, counter: 0).prefix(32)), message)
  }

  /// Poly1305 on 26-bit limbs.
  private static func poly1305(_ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    let mask: UInt64 = 0x3ff_ffff
    func limbs(_ bytes: [UInt8]) -> [UInt64] {
      (0..<5).map { limb in
        (0..<26).reduce(UInt64(0)) { value, bit in
          let position = limb * 26 + bit
          guard position / 8 < bytes.count else { return value }
          return value | UInt64(bytes[position / 8] >> (position % 8) & 1) << UInt64(bit)
        }
      }
    }
    var clamped = Array(key.prefix(16))
    for index in [3, 7, 11, 15] { clamped[index] &= 15 }
    for index in [4, 8, 12] { clamped[index] &= 252 }
    let r = limbs(clamped)
    var h = [UInt64](repeating: 0, count: 5)
    for start in stride(from: 0, to: message.count, by: 16) {
      let chunk = limbs(Array(message[start..<min(start + 16, message.count)]) + [1])
      for index in 0..<5 { h[index] += chunk[index] }
      var d = [UInt64](repeating: 0, count: 5)
      for i in 0..<5 {
        for j in 0..<5 { d[(i + j) % 5] += h[i] * r[j] * (i + j >= 5 ? 5 : 1) }
      }
      for _ in 0..<2 {
        var carry: UInt64 = 0
        for index in 0..<5 {
          d[index] += carry
          carry = d[index] >> 26
          d[index] &= mask
        }
        d[0] += carry * 5
      }
      h = d
    }
    return finish(h, key, mask)
  }

  private static func finish(_ sum: [UInt64], _ key: [UInt8], _ mask: UInt64) -> [UInt8] {
    var h = sum
    func carry() {
      var carry: UInt64 = 0
      for index in 0..<5 {
        h[index] += carry
        carry = h[index] >> 26
        h[index] &= mask
      }
      h[0] += carry * 5
    }
    carry()
    carry()
    // h − p, taken where it does not go below zero.
    var reduced = h
    reduced[0] += 5
    for index in 0..<4 {
      reduced[index + 1] += reduced[index] >> 26
      reduced[index] &= mask
    }
    if reduced[4] >> 26 != 0 {
      reduced[4] &= mask
      h = reduced
    }
    var bytes = [UInt8](repeating: 0, count: 16)
    for position in 0..<128 {
      let bit = h[position / 26] >> UInt64(position % 26) & 1
      bytes[position / 8] |= UInt8(bit) << (position % 8)
    }
    var carryByte: UInt16 = 0
    for index in 0..<16 {
      carryByte += UInt16(bytes[index]) + UInt16(key[16 + index])
      bytes[index] = UInt8(truncatingIfNeeded: carryByte)
      carryByte >>= 8
    }
    return bytes
  }
}
