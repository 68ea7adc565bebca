internal import HindcastCalls
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Operating activities with and without a workflow: the calls that the CLI makes for both.

extension ServerMachine {
  static var activityExecutionRoutes: [Route] {
    [
      .prompt(WorkflowService.pauseActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        try machine.checkStandalone(activityID: request.activityID)
        if request.workflowID.isEmpty {
          try machine.pauseStandalone(request, &turn)
        } else {
          try machine.pauseActivities(request.ofWorkflow, &turn)
        }
        return .init()
      },
      .prompt(WorkflowService.unpauseActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        try machine.checkStandalone(activityID: request.activityID)
        if request.workflowID.isEmpty {
          try machine.unpauseStandalone(request, &turn)
        } else {
          try machine.unpauseActivities(request.ofWorkflow, &turn)
        }
        return .init()
      },
      .prompt(WorkflowService.resetActivityExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        try machine.checkStandalone(activityID: request.activityID)
        if request.workflowID.isEmpty {
          try machine.resetStandalone(request, &turn)
        } else {
          try machine.resetActivities(request.ofWorkflow, &turn)
        }
        return .init()
      },
      .prompt(WorkflowService.updateActivityExecutionOptions) { (machine, request, turn) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        try machine.checkStandalone(activityID: request.activityID)
        let options =
          try request.workflowID.isEmpty
          ? machine.updateStandaloneOptions(request, &turn)
          : machine.updateActivityOptions(request.ofWorkflow, &turn).activityOptions
        return .with { $0.activityOptions = options }
      },
    ]
  }
}

typealias PauseActivityExecutionRequest = Temporal_Api_Workflowservice_V1_PauseActivityExecutionRequest
typealias UnpauseActivityExecutionRequest = Temporal_Api_Workflowservice_V1_UnpauseActivityExecutionRequest
typealias ResetActivityExecutionRequest = Temporal_Api_Workflowservice_V1_ResetActivityExecutionRequest
typealias UpdateActivityExecutionOptionsRequest =
  Temporal_Api_Workflowservice_V1_UpdateActivityExecutionOptionsRequest

// The same requests as the older calls have them, which know activities of workflows only.

extension PauseActivityExecutionRequest {
  fileprivate var ofWorkflow: PauseActivityRequest {
    .with {
      $0.namespace = namespace
      $0.execution.workflowID = workflowID
      $0.execution.runID = runID
      $0.id = activityID
      $0.identity = identity
      $0.reason = reason
      $0.requestID = requestID
    }
  }
}

extension UnpauseActivityExecutionRequest {
  fileprivate var ofWorkflow: UnpauseActivityRequest {
    .with {
      $0.namespace = namespace
      $0.execution.workflowID = workflowID
      $0.execution.runID = runID
      $0.id = activityID
      $0.identity = identity
      if hasJitter { $0.jitter = jitter }
    }
  }
}

extension ResetActivityExecutionRequest {
  fileprivate var ofWorkflow: ResetActivityRequest {
    .with {
      $0.namespace = namespace
      $0.execution.workflowID = workflowID
      $0.execution.runID = runID
      $0.id = activityID
      $0.identity = identity
      $0.keepPaused = keepPaused
      $0.resetHeartbeat = resetHeartbeat
      $0.restoreOriginalOptions = restoreOriginalOptions
      if hasJitter { $0.jitter = jitter }
    }
  }
}

extension UpdateActivityExecutionOptionsRequest {
  var ofWorkflow: UpdateActivityOptionsRequest {
    .with {
      $0.namespace = namespace
      $0.execution.workflowID = workflowID
      $0.execution.runID = runID
      $0.id = activityID
      $0.identity = identity
      if hasActivityOptions { $0.activityOptions = activityOptions }
      if hasUpdateMask { $0.updateMask = updateMask }
      $0.restoreOriginal = restoreOriginal
    }
  }
}
