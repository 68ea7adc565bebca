import Foundation

/// A payload wrapper of Lua: what messages and futures hold.
final class PayloadWrapper {
  enum Content {
    case encoded(EncodedPayload)
    /// A value of Lua's that `payload.new` wraps.
    case value(LuaReference)
    case error(LuaErrorValue)
  }

  let content: Content
  /// The format that `transcode` gave it, where that is not its content's own.
  private let otherFormat: String?

  init(_ content: Content, format: String? = nil) {
    self.content = content
    otherFormat = format
  }

  var format: String {
    if let otherFormat { return otherFormat }
    switch content {
    case .value: return PayloadFormat.lua
    case .error: return PayloadFormat.error
    case .encoded(let payload):
      do throws(PayloadError) {
        return try PayloadEncoding.kind(of: payload).format
      } catch {
        return PayloadFormat.json
      }
    }
  }
}

/// The names of payload formats.
enum PayloadFormat {
  static let json = "json/plain"
  static let text = "text/plain"
  static let lua = "lua/any"
  static let bytes = "application/octet-stream"
  static let error = "golang/error"

  /// The constants of `payload.format`.
  static let constants: [(String, String)] = [
    ("JSON", json), ("YAML", "yaml/plain"), ("STRING", text), ("GOLANG", "golang/any"), ("LUA", lua), ("BYTES", bytes),
    ("MSGPACK", "application/msgpack"), ("ERROR", error),
  ]
}

/// `payload` (spec/wippy.md 8.18).
enum PayloadModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("new", of: "payload") { call, host throws(LuaRaise) in
      if let error = call.object(1, host.errors) {
        call.push(PayloadWrapper(.error(error)), host.payloads)
      } else {
        if call.count == 0 { call.pushNil() } else { call.pushCopy(1) }
        call.push(PayloadWrapper(.value(call.reference(-1))), host.payloads)
      }
      return .results(1)
    }
    for (name, format) in PayloadFormat.constants {
      host.machine.setField(name, of: "payload.format") { $0.push(format) }
    }
    host.nest("format", in: "payload")
    host.machine.setGlobal(library: "payload", true)

    let kind = host.payloads
    kind.setDescription { wrapper, purpose in purpose == .text ? "payload{format=\(wrapper.format)}" : nil }
    host.define("get_format", of: kind) { call, host throws(LuaRaise) in
      call.reply(try wrapper(call, host).format)
    }
    for (name, context) in [("data", "transcode failed"), ("unmarshal", "unmarshal failed")] {
      host.define(name, of: kind) { call, host throws(LuaRaise) in
        do throws(PayloadError) {
          try push(try wrapperOrEmpty(call, host), call, host)
          return .results(1)
        } catch {
          return call.fail(.internalError(error.description, context: context), host)
        }
      }
    }
    host.define("transcode", of: kind, transcode)
  }

  private static func wrapper(_ call: LuaCall, _ host: ModuleHost) throws(LuaRaise) -> PayloadWrapper {
    guard let wrapper = call.object(1, host.payloads) else { throw .argument(1, "payload expected") }
    return wrapper
  }

  private static func wrapperOrEmpty(_ call: LuaCall, _ host: ModuleHost) throws(PayloadError) -> PayloadWrapper {
    guard let wrapper = call.object(1, host.payloads) else { throw PayloadError("payload expected") }
    return wrapper
  }

  private static func push(_ wrapper: PayloadWrapper, _ call: LuaCall, _ host: ModuleHost) throws(PayloadError) {
    switch wrapper.content {
    case .value(let value): call.push(value)
    case .error(let error): host.push(error, onto: call)
    case .encoded(let payload): try call.push(payload: payload)
    }
  }

  private static func transcode(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let source = try wrapper(call, host)
    let format = try call.checkString(2)
    if format == source.format {
      call.push(source, host.payloads)
      return call.succeed()
    }
    do throws(PayloadError) {
      try push(source, call, host)
      let result: PayloadWrapper
      switch format {
      case PayloadFormat.lua, "golang/any": result = PayloadWrapper(.value(call.reference(-1)), format: format)
      case PayloadFormat.json: result = PayloadWrapper(.encoded(try call.payload(call.top, isExported: false)))
      case PayloadFormat.bytes, PayloadFormat.text:
        guard let bytes = call.withBytes(call.top, { Array($0) }) else {
          throw PayloadError("cannot transcode a \(call.typeName(call.top)) value to \(format)")
        }
        result =
          format == PayloadFormat.bytes
          ? PayloadWrapper(.encoded(PayloadEncoding.bytes(bytes)))
          : PayloadWrapper(.value(call.reference(-1)), format: format)
      default: throw PayloadError("no transcoder from \(source.format) to \(format)")
      }
      call.push(result, host.payloads)
      return call.succeed()
    } catch {
      return call.fail(.internalError(error.description, context: "transcode failed"), host)
    }
  }
}
