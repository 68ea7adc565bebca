/// `uuid` (spec/wippy.md 8.4, 10.6).
enum UUIDModule: LuaModule {
  static func register(_ host: ModuleHost) {
    for version in [1, 4, 7] {
      host.define("v\(version)", of: "uuid") { call, host throws(LuaRaise) in
        try host.sideEffect(.uuid(version: version), call)
      }
    }
    for (name, digest) in [("v3", Digest.Kind.md5), ("v5", .sha1)] {
      host.define(name, of: "uuid") { call, host throws(LuaRaise) in
        guard let namespace = call.string(1), let value = call.withBytes(2, { Array($0) }) else {
          return call.fail(.invalid("namespace and name must be strings"), host)
        }
        guard let id = UUIDValue(parsing: namespace) else {
          return call.fail(.invalid("invalid namespace UUID"), host)
        }
        call.push(UUIDValue(namespace: id, name: value, digest: digest).text)
        return call.succeed()
      }
    }
    registerReaders(host)
  }

  private static func registerReaders(_ host: ModuleHost) {
    host.define("validate", of: "uuid") { call, _ throws(LuaRaise) in
      call.push(call.string(1).flatMap(UUIDValue.init(parsing:)) != nil)
      return call.succeed()
    }
    reader("version", host) { call, id in call.push(Double(id.version)) }
    reader("variant", host) { call, id in call.push(id.variant) }
    reader("parse", host) { call, id in
      call.pushTable(fields: 4)
      call.push(Double(id.version))
      call.setField("version", of: -2)
      call.push(id.variant)
      call.setField("variant", of: -2)
      guard id.version == 1 || id.version == 7 else { return }
      call.push(Double(id.unixSeconds))
      call.setField("timestamp", of: -2)
      guard id.version == 1 else { return }
      call.push(bytes: Array(id.bytes[10..<16]))
      call.setField("node", of: -2)
    }
    host.define("format", of: "uuid") { call, host throws(LuaRaise) in
      guard let text = call.string(1) else { return call.fail(.invalid("input must be a string"), host) }
      guard let id = UUIDValue(parsing: text) else { return call.fail(.invalid("invalid UUID format"), host) }
      switch call.string(2) ?? "standard" {
      case "standard": call.push(id.text)
      case "simple": call.push(id.simple)
      case "urn": call.push("urn:uuid:\(id.text)")
      default: return call.fail(.invalid("unsupported format"), host)
      }
      return call.succeed()
    }
  }

  private static func reader(_ name: String, _ host: ModuleHost, _ push: @escaping (LuaCall, UUIDValue) -> Void) {
    host.define(name, of: "uuid") { call, host throws(LuaRaise) in
      guard let text = call.string(1) else { return call.fail(.invalid("input must be a string"), host) }
      guard let id = UUIDValue(parsing: text) else { return call.fail(.invalid("invalid UUID format"), host) }
      push(call, id)
      return call.succeed()
    }
  }
}
