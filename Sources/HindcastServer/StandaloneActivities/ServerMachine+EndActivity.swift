internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias RequestCancelActivityRequest = Temporal_Api_Workflowservice_V1_RequestCancelActivityExecutionRequest
typealias RequestCancelActivityResponse = Temporal_Api_Workflowservice_V1_RequestCancelActivityExecutionResponse
typealias TerminateActivityRequest = Temporal_Api_Workflowservice_V1_TerminateActivityExecutionRequest
typealias TerminateActivityResponse = Temporal_Api_Workflowservice_V1_TerminateActivityExecutionResponse
typealias DeleteActivityRequest = Temporal_Api_Workflowservice_V1_DeleteActivityExecutionRequest
typealias DeleteActivityResponse = Temporal_Api_Workflowservice_V1_DeleteActivityExecutionResponse

// Cancelling, terminating and deleting activities without a workflow (`server.md` 15).

extension ServerMachine {
  static var standaloneActivityRoutes: [Route] {
    [
      .prompt(WorkflowService.startActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.startActivity(request, &turn)
      },
      Route(WorkflowService.describeActivityExecution) { (machine, request, call, turn) throws(ServiceError) in
        try machine.describeActivity(request, call, &turn)
      },
      Route(WorkflowService.pollActivityExecution) { (machine, request, call, turn) throws(ServiceError) in
        try machine.pollActivity(request, call, &turn)
      },
      .prompt(WorkflowService.listActivityExecutions) { (machine, request, _) throws(ServiceError) in
        try machine.listActivities(request)
      },
      .prompt(WorkflowService.countActivityExecutions) { (machine, request, _) throws(ServiceError) in
        try machine.countActivities(request)
      },
      .prompt(WorkflowService.requestCancelActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.requestCancelActivity(request, &turn)
      },
      .prompt(WorkflowService.terminateActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.terminateActivity(request, &turn)
      },
      .prompt(WorkflowService.deleteActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.deleteActivity(request, &turn)
      },
    ]
  }

  private mutating func requestCancelActivity(
    _ request: RequestCancelActivityRequest, _ turn: inout Turn
  ) throws(ServiceError) -> RequestCancelActivityResponse {
    try checkNamespace(request.namespace)
    try checkEnd(request.activityID, request.requestID, request.identity, request.runID, request.reason)
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    if !request.requestID.isEmpty, activity.cancelRequestID == request.requestID {
      changeStandalone(activity.runID, &turn) { _ in }
      return .init()
    }
    guard activity.isRunning else {
      throw .failedPrecondition("activity is in terminal state \(activity.status.serverName)")
    }
    if activity.activity.cancelRequested {
      throw .failedPrecondition("cancellation already requested with request ID \(activity.cancelRequestID)")
    }
    let requestID = request.requestID.isEmpty ? ids.uuid() : request.requestID
    let now = turn.now.nanoseconds
    changeStandalone(activity.runID, &turn) { $0.requestCancel(request, requestID: requestID, at: now) }
    return .init()
  }

  private mutating func terminateActivity(
    _ request: TerminateActivityRequest, _ turn: inout Turn
  ) throws(ServiceError) -> TerminateActivityResponse {
    try checkNamespace(request.namespace)
    try checkEnd(request.activityID, request.requestID, request.identity, request.runID, request.reason)
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    let requestID = request.requestID.isEmpty ? ids.uuid() : request.requestID
    if activity.status == .terminated {
      guard activity.terminateRequestID == requestID else {
        throw .failedPrecondition("already terminated with request ID \(activity.terminateRequestID)")
      }
      changeStandalone(activity.runID, &turn) { _ in }
      return .init()
    }
    guard activity.isRunning else {
      throw .failedPrecondition("invalid transition from \(activity.status.serverName)")
    }
    let now = turn.now.nanoseconds
    changeStandalone(activity.runID, &turn) {
      $0.terminate(reason: request.reason, identity: request.identity, requestID: requestID, at: now)
    }
    return .init()
  }

  private mutating func deleteActivity(
    _ request: DeleteActivityRequest, _ turn: inout Turn
  ) throws(ServiceError) -> DeleteActivityResponse {
    try checkNamespace(request.namespace)
    try checkStandalone(activityID: request.activityID)
    try checkStandalone(runID: request.runID)
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    if activity.isRunning {
      let now = turn.now.nanoseconds
      changeStandalone(activity.runID, &turn) {
        $0.terminate(reason: "Delete activity execution", identity: "", requestID: "", at: now)
      }
    }
    removeStandalone(activity, &turn)
    refuseActivityWaiters(of: activity, &turn)
    return .init()
  }

  private func checkEnd(
    _ activityID: String, _ requestID: String, _ identity: String, _ runID: String, _ reason: String
  ) throws(ServiceError) {
    try checkStandalone(activityID: activityID)
    try checkStandalone(requestID, "request ID")
    try checkStandalone(identity, "identity")
    try checkStandalone(runID: runID)
    if reason.utf8.count > limits.blobBytes { throw .invalidArgument("reason exceeds length limit") }
  }
}
