internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Sending updates and asking after them (`server.md` 13).

typealias UpdateWorkflowRequest = Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionRequest
typealias UpdateWorkflowResponse = Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionResponse

extension ServerMachine {
  static var updateRoutes: [Route] {
    [
      Route(WorkflowService.updateWorkflowExecution) { (machine, request, call, turn) throws(ServiceError) in
        try machine.updateWorkflow(request, call, &turn) as? UpdateWorkflowResponse
      },
      Route(WorkflowService.pollWorkflowExecutionUpdate) { (machine, request, call, _) throws(ServiceError) in
        try machine.pollUpdate(request, call) as? Temporal_Api_Workflowservice_V1_PollWorkflowExecutionUpdateResponse
      },
      Route(WorkflowService.executeMultiOperation) { (machine, request, call, turn) throws(ServiceError) in
        try machine.executeMultiOperation(request, call, isRepeated: false, &turn) as? MultiOperationResponse
      },
    ]
  }

  private mutating func updateWorkflow(
    _ request: UpdateWorkflowRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> (any Message)? {
    try checkNamespace(request.namespace)
    let request = try checked(request)
    let run = try self.run(request.workflowExecution, in: request.namespace)
    try admit(request, to: run, &turn)
    return try answerOrWait(
      UpdateWait(
        runID: run.runID, updateID: request.request.meta.updateID, stage: request.waitPolicy.lifecycleStage,
        caller: .update(request)), call)
  }

  private mutating func pollUpdate(
    _ request: Temporal_Api_Workflowservice_V1_PollWorkflowExecutionUpdateRequest, _ call: Call
  ) throws(ServiceError) -> (any Message)? {
    try checkNamespace(request.namespace)
    guard request.hasUpdateRef else { throw .invalidArgument("UpdateRef is not set on request.") }
    let run = try self.run(request.updateRef.workflowExecution, in: request.namespace)
    guard run.state(ofUpdate: request.updateRef.updateID) != nil else {
      throw .notFound("update \"\(request.updateRef.updateID)\" not found")
    }
    return try answerOrWait(
      UpdateWait(
        runID: run.runID, updateID: request.updateRef.updateID, stage: request.waitPolicy.lifecycleStage, caller: .poll),
      call)
  }

  /// A request with what it leaves open filled in.
  ///
  /// - Throws: INVALID_ARGUMENT for what is wrong or missing, PERMISSION_DENIED for a stage that cannot be waited for.
  mutating func checked(_ request: UpdateWorkflowRequest) throws(ServiceError) -> UpdateWorkflowRequest {
    var request = request
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    if !request.request.hasMeta { throw .invalidArgument("Update meta is not set on request.") }
    try checkLength(request.request.meta.updateID, of: "UpdateId")
    if request.request.meta.updateID.isEmpty { request.request.meta.updateID = ids.uuid() }
    if !request.request.hasInput { throw .invalidArgument("Update input is not set on request.") }
    if request.request.input.name.isEmpty { throw .invalidArgument("Update name is not set on request.") }
    switch request.waitPolicy.lifecycleStage {
    case .unspecified, .UNRECOGNIZED: request.waitPolicy.lifecycleStage = .completed
    case .admitted:
      throw .permissionDenied(
        "UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.")
    case .accepted, .completed: break
    }
    try check(request.request.links)
    return request
  }

  /// Gives a run an update, unless it has it already.
  ///
  /// - Throws: Why the run takes no update, or not this one.
  mutating func admit(_ request: UpdateWorkflowRequest, to run: Execution, _ turn: inout Turn) throws(ServiceError) {
    let first = request.firstExecutionRunID
    if !first.isEmpty, first != run.record.started.firstExecutionRunID { throw .runNotFound }
    let isKnown = run.state(ofUpdate: request.request.meta.updateID) != nil
    guard run.isRunning else {
      if isKnown { return }
      throw .alreadyCompleted
    }
    if run.record.paused { throw .failedPrecondition("Workflow is paused. Cannot update the workflow.") }
    if run.record.workflowTask.attempt >= 3 {
      throw .workflowNotReady("Unable to perform workflow execution update due to Workflow Task in failed state.")
    }
    if run.isAboutToClose { throw .workflowClosing }
    if isKnown { return }
    try change(run.runID, &turn) { (transaction) throws(ServiceError) in try transaction.admit(request.request) }
  }
}
