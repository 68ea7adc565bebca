import HindcastRegistry

/// What `process.with_context` and `process.with_options` make: spawning with values and options of its own.
final class Spawner {
  /// The values that the child's context gets.
  var context: [String: GoValue]
  var options: [String: GoValue]

  init(context: [String: GoValue], options: [String: GoValue] = [:]) {
    self.context = context
    self.options = options
  }

  static func register(_ host: ModuleHost) {
    host.define("with_context", of: "process") { call, host throws(LuaRaise) in
      try call.check(1, is: .table)
      let values = try ProcessModule.client(host).context.values
      let added = try strings(call, 1, "context keys must be strings")
      call.push(Spawner(context: values.merging(added) { $1 }), host.spawners)
      return .results(1)
    }
    host.define("with_options", of: "process") { call, host throws(LuaRaise) in
      try call.check(1, is: .table)
      let options = try strings(call, 1, "options keys must be strings")
      call.push(Spawner(context: try ProcessModule.client(host).context.values, options: options), host.spawners)
      return .results(1)
    }
    registerMethods(host)
  }

  private static func registerMethods(_ host: ModuleHost) {
    let kind = host.spawners
    host.define("with_context", of: kind) { call, host throws(LuaRaise) in
      let spawner = try call.checkObject(1, host.spawners)
      try call.check(2, is: .table)
      return copy(spawner, call, host) { $0.context.merge(call.stringFields(2)) { $1 } }
    }
    host.define("with_options", of: kind) { call, host throws(LuaRaise) in
      let spawner = try call.checkObject(1, host.spawners)
      try call.check(2, is: .table)
      let options = try strings(call, 2, "options keys must be strings")
      return copy(spawner, call, host) { $0.options.merge(options) { $1 } }
    }
    for (name, expected) in [("with_actor", "actor"), ("with_scope", "scope")] {
      host.define(name, of: kind) { call, host throws(LuaRaise) in
        let spawner = try call.checkObject(1, host.spawners)
        if call.isNil(2) { throw .argument(2, "\(expected) cannot be nil") }
        try call.check(2, is: .userdata)
        return copy(spawner, call, host) { _ in }
      }
    }
    // Without effect in workflows, but checked.
    host.define("with_name", of: kind) { call, host throws(LuaRaise) in
      let spawner = try call.checkObject(1, host.spawners)
      if try call.checkString(2).isEmpty { throw .argument(2, "name cannot be empty") }
      return copy(spawner, call, host) { _ in }
    }
    host.define("with_message", of: kind) { call, host throws(LuaRaise) in
      let spawner = try call.checkObject(1, host.spawners)
      if try call.checkString(2).hasPrefix("@") { throw .argument(2, "cannot send to @ topics") }
      return copy(spawner, call, host) { _ in }
    }
    for variant in ["spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored"] {
      host.define(variant, of: kind, spawn)
    }
  }

  private static func copy(
    _ spawner: Spawner, _ call: LuaCall, _ host: ModuleHost, _ change: (Spawner) -> Void
  ) -> LuaReply {
    let copy = Spawner(context: spawner.context, options: spawner.options)
    change(copy)
    call.push(copy, host.spawners)
    return .results(1)
  }

  private static func strings(
    _ call: LuaCall, _ position: Int, _ complaint: String
  ) throws(LuaRaise) -> [String: GoValue] {
    var isAllStrings = true
    call.forEachField(of: position) { key, _ in
      isAllStrings = call.type(key) == .string
      return isAllStrings
    }
    guard isAllStrings else { throw .argument(position, complaint) }
    return call.stringFields(position)
  }

  private static func spawn(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let spawner = try call.checkObject(1, host.spawners)
    guard call.count >= 3 else { throw .message("spawn requires at least id and host arguments") }
    let child = ChildCall(
      target: EntryID(parsing: try call.checkString(2)).description, host: try call.checkString(3),
      arguments: call.payloads(4, through: call.count, isExported: false), options: spawner.options,
      context: spawner.context)
    return try host.wait(.operation(.spawn(child)), call)
  }
}

/// `process.registry`. Upstream asks the live registries of the host, on replay as well; here names live as long as the
/// run does.
enum ProcessRegistry {
  static func register(_ host: ModuleHost) {
    for (index, scope) in ["LOCAL", "EVENTUAL", "CONSISTENT", "STRONG"].enumerated() {
      host.machine.setField(scope, of: "process.registry") { $0.push(Double(index)) }
    }
    host.define("register", of: "process.registry") { call, host throws(LuaRaise) in
      let client = try ProcessModule.client(host)
      let name = try call.checkString(1)
      client.warn(.liveRegistry, "names that process.registry gives are not recorded")
      var process = client.processID.text
      if !call.isNil(2) {
        guard call.type(2) == .string, let text = call.string(2) else {
          return call.fail(.invalid("pid must be a string"), host)
        }
        guard ProcessID(parsing: text) != nil else {
          return call.fail(.invalid("invalid pid format").with(context: "invalid pid"), host)
        }
        process = text
      }
      if !call.isNil(3) {
        guard case .float? = call.number(3) else {
          return call.fail(
            .invalid("scope must be a number (process.registry.LOCAL|EVENTUAL|CONSISTENT|STRONG)"), host)
        }
      }
      host.process?.names[name] = process
      return call.reply(true)
    }
    host.define("lookup", of: "process.registry") { call, host throws(LuaRaise) in
      let client = try ProcessModule.client(host)
      let name = try call.checkString(1)
      client.warn(.liveRegistry, "names that process.registry gives are not recorded")
      guard let process = host.process?.names[name] else { return call.fail(.notFound("name not registered"), host) }
      return call.reply(process)
    }
    host.define("unregister", of: "process.registry") { call, host throws(LuaRaise) in
      let name = try call.checkString(1)
      return call.reply(host.process?.names.removeValue(forKey: name) != nil)
    }
    host.nest("registry", in: "process")
  }
}
