/// `process.registry`. Upstream asks the live registries of the host, on replay as well.
enum ProcessRegistry {
  static func register(_ host: ModuleHost) {
    for (index, scope) in ["LOCAL", "EVENTUAL", "CONSISTENT", "STRONG"].enumerated() {
      host.machine.setField(scope, of: "process.registry") { $0.push(Double(index)) }
    }
    host.define("register", of: "process.registry") { call, host throws(LuaRaise) in
      let client = try ProcessModule.client(host)
      let name = try call.checkString(1)
      client.warn(.liveRegistry, "names that process.registry gives are not recorded")
      var process = client.processID
      if !call.isNil(2) {
        guard call.type(2) == .string, let text = call.string(2) else {
          return call.fail(.invalid("pid must be a string"), host)
        }
        guard let id = ProcessID(parsing: text) else {
          return call.fail(.invalid("invalid pid format").with(context: "invalid pid"), host)
        }
        process = id
      }
      if !call.isNil(3) {
        guard case .float? = call.number(3) else {
          return call.fail(
            .invalid("scope must be a number (process.registry.LOCAL|EVENTUAL|CONSISTENT|STRONG)"), host)
        }
      }
      guard client.names.register(name, for: process) else {
        return call.fail(
          LuaErrorValue(kind: ErrorKind.alreadyExists, message: "name already registered", isRetryable: false), host)
      }
      return call.reply(true)
    }
    host.define("lookup", of: "process.registry") { call, host throws(LuaRaise) in
      let client = try ProcessModule.client(host)
      let name = try call.checkString(1)
      client.warn(.liveRegistry, "names that process.registry gives are not recorded")
      guard let process = client.names.lookup(name) else { return call.fail(.notFound("name not registered"), host) }
      return call.reply(process.text)
    }
    host.define("unregister", of: "process.registry") { call, host throws(LuaRaise) in
      let name = try call.checkString(1)
      return call.reply(try ProcessModule.client(host).names.unregister(name))
    }
    host.nest("registry", in: "process")
  }
}
