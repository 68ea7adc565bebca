import Foundation

/// `base64` (spec/wippy.md 10.6).
enum Base64Module: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("encode", of: "base64") { call, host throws(LuaRaise) in
      guard let text = call.withBytes(1, { Data($0).base64EncodedString() }) else {
        return call.fail(.invalid("string expected"), host)
      }
      call.push(text)
      return call.succeed()
    }
    host.define("decode", of: "base64") { call, host throws(LuaRaise) in
      guard let text = call.string(1) else { return call.fail(.invalid("string expected"), host) }
      guard let data = Data(base64Encoded: text) else {
        return call.fail(.internalError("illegal base64 data", context: "decode failed"), host)
      }
      call.push(bytes: Array(data))
      return call.succeed()
    }
  }
}
