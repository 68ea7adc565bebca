internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Starting runs (`server.md` 9).

extension ServerMachine {
  static var workflowRoutes: [Route] {
    [
      .prompt(WorkflowService.startWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.startWorkflow(request, &turn)
      }
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
}
