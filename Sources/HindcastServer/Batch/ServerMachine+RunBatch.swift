internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Batch operations at work: each run gets the request that a client would send.

extension ServerMachine {
  /// Runs that a job works on a second.
  private static let runsASecond = 50

  /// Takes a job over.
  mutating func save(_ batch: BatchRecord, _ turn: inout Turn) {
    batches[batch.key] = batch
    turn.save(.batch, owner: batch.namespace, key: batch.jobID, batch)
    dueTimes.set(batch.due > 0 ? batch.due : nil, for: batch.key)
  }

  /// Works on the next runs of a job.
  mutating func run(_ batch: BatchRecord, _ turn: inout Turn) {
    var batch = batch
    guard batch.isRunning, let operation = batch.request.operation else { return }
    for execution in batch.remaining.prefix(Self.runsASecond) {
      do throws(ServiceError) {
        try perform(operation, on: execution, of: batch, &turn)
        batch.description_p.completeOperationCount += 1
      } catch {
        // A run that is gone needs nothing done.
        if error.code == .notFound {
          batch.description_p.completeOperationCount += 1
        } else {
          batch.description_p.failureOperationCount += 1
        }
      }
    }
    batch.remaining.removeFirst(min(Self.runsASecond, batch.remaining.count))
    if batch.remaining.isEmpty {
      batch.end(.completed, at: turn.now.nanoseconds)
    } else {
      batch.due = turn.now.nanoseconds.addingClamped(1_000_000_000)
    }
    save(batch, &turn)
  }

