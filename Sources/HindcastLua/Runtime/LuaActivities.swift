import Foundation
public import HindcastCore
public import HindcastHTTP
import Synchronization
public import TemporalAPI

/// The activities of an app: its `function.lua` and `process.lua` entries.
///
/// A call runs to its end on the calling thread. Any number of threads may call at once; each call has a Lua machine for
/// itself.
public struct LuaActivities: Sendable {
  /// What an activity may ask of the worker that runs it.
  public struct Context: Sendable {
    /// The time now.
    public var now: @Sendable () -> WorkflowTime
    /// Waits so many nanoseconds; false: the activity is to stop.
    public var sleep: @Sendable (Int64) -> Bool
    /// Takes log lines and what is printed.
    public var log: @Sendable (WorkflowLogLine) -> Void
    /// The other processes and the workflows that the code can reach; nil: none.
    package var processes: (any ProcessHost)?
    /// The process that the code is, where it has one already; a function is given one.
    package var seat: ProcessSeat?
    /// Waits for ``wake`` or so many nanoseconds (nil: for as long as it takes); false: the activity is to stop.
    package var wait: @Sendable (Int64?) -> Bool
    /// Ends the wait; one that comes early ends the next.
    package var wake: @Sendable () -> Void
    /// Sends HTTP requests; nil: nothing does.
    public var http: (any HTTPExchange)?
    /// Takes what `metrics` reports; nil: nothing does.
    public var metrics: (@Sendable (LuaMetric) -> Void)?
    /// Whether the activity is to stop.
    public var isStopped: @Sendable () -> Bool = { false }
    /// Whether time passes while the activity waits for something other than time; not so in a test's time.
    public var timePassesByItself = true
    /// What random values follow from; nil: the operating system gives them.
    public var randomSeed: String?

    /// Makes a context; the defaults are the machine's clock and no log.
    public init(
      now: @escaping @Sendable () -> WorkflowTime = Self.systemTime,
      sleep: @escaping @Sendable (Int64) -> Bool = Self.sleep,
      log: @escaping @Sendable (WorkflowLogLine) -> Void = { _ in }
    ) {
      self.now = now
      self.sleep = sleep
      self.log = log
      let waiting = ThreadWaiting()
      wait = { waiting.wait($0) }
      wake = { waiting.wake() }
    }

    /// The machine's clock.
    public static let systemTime: @Sendable () -> WorkflowTime = {
      let seconds = Date().timeIntervalSince1970
      let whole = seconds.rounded(.down)
      return WorkflowTime(seconds: Int64(whole), nanoseconds: Int32((seconds - whole) * 1e9))
    }

    /// Blocks the thread.
    public static let sleep: @Sendable (Int64) -> Bool = {
      Thread.sleep(forTimeInterval: Double($0) / 1e9)
      return true
    }
  }

  let application: LuaApplication
  private let limits: RunLimits
  private let machines = MachinePool()
  let pools = FunctionPools()

  /// The activity types that the code defines, sorted.
  public var activityTypes: [String] { application.activityTypes }

  /// The activities of the same entries.
  /// - Parameter limits: what one call may use up. Activities may compute for long, so CPU time is not limited by default.
  public init(_ code: LuaWorkflowCode, limits: RunLimits = RunLimits(cpuTime: nil)) {
    application = code.application
    self.limits = limits
  }

  /// Says what activities get of the world where their context says nothing: functions that call each other, and
  /// processes, have no other.
  package func share(http: (any HTTPExchange)?, metrics: (@Sendable (LuaMetric) -> Void)?) {
    application.state.set(LuaAppState.World(http: http, metrics: metrics))
  }

  /// Runs an activity.
  /// - Returns: its result.
  /// - Throws: the failure as upstream's worker would report it.
  public func run(
    _ type: String, input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header? = nil,
    context: Context = Context()
  ) throws(LuaActivityFailure) -> Temporal_Api_Common_V1_Payloads {
    let payload = try run(
      type, input?.payloads ?? [], ContextHeader(header), context, depth: 0)
    return .init([payload])
  }

