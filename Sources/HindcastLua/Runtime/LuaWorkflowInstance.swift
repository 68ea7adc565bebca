import HindcastCore
import HindcastRegistry
import SwiftProtobuf
import TemporalAPI

/// One run of a Lua workflow: upstream's workflow definition around its process (spec/wippy.md 7).
final class LuaWorkflowInstance: WorkflowInstance, ModuleClient {
  let environment: WorkflowEnvironment
  let application: LuaApplication
  let run: LuaRun
  let limits: RunLimits
  var random: RandomBytes
  /// The processes outside of workflows; nil where there are none, as in a replay.
  let processes: (any ProcessRelay)?
  /// Upstream asks the registries of its host, on replay as well; without processes, names live as long as the run does.
  let names: any ProcessNames
  private(set) var context = ContextHeader()
  let surroundings: LuaActivities.Context? = nil
  let appState: LuaAppState? = nil

  /// Operations by their ids, which count from 1.
  var operations: [PendingOperation] = []
  /// Results that came before their operation was known.
  var earlyResolutions: [(OperationID, Resolution)] = []
  /// Results since the last task, in the order of events.
  var completions: [OperationCompletion] = []
  /// Messages since the last task, in the order of events.
  var messages: [QueuedMessage] = []
  var childExits: [ChildExit] = []
  var updates = UpdateRecord()
  /// The task whose operation is being carried out.
  var commandTask: LuaTask?
  /// Whether the workflow has decided how it ends.
  private(set) var isCompleted = false
  /// The stack where the code ended.
  private var endFrames: [LuaFrame] = []
  private var isClosed = false

  var host: ModuleHost { run.host }
  private var definition: LuaDefinition { run.blueprint.definition }

  init(
    _ blueprint: LuaBlueprint, _ application: LuaApplication, _ environment: WorkflowEnvironment, _ host: ModuleHost,
    limits: RunLimits, random: RandomBytes, processes: (any ProcessRelay)?
  ) {
    self.processes = processes
    names = processes ?? LocalNames()
    self.environment = environment
    self.application = application
    self.limits = limits
    self.random = random
    host.machine.tracksLines = environment.capturesStacks
    run = LuaRun(blueprint, host, randomSeed: FNV1.hash64(environment.info.runID.utf8))
  }

  // MARK: ModuleClient

  var entryID: String { definition.id }
  var workflow: LuaWorkflowInstance? { self }
  var now: WorkflowTime { environment.now }

  lazy var processID = ProcessID(
    node: definition.worker?.client ?? "", host: definition.worker?.id ?? environment.info.taskQueue,
    unique: environment.info.workflowID)

  func log(_ level: String, _ message: String, _ fields: [(String, String)]) {
    environment.logger?(
      WorkflowLogLine(level: level, message: message, fields: fields, location: currentLocation))
  }

  func warn(_ hazard: LuaHazard, _ message: String) {
    environment.warn(hazard.rule, message, location: currentLocation)
  }

  // MARK: Life

  func start(input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?) throws(TaskFailure) {
    context = ContextHeader(header)
    let arguments = input?.payloads ?? []
    do throws(PayloadError) {
      try PayloadEncoding.check(arguments)
    } catch {
      return complete(
        .failed(
          FailureWriter.plain(
            "failed to decode input payloads (converter=*dataconverter.DataConverter workflow=\(entryID)): \(error)"),
          isUncaught: true))
    }
    warnOfRandom()
    enter()
    beginSlice()
    do throws(LuaFault) {
      try run.start { machine in
        _ = machine.reserve(arguments.count + 8)
        for argument in arguments { machine.pushOrNil(payload: argument) }
        return arguments.count
      }
    } catch {
      if let failure = taskFailure(for: error, of: nil) { throw failure }
      endFrames = error.frames
      complete(
        .failed(FailureWriter.plain("failed to start workflow: \(Self.setUpText(error))"), isUncaught: true))
    }
  }

  private static func setUpText(_ fault: LuaFault) -> String {
    fault.message.hasPrefix("method \"") ? fault.message : "failed to execute script: \(fault.message)"
  }

  func workflowTaskStarted() throws(TaskFailure) {
    guard !isCompleted, let process = run.process else { return }
    enter()
    beginSlice()
    var goesOn = true
    while goesOn, !isCompleted {
      goesOn = false
      let completions = take(&self.completions)
      let incoming = try takeMessages()
      switch try step(process, completions, incoming) {
      case .yield(let tasks): try dispatch(tasks)
      case .done: completeWithResult()
      case .upgrade(let request): continueAsNew(request)
      case .continue: goesOn = true
      case .idle, nil: break
      }
    }
  }

  /// Everything that has come since the last task: messages, then ends of children, then updates.
  private func takeMessages() throws(TaskFailure) -> [QueuedMessage] {
    var incoming = take(&messages)
    if !childExits.isEmpty {
      for exit in take(&childExits) {
        incoming.append(QueuedMessage(target: .topic(SystemTopic.events), body: .exit(exit, at: environment.now)))
      }
    }
    if updates.hasPending { incoming += try deliverUpdates() }
    return incoming
  }

