import HindcastRegistry

/// `process`: the workflow as a process among others (spec/wippy.md 8.7 to 8.18).
enum ProcessModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("pid", of: "process") { call, host throws(LuaRaise) in
      call.reply(try client(host).processID.text)
    }
    host.define("id", of: "process") { call, host throws(LuaRaise) in call.reply(try client(host).entryID) }
    host.define("send", of: "process", send)
    host.define("exec", of: "process", exec)
    host.define("upgrade", of: "process", upgrade)
    host.define("terminate", of: "process") { call, host throws(LuaRaise) in
      try cancel(call, host, isTerminate: true)
    }
    host.define("cancel", of: "process") { call, host throws(LuaRaise) in
      if call.count < 1 { return call.fail(.invalid("cancel requires at least destination argument"), host) }
      return try cancel(
        call, host, reason: call.count >= 2 ? try call.checkString(2) : "", isTerminate: false)
    }
    for variant in SpawnVariant.allCases {
      host.define(variant.rawValue, of: "process") { call, host throws(LuaRaise) in try spawn(variant, call, host) }
    }
    registerWatching(host)
    registerSubscriptions(host)
    registerOptions(host)
    registerMessages(host)
    Spawner.register(host)
    ProcessRegistry.register(host)
    for (name, kind) in [
      ("CANCEL", ProcessEvent.cancel), ("EXIT", ProcessEvent.exit), ("LINK_DOWN", ProcessEvent.linkDown),
    ] {
      host.machine.setField(name, of: "process.event") { $0.push(kind) }
    }
    host.nest("event", in: "process")
  }

  static func client(_ host: ModuleHost) throws(LuaRaise) -> any ModuleClient {
    guard let client = host.client else { throw .message("no context found") }
    return client
  }

  /// The process that a text names: its id, or a name that it goes by; nil where it names none.
  private static func resolve(_ text: String, _ host: ModuleHost) throws(LuaRaise) -> ProcessID? {
    if let id = ProcessID(parsing: text) { return id }
    return try client(host).names.lookup(text)
  }

  private static func unresolved(_ text: String) -> LuaErrorValue {
    .notFound("could not resolve '\(text)' as PID or registered name")
  }

  // MARK: Messages and cancellation

  private static func send(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    guard call.count >= 2 else {
      return call.fail(.invalid("send requires at least destination and topic arguments"), host)
    }
    let (destination, topic) = (try call.checkString(1), try call.checkString(2))
    if topic.hasPrefix("@") { return call.fail(.invalid("cannot send to @ topics"), host) }
    guard let target = try resolve(destination, host) else { return call.fail(unresolved(destination), host) }
    let arguments = call.payloads(3, through: call.count, isExported: true)
    return try host.wait(
      .operation(.send(MessageCall(target: target, topic: topic, arguments: arguments))), call)
  }

  private static func cancel(
    _ call: LuaCall, _ host: ModuleHost, reason: String = "", isTerminate: Bool
  ) throws(LuaRaise) -> LuaReply {
    let destination = try call.checkString(1)
    guard let target = try resolve(destination, host) else { return call.fail(unresolved(destination), host) }
    return try host.wait(.operation(.cancelExternal(target, reason: reason, isTerminate: isTerminate)), call)
  }

  private static func registerWatching(_ host: ModuleHost) {
    for request in WatchRequest.allCases {
      host.define(request.rawValue, of: "process") { call, host throws(LuaRaise) in
        if call.count < 1 {
          return call.fail(.invalid("\(request.rawValue) requires a destination argument"), host)
        }
        let destination = try call.checkString(1)
        guard let target = try resolve(destination, host) else { return call.fail(unresolved(destination), host) }
        return try host.wait(.operation(.watch(request, target)), call)
      }
    }
  }

  // MARK: Children

  private static func spawn(
    _ variant: SpawnVariant, _ call: LuaCall, _ host: ModuleHost
  ) throws(LuaRaise) -> LuaReply {
    guard call.count >= 2 else {
      return call.fail(.invalid("\(variant.rawValue) requires at least id and host arguments"), host)
    }
    let child = ChildCall(
      target: EntryID(parsing: try call.checkString(1)).description, host: try call.checkString(2),
      arguments: call.payloads(3, through: call.count, isExported: true),
      outside: .init(isMonitored: variant.isMonitored, isLinked: variant.isLinked))
    return try host.wait(.operation(.spawn(child)), call)
  }

  private static func exec(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    guard call.count >= 2 else { return call.fail(.invalid("exec requires id and host arguments"), host) }
    let target = try call.checkString(1)
    if target.isEmpty { return call.fail(.invalid("process ID required"), host) }
    let id = EntryID(parsing: target)
    if id.namespace.isEmpty || id.name.isEmpty {
      return call.fail(.invalid("invalid process ID format (namespace:name required)"), host)
    }
    let place = try call.checkString(2)
    if place.isEmpty { return call.fail(.invalid("host ID required"), host) }
    let child = ChildCall(
      target: id.description, host: place, arguments: call.payloads(3, through: call.count, isExported: true))
    return try host.wait(.operation(.exec(child, isWorkflowExec: false)), call)
  }

  private static func upgrade(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    var source: String?
    if call.type(1) == .string {
      let id = EntryID(parsing: try call.checkString(1))
      if !id.name.isEmpty { source = id.description }
    }
    return try host.wait(
      .upgrade(UpgradeRequest(source: source, input: call.payloads(2, through: call.count, isExported: true))), call)
  }

  // MARK: Subscriptions

  private static func registerSubscriptions(_ host: ModuleHost) {
    host.define("inbox", of: "process") { call, host throws(LuaRaise) in
      try host.wait(
        .subscribe(SubscribeRequest(topic: SystemTopic.inbox, bufferSize: 0, handler: .message)), call)
    }
    host.define("events", of: "process") { call, host throws(LuaRaise) in
      try host.wait(.subscribe(SubscribeRequest(topic: SystemTopic.events, bufferSize: 0)), call)
    }
    host.define("listen", of: "process") { call, host throws(LuaRaise) in
      let topic = try call.checkString(1)
      if topic.isEmpty { return call.fail(.invalid("topic cannot be empty"), host) }
      if topic.hasPrefix("@") { return call.fail(.invalid("cannot listen to @ topics"), host) }
      let stack = call
      let isMessage = call.type(2) == .table && call.field("message", of: 2) { stack.boolean($0) == true }
      return try host.wait(
        .subscribe(SubscribeRequest(topic: topic, bufferSize: 1, handler: isMessage ? .message : nil)), call)
    }
    host.define("unlisten", of: "process") { call, host throws(LuaRaise) in
      guard let channel = call.object(1, host.channels) else { throw .argument(1, "channel expected") }
      return try host.wait(.unsubscribe(channel), call)
    }
  }

  // MARK: Options

  private static func registerOptions(_ host: ModuleHost) {
    host.define("get_options", of: "process") { call, host throws(LuaRaise) in
      call.pushTable(fields: 1)
      call.push(host.process?.trapsLinks ?? false)
      call.setField("trap_links", of: -2)
      return .results(1)
    }
    host.define("set_options", of: "process") { call, host throws(LuaRaise) in
      guard call.type(1) == .table else {
        return call.refuse(.invalid("options parameter must be a table"), host)
      }
      var complaint: String?
      let stack = call
      call.forEachField(of: 1) { key, value in
        guard stack.type(key) == .string, let name = stack.string(key) else { return true }
        if name == "trap_links" {
          if let traps = stack.boolean(value) {
            host.process?.trapsLinks = traps
          } else {
            complaint = "trap_links must be a boolean"
          }
        } else if complaint == nil {
          complaint = "option \(name) is not supported"
        }
        return true
      }
      if let complaint { return call.refuse(.invalid(complaint), host) }
      call.push(true)
      return call.succeed()
    }
  }
}
