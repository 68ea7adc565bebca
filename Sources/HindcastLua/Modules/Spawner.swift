import HindcastRegistry

/// What `process.with_context` and `process.with_options` make: spawning with values and options of its own.
final class Spawner {
  /// The values that the child's context gets.
  var context: [String: GoValue]
  var options: [String: GoValue]
  /// What has no effect in workflows.
  var outside: ChildCall.OutsideOptions

  init(
    context: [String: GoValue], options: [String: GoValue] = [:], outside: ChildCall.OutsideOptions = .init()
  ) {
    self.context = context
    self.options = options
    self.outside = outside
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
    host.define("with_name", of: kind) { call, host throws(LuaRaise) in
      let spawner = try call.checkObject(1, host.spawners)
      let name = try call.checkString(2)
      if name.isEmpty { throw .argument(2, "name cannot be empty") }
      return copy(spawner, call, host) { $0.outside.name = name }
    }
    host.define("with_message", of: kind) { call, host throws(LuaRaise) in
      let spawner = try call.checkObject(1, host.spawners)
      let topic = try call.checkString(2)
      if topic.hasPrefix("@") { throw .argument(2, "cannot send to @ topics") }
      let arguments = call.payloads(3, through: call.count, isExported: false)
      return copy(spawner, call, host) { $0.outside.messages.append((topic, arguments)) }
    }
    for variant in SpawnVariant.allCases {
      host.define(variant.rawValue, of: kind) { call, host throws(LuaRaise) in try spawn(variant, call, host) }
    }
  }

  private static func copy(
    _ spawner: Spawner, _ call: LuaCall, _ host: ModuleHost, _ change: (Spawner) -> Void
  ) -> LuaReply {
    let copy = Spawner(context: spawner.context, options: spawner.options, outside: spawner.outside)
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

  private static func spawn(
    _ variant: SpawnVariant, _ call: LuaCall, _ host: ModuleHost
  ) throws(LuaRaise) -> LuaReply {
    let spawner = try call.checkObject(1, host.spawners)
    var outside = spawner.outside
    outside.isMonitored = variant.isMonitored
    outside.isLinked = variant.isLinked
    guard call.count >= 3 else { throw .message("spawn requires at least id and host arguments") }
    let child = ChildCall(
      target: EntryID(parsing: try call.checkString(2)).description, host: try call.checkString(3),
      arguments: call.payloads(4, through: call.count, isExported: false), options: spawner.options,
      context: spawner.context, outside: outside)
    return try host.wait(.operation(.spawn(child)), call)
  }
}

/// The ways to spawn.
enum SpawnVariant: String, CaseIterable {
  case plain = "spawn"
  case monitored = "spawn_monitored"
  case linked = "spawn_linked"
  case both = "spawn_linked_monitored"

  var isMonitored: Bool { self == .monitored || self == .both }
  var isLinked: Bool { self == .linked || self == .both }
}