  /// How deep functions may call each other.
  private static let deepestCall = 32

  /// Runs the code of a process that has its id already.
  /// - Parameter start: what it runs, and with what.
  package func run(
    _ start: ProcessStart, context: Context
  ) -> Result<Temporal_Api_Common_V1_Payload, FailedOperation> {
    do throws(LuaActivityFailure) {
      return .success(try run(start.source, start.arguments, start.context, context, depth: start.depth))
    } catch {
      return .failure(FailedOperation(error: error.error))
    }
  }

  func run(
    _ type: String, _ arguments: EncodedArguments, _ header: ContextHeader, _ context: Context, depth: Int
  ) throws(LuaActivityFailure) -> EncodedPayload {
    guard depth < Self.deepestCall else {
      throw LuaActivityFailure(.internalError("functions call each other too deeply"))
    }
    // In a test's time a call that waited for another could keep that one's time from passing.
    let limit = context.timePassesByItself ? application.mostCalls(of: type) : nil
    if let limit, !pools.enter(type, limit: limit, isStopped: context.isStopped) {
      throw LuaActivityFailure(LuaActivityFailure.stopped)
    }
    defer { if limit != nil { pools.leave(type) } }
    guard context.seat == nil, let processes = context.processes else {
      return try runToEnd(type, arguments, header, context, depth)
    }
    let mailbox = ProcessMailbox(wake: context.wake)
    let id = processes.join(mailbox)
    var context = context
    context.seat = ProcessSeat(id, mailbox)
    do throws(LuaActivityFailure) {
      let result = try runToEnd(type, arguments, header, context, depth)
      processes.leave(id, .success(result))
      return result
    } catch {
      processes.leave(id, .failure(FailedOperation(error: error.error)))
      throw error
    }
  }

  /// Runs code, and the code that it becomes by `process.upgrade`.
  private func runToEnd(
    _ type: String, _ arguments: EncodedArguments, _ header: ContextHeader, _ context: Context, _ depth: Int
  ) throws(LuaActivityFailure) -> EncodedPayload {
    var (type, arguments) = (type, arguments)
    while true {
      switch try runOnce(type, arguments, header, context, depth) {
      case .returned(let result): return result
      case .upgraded(let source, let input): (type, arguments) = (source, input)
      }
    }
  }

  private func runOnce(
    _ type: String, _ arguments: EncodedArguments, _ header: ContextHeader, _ context: Context, _ depth: Int
  ) throws(LuaActivityFailure) -> LuaActivityRun.End {
    let host: ModuleHost
    let blueprint: LuaBlueprint
    do throws(WorkflowLoadError) {
      blueprint = try application.activity(type)
      if let idle = machines.take() { host = idle } else { host = try .open(RuntimeOptions(limits: limits)) }
    } catch {
      throw LuaActivityFailure(.notFound(error.description))
    }
    defer { if !host.isSpent { machines.give(host) } }
    return try LuaActivityRun(blueprint, self, host, header, context, limits, depth: depth).run(arguments)
  }
}

/// How an activity failed.
public struct LuaActivityFailure: Error {
  /// As it goes to the server.
  public let failure: Temporal_Api_Failure_V1_Failure
  let error: LuaErrorValue

  /// Whether the activity did not fail by itself, but was told to stop.
  public var isStop: Bool { error === Self.stopped }

  /// The error of an activity that was told to stop: what Go's context says, which upstream passes on. It may be retried.
  static let stopped = LuaErrorValue(kind: ErrorKind.internalError, message: "context canceled")

  init(_ error: LuaErrorValue) {
    self.error = error
    failure = FailureWriter.failure(error)
  }
}

/// Machines that wait for the next call. Each is used by one thread at a time.
private final class MachinePool: Sendable {
  private struct Idle: @unchecked Sendable {
    let host: ModuleHost
  }

  private let idle = Mutex<[Idle]>([])

  func take() -> ModuleHost? { idle.withLock { $0.popLast() }?.host }

  func give(_ host: ModuleHost) {
    let machine = Idle(host: host)
    idle.withLock { if $0.count < 16 { $0.append(machine) } }
  }
}