  private mutating func perform(
    _ operation: BatchOperation, on execution: WorkflowExecutionMessage, of batch: BatchRecord, _ turn: inout Turn
  ) throws(ServiceError) {
    let namespace = batch.namespace
    switch operation {
    case .terminationOperation(let operation):
      try call(
        WorkflowService.terminateWorkflowExecution,
        .with {
          $0.namespace = namespace
          $0.workflowExecution = execution
          $0.reason = batch.request.reason
          $0.identity = operation.identity
        }, &turn)
    case .cancellationOperation(let operation):
      let requestID = ids.uuid()
      try call(
        WorkflowService.requestCancelWorkflowExecution,
        .with {
          $0.namespace = namespace
          $0.workflowExecution = execution
          $0.identity = operation.identity
          $0.requestID = requestID
        }, &turn)
    case .signalOperation(let operation):
      let requestID = ids.uuid()
      try call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = namespace
          $0.workflowExecution = execution
          $0.signalName = operation.signal
          if operation.hasInput { $0.input = operation.input }
          if operation.hasHeader { $0.header = operation.header }
          $0.identity = operation.identity
          $0.requestID = requestID
        }, &turn)
    case .deletionOperation:
      try call(
        WorkflowService.deleteWorkflowExecution,
        .with {
          $0.namespace = namespace
          $0.workflowExecution = execution
        }, &turn)
    case .resetOperation(let operation):
      try reset(execution, operation, of: batch, &turn)
    case .updateWorkflowOptionsOperation(let operation):
      try call(
        WorkflowService.updateWorkflowExecutionOptions,
        .with {
          $0.namespace = namespace
          $0.workflowExecution = execution
          $0.workflowExecutionOptions = operation.workflowExecutionOptions
          $0.updateMask = operation.updateMask
          $0.identity = operation.identity
        }, &turn)
    case .unpauseActivitiesOperation(let operation):
      try call(
        WorkflowService.unpauseActivity,
        .with {
          $0.namespace = namespace
          $0.execution = execution
          $0.identity = operation.identity
          $0.resetAttempts = operation.resetAttempts
          $0.resetHeartbeat = operation.resetHeartbeat
          if operation.hasJitter { $0.jitter = operation.jitter }
          switch operation.activity {
          case .type(let type)?: $0.activity = .type(type)
          case .matchAll(let all)?: $0.activity = .unpauseAll(all)
          case nil: break
          }
        }, &turn)
    case .resetActivitiesOperation(let operation):
      try call(
        WorkflowService.resetActivity,
        .with {
          $0.namespace = namespace
          $0.execution = execution
          $0.identity = operation.identity
          $0.resetHeartbeat = operation.resetHeartbeat
          $0.keepPaused = operation.keepPaused
          $0.restoreOriginalOptions = operation.restoreOriginalOptions
          if operation.hasJitter { $0.jitter = operation.jitter }
          switch operation.activity {
          case .type(let type)?: $0.activity = .type(type)
          case .matchAll(let all)?: $0.activity = .matchAll(all)
          case nil: break
          }
        }, &turn)
    case .updateActivityOptionsOperation(let operation):
      try call(
        WorkflowService.updateActivityOptions,
        .with {
          $0.namespace = namespace
          $0.execution = execution
          $0.identity = operation.identity
          $0.activityOptions = operation.activityOptions
          $0.updateMask = operation.updateMask
          $0.restoreOriginal = operation.restoreOriginal
          switch operation.activity {
          case .type(let type)?: $0.activity = .type(type)
          case .matchAll(let all)?: $0.activity = .matchAll(all)
          case nil: break
          }
        }, &turn)
    case .cancelActivitiesOperation, .terminateActivitiesOperation, .deleteActivitiesOperation:
      throw .invalidArgument("The operation type is not supported for this namespace")
    }
  }

  // MARK: Resetting

  private mutating func reset(
    _ execution: WorkflowExecutionMessage, _ operation: Temporal_Api_Batch_V1_BatchOperationReset,
    of batch: BatchRecord, _ turn: inout Turn
  ) throws(ServiceError) {
    let run = try run(execution, in: batch.namespace)
    let eventID = try resetPoint(of: run, operation, turn)
    let requestID = ids.uuid()
    try call(
      WorkflowService.resetWorkflowExecution,
      .with {
        $0.namespace = batch.namespace
        $0.workflowExecution = run.record.execution
        $0.reason = batch.request.reason
        $0.requestID = requestID
        $0.workflowTaskFinishEventID = eventID
        $0.resetReapplyType =
          operation.hasOptions ? operation.options.resetReapplyType : operation.resetReapplyType
        $0.resetReapplyExcludeTypes = operation.options.resetReapplyExcludeTypes
        $0.postResetOperations = operation.postResetOperations
        $0.identity = operation.identity
      }, &turn)
  }

  /// The event that a run is reset to.
  private func resetPoint(
    of run: Execution, _ operation: Temporal_Api_Batch_V1_BatchOperationReset, _ turn: Turn
  ) throws(ServiceError) -> Int64 {
    var isFirst = operation.resetType == .firstWorkflowTask
    switch operation.options.target {
    case .workflowTaskID(let id)?: return id
    case .buildID(let id)?:
      guard let point = run.record.autoResetPoints.points.first(where: { $0.buildID == id }) else {
        throw .notFound("no reset point found")
      }
      return point.firstWorkflowTaskCompletedID
    case .firstWorkflowTask?: isFirst = true
    case .lastWorkflowTask?: isFirst = false
    case nil: break
    }
    let events = try turn.events(ofRun: run.runID)
    func find(_ type: EventType) -> Int64? {
      (isFirst ? events.first { $0.eventType == type } : events.last { $0.eventType == type })?.eventID
    }
    // A task that was not completed is reset to as if it had been.
    if let id = find(.workflowTaskCompleted) { return id }
    guard let id = find(.workflowTaskScheduled) else { throw .notFound("no reset point found") }
    return id + 1
  }

  // MARK: Calls

  /// Does what a method does when a client calls it.
  private mutating func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, _ turn: inout Turn
  ) throws(ServiceError) {
    let name = MethodName(method)
    guard let route = Self.routes[name] else { throw .unknown(name) }
    // None of these methods waits, so nobody asks for the call.
    _ = try route.handle(&self, request, Call(id: CallID(0)), &turn)
  }
}
