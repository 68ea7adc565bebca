/// `hash` (spec/wippy.md 10.6).
enum HashModule: LuaModule {
  static func register(_ host: ModuleHost) {
    for digest in [Digest.Kind.md5, .sha1, .sha256, .sha512] {
      host.define(digest.rawValue, of: "hash") { call, host throws(LuaRaise) in
        guard let data = call.chargedBytes(1) else { return call.fail(.invalid("data must be a string"), host) }
        return push(Digest.hash(digest, data), isRaw: call.truth(2), call)
      }
      host.define("hmac_\(digest.rawValue)", of: "hash") { call, host throws(LuaRaise) in
        guard let data = call.chargedBytes(1) else { return call.fail(.invalid("data must be a string"), host) }
        guard let secret = call.chargedBytes(2) else { return call.fail(.invalid("secret must be a string"), host) }
        return push(Digest.hmac(digest, key: secret, data), isRaw: call.truth(3), call)
      }
    }
    // Floats: those of 64 bits lose digits.
    number("fnv32", host) { Double(FNV1.hash32($0)) }
    number("fnv64", host) { Double(FNV1.hash64($0)) }
  }

  private static func number(_ name: String, _ host: ModuleHost, _ hash: @escaping ([UInt8]) -> Double) {
    host.define(name, of: "hash") { call, host throws(LuaRaise) in
      guard let data = call.chargedBytes(1) else { return call.fail(.invalid("data must be a string"), host) }
      call.push(hash(data))
      return call.succeed()
    }
  }

  private static func push(_ hash: [UInt8], isRaw: Bool, _ call: LuaCall) -> LuaReply {
    if isRaw { call.push(bytes: hash) } else { call.push(Digest.hex(hash)) }
    return call.succeed()
  }
}
