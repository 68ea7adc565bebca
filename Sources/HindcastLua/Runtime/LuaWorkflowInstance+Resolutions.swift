import HindcastCore
import SwiftProtobuf
import TemporalAPI

extension LuaWorkflowInstance {
  /// Upstream's bounds of what may wait for the next task.
  private static let mostMessages = 10_000
  private static let mostChildExits = 1000

  // MARK: Results

  func resolve(_ operation: OperationID, with resolution: Resolution) throws(TaskFailure) {
    let index = operation.rawValue
    guard index < operations.count else {
      // The environment refuses some requests before it has returned their operation.
      earlyResolutions.append((operation, resolution))
      return
    }
    guard !isCompleted else { return }
    let pending = operations[index]
    if case .childStarted = resolution {
      guard case .spawn(let child) = pending else { return }
      child.hasStarted = true
      completions.append(OperationCompletion(task: child.task, outcome: .text(child.id.text)))
      return
    }
    operations[index] = .none
    switch pending {
    case .none: break
    case .sleep(let task): finish(task, .nothing)
    case .timer(let timer): try fire(timer)
    case .call(let task): finish(task, outcome(of: resolution))
    case .future(let future): finish(future, resolution)
    case .spawn(let child): finish(child, resolution)
    case .exec(let task, let isWorkflowExec):
      finish(task, isWorkflowExec ? workflowExecOutcome(of: resolution) : outcome(of: resolution))
    case .signal(let task):
      if let error = error(of: resolution) { finish(task, .failed(error)) } else { finish(task, .succeeded) }
    case .cancellation(let task, let isTerminate):
      if let error = error(of: resolution) {
        let context = isTerminate ? "terminate failed" : "cancel failed"
        finish(task, .failed(error.with(kind: ErrorKind.internalError, isRetryable: false).with(context: context)))
      } else {
        finish(task, .succeeded)
      }
    }
  }

  private func finish(_ task: LuaTask, _ outcome: OperationOutcome) {
    completions.append(OperationCompletion(task: task, outcome: outcome))
  }

  /// The error of an operation that did not succeed.
  private func error(of resolution: Resolution) -> LuaErrorValue? {
    switch resolution {
    // Lua code has no local activities.
    case .completed, .childStarted, .retry: nil
    case .failed(let failure): FailureReader.error(failure)
    case .rejected(.canceled):
      LuaErrorValue(kind: ErrorKind.canceled, message: "operation canceled", isRetryable: false)
    case .rejected(let rejection):
      LuaErrorValue(kind: ErrorKind.internalError, message: rejection.description)
    }
  }

  /// The first payload of a result, or the error.
  private func outcome(of resolution: Resolution) -> OperationOutcome {
    switch checkedResult(of: resolution) {
    case .success(let payloads): .payload(payloads.first)
    case .failure(let failed): .failed(failed.error)
    }
  }

  private func workflowExecOutcome(of resolution: Resolution) -> OperationOutcome {
    guard case .failed(let error) = outcome(of: resolution) else { return outcome(of: resolution) }
    // Whatever the cause leaves open is Internal and may be tried again.
    return .failed(
      error.with(
        kind: error.kind.isEmpty ? ErrorKind.internalError : nil, isRetryable: error.isRetryable ?? true
      ).with(context: "workflow exec failed"))
  }

  private func checkedResult(of resolution: Resolution) -> Result<EncodedArguments, FailedOperation> {
    if let error = error(of: resolution) { return .failure(FailedOperation(error: error)) }
    guard case .completed(let payloads?) = resolution else { return .success([]) }
    do throws(PayloadError) {
      try PayloadEncoding.check(payloads.payloads)
      return .success(payloads.payloads)
    } catch {
      return .failure(
        FailedOperation(error: LuaErrorValue(kind: ErrorKind.internalError, message: error.description)))
    }
  }

  private func finish(_ future: Future, _ resolution: Resolution) {
    // A result that comes after a cancel counts for nothing.
    guard future.activity != nil else { return }
    future.activity = nil
    guard let subscription = future.subscription else { return }
    enqueue(
      QueuedMessage(target: .subscription(subscription), body: .result(checkedResult(of: resolution))),
      "the result of an activity")
  }

  private func finish(_ child: SpawnedChild, _ resolution: Resolution) {
    guard child.hasStarted else {
      if let error = error(of: resolution) { finish(child.task, .failed(error)) }
      return
    }
    guard childExits.count < Self.mostChildExits else {
      return environment.warn(.hazard, "child exit queue full, dropping event of \(child.id.text)")
    }
    childExits.append(ChildExit(child: child.id, result: checkedResult(of: resolution).map(\.first)))
  }

  private func fire(_ timer: TimerEntry) throws(TaskFailure) {
    guard timer.isArmed else { return }
    if !timer.isTicker { timer.isArmed = false }
    if let subscription = timer.subscription {
      messages.append(QueuedMessage(target: .subscription(subscription), body: .fired(environment.now)))
    }
    // A ticker arms itself anew from inside the event, before the next task starts (spec/wippy.md 7.6).
    if timer.isTicker { try start(timer, nanoseconds: timer.nanoseconds) }
  }

  /// Starts a server-side timer for an entry.
  func start(_ timer: TimerEntry, nanoseconds: Int64) throws(TaskFailure) {
    timer.isArmed = true
    let handle = try environment.startTimer(nanoseconds: nanoseconds)
    try expect(handle.operation, .timer(timer))
  }

  /// Notes who waits for an operation.
  func expect(_ operation: OperationID, _ pending: PendingOperation) throws(TaskFailure) {
    while operations.count <= operation.rawValue { operations.append(.none) }
    operations[operation.rawValue] = pending
    if let early = earlyResolutions.firstIndex(where: { $0.0 == operation }) {
      let resolution = earlyResolutions.remove(at: early).1
      try resolve(operation, with: resolution)
    }
  }

  // MARK: Messages

  private func enqueue(_ message: QueuedMessage, _ name: String) {
    guard messages.count < Self.mostMessages else {
      return environment.warn(.hazard, "signal queue full, dropping \(name)")
    }
    messages.append(message)
  }

  func signal(
    _ name: String, input: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) throws(TaskFailure) {
    let payloads = input?.payloads ?? []
    do throws(PayloadError) {
      try PayloadEncoding.check(payloads)
    } catch {
      throw TaskFailure(.codeError, "failed to decode signal payloads: \(error)")
    }
    let sender = header.flatMap { ContextHeader.values(of: $0)[ContextHeader.signalFromKey]?.string }
    enqueue(
      QueuedMessage(target: .topic(name), body: .payloads(payloads, from: sender.flatMap(ProcessID.init(parsing:)))),
      "signal \(name)")
  }

  func cancelRequested() throws(TaskFailure) {
    messages.append(QueuedMessage(target: .topic(SystemTopic.events), body: .cancel(environment.now)))
  }

  func query(
    _ type: String, arguments: Temporal_Api_Common_V1_Payloads?, header: Temporal_Api_Common_V1_Header?
  ) -> QueryAnswer {
    switch type {
    case "state": .answered(.init([PayloadEncoding.json(.object([:]))]))
    case "pid": .answered(.init([PayloadEncoding.json(.string(environment.info.workflowID))]))
    default: .failed("unknown query type: \(type)")
    }
  }
}
