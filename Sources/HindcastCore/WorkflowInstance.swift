public import TemporalAPI

/// Workflow code that can be run: an app folder of Lua entries, or a set of Swift workflows.
///
/// One value serves any number of threads; each thread makes a runtime of its own from it.
public protocol WorkflowCode: Sendable {
  /// The workflow types that the code defines, sorted.
  var workflowTypes: [String] { get }

  /// Makes what one thread needs to run instances, such as a Lua machine.
  func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime

  /// What histories could run of the code; empty for languages that do not tell, and for code that was not asked to count.
  func coverageMap() -> CoverageMap
}

extension WorkflowCode {
  /// Empty: for languages that do not tell.
  public func coverageMap() -> CoverageMap { CoverageMap() }
}

/// What instances are made in. It stays on one thread and may run many instances, one after another.
public protocol WorkflowRuntime: AnyObject {
  /// Whether instances may live beside each other in it, their tasks in any order; false where one could use up what the
  /// others need, such as the memory of a Lua machine.
  var runsManyInstances: Bool { get }

  /// Makes the instance that will run `environment.info.workflowType`. No workflow code runs yet.
  func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance

  /// What ran of the code since the last call, and how often, if the runtime was asked to count.
  func takeCoverage() -> CoverageCounts
}

extension WorkflowRuntime {
  /// Nothing: for languages that do not tell.
  public func takeCoverage() -> CoverageCounts { CoverageCounts() }

  /// One at a time: for languages that do not say more.
  public var runsManyInstances: Bool { false }
}

/// How a runtime runs code.
public struct RuntimeOptions: Sendable {
  /// Varies whatever must not matter to workflow code: hash seeds, memory layout. Two runs of deterministic code under
  /// different seeds issue the same commands.
  public var seed: UInt64
  /// What code may use up before it has to yield.
  public var limits: RunLimits
  /// Whether to count what runs of the code, for `WorkflowRuntime.takeCoverage()`. Without, counting costs nothing.
  public var collectsCoverage = false

  /// Makes options.
  public init(seed: UInt64 = 0, limits: RunLimits = RunLimits()) {
    self.seed = seed
    self.limits = limits
  }
}

/// What workflow code may use up.
public struct RunLimits: Sendable, Hashable {
  /// CPU time of the thread until the code must yield, in nanoseconds; nil: not limited. Nil also lets the code's own
  /// configuration decide, see `usesConfiguredTimeout`.
  public var cpuTime: Int64?
  /// Whether a configured `deadlock_detection_timeout` takes the place of `cpuTime`.
  public var usesConfiguredTimeout: Bool
  /// Lua instructions until the code must yield: the reproducible alternative to a time; nil: not limited.
  public var instructions: Int?
  /// Memory that one run may hold, in bytes.
  public var memory: Int

  /// Makes limits; the defaults are one second, no instruction limit, and 256 MiB.
  public init(
    cpuTime: Int64? = 1_000_000_000, usesConfiguredTimeout: Bool = true, instructions: Int? = nil,
    memory: Int = 256 << 20
  ) {
    self.cpuTime = cpuTime
    self.usesConfiguredTimeout = usesConfiguredTimeout
    self.instructions = instructions
    self.memory = memory
  }
}

/// One run of workflow code, in whatever language.
///
/// The engine calls it as the Go SDK calls a `WorkflowDefinition`: events first set results and queue messages, which runs
/// no code; then `workflowTaskStarted()` runs every coroutine until all are blocked. Code asks for commands through the
/// `WorkflowEnvironment`. All calls come from one thread.
public protocol WorkflowInstance: AnyObject {
  /// `WorkflowExecutionStarted` has come: take the arguments. A setup that fails completes the environment with a failure.
  func start(input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?) throws(TaskFailure)

  /// Runs all coroutines until each is blocked or the workflow is complete.
  func workflowTaskStarted() throws(TaskFailure)

  /// The result of an operation that the environment was asked for. Runs no code.
  func resolve(_ operation: OperationID, with resolution: Resolution) throws(TaskFailure)

  /// A signal has come. Runs no code.
  func signal(
    _ name: String, input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) throws(TaskFailure)

  /// Cancellation of the workflow was requested. May issue commands (the Go SDK's cancel callbacks do).
  func cancelRequested() throws(TaskFailure)

  /// An update was delivered; answer through the environment's `acceptUpdate`, `rejectUpdate` and `completeUpdate`.
  func update(_ request: UpdateRequest) throws(TaskFailure)

  /// Answers a query from the present state. Issues no commands.
  func query(
    _ type: String, arguments: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) -> QueryAnswer

  /// Where the running coroutine stands, innermost frame of the user's code. Called once a command, so it must be cheap.
  var currentLocation: SourceLocation? { get }

  /// The running coroutine's whole stack, innermost first.
  var currentStack: [StackFrame] { get }

  /// All living coroutines with their stacks, in the order of their creation.
  var coroutines: [CoroutineStack] { get }

  /// What could still wake the instance after it is blocked.
  var wakeSources: WakeSources { get }

  /// Signals that came and that no code has received, by name, in the order of their arrival.
  var unreceivedSignals: [String] { get }

  /// The run is over: release everything. No call follows.
  func close()
}

extension WorkflowInstance {
  /// None: for languages that do not keep count.
  public var unreceivedSignals: [String] { [] }
}

/// What could wake a blocked instance.
public struct WakeSources: Sendable, Hashable {
  /// Coroutines that wait for an operation which the environment still tracks (activity, timer, child …).
  public var operations: Int
  /// Signals, inboxes and event streams that some coroutine waits on, in words, sorted.
  public var subscriptions: [String]

  /// Whether nothing could wake the instance any more.
  public var isEmpty: Bool { operations == 0 && subscriptions.isEmpty }

  /// Makes a value.
  public init(operations: Int, subscriptions: [String]) {
    self.operations = operations
    self.subscriptions = subscriptions
  }
}

/// An update request as it is delivered to workflow code.
public struct UpdateRequest: Sendable {
  /// The update's id, which is the protocol instance id.
  public var id: String
  /// The update's name.
  public var name: String
  /// Its arguments.
  public var arguments: Temporal_Api_Common_V1_Payloads?
  /// Its header.
  public var header: Temporal_Api_Common_V1_Header?
  /// Whether the update was accepted once already, so that validators must not run again.
  public var isReplaying: Bool

  /// Makes a request.
  public init(
    id: String, name: String, arguments: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?,
    isReplaying: Bool
  ) {
    self.id = id
    self.name = name
    self.arguments = arguments
    self.header = header
    self.isReplaying = isReplaying
  }
}

/// The answer to a query.
public enum QueryAnswer: Sendable {
  /// The result.
  case answered(Temporal_Api_Common_V1_Payloads)
  /// The query failed, with the message for the caller.
  case failed(String)
}
