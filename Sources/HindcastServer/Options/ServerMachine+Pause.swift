internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Pausing runs (`server.md` 5): what happens is recorded, but nothing is handed to workers.

typealias PauseRequest = Temporal_Api_Workflowservice_V1_PauseWorkflowExecutionRequest
typealias PauseResponse = Temporal_Api_Workflowservice_V1_PauseWorkflowExecutionResponse
typealias UnpauseRequest = Temporal_Api_Workflowservice_V1_UnpauseWorkflowExecutionRequest
typealias UnpauseResponse = Temporal_Api_Workflowservice_V1_UnpauseWorkflowExecutionResponse

extension ServerMachine {
  static var pauseRoutes: [Route] {
    [
      .prompt(WorkflowService.pauseWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.pause(request, &turn)
      },
      .prompt(WorkflowService.unpauseWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.unpause(request, &turn)
      },
    ]
  }

  private mutating func pause(_ request: PauseRequest, _ turn: inout Turn) throws(ServiceError) -> PauseResponse {
    try checkNamespace(request.namespace)
    try checkPause(request.reason, request.requestID, request.identity)
    let execution = try openRun(request.workflowID, request.runID, in: request.namespace)
    if execution.record.paused {
      if execution.isPaused(byRequest: request.requestID) { return .init() }
      throw .failedPrecondition("workflow is already paused.")
    }
    try change(execution.runID, &turn) { transaction in
      transaction.pause(
        .with {
          $0.identity = request.identity
          $0.reason = request.reason
          $0.requestID = request.requestID
        })
    }
    return .init()
  }

  private mutating func unpause(
    _ request: UnpauseRequest, _ turn: inout Turn
  ) throws(ServiceError) -> UnpauseResponse {
    try checkNamespace(request.namespace)
    try checkPause(request.reason, request.requestID, request.identity)
    let execution = try openRun(request.workflowID, request.runID, in: request.namespace)
    guard execution.record.paused else { throw .failedPrecondition("workflow is not paused.") }
    try change(execution.runID, &turn) { transaction in
      transaction.unpause(
        .with {
          $0.identity = request.identity
          $0.reason = request.reason
          $0.requestID = request.requestID
        })
    }
    return .init()
  }

  private func checkPause(_ reason: String, _ requestID: String, _ identity: String) throws(ServiceError) {
    for (name, value) in [("reason", reason), ("request id", requestID), ("identity", identity)]
    where value.utf8.count > limits.idBytes {
      throw .invalidArgument("\(name) is too long.")
    }
  }

  private func openRun(
    _ workflowID: String, _ runID: String, in namespace: String
  ) throws(ServiceError) -> Execution {
    let name = WorkflowExecutionMessage.with {
      $0.workflowID = workflowID
      $0.runID = runID
    }
    let execution = try run(name, in: namespace)
    guard execution.isRunning else { throw .alreadyCompleted }
    return execution
  }
}

extension Execution {
  /// Whether the run was paused by this request.
  fileprivate func isPaused(byRequest id: String) -> Bool {
    !id.isEmpty && requests[id]?.eventType == .workflowExecutionPaused
  }
}

extension RunTransaction {
  /// Holds the run: a task that no worker has is taken back.
  mutating func pause(_ attributes: Temporal_Api_History_V1_WorkflowExecutionPausedEventAttributes) {
    if record.workflowTask.kind != .none, record.workflowTask.startedEventID == 0 {
      flushBuffer()
      failWorkflowTask(
        cause: .workflowPauseRequestedBeforeTaskStarted, failure: nil, identity: Self.serverIdentity)
      // The task that comes when the run goes on is no repeated attempt.
      record.workflowTask.attempt = 1
    }
    add(.workflowExecutionPausedEventAttributes(attributes), wakes: false)
    withdrawActivities()
  }

  /// Lets the run go on.
  mutating func unpause(_ attributes: Temporal_Api_History_V1_WorkflowExecutionUnpausedEventAttributes) {
    add(.workflowExecutionUnpausedEventAttributes(attributes))
    dispatchActivities()
  }
}
