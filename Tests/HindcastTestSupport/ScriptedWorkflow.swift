public import HindcastCore
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// Workflow code as a list of steps: for tests of the engine, where no language should stand between.
public indirect enum Step: Sendable {
  /// An activity, awaited.
  case activity(String, id: String = "", input: String = "null")
  /// A timer, awaited, in seconds.
  case timer(Int64)
  /// All of them are started, then all are awaited.
  case parallel([Step])
  /// Started and not awaited.
  case unawaited(Step)
  case child(String, id: String = "", input: String = "null")
  case signal(String, to: String, runID: String = "", input: String = "null")
  case cancelExternal(String)
  case sideEffect(String)
  case mutableSideEffect(String, value: String)
  case localActivity(String)
  /// Runs the first branch for versions above −1, else the second.
  case version(String, minimum: Int = -1, maximum: Int = 1, new: [Step], old: [Step])
  case upsert(String, String)
  case memo(String, String)
  /// Waits for a signal.
  case receive(String)
  /// Accepts and completes an update that has come.
  case handleUpdate(result: String = "null")
  /// Starts a timer and cancels it in the same task.
  case canceledTimer(Int64)
  /// Schedules an activity and cancels it in the same task.
  case canceledActivity(String)
  /// Never goes on; nothing can wake it.
  case stuck
  /// An error that nobody catches.
  case raise(String)
  case fail(String)
  case complete(String)
  case continueAsNew(String)
}

/// Scripts by workflow type.
public struct ScriptedCode: WorkflowCode {
  /// The scripts.
  public var scripts: [String: [Step]]

  /// Makes code of one type.
  public init(_ steps: [Step], type: String = "workflow") { scripts = [type: steps] }

  /// The types, sorted.
  public var workflowTypes: [String] { scripts.keys.sorted() }

  /// A runtime; scripts have no use for the options.
  public func makeRuntime(_ options: RuntimeOptions) -> any WorkflowRuntime { ScriptedRuntime(scripts: scripts) }
}

private final class ScriptedRuntime: WorkflowRuntime {
  let scripts: [String: [Step]]

  init(scripts: [String: [Step]]) { self.scripts = scripts }

  func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
    guard let steps = scripts[environment.info.workflowType] else {
      throw WorkflowLoadError(.unregisteredType, "no workflow \(environment.info.workflowType)")
    }
    return ScriptedInstance(steps, environment)
  }
}

private final class ScriptedInstance: WorkflowInstance {
  private let environment: WorkflowEnvironment
  private var steps: ArraySlice<Step>
  private var waiting: Set<OperationID> = []
  private var awaitedSignal: String?
  private var signals: [String] = []
  private var updates: [String] = []
  private var isStuck = false
  private var line = 0

  init(_ steps: [Step], _ environment: WorkflowEnvironment) {
    self.steps = steps[...]
    self.environment = environment
  }

  func start(input: Payloads?, header: Temporal_Api_Common_V1_Header?) {}

  func workflowTaskStarted() throws(TaskFailure) {
    while environment.completion == nil, waiting.isEmpty, !isStuck {
      if let name = awaitedSignal {
        guard let index = signals.firstIndex(of: name) else { return }
        signals.remove(at: index)
        awaitedSignal = nil
      }
      guard let step = steps.popFirst() else {
        environment.complete(.completed(.json("null")))
        return
      }
      line += 1
      try perform(step, isAwaited: true)
    }
  }

  private func wait(_ operation: OperationID, _ isAwaited: Bool) {
    if isAwaited { waiting.insert(operation) }
  }

