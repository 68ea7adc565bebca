internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// How a run is described (`server.md` 14.2).

typealias DescribeWorkflowResponse = Temporal_Api_Workflowservice_V1_DescribeWorkflowExecutionResponse

extension ServerMachine {
  static var describeRoutes: [Route] {
    [
      .prompt(WorkflowService.describeWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.describe(request, turn)
      }
    ]
  }

  private func describe(
    _ request: Temporal_Api_Workflowservice_V1_DescribeWorkflowExecutionRequest, _ turn: Turn
  ) throws(ServiceError) -> DescribeWorkflowResponse {
    try checkNamespace(request.namespace)
    try check(request.hasExecution ? request.execution : nil)
    let run = try run(request.execution, in: request.namespace)
    var description = run.description(at: turn.now.nanoseconds)
    description.workflowExecutionInfo.parentNamespaceID = parentNamespaceID(of: run)
    if !run.record.resetBaseRunID.isEmpty {
      description.workflowExtendedInfo.lastResetTime = run.record.resetTime.timestamp
    }
    return description
  }

  private func parentNamespaceID(of run: Execution) -> String {
    let started = run.record.started
    guard started.hasParentWorkflowExecution else { return "" }
    if !started.parentWorkflowNamespaceID.isEmpty { return started.parentWorkflowNamespaceID }
    let name = started.parentWorkflowNamespace.isEmpty ? run.record.namespace : started.parentWorkflowNamespace
    return namespaces[name]?.id ?? ""
  }
}

extension Execution {
  /// All that a description tells which the run itself knows.
  ///
  /// - Parameter now: On the server's clock.
  fileprivate func description(at now: Int64) -> DescribeWorkflowResponse {
    .with {
      $0.executionConfig = configuration
      $0.workflowExecutionInfo = information
      $0.workflowExtendedInfo = extendedInformation
      if let timeSkipping = timeSkippingInfo(at: now) { $0.workflowExtendedInfo.timeSkippingInfo = timeSkipping }
      if isRunning {
        $0.pendingActivities = pendingActivityInfo(at: now.addingClamped(record.skipped))
        $0.pendingChildren = pendingChildren
        $0.pendingNexusOperations = pendingNexusOperations
        if let task = pendingWorkflowTask { $0.pendingWorkflowTask = task }
      }
      $0.callbacks = callbackInfos
    }
  }

  private var configuration: Temporal_Api_Workflow_V1_WorkflowExecutionConfig {
    .with {
      let started = record.started
      $0.taskQueue.name = started.taskQueue.name
      $0.taskQueue.kind = .normal
      if started.hasWorkflowExecutionTimeout { $0.workflowExecutionTimeout = started.workflowExecutionTimeout }
      if started.hasWorkflowRunTimeout { $0.workflowRunTimeout = started.workflowRunTimeout }
      $0.defaultWorkflowTaskTimeout = started.workflowTaskTimeout
      if record.hasUserMetadata { $0.userMetadata = record.userMetadata }
    }
  }

  private var information: WorkflowExecutionInfo {
    .with {
      let started = record.started
      $0.execution = record.execution
      $0.type = started.workflowType
      $0.startTime = record.startTime.timestamp
      $0.executionTime = executionTime.timestamp
      $0.status = record.status
      $0.historyLength = record.nextEventID - 1
      $0.historySizeBytes = record.historySizeBytes
      $0.stateTransitionCount = record.stateTransitionCount
      $0.memo = record.memo
      $0.searchAttributes = searchAttributes
      $0.autoResetPoints = record.autoResetPoints
      $0.taskQueue = started.taskQueue.name
      $0.firstRunID = started.firstExecutionRunID
      if started.hasParentWorkflowExecution { $0.parentExecution = started.parentWorkflowExecution }
      $0.rootExecution.workflowID = record.rootWorkflowID
      $0.rootExecution.runID = record.rootRunID
      if record.hasPriority, record.priority != .init() { $0.priority = record.priority }
      if let versioning = record.versioningInfo { $0.versioningInfo = versioning }
      if record.hasMostRecentWorkerVersion { $0.mostRecentWorkerVersionStamp = record.mostRecentWorkerVersion }
      if !isRunning {
        $0.closeTime = record.closeTime.timestamp
        $0.executionDuration = record.closeTime.addingClamped(-executionTime).protobufDuration
      }
    }
  }

  private var extendedInformation: Temporal_Api_Workflow_V1_WorkflowExecutionExtendedInfo {
    .with {
      let started = record.started
      // What a run without timeouts has is the zero time of Go, in this field only.
      $0.runExpirationTime = .init(seconds: -62_135_596_800)
      let timeout = started.workflowRunTimeout.nanoseconds
      if timeout > 0 { $0.runExpirationTime = executionTime.addingClamped(timeout).timestamp }
      if started.hasWorkflowExecutionExpirationTime {
        $0.executionExpirationTime = started.workflowExecutionExpirationTime
      }
      $0.cancelRequested = record.cancelRequested
      $0.originalStartTime = record.originalStartTime.timestamp
      $0.resetRunID = record.resetRunID
      if record.paused { $0.pauseInfo = record.pauseInfo }
      $0.requestIDInfos[record.startRequestID] = .with {
        $0.eventType = .workflowExecutionStarted
        $0.eventID = 1
      }
      for request in requests.sorted where request.isDescribed {
        $0.requestIDInfos[request.requestID] = .with {
          $0.eventType = request.eventType
          $0.eventID = request.eventID
          $0.buffered = request.buffered
        }
      }
    }
  }

  private var pendingWorkflowTask: Temporal_Api_Workflow_V1_PendingWorkflowTaskInfo? {
    let task = record.workflowTask
    guard task.kind != .none else { return nil }
    return .with {
      $0.state = task.startedEventID == 0 ? .scheduled : .started
      $0.scheduledTime = task.scheduledTime.timestamp
      $0.originalScheduledTime = task.originalScheduledTime.timestamp
      if task.startedEventID != 0 { $0.startedTime = task.startedTime.timestamp }
      $0.attempt = task.attempt
    }
  }

  private var callbackInfos: [Temporal_Api_Workflow_V1_CallbackInfo] {
    record.callbacks.map { callback in
      .with {
        $0.callback = callback.callback
        $0.trigger.workflowClosed = .init()
        $0.registrationTime = callback.registrationTime.timestamp
        $0.state = callback.state
        $0.attempt = callback.attempt
        if callback.lastAttemptTime > 0 { $0.lastAttemptCompleteTime = callback.lastAttemptTime.timestamp }
        if callback.hasLastFailure { $0.lastAttemptFailure = callback.lastFailure }
      }
    }
  }
}

extension RequestRecord {
  /// Whether descriptions tell of the request: those that a start may have been attached to.
  fileprivate var isDescribed: Bool {
    eventType == .workflowExecutionStarted || eventType == .workflowExecutionOptionsUpdated
  }
}
