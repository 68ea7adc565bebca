import HindcastCore

/// What the host functions of one machine share: the kinds of their objects, and whom they work for now.
final class ModuleHost {
  let machine: LuaMachine
  let channels: LuaKind<Channel>
  let selectCases: LuaKind<SelectCase>
  let errors: LuaKind<LuaErrorValue>
  let futures: LuaKind<Future>
  let executors: LuaKind<Executor>
  let timers: LuaKind<TimerEntry>
  let tickers: LuaKind<TimerEntry>
  let times: LuaKind<TimeValue>
  let durations: LuaKind<DurationValue>
  let locations: LuaKind<LocationValue>
  let messages: LuaKind<ProcessMessage>
  let payloads: LuaKind<PayloadWrapper>
  let spawners: LuaKind<Spawner>
  let streams: LuaKind<ContentStream>
  let loggers: LuaKind<LuaLogger>
  let actors: LuaKind<LuaActor>
  let stores: LuaKind<StoreHandle>
  let expressions: LuaKind<RegularExpression>
  let programs: LuaKind<CompiledExpression>
  let support: SupportFunctions

  /// The process whose code runs.
  unowned(unsafe) var process: LuaProcess?
  /// The task that runs; nil while a script's chunk is loaded.
  unowned(unsafe) var task: LuaTask?
  /// The run that the process belongs to.
  unowned(unsafe) var client: (any ModuleClient)?
  /// The stack of the error that ended the process.
  var failedFrames: [LuaFrame] = []
  /// Whether a run has broken a limit, after which the machine is not used again.
  var isSpent = false

  /// Opens a machine with all modules.
  init(seed: UInt64, memoryLimit: Int, collectsCoverage: Bool = false) throws(LuaFault) {
    let output = PrintTarget()
    var configuration = LuaMachine.Configuration()
    configuration.seed = seed
    configuration.memoryLimit = memoryLimit
    configuration.collectsCoverage = collectsCoverage
    configuration.print = { output.host?.client?.log("info", $0, []) }
    let machine = try LuaMachine(configuration)
    self.machine = machine
    channels = machine.makeKind("channel")
    selectCases = machine.makeKind("channel.SelectCase")
    errors = machine.makeKind("error")
    futures = machine.makeKind("Future")
    executors = machine.makeKind("funcs.Executor")
    timers = machine.makeKind("time.Timer")
    tickers = machine.makeKind("time.Ticker")
    times = machine.makeKind("time.Time")
    durations = machine.makeKind("time.Duration")
    locations = machine.makeKind("time.Location")
    messages = machine.makeKind("process.Message")
    payloads = machine.makeKind("payload")
    spawners = machine.makeKind("process.Spawner")
    streams = machine.makeKind("stream.Stream")
    loggers = machine.makeKind("logger.Logger")
    actors = machine.makeKind("security.Actor")
    stores = machine.makeKind("store.Store")
    expressions = machine.makeKind("text.Regexp")
    programs = machine.makeKind("expr.Program")
    support = SupportFunctions(machine: machine)
    output.host = self
    machine.clock = {
      guard let now = output.host?.client?.now else { return .yearOne }
      return LuaInstant(seconds: now.seconds, nanoseconds: now.nanoseconds)
    }
    for module in ModuleCatalog.modules { module.register(self) }
    try support.load(errors: errors)
    machine.seal()
  }

  /// Whom `print` works for, before the host exists.
  private final class PrintTarget {
    weak var host: ModuleHost?
  }

  // MARK: Registering

  typealias Function = (inout LuaCall, ModuleHost) throws(LuaRaise) -> LuaReply

  /// Makes a function of a library.
  func define(_ name: String, of library: String, _ body: @escaping Function) {
    machine.setFunction(name, of: library, bound(body))
  }

  /// Makes a function a global.
  func defineGlobal(_ name: String, _ body: @escaping Function) {
    machine.setGlobalFunction(name, bound(body))
  }

  /// Makes a function a method of a kind.
  func define<Object>(_ name: String, of kind: LuaKind<Object>, _ body: @escaping Function) {
    kind.setMethod(name, bound(body))
  }

  /// Makes a function a metamethod of a kind.
  func define<Object>(metamethod name: String, of kind: LuaKind<Object>, _ body: @escaping Function) {
    kind.setMetamethod(name, bound(body))
  }

  private func bound(_ body: @escaping Function) -> LuaHostFunction {
    { [unowned(unsafe) self] (call: inout LuaCall) throws(LuaRaise) -> LuaReply in try body(&call, self) }
  }

  /// Makes a library within a library, such as `process.event`.
  func nest(_ inner: String, in outer: String) {
    machine.setField(inner, of: outer) { $0.pushLibrary("\(outer).\(inner)") }
  }

  /// Pushes the value that the global of a module has: its library, but for `logger`, which is a logger.
  func push(module name: String, onto machine: LuaMachine) {
    if name == "logger" { machine.push(LuaLogger(), loggers) } else { machine.pushLibrary(name) }
  }

  // MARK: Waiting

  /// Suspends the running task until what it asks for has been dealt with.
  func wait(_ yield: Yield, _ call: LuaCall) throws(LuaRaise) -> LuaReply {
    guard let task else { throw .message("can not yield from outside of a coroutine") }
    guard call.canWait else { throw .message("attempt to yield across a C-call boundary") }
    task.yield = yield
    return .wait
  }
}

/// Whom the host functions work for: a workflow's run or an activity.
protocol ModuleClient: AnyObject {
  /// The entry whose code runs.
  var entryID: String { get }
  /// The process's own id.
  var processID: ProcessID { get }
  /// The workflow's run; nil in an activity, where operations take effect at once.
  var workflow: LuaWorkflowInstance? { get }
  /// The time that code sees.
  var now: WorkflowTime { get }
  /// Where random values come from.
  var random: RandomBytes { get set }
  /// The values that came in the header.
  var context: ContextHeader { get }
  /// The names of processes that code can use in place of their ids.
  var names: any ProcessNames { get }
  /// What an activity may ask of the worker that runs it; nil in a workflow.
  var surroundings: LuaActivities.Context? { get }
  /// What an activity shares with the others of its app; nil in a workflow.
  var appState: LuaAppState? { get }
  func log(_ level: String, _ message: String, _ fields: [(String, String)])
  func warn(_ hazard: LuaHazard, _ message: String)
  /// The failure of the task, or of the attempt, that a fault is; nil where the code itself failed.
  func taskFailure(for fault: LuaFault, of task: LuaTask?) -> TaskFailure?
}