  private func perform(_ step: Step, isAwaited: Bool) throws(TaskFailure) {
    switch step {
    case .activity(let type, let id, let input):
      wait(try environment.scheduleActivity(activity(type, id, input)).operation, isAwaited)
    case .timer(let seconds):
      wait(try environment.startTimer(nanoseconds: seconds * 1_000_000_000).operation, isAwaited)
    case .parallel(let parts): for part in parts { try perform(part, isAwaited: true) }
    case .unawaited(let part): try perform(part, isAwaited: false)
    case .child(let type, let id, let input):
      let handle = try environment.startChildWorkflow(
        .with {
          $0.workflowType.name = type
          $0.workflowID = id
          $0.input = .json(input)
        })
      wait(handle.operation, isAwaited)
    case .signal(let name, let target, let runID, let input):
      wait(
        try environment.signalExternalWorkflow(
          .with {
            $0.signalName = name
            $0.execution.workflowID = target
            $0.execution.runID = runID
            $0.input = .json(input)
          }), isAwaited)
    case .cancelExternal(let target):
      wait(try environment.cancelExternalWorkflow(.with { $0.workflowID = target }), isAwaited)
    case .sideEffect(let value): _ = try environment.sideEffect { .json(value) }
    case .mutableSideEffect(let id, let value): _ = try environment.mutableSideEffect(id) { .json(value) }
    case .localActivity(let type): wait(environment.executeLocalActivity(.init(type: type)).operation, isAwaited)
    case .version(let id, let minimum, let maximum, let new, let old):
      let version = try environment.version(of: id, minimum: minimum, maximum: maximum)
      steps.insert(contentsOf: version > -1 ? new : old, at: steps.startIndex)
    default: try performOther(step)
    }
  }

  private func performOther(_ step: Step) throws(TaskFailure) {
    switch step {
    case .upsert(let key, let value): try environment.upsertSearchAttributes([key: JSONPayload.payload(json: value)])
    case .memo(let key, let value): try environment.upsertMemo([key: JSONPayload.payload(json: value)])
    case .receive(let name): awaitedSignal = name
    case .handleUpdate(let result):
      for id in updates {
        try environment.acceptUpdate(id)
        try environment.completeUpdate(id, .with { $0.success = .json(result) })
      }
      updates = []
    case .canceledTimer(let seconds):
      let timer = try environment.startTimer(nanoseconds: seconds * 1_000_000_000)
      try environment.cancelTimer(timer)
    case .canceledActivity(let type):
      try environment.cancelActivity(try environment.scheduleActivity(activity(type, "", "null")))
    case .stuck: isStuck = true
    case .raise(let message): environment.complete(.failed(.with { $0.message = message }, isUncaught: true))
    case .fail(let message): environment.complete(.failed(.with { $0.message = message }, isUncaught: false))
    case .complete(let result): environment.complete(.completed(.json(result)))
    case .continueAsNew(let type): environment.complete(.continuedAsNew(.with { $0.workflowType.name = type }))
    default: break
    }
  }

  private func activity(
    _ type: String, _ id: String, _ input: String
  ) -> Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes {
    .with {
      $0.activityType.name = type
      $0.activityID = id
      $0.taskQueue.name = "queue"
      $0.startToCloseTimeout.seconds = 600
      $0.input = .json(input)
    }
  }

  func resolve(_ operation: OperationID, with resolution: Resolution) {
    switch resolution {
    case .childStarted, .retry: return
    default: waiting.remove(operation)
    }
  }

  func signal(_ name: String, input: Payloads?, header: Temporal_Api_Common_V1_Header?) { signals.append(name) }
  func cancelRequested() {}
  func update(_ request: UpdateRequest) { updates.append(request.id) }
  func query(_ type: String, arguments: Payloads?, header: Temporal_Api_Common_V1_Header?) -> QueryAnswer {
    type == "line" ? .answered(.json(String(line))) : .failed("no query \(type)")
  }

  var currentLocation: SourceLocation? { SourceLocation(file: "script", line: line) }
  var currentStack: [StackFrame] { [StackFrame(location: currentLocation, function: "main")] }
  var coroutines: [CoroutineStack] {
    [CoroutineStack(name: "main", waitingFor: isStuck ? "nothing" : nil, frames: currentStack)]
  }
  var wakeSources: WakeSources {
    WakeSources(operations: waiting.count, subscriptions: awaitedSignal.map { [$0] } ?? [])
  }
  var unreceivedSignals: [String] { signals }
  func close() {}
}
