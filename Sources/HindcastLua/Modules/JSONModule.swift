import Foundation

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
    host.define("validate", of: "json") { call, host throws(LuaRaise) in
      try validate(call, host) { call throws(LuaJSONError) in
        if call.isNil(2) { throw LuaJSONError(message: "data is required") }
        return try call.json(2)
      }
    }
    host.define("validate_string", of: "json") { call, host throws(LuaRaise) in
      try validate(call, host) { call throws(LuaJSONError) in
        guard call.type(2) == .string, let text = call.chargedBytes(2) else {
          throw LuaJSONError(message: "data must be a JSON string")
        }
        return text
      }
    }
  }

  // MARK: Schemas

  /// `true`, or `false` and why not.
  private static func validate(
    _ call: LuaCall, _ host: ModuleHost, _ data: (LuaCall) throws(LuaJSONError) -> [UInt8]
  ) throws(LuaRaise) -> LuaReply {
    func refuse(_ message: String, _ context: String = "") -> LuaReply {
      call.refuse(.invalid(message).with(context: context), host)
    }
    if call.isNil(1) { return refuse("schema is required") }
    guard call.type(1) == .string || call.type(1) == .table else {
      return refuse("schema must be a string or table", "schema error")
    }
    do throws(LuaJSONError) {
      let text = try call.type(1) == .string ? call.chargedBytes(1) ?? [] : call.json(1)
      let bytes = try data(call)
      call.charge(instructions: Int64(text.count + bytes.count))
      let schema: JSONSchema
      do {
        schema = try JSONSchema(try GoValue(json: Data(text)))
      } catch {
        return refuse("\(error)", "compile schema")
      }
      do {
        try schema.validate(try GoValue(json: Data(bytes)))
      } catch {
        return refuse("\(error)", "validation failed")
      }
    } catch {
      return refuse(error.message)
    }
    call.push(true)
    return .results(1)
  }
}
