/// `crypto` (spec/wippy.md 8.4). Random values and encryption are side effects; the rest computes.
enum CryptoModule: LuaModule {
  static func register(_ host: ModuleHost) {
    registerRandom(host)
    registerHMAC(host)
    registerCiphers(host)
    host.define("pbkdf2", of: "crypto", pbkdf2)
    host.define("constant_time_compare", of: "crypto") { call, _ throws(LuaRaise) in
      let (first, second) = (try call.checkBytes(1), try call.checkBytes(2))
      let difference = zip(first, second).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
      return call.reply(first.count == second.count && difference == 0)
    }
    for name in ["encode", "verify"] {
      host.define(name, of: "crypto.jwt") { _, _ throws(LuaRaise) in
        throw .message("crypto.jwt.\(name) is not available in Hindcast yet")
      }
    }
    for library in ["random", "hmac", "encrypt", "decrypt", "jwt"] { host.nest(library, in: "crypto") }
  }

  // MARK: Random values

  private static let largestRandom = 1 << 20
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  private static func registerRandom(_ host: ModuleHost) {
    host.define("uuid", of: "crypto.random") { call, host throws(LuaRaise) in
      try host.sideEffect(.uuid(version: 4), call)
    }
    host.define("bytes", of: "crypto.random") { call, host throws(LuaRaise) in
      let length = try call.checkInteger(1)
      if let complaint = complaint(about: length) { return call.fail(.invalid(complaint), host) }
      return try host.sideEffect(.randomBytes(length: Int(length)), call)
    }
    host.define("string", of: "crypto.random") { call, host throws(LuaRaise) in
      let length = try call.checkInteger(1)
      if let complaint = complaint(about: length) { return call.fail(.invalid(complaint), host) }
      let charset = call.withBytes(2) { Array($0) } ?? letters
      if charset.isEmpty { return call.fail(.invalid("charset cannot be empty"), host) }
      return try host.sideEffect(.randomText(length: Int(length), charset: charset), call)
    }
  }

  private static func complaint(about length: Int64) -> String? {
    if length <= 0 { return "length must be a positive integer" }
    return length > largestRandom ? "length exceeds maximum allowed size (1MB)" : nil
  }

  // MARK: Keyed hashes

  private static func registerHMAC(_ host: ModuleHost) {
    for digest in [Digest.Kind.sha256, .sha512] {
      host.define(digest.rawValue, of: "crypto.hmac") { call, host throws(LuaRaise) in
        let (key, data) = (try call.checkBytes(1), try call.checkBytes(2))
        if key.isEmpty { return call.fail(.invalid("key cannot be empty"), host) }
        call.push(Digest.hex(Digest.hmac(digest, key: key, data)))
        return call.succeed()
      }
    }
  }

  private static let mostIterations: Int64 = 10_000_000

  private static func pbkdf2(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let (password, salt) = (try call.checkBytes(1), try call.checkBytes(2))
    let (iterations, length) = (try call.checkInteger(3), try call.checkInteger(4))
    let name = call.string(5) ?? "sha256"
    let complaint: String? =
      if password.isEmpty { "password cannot be empty" } else if salt.isEmpty {
        "salt cannot be empty"
      } else if iterations
        <= 0
      {
        "iterations must be positive"
      } else if iterations > mostIterations { "iterations exceeds maximum (\(mostIterations))" } else if length <= 0 {
        "key length must be positive"
      } else if length > Int64(largestRandom) {
        "key length exceeds maximum allowed size (1MB)"
      } else { nil }
    if let complaint { return call.fail(.invalid(complaint), host) }
    guard let digest = Digest.Kind(rawValue: name), digest == .sha256 || digest == .sha512 else {
      return call.fail(.invalid("unsupported hash function: \(name)"), host)
    }
    call.push(
      bytes: Digest.pbkdf2(
        digest, password: password, salt: salt, iterations: Int(iterations), length: Int(length)))
    return call.succeed()
  }

  // MARK: Ciphers

  static let nonceLength = 12

  private static func registerCiphers(_ host: ModuleHost) {
    for cipher in SealingCipher.allCases {
      host.define(cipher.rawValue, of: "crypto.encrypt") { call, host throws(LuaRaise) in
        let (data, key) = (try call.checkBytes(1), try call.checkBytes(2))
        guard cipher.keyLengths.contains(key.count) else {
          return call.fail(.invalid(cipher.keyComplaint), host)
        }
        let additional = call.withBytes(3) { Array($0) } ?? []
        return try host.sideEffect(.sealed(cipher: cipher, data: data, key: key, additional: additional), call)
      }
      host.define(cipher.rawValue, of: "crypto.decrypt") { call, host throws(LuaRaise) in
        let (data, key) = (try call.checkBytes(1), try call.checkBytes(2))
        guard cipher.keyLengths.contains(key.count) else {
          return call.fail(.invalid(cipher.keyComplaint), host)
        }
        guard data.count >= nonceLength else { return call.fail(.invalid("encrypted data too short"), host) }
        guard let plain = cipher.open(data, key: key, additional: call.withBytes(3) { Array($0) } ?? []) else {
          return call.fail(.internalError("\(cipher.failure): message authentication failed", context: "decrypt"), host)
        }
        call.push(bytes: plain)
        return call.succeed()
      }
    }
  }
}

/// Ciphers of `crypto.encrypt`.
enum SealingCipher: String, CaseIterable {
  case aes
  case chacha20

  var keyLengths: Set<Int> { self == .aes ? [16, 24, 32] : [32] }
  var keyComplaint: String { self == .aes ? "key must be 16, 24, or 32 bytes" : "key must be 32 bytes" }
  var failure: String { self == .aes ? "cipher" : "chacha20poly1305" }

  /// The nonce, the encrypted text and its tag; nil for a key of the wrong length.
  func seal(_ data: [UInt8], key: [UInt8], nonce: [UInt8], additional: [UInt8]) -> [UInt8]? {
    let sealed =
      self == .aes
      ? try? AESGCM.seal(key: key, nonce: nonce, data, aad: additional)
      : try? ChaCha20Poly1305.seal(key: key, nonce: nonce, data, aad: additional)
    return sealed.map { nonce + $0 }
  }

  /// The plain text of what `seal` gave; nil when it was not sealed with this key.
  func open(_ data: [UInt8], key: [UInt8], additional: [UInt8]) -> [UInt8]? {
    let nonce = Array(data.prefix(CryptoModule.nonceLength))
    let sealed = Array(data.dropFirst(CryptoModule.nonceLength))
    return self == .aes
      ? try? AESGCM.open(key: key, nonce: nonce, sealed, aad: additional)
      : try? ChaCha20Poly1305.open(key: key, nonce: nonce, sealed, aad: additional)
  }
}