  private func take<Element>(_ list: inout [Element]) -> [Element] {
    guard !list.isEmpty else { return [] }
    defer { list = [] }
    return list
  }

  /// Runs the process one step; nil: it failed, and so did the workflow.
  func step(
    _ process: LuaProcess, _ completions: [OperationCompletion], _ messages: [QueuedMessage]
  ) throws(TaskFailure) -> StepStatus? {
    commandTask = nil
    do throws(StepError) {
      return try process.step(completions, messages)
    } catch {
      switch error {
      case .task(let failure): throw failure
      case .process(let failure):
        endFrames = host.failedFrames
        fail(failure.error, isUncaught: failure.isUncaught)
        return nil
      }
    }
  }

  // MARK: Ends

  func complete(_ completion: Completion) {
    isCompleted = true
    environment.complete(completion)
  }

  func fail(_ error: LuaErrorValue, isUncaught: Bool) {
    complete(.failed(FailureWriter.failure(error), isUncaught: isUncaught))
  }

  func completeWithResult() {
    if environment.capturesStacks, let frame = host.machine.lastFrame { endFrames = [frame] }
    switch run.process?.result {
    case .returned(.success(let payload))?: complete(.completed(.init([payload])))
    case .returned(.failure(let error))?:
      complete(
        .failed(
          FailureWriter.plain(
            "failed to encode result: error converting payload at index 0: error transcoding value: \(error)"),
          isUncaught: true))
    case .failed(let error)?: fail(error, isUncaught: false)
    case nil: complete(.completed(nil))
    }
  }

  func continueAsNew(_ request: UpgradeRequest) {
    endFrames = request.frames
    var attributes = Temporal_Api_Command_V1_ContinueAsNewWorkflowExecutionCommandAttributes()
    switch request.input {
    case .success(let payloads): if !payloads.isEmpty { attributes.input = .init(payloads) }
    case .failure(let error):
      return complete(
        .failed(FailureWriter.plain("upgrade: failed to encode input: \(error)"), isUncaught: true))
    }
    let info = environment.info
    attributes.workflowType.name = request.source ?? entryID
    attributes.taskQueue.name = info.taskQueue
    attributes.taskQueue.kind = .normal
    attributes.workflowRunTimeout = .init()
    attributes.workflowTaskTimeout = .init()
    if let header = context.encoded() { attributes.header = header }
    if info.started.hasRetryPolicy { attributes.retryPolicy = info.started.retryPolicy }
    if !info.memo.isEmpty { attributes.memo.fields = info.memo }
    if !info.searchAttributes.isEmpty { attributes.searchAttributes.indexedFields = info.searchAttributes }
    attributes.inheritBuildID = true
    complete(.continuedAsNew(attributes))
  }

  func close() {
    guard !isClosed else { return }
    isClosed = true
    commandTask = nil
    operations = []
    run.close()
    if host.client === self {
      host.client = nil
      host.process = nil
    }
  }

  // MARK: Limits

  /// Makes this run the one that the machine works for.
  private func enter() {
    host.client = self
    host.process = run.process
    host.machine.tracksLines = environment.capturesStacks
  }

  private func beginSlice() {
    host.machine.beginSlice(instructions: limits.instructions.map(Int64.init), cpuTime: cpuLimit)
  }

  private var cpuLimit: Int64? {
    let configured = definition.worker?.deadlockTimeout ?? 0
    return limits.usesConfiguredTimeout && configured > 0 ? configured : limits.cpuTime
  }

  /// What the code may use up before it has to yield, in words.
  func budgetText(_ fault: LuaFault) -> String {
    if fault.kind == .instructionBudget { return "\(limits.instructions ?? 0) instructions" }
    let nanoseconds = cpuLimit ?? 0
    return nanoseconds == 1_000_000_000 ? "a second" : GoDuration.format(nanoseconds: nanoseconds)
  }

  func taskFailure(for fault: LuaFault, of task: LuaTask?) -> TaskFailure? {
    let kind: TaskFailure.Kind
    let message: String
    switch fault.kind {
    case .instructionBudget, .cpuBudget:
      kind = .deadlock
      message =
        "[TMPRL1101] Potential deadlock detected: workflow goroutine \"\(task?.name ?? "main")\" didn't yield for over "
        + budgetText(fault)
    case .memory:
      kind = .resourceExhausted
      message = "workflow code needs more memory than a run may hold (\(limits.memory) bytes): \(fault.message)"
    case .setUp, .refused:
      kind = .resourceExhausted
      message = fault.message
    case .error, .syntax, .stackOverflow: return nil
    }
    host.isSpent = true
    return TaskFailure(
      kind, message, location: run.location(fault.location),
      coroutines: coroutines(running: task, frames: fault.frames))
  }

  // MARK: Places

  var currentLocation: SourceLocation? {
    if let commandTask { return run.location(commandTask.thread.nearestLocation) }
    if let end = endFrames.lazy.compactMap(\.location).first { return run.location(end) }
    return run.location(host.machine.currentLocation)
  }

  var currentStack: [StackFrame] {
    if let commandTask { return run.frames(commandTask.thread.traceback) }
    return run.frames(endFrames.isEmpty ? host.machine.currentTraceback : endFrames)
  }
}
