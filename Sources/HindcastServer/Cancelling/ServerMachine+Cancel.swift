internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Ending runs from outside: asking them to (`server.md` 8.2) and making them (8.3).

typealias CancelRequest = Temporal_Api_Workflowservice_V1_RequestCancelWorkflowExecutionRequest
typealias TerminateRequest = Temporal_Api_Workflowservice_V1_TerminateWorkflowExecutionRequest
typealias CancelRequestedAttributes = Temporal_Api_History_V1_WorkflowExecutionCancelRequestedEventAttributes

extension ServerMachine {
  static var cancelRoutes: [Route] {
    [
      .prompt(WorkflowService.requestCancelWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.requestCancel(request, &turn)
      },
      .prompt(WorkflowService.terminateWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.terminateWorkflow(request, &turn)
      },
    ]
  }

  private mutating func requestCancel(
    _ request: CancelRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_RequestCancelWorkflowExecutionResponse {
    try checkNamespace(request.namespace)
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    try check(request.links)
    let execution = try run(request.workflowExecution, ofChain: request.firstExecutionRunID, in: request.namespace)
    // Cancelling a run that has closed is no error.
    guard execution.isRunning else { return .init() }
    try check(execution, isOfChain: request.firstExecutionRunID)
    let requested = CancelRequestedAttributes.with {
      $0.cause = request.reason
      $0.identity = request.identity
    }
    if execution.record.cancelRequested { return .init() }
    try change(execution.runID, &turn) { $0.requestCancel(requested, links: request.links) }
    return .init()
  }

  private mutating func terminateWorkflow(
    _ request: TerminateRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_TerminateWorkflowExecutionResponse {
    try checkNamespace(request.namespace)
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    try check(request.links)
    let execution = try run(request.workflowExecution, ofChain: request.firstExecutionRunID, in: request.namespace)
    guard execution.isRunning else { throw .alreadyCompleted }
    try check(execution, isOfChain: request.firstExecutionRunID)
    try change(execution.runID, &turn) { transaction in
      transaction.terminate(
        reason: request.reason.isEmpty ? "terminated by user via frontend" : request.reason,
        details: request.hasDetails ? request.details : nil,
        identity: request.identity.isEmpty ? "frontend-service" : request.identity, links: request.links)
    }
    return .init()
  }

  /// The run that a request means: with a first run id it is the current run of that chain.
  private func run(
    _ execution: WorkflowExecutionMessage, ofChain firstRunID: String, in namespace: String
  ) throws(ServiceError) -> Execution {
    var execution = execution
    if !firstRunID.isEmpty { execution.runID = "" }
    return try run(execution, in: namespace)
  }

  private func check(_ execution: Execution, isOfChain firstRunID: String) throws(ServiceError) {
    if !firstRunID.isEmpty, execution.record.started.firstExecutionRunID != firstRunID { throw .runNotFound }
  }
}

extension RunTransaction {
  /// Asks the workflow to end; a run is asked once.
  mutating func requestCancel(_ attributes: CancelRequestedAttributes, links: [Link] = []) {
    guard !record.cancelRequested else { return }
    add(.workflowExecutionCancelRequestedEventAttributes(attributes), links: links)
  }

  /// Ends the run at once (`server.md` 8.3).
  mutating func terminate(
    reason: String, details: Payloads?, identity: String, links: [Temporal_Api_Common_V1_Link] = []
  ) {
    forceEndOfWorkflowTask()
    flushBuffer()
    write(
      .workflowExecutionTerminatedEventAttributes(
        .with {
          $0.reason = reason
          if let details { $0.details = details }
          $0.identity = identity
        }), links: links)
  }
}
