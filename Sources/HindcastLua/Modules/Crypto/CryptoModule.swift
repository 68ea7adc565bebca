/// `crypto` (spec/wippy.md 8.4). Random values and encryption are side effects; the rest computes.
enum CryptoModule: LuaModule {
  static func register(_ host: ModuleHost) {
    registerRandom(host)
    registerHMAC(host)
    registerCiphers(host)
    registerTokens(host)
    host.define("pbkdf2", of: "crypto", pbkdf2)
    host.define("constant_time_compare", of: "crypto") { call, _ throws(LuaRaise) in
      call.reply(try call.checkChargedBytes(1) == call.checkChargedBytes(2))
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
      if let complaint = complaint(aboutLength: length) { return call.fail(.invalid(complaint), host) }
      return try host.sideEffect(.randomBytes(length: Int(length)), call)
    }
    host.define("string", of: "crypto.random") { call, host throws(LuaRaise) in
      let length = try call.checkInteger(1)
      if let complaint = complaint(aboutLength: length) { return call.fail(.invalid(complaint), host) }
      let charset = call.withBytes(2) { Array($0) } ?? letters
      if charset.isEmpty { return call.fail(.invalid("charset cannot be empty"), host) }
      return try host.sideEffect(.randomText(length: Int(length), charset: charset), call)
    }
  }

  private static func complaint(aboutLength length: Int64) -> String? {
    if length <= 0 { return "length must be a positive integer" }
    return length > largestRandom ? "length exceeds maximum allowed size (1MB)" : nil
  }

  // MARK: Keyed hashes

  private static func registerHMAC(_ host: ModuleHost) {
    for digest in [Digest.Kind.sha256, .sha512] {
      host.define(digest.rawValue, of: "crypto.hmac") { call, host throws(LuaRaise) in
        let (key, data) = (try call.checkChargedBytes(1), try call.checkChargedBytes(2))
        if key.isEmpty { return call.fail(.invalid("key cannot be empty"), host) }
        call.push(Digest.hex(Digest.hmac(digest, key: key, data)))
        return call.succeed()
      }
    }
  }

  private static let mostIterations: Int64 = 10_000_000

  private static func pbkdf2(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let (password, salt) = (try call.checkChargedBytes(1), try call.checkChargedBytes(2))
    let (iterations, length) = (try call.checkInteger(3), try call.checkInteger(4))
    let complaints: [(isWrong: Bool, text: String)] = [
      (password.isEmpty, "password cannot be empty"), (salt.isEmpty, "salt cannot be empty"),
      (iterations <= 0, "iterations must be positive"),
      (iterations > mostIterations, "iterations exceeds maximum (\(mostIterations))"),
      (length <= 0, "key length must be positive"),
    ]
    if let complaint = complaints.first(where: \.isWrong) { return call.fail(.invalid(complaint.text), host) }
    let name = call.type(5) == .string ? call.string(5) ?? "" : "sha256"
    guard let derive = ["sha256": PBKDF2.sha256, "sha512": PBKDF2.sha512][name] else {
      return call.fail(.invalid("unsupported hash function: \(name)"), host)
    }
    let budget = call
    let key = derive(password, salt, Int(iterations), Int(clamping: length)) { blocks in
      budget.charge(instructions: Int64(blocks) * instructionsPerBlock)
      return !budget.isBudgetUsedUp
    }
    // Without a key the budget is used up, and the call ends with that.
    guard let key else { return .nothing }
    call.push(bytes: key)
    return call.succeed()
  }

  /// What a hash block costs next to an instruction of the machine.
  private static let instructionsPerBlock: Int64 = 8

  // MARK: Ciphers

  private static func registerCiphers(_ host: ModuleHost) {
    for cipher in SealingCipher.allCases {
      host.define(cipher.rawValue, of: "crypto.encrypt") { call, host throws(LuaRaise) in
        let (data, key) = (try call.checkChargedBytes(1), try call.checkBytes(2))
        guard cipher.keyLengths.contains(key.count) else { return call.fail(.invalid(cipher.keyComplaint), host) }
        let additional = call.chargedBytes(3) ?? []
        return try host.sideEffect(.sealed(cipher: cipher, data: data, key: key, additional: additional), call)
      }
      host.define(cipher.rawValue, of: "crypto.decrypt") { call, host throws(LuaRaise) in
        let (data, key) = (try call.checkChargedBytes(1), try call.checkBytes(2))
        guard cipher.keyLengths.contains(key.count) else { return call.fail(.invalid(cipher.keyComplaint), host) }
        guard data.count >= SealingCipher.nonceLength else {
          return call.fail(.invalid("encrypted data too short"), host)
        }
        guard let plain = cipher.open(data, key: key, additional: call.chargedBytes(3) ?? []) else {
          return call.fail(.internalError(cipher.failure, context: "decrypt"), host)
        }
        call.push(bytes: plain)
        return call.succeed()
      }
    }
  }
}
