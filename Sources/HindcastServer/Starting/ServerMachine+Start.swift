internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Starting runs (`server.md` 9), and talking to them (8).

extension ServerMachine {
  static var workflowRoutes: [Route] {
    [
      .prompt(WorkflowService.startWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.startWorkflow(request, &turn)
      },
      .prompt(WorkflowService.signalWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.signalWorkflow(request, &turn)
      },
      .prompt(WorkflowService.terminateWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.terminateWorkflow(request, &turn)
      },
    ]
  }

  private mutating func startWorkflow(
    _ request: StartWorkflowRequest, _ turn: inout Turn
  ) throws(ServiceError) -> StartWorkflowResponse {
    try checkNamespace(request.namespace)
    if request.workflowID.isEmpty { throw .invalidArgument("WorkflowId is not set on request.") }
    let runID = ids.timedUUID(at: turn.now.nanoseconds)
    var execution = Execution(record: ExecutionRecord())
    execution.record.namespace = request.namespace
    execution.record.workflowID = request.workflowID
    execution.record.runID = runID
    execution.record.startRequestID = request.requestID
    execution.record.nextEventID = 1
    try create(execution, &turn) { transaction in
      transaction.write(
        .workflowExecutionStartedEventAttributes(
          .with {
            $0.workflowType = request.workflowType
            $0.taskQueue = request.taskQueue
            if request.hasInput { $0.input = request.input }
            $0.workflowTaskTimeout = request.workflowTaskTimeout
            $0.originalExecutionRunID = runID
            $0.firstExecutionRunID = runID
            $0.identity = request.identity
            $0.attempt = 1
            $0.workflowID = request.workflowID
            $0.firstWorkflowTaskBackoff = .init()
          }))
      transaction.needsWorkflowTask = true
    }
    return .with {
      $0.runID = runID
      $0.started = true
      $0.status = .running
    }
  }

  private mutating func signalWorkflow(
    _ request: Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionResponse {
    let execution = try run(request.workflowExecution, in: request.namespace)
    guard execution.isRunning else { throw .alreadyCompleted }
    if !request.requestID.isEmpty, execution.requests[request.requestID] != nil { return .init() }
    try change(execution.runID, &turn) { transaction in
      transaction.add(
        .workflowExecutionSignaledEventAttributes(
          .with {
            $0.signalName = request.signalName
            if request.hasInput { $0.input = request.input }
            $0.identity = request.identity
            if request.hasHeader { $0.header = request.header }
            $0.requestID = request.requestID
          }), links: request.links)
    }
    return .init()
  }

  private mutating func terminateWorkflow(
    _ request: Temporal_Api_Workflowservice_V1_TerminateWorkflowExecutionRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_TerminateWorkflowExecutionResponse {
    let execution = try run(request.workflowExecution, in: request.namespace)
    guard execution.isRunning else { throw .alreadyCompleted }
    try change(execution.runID, &turn) { transaction in
      transaction.terminate(
        reason: request.reason, details: request.hasDetails ? request.details : nil, identity: request.identity)
    }
    return .init()
  }
}

extension RunTransaction {
  /// Ends the run at once (`server.md` 8.3).
  mutating func terminate(reason: String, details: Payloads?, identity: String) {
    forceEndOfWorkflowTask()
    flushBuffer()
    write(
      .workflowExecutionTerminatedEventAttributes(
        .with {
          $0.reason = reason
          if let details { $0.details = details }
          $0.identity = identity
        }))
  }
}
