/// `json` (spec/wippy.md 10.6).
enum JSONModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("encode", of: "json") { call, host throws(LuaRaise) in
      if call.count == 0 {
        call.push("null")
        return call.succeed()
      }
      let stack = call
      do throws(LuaJSONError) {
        try call.withJSON(1) { stack.push(bytes: $0) }
        return call.succeed()
      } catch {
        return call.fail(
          .internalError(
            "json: error calling MarshalJSON for type *json.jsonValue: \(error.message)", context: "encode failed"),
          host)
      }
    }
    host.define("decode", of: "json") { call, host throws(LuaRaise) in
      guard call.type(1) == .string else { return call.fail(.invalid("string expected"), host) }
      let stack = call
      let failure = call.withBytes(1) { bytes -> LuaJSONError? in
        if bytes.isEmpty { return LuaJSONError(message: "") }
        do throws(LuaJSONError) {
          try stack.pushJSON(bytes)
          return nil
        } catch {
          return error
        }
      }
      guard let failure = failure ?? nil else { return call.succeed() }
      if failure.message.isEmpty { return call.fail(.invalid("empty string is not valid JSON"), host) }
      return call.fail(.internalError(failure.description, context: "decode failed"), host)
    }
    for name in ["validate", "validate_string"] {
      host.define(name, of: "json") { _, _ throws(LuaRaise) in
        throw .message("json.\(name) is not available in Hindcast yet")
      }
    }
  }
}
