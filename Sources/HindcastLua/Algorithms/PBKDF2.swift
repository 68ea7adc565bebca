/// Keys made of passwords (RFC 8018), with HMAC of SHA-256 or SHA-512.
enum PBKDF2 {
  /// - Parameter goesOn: asked every so often, with the hash blocks computed since; nil is returned when it says no.
  static func sha256(
    password: [UInt8], salt: [UInt8], iterations: Int, length: Int, goesOn: (Int) -> Bool = { _ in true }
  ) -> [UInt8]? {
    derive(.sha256, password, salt, iterations, length, goesOn)
  }

  /// - Parameter goesOn: as with SHA-256.
  static func sha512(
    password: [UInt8], salt: [UInt8], iterations: Int, length: Int, goesOn: (Int) -> Bool = { _ in true }
  ) -> [UInt8]? {
    derive(.sha512, password, salt, iterations, length, goesOn)
  }

  /// Hash blocks between two questions whether to go on: about a millisecond's worth.
  private static let blocksAtATime = 2_000

  private static func derive<Word>(
    _ hash: SHA2<Word>, _ password: [UInt8], _ salt: [UInt8], _ iterations: Int, _ length: Int, _ goesOn: (Int) -> Bool
  ) -> [UInt8]? {
    var key: [UInt8] = []
    var number: UInt32 = 1
    var blocks = 0
    let keyed = KeyedHash(hash, key: password)
    while key.count < length {
      var digest = keyed.hash(salt + Digest.bigEndian(number))
      var sum = digest
      blocks += 4
      for _ in 1..<max(iterations, 1) {
        digest = keyed.hash(digest)
        for index in sum.indices { sum[index] ^= digest[index] }
        blocks += 2
        guard mayGoOn(&blocks, goesOn) else { return nil }
      }
      key += sum
      number &+= 1
      guard mayGoOn(&blocks, goesOn) else { return nil }
    }
    return Array(key.prefix(length))
  }

  private static func mayGoOn(_ blocks: inout Int, _ goesOn: (Int) -> Bool) -> Bool {
    guard blocks >= blocksAtATime else { return true }
    defer { blocks = 0 }
    return goesOn(blocks)
  }
}

/// HMAC with one key for many messages: what the key does to the hash is computed once.
struct KeyedHash<Word: FixedWidthInteger & UnsignedInteger & SIMDScalar & Sendable> {
  private var inner: SHA2<Word>
  private var outer: SHA2<Word>

  init(_ hash: SHA2<Word>, key: [UInt8]) {
    var key = key
    if key.count > SHA2<Word>.blockSize {
      var shortened = hash
      shortened.update(key)
      key = shortened.finish()
    }
    key += [UInt8](repeating: 0, count: SHA2<Word>.blockSize - key.count)
    inner = hash
    inner.update(key.map { $0 ^ 0x36 })
    outer = hash
    outer.update(key.map { $0 ^ 0x5c })
  }

  func hash(_ message: [UInt8]) -> [UInt8] {
    var inner = inner
    inner.update(message)
    var outer = outer
    outer.update(inner.finish())
    return outer.finish()
  }
}
