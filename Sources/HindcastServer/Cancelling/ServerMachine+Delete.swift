internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Deleting runs (`server.md` 8.5).

extension ServerMachine {
  static var deleteRoutes: [Route] {
    [
      .prompt(WorkflowService.deleteWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.deleteWorkflow(request, &turn)
      }
    ]
  }

  private mutating func deleteWorkflow(
    _ request: Temporal_Api_Workflowservice_V1_DeleteWorkflowExecutionRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DeleteWorkflowExecutionResponse {
    try checkNamespace(request.namespace)
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    let execution = try run(request.workflowExecution, in: request.namespace)
    if execution.isRunning {
      try change(execution.runID, &turn) { transaction in
        transaction.terminate(
          reason: "Delete workflow execution", details: nil, identity: RunTransaction.serverIdentity)
      }
    }
    // Behind what follows from the end of the run: its parent and its children are told before it is gone.
    followUps.append(.delete(runID: execution.runID))
    return .init()
  }
}
