/// `base64` (spec/wippy.md 10.6).
enum Base64Module: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("encode", of: "base64") { call, host throws(LuaRaise) in
      guard call.type(1) == .string else { return call.fail(.invalid("string expected"), host) }
      call.push(bytes: GoBase64.standard.encode(call.chargedBytes(1) ?? []))
      return .results(1)
    }
    host.define("decode", of: "base64") { call, host throws(LuaRaise) in
      guard call.type(1) == .string else { return call.fail(.invalid("string expected"), host) }
      do throws(GoBase64.CorruptInput) {
        call.push(bytes: try GoBase64.standard.decode(call.chargedBytes(1) ?? []))
        return .results(1)
      } catch {
        return call.fail(.invalid(error.description).with(context: "decode failed"), host)
      }
    }
  }
}
