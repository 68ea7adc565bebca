/// One case of `channel.select`.
final class SelectCase {
  let channel: Channel
  /// What to send; nil: the case receives. Keeps the value for as long as Lua holds the case.
  let value: LuaReference?

  init(channel: Channel, value: LuaReference?) {
    self.channel = channel
    self.value = value
  }

  var isSend: Bool { value != nil }
}

/// `channel`: Go-like channels (spec/wippy.md 7.9).
enum ChannelModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("new", of: "channel", new)
    host.define("select", of: "channel", select)
    host.machine.setGlobal(library: "channel", true)
    host.define("send", of: host.channels, send)
    host.define("receive", of: host.channels, receive)
    host.define("close", of: host.channels, close)
    host.define("case_send", of: host.channels, caseSend)
    host.define("case_receive", of: host.channels, caseReceive)
  }

  private static func new(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let capacity = call.isNil(1) ? 0 : try call.checkInteger(1)
    host.push(Channel(capacity: Int(clamping: capacity)), onto: call)
    return .results(1)
  }

  private static func channel(_ call: LuaCall, _ host: ModuleHost) throws(LuaRaise) -> Channel {
    try call.checkObject(1, host.channels)
  }

  private static func send(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let channel = try channel(call, host)
    let (process, task) = try running(call, host)
    if channel.isClosed { throw .message(Channel.sendOnClosed) }
    if call.count < 2 { call.pushNil() } else { call.pushCopy(2) }
    let result = channel.send(process.values.store(from: call), from: task)
    if result.isYielding { task.wait = .send(channel) }
    return try answer(result, call, host, process)
  }

  private static func receive(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let channel = try channel(call, host)
    let (process, task) = try running(call, host)
    let result = channel.receive(by: task)
    if result.isYielding { task.wait = .receive(channel) }
    return try answer(result, call, host, process)
  }

  private static func close(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let channel = try channel(call, host)
    let (_, task) = try running(call, host)
    guard let result = channel.close(by: task) else { return .nothing }
    return try host.wait(.channel(result), call)
  }

  /// Pushes the caller's own result, or stops the caller so that others may go on.
  private static func answer(
    _ result: ChannelResult, _ call: LuaCall, _ host: ModuleHost, _ process: LuaProcess
  ) throws(LuaRaise) -> LuaReply {
    if result.isYielding { return try host.wait(.channel(result), call) }
    guard let update = result.updates.first else { return .nothing }
    let count = host.push(update.wake, onto: call, values: process.values)
    process.releaseReceived(result.updates)
    return .results(count)
  }

  /// The process and task that a channel operation belongs to. Asked before the channel changes, since an operation that
  /// cannot wait must leave no trace.
  private static func running(
    _ call: LuaCall, _ host: ModuleHost
  ) throws(LuaRaise) -> (LuaProcess, LuaTask) {
    guard let process = host.process, let task = host.task else {
      throw .message("can not yield from outside of a coroutine")
    }
    guard call.canWait else { throw .message("attempt to yield across a C-call boundary") }
    return (process, task)
  }

  // MARK: Select

  private static func caseSend(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let channel = try channel(call, host)
    if call.count < 2 { call.pushNil() } else { call.pushCopy(2) }
    call.push(SelectCase(channel: channel, value: call.reference(-1)), host.selectCases)
    return .results(1)
  }

  private static func caseReceive(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    call.push(SelectCase(channel: try channel(call, host), value: nil), host.selectCases)
    return .results(1)
  }

  private static func select(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    try call.check(1, is: .table)
    let (process, task) = try running(call, host)
    var hasDefault = call.boolean(2) ?? false
    var cases: [SelectCase] = []
    let stack = call
    call.forEachField(of: 1) { key, value in
      if stack.type(key) == .string, stack.string(key) == "default" {
        if stack.boolean(value) == true { hasDefault = true }
      } else if let found = stack.object(value, host.selectCases) {
        cases.append(found)
      }
      return true
    }
    let operation = SelectOperation(channels: cases.map(\.channel))
    for item in cases where item.isSend ? item.channel.canSend : item.channel.canReceive {
      return try answer(attempt(item, operation, task, process, call), call, host, process)
    }
    if hasDefault {
      call.pushTable(fields: 2)
      call.push(true)
      call.setField("default", of: -2)
      call.push(true)
      call.setField("ok", of: -2)
      return .results(1)
    }
    var blocked = ChannelResult(isYielding: true)
    for item in cases {
      let result = attempt(item, operation, task, process, call)
      blocked.blocked += result.blocked
      blocked.released += result.released
    }
    task.wait = .select(operation.channels)
    return try host.wait(.channel(blocked), call)
  }

  private static func attempt(
    _ item: SelectCase, _ operation: SelectOperation, _ task: LuaTask, _ process: LuaProcess, _ call: LuaCall
  ) -> ChannelResult {
    guard let value = item.value else { return item.channel.receive(by: task, select: operation) }
    // Upstream blocks on a closed channel here; nothing will ever come of it.
    guard !item.channel.isClosed else { return ChannelResult(isYielding: true) }
    call.push(value)
    return item.channel.send(process.values.store(from: call), from: task, select: operation)
  }
}

/// `coroutine.spawn`.
enum CoroutineModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("spawn", of: "coroutine") { call, host throws(LuaRaise) in
      try call.check(1, is: .function)
      guard let process = host.process, host.task != nil else {
        throw .message("can not yield from outside of a coroutine")
      }
      call.pushCopy(1)
      return try host.wait(.spawn(process.values.store(from: call)), call)
    }
  }
}

/// The globals `subscribe` and `unsubscribe`.
enum PubSubModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.defineGlobal("subscribe") { call, host throws(LuaRaise) in
      let topic = try call.checkString(1)
      let channel = try call.checkObject(2, host.channels)
      return try host.wait(
        .subscribe(SubscribeRequest(topic: topic, bufferSize: 0, handler: nil, channel: channel)), call)
    }
    host.defineGlobal("unsubscribe") { call, host throws(LuaRaise) in
      try host.wait(.unsubscribe(try call.checkObject(1, host.channels)), call)
    }
  }
}
