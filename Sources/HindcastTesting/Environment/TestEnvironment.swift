internal import HindcastApp
internal import HindcastCalls
public import HindcastCore
internal import HindcastHTTP
internal import HindcastHistory
internal import HindcastLua
internal import HindcastRegistry
internal import HindcastServer
internal import HindcastService
internal import HindcastSwift
public import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// A Temporal server, a worker and a clock for one test.
///
/// ```swift
/// let environment = try TestEnvironment(app: "Histories/orders")
/// environment.activities.mock("app:charge_payment", returning: ["transaction": "tx-1"])
/// let run = try await environment.start("app:order_workflow", Order(id: "17", window: "24h"))
/// let receipt: Receipt = try await run.result()
/// ```
///
/// Nothing happens but what a call waits for: waiting for a result works tasks and skips time until the run has closed, and
/// ``advance(by:)`` does so until the time has come. Everything runs one after another, so the same test gives the same
/// history, to the byte. Environments share nothing: tests may run in parallel.
///
/// An activity must not wait for the test: the environment goes on only when the activity has ended or sleeps in workflow time
/// (`ActivityContext.sleep(for:)`), so that a mock which waits for something else holds up everything.
public actor TestEnvironment {
  /// What stands in for activities, and what they were called with.
  public nonisolated let activities = ActivityMocks()
  /// What answers the HTTP requests of activities.
  public nonisolated let http: HTTPStubs
  /// The options that it was made with.
  public nonisolated let options: TestEnvironmentOptions

  /// The workflows' code.
  package nonisolated let code: any WorkflowCode
  nonisolated let service: TemporalService
  let stage: ActivityStage
  /// The app whose functions can be called, and where they run.
  let app: WorkerApp?
  let processStage: EnvironmentStage?
  /// Workflow tasks that came with the answers to starts.
  var eagerTasks: [Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse] = []
  let driver: WorkflowDriver
  let workers: [WorkerConfiguration]
  private let queueOfType: [String: String]
  var running: [Int: (task: ActivityTask, worker: Int)] = [:]
  var lastActivity = 0
  /// Activities that the test runs itself.
  var lone: [Int: LoneActivity] = [:]
  /// Local activities, and the workflow tasks that wait for them.
  var locals = LocalActivities()
  private var lastNumber = 0
  /// Makes the request ids of the test's own calls; apart from the server's, so that a call more changes no run id.
  private var requestIDs: IDSource
  /// Workflow tasks that were handed out, for faults.
  var taskCount = 0
  /// The workflow that was started first.
  private(set) var firstWorkflowID: String?
  /// Answers to workflow tasks that are given too late, on purpose.
  var lateAnswers: [LateAnswer] = []
  /// Whether a call drives the environment, and who waits for it to be done.
  var isDriven = false
  var turns: [CheckedContinuation<Void, Never>] = []
  /// What plays the activities and children of a run that is recorded anew.
  var play: RecordedPlay?
  /// Its calls that have no answer yet, and the tasks that were worked for it.
  var unansweredCalls: [CallID] = []
  var playedTasks = 0
  /// Called before each workflow task is taken, and between taking and answering it.
  var boundary: (@Sendable (Boundary) async throws -> Void)?

  /// A point between two things that a run does.
  struct Boundary: Sendable {
    /// The workflow task, counted from 1 in this environment.
    var task: Int
    /// Whether a worker has the task: what comes now is buffered until it is answered.
    var isInFlight: Bool
  }

  /// An environment for the Wippy app in a folder: its workflows run, and its activities where no mock stands in for them.
  ///
  /// - Throws: ``TestEnvironmentError/unusableApp(_:)`` with the places of all errors.
  public init(app directory: String, options: TestEnvironmentOptions = TestEnvironmentOptions()) throws {
    do {
      let registry = try Registry.load(directory: directory)
      let stage = ActivityStage(now: options.startNanoseconds)
      let processStage = EnvironmentStage(stage, seed: options.seed, log: options.workerLog)
      var app = WorkerApp(registry: registry, from: directory, stage: processStage)
      app.usesSystemRandomness = false
      let http = HTTPStubs()
      app.world.http = http
      app.world.heartbeats = options.luaActivitiesHeartbeat
      let plans = try app.plans(client: nil, startingAll: true)
      var queues: [String: String] = [:]
      for plan in plans {
        for type in plan.configuration.workflows?.workflowTypes ?? [] where queues[type] == nil {
          queues[type] = plan.configuration.taskQueue
        }
      }
      let code = options.assumesProcesses ? app.workflowCodeWithoutProcesses : app.workflowCode
      self.init(code, plans.map(\.configuration), queues: queues, options, stage, http, app, processStage)
      app.connectAll { [service] _ in
        ClientConnection(service, namespace: options.namespace, identity: "test") { [weak self] queue in
          guard plans.contains(where: { $0.configuration.taskQueue == queue && $0.configuration.workflows != nil })
          else { return nil }
          return { [weak self] in await self?.takeEagerly($0) }
        }
      }
    } catch let errors as RegistryErrors {
      throw TestEnvironmentError.unusableApp(errors.description)
    } catch let error as WorkerSetupError {
      throw TestEnvironmentError.unusableApp(error.description)
    }
  }

  /// An environment for workflows written in Swift; activities are mocks, or closures of a table.
  public init(
    workflows: some WorkflowCode, activities: (any ActivityCode)? = nil,
    options: TestEnvironmentOptions = TestEnvironmentOptions()
  ) {
    let worker = WorkerConfiguration(
      taskQueue: "test", identity: "test-worker", workflows: workflows, activities: activities)
    self.init(workflows, [worker], queues: [:], options, ActivityStage(now: options.startNanoseconds))
  }

  private init(
    _ code: any WorkflowCode, _ workers: [WorkerConfiguration], queues: [String: String],
    _ options: TestEnvironmentOptions, _ stage: ActivityStage, _ http: HTTPStubs = HTTPStubs(),
    _ app: WorkerApp? = nil, _ processStage: EnvironmentStage? = nil
  ) {
    self.options = options
    self.code = code
    self.stage = stage
    self.http = http
    self.app = app
    self.processStage = processStage
    queueOfType = queues
    requestIDs = IDSource(seed: ~options.seed)
    service = TemporalService(
      seed: options.seed, clock: .virtual(start: ServerTime(nanoseconds: options.startNanoseconds)))
    driver = WorkflowDriver(code, options: options)
    self.workers = workers.map { worker in
      var worker = worker
      worker.namespace = options.namespace
      worker.log = options.workerLog
      return worker
    }
  }

  deinit {
    stage.cancelAll()
    driver.close()
  }

  // MARK: Time

  /// The environment's time, in nanoseconds since 1970.
  public var now: Int64 { stage.nanosecondsSince1970 }

  /// Lets time pass: all that becomes due on the way happens at its time, and workflows and activities run.
  public func advance(by duration: Duration) async throws {
    try await exclusively {
      let end = now.addingReportingOverflow(duration.nanoseconds)
      let target = end.overflow ? Int64.max : end.partialValue
      try await workAll()
      while let due = await nextDue(), due <= target {
        try await move(to: due)
        try await workAll()
      }
      try await move(to: target)
      try await workAll()
    }
  }

  /// Works all tasks that there are now, without letting time pass.
  public func settle() async throws {
    _ = try await exclusively { try await workAll() }
  }

  /// Works all tasks that there are now.
  ///
  /// - Returns: How many there were.
  @discardableResult
  func workAll() async throws -> Int {
    var tasks = 0
    while let workflowID = try await step() {
      tasks += 1
      if tasks > options.maximumTasks { throw await endless(workflowID) }
    }
    return tasks
  }

  /// Works tasks and skips time until a condition holds.
  ///
  /// - Returns: `false` when nothing is left that could happen.
  func run(until isDone: () async throws -> Bool) async throws -> Bool {
    try await exclusively {
      var steps = 0
      while true {
        steps += 1 + (try await workAll())
        if try await isDone() { return true }
        guard let due = await nextDue() else { return false }
        if steps > options.maximumTasks { throw await endless(lastWorkflowID) }
        try await move(to: due)
      }
    }
  }

  func nextDue() async -> Int64? {
    ([await service.nextDue?.nanoseconds, stage.nextWake, locals.nextDue] + lateAnswers.map(\.due)
      + lone.values.map(\.nextDue)).compactMap { $0 }.min()
  }

  func move(to time: Int64) async throws {
    await service.advance(to: ServerTime(nanoseconds: time))
    // Each activity that wakes goes as far as it can before the next one does.
    while stage.advance(to: time) { try await settleActivities() }
    cancelLone()
  }

  // MARK: Tasks

  /// Whose task was worked last.
  var lastWorkflowID = ""

  /// Does the next thing that can be done now.
  ///
  /// - Returns: The workflow that it was done for; `nil` when there is nothing to do.
  func step() async throws -> String? {
    try await settleActivities()
    try await sendLateAnswers()
    if let workflowID = try await serveLocalActivities() { return workflowID }
    if let workflowID = try await workEagerTask() { return workflowID }
    for worker in workers where worker.workflows != nil {
      try await boundary?(Boundary(task: taskCount + 1, isInFlight: false))
      let polled = try await service.call(
        WorkflowService.pollWorkflowTaskQueue,
        .with {
          $0.namespace = worker.namespace
          $0.taskQueue.name = worker.taskQueue
          $0.taskQueue.kind = .normal
          $0.identity = worker.identity
        }, timeout: .zero)
      if polled.taskToken.isEmpty { continue }
      try await work(polled, worker)
      return polled.workflowExecution.workflowID
    }
    for (index, worker) in workers.enumerated() {
      let polled = try await service.call(
        WorkflowService.pollActivityTaskQueue,
        .with {
          $0.namespace = worker.namespace
          $0.taskQueue.name = worker.taskQueue
          $0.taskQueue.kind = .normal
          $0.identity = worker.identity
        }, timeout: .zero)
      if polled.taskToken.isEmpty { continue }
      lastWorkflowID = polled.workflowExecution.workflowID
      try begin(polled, index)
      return lastWorkflowID
    }
    return nil
  }

  // MARK: What runs wait for

  func taskQueue(for type: String) -> String { queueOfType[type] ?? workers.first?.taskQueue ?? "test" }

  func waits(of runID: String) async -> [String] { await driver.waits(of: runID) }

  /// A request id as clients make them.
  func nextRequestID() -> String { requestIDs.uuid() }

  /// A number that was not given before, for ids.
  func nextNumber() -> Int {
    lastNumber += 1
    return lastNumber
  }

  func noteStart(of workflowID: String) { firstWorkflowID = firstWorkflowID ?? workflowID }

  func setBoundary(_ boundary: (@Sendable (Boundary) async throws -> Void)?) { self.boundary = boundary }
}
