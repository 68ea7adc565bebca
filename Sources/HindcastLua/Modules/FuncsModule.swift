import HindcastCore
import HindcastRegistry
import TemporalAPI

/// What `funcs.new` makes: calls with options and a context. Its context, actor and scope have no effect in workflows.
final class Executor {
  let options: [String: GoValue]?
  /// The values laid over the caller's own.
  let context: [String: GoValue]?

  init(options: [String: GoValue]? = nil, context: [String: GoValue]? = nil) {
    self.options = options
    self.context = context
  }
}

/// The result of an activity that may still come: what `funcs.async` gives.
final class Future {
  let channel = Channel(capacity: 1)
  /// Feeds the channel.
  weak var subscription: Subscription?
  /// The activity, while it is under way and not cancelled.
  var activity: ActivityHandle?
  private(set) var outcome: Result<EncodedArguments, FailedOperation>?
  var isCanceled = false

  var isComplete: Bool { outcome != nil }

  func complete(_ outcome: Result<EncodedArguments, FailedOperation>) {
    self.outcome = outcome
  }
}

/// `funcs`: activities (spec/wippy.md 8.2).
enum FuncsModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("call", of: "funcs") { call, host throws(LuaRaise) in
      try start(call, host, target: 1, executor: nil, isAsync: false)
    }
    host.define("async", of: "funcs") { call, host throws(LuaRaise) in
      try start(call, host, target: 1, executor: nil, isAsync: true)
    }
    host.define("new", of: "funcs") { call, host throws(LuaRaise) in
      call.push(Executor(), host.executors)
      return .results(1)
    }
    registerExecutor(host)
    registerFuture(host)
  }

  private static func start(
    _ call: LuaCall, _ host: ModuleHost, target position: Int, executor: Executor?, isAsync: Bool
  ) throws(LuaRaise) -> LuaReply {
    let target = try call.checkString(position)
    if let complaint = complaint(about: target) { return call.fail(.invalid(complaint), host) }
    let activity = ActivityCall(
      target: target, arguments: call.payloads(position + 1, through: call.count, isExported: true),
      options: executor?.options, context: executor?.context)
    guard isAsync else { return try host.wait(.operation(.call(activity)), call) }
    guard let process = host.process else { throw .message("no process context") }
    let future = Future()
    future.subscription = process.subscribe(future.channel, source: .future(future))
    return try host.wait(.operation(.asyncCall(activity, future)), call)
  }

  /// What is wrong with the id of a function, or nil.
  private static func complaint(about target: String) -> String? {
    if target.isEmpty { return "function ID required" }
    let id = EntryID(parsing: target)
    if id.namespace.isEmpty { return "namespace required in function ID" }
    return id.name.isEmpty ? "name required in function ID" : nil
  }

  // MARK: Executor

  private static func registerExecutor(_ host: ModuleHost) {
    let kind = host.executors
    host.define("call", of: kind) { call, host throws(LuaRaise) in
      try start(call, host, target: 2, executor: try call.checkObject(1, host.executors), isAsync: false)
    }
    host.define("async", of: kind) { call, host throws(LuaRaise) in
      try start(call, host, target: 2, executor: try call.checkObject(1, host.executors), isAsync: true)
    }
    host.define("with_options", of: kind) { call, host throws(LuaRaise) in
      let executor = try call.checkObject(1, host.executors)
      try call.check(2, is: .table)
      call.push(Executor(options: call.stringFields(2), context: executor.context), host.executors)
      return .results(1)
    }
    host.define("with_context", of: kind) { call, host throws(LuaRaise) in
      let executor = try call.checkObject(1, host.executors)
      try call.check(2, is: .table)
      let context = (executor.context ?? [:]).merging(call.stringFields(2)) { $1 }
      call.push(Executor(options: executor.options, context: context), host.executors)
      return .results(1)
    }
    for (name, expected) in [("with_actor", "actor"), ("with_scope", "scope")] {
      host.define(name, of: kind) { call, host throws(LuaRaise) in
        let executor = try call.checkObject(1, host.executors)
        if call.isNil(2) { throw .argument(2, "\(expected) cannot be nil") }
        try call.check(2, is: .userdata)
        call.push(executor, host.executors)
        return .results(1)
      }
    }
  }

  // MARK: Future

  private static func registerFuture(_ host: ModuleHost) {
    let kind = host.futures
    for name in ["response", "channel"] {
      host.define(name, of: kind) { call, host throws(LuaRaise) in
        host.push(try call.checkObject(1, host.futures).channel, onto: call)
        return .results(1)
      }
    }
    host.define("is_complete", of: kind) { call, host throws(LuaRaise) in
      call.reply(try call.checkObject(1, host.futures).isComplete)
    }
    host.define("is_canceled", of: kind) { call, host throws(LuaRaise) in
      call.reply(try call.checkObject(1, host.futures).isCanceled)
    }
    host.define("result", of: kind) { call, host throws(LuaRaise) in
      let future = try call.checkObject(1, host.futures)
      if future.isCanceled {
        return call.fail(
          LuaErrorValue(kind: ErrorKind.canceled, message: "canceled", isRetryable: false), host)
      }
      switch future.outcome {
      case .success(let payloads)?:
        host.pushWrapped(payloads, onto: call)
        return call.succeed()
      case .failure(let failed)?: return call.fail(failed.error, host)
      case nil:
        call.pushNil()
        return call.succeed()
      }
    }
    host.define("error", of: kind) { call, host throws(LuaRaise) in
      guard case .failure(let failed)? = try call.checkObject(1, host.futures).outcome else {
        call.pushNil()
        call.push(false)
        return .results(2)
      }
      host.push(
        failed.error.with(kind: ErrorKind.internalError, isRetryable: false).with(context: "async call failed"),
        onto: call)
      call.push(true)
      return .results(2)
    }
    host.define("cancel", of: kind) { call, host throws(LuaRaise) in
      let future = try call.checkObject(1, host.futures)
      future.isCanceled = true
      return try host.wait(.operation(.cancelFuture(future)), call)
    }
  }
}

extension LuaStackAccess {
  /// The fields of a table that have string keys, as Go values.
  func stringFields(_ position: Int) -> [String: GoValue] {
    var fields: [String: GoValue] = [:]
    forEachField(of: position) { key, value in
      if type(key) == .string, let name = string(key) { fields[name] = goValue(value) }
      return true
    }
    return fields
  }
}
