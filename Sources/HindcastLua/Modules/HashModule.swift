/// `hash` (spec/wippy.md 10.6).
enum HashModule: LuaModule {
  static func register(_ host: ModuleHost) {
    for digest in Digest.Kind.allCases {
      host.define(digest.rawValue, of: "hash") { call, host throws(LuaRaise) in
        guard let data = bytes(call, 1) else { return call.fail(.invalid("data must be a string"), host) }
        return push(Digest.hash(digest, data), isRaw: call.boolean(2) ?? false, call)
      }
      host.define("hmac_\(digest.rawValue)", of: "hash") { call, host throws(LuaRaise) in
        guard let data = bytes(call, 1) else { return call.fail(.invalid("data must be a string"), host) }
        guard let secret = bytes(call, 2) else { return call.fail(.invalid("secret must be a string"), host) }
        return push(Digest.hmac(digest, key: secret, data), isRaw: call.boolean(3) ?? false, call)
      }
    }
    host.define("fnv32", of: "hash") { call, host throws(LuaRaise) in
      guard let data = bytes(call, 1) else { return call.fail(.invalid("data must be a string"), host) }
      call.push(Double(FNV1.hash32(data)))
      return call.succeed()
    }
    host.define("fnv64", of: "hash") { call, host throws(LuaRaise) in
      guard let data = bytes(call, 1) else { return call.fail(.invalid("data must be a string"), host) }
      call.push(Double(FNV1.hash64(data)))
      return call.succeed()
    }
  }

  private static func bytes(_ call: LuaCall, _ position: Int) -> [UInt8]? { call.withBytes(position) { Array($0) } }

  private static func push(_ hash: [UInt8], isRaw: Bool, _ call: LuaCall) -> LuaReply {
    if isRaw { call.push(bytes: hash) } else { call.push(Digest.hex(hash)) }
    return call.succeed()
  }
}
