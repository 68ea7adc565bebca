/// `ctx`: the values that came in the header (spec/wippy.md 6.4).
enum ContextModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("get", of: "ctx") { call, host throws(LuaRaise) in
      let key = try call.checkString(1)
      if key.isEmpty { return call.fail(.invalid("empty key"), host) }
      guard let value = host.client?.context.values[key] else {
        return call.fail(.notFound("key not found: \(key)"), host)
      }
      call.push(value, floatsOnly: true)
      return call.succeed()
    }
    host.define("all", of: "ctx") { call, host throws(LuaRaise) in
      call.push(GoValue.object(host.client?.context.values ?? [:]), floatsOnly: true)
      return call.succeed()
    }
  }
}
