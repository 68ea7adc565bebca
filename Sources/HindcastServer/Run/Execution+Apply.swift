internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The state of a run as a fold over its history. Live requests go through the same code, so that a run that is rebuilt from its
// history (after a reset, or to check the store) is the run that wrote it. What no event tells, such as attempts of an activity
// or the sticky queue, is added by the live code beside it.

extension Execution {
  /// The run that a history tells of; its first event must be the start.
  ///
  /// - Returns: `nil` if the events do not begin with WorkflowExecutionStarted.
  init?(rebuiltFrom events: [HistoryEvent], namespace: String, runID: String) {
    guard case .workflowExecutionStartedEventAttributes? = events.first?.attributes else { return nil }
    record = ExecutionRecord()
    record.namespace = namespace
    record.runID = runID
    for event in events {
      record.nextEventID = event.eventID + 1
      apply(event)
      setEventID(of: event)
    }
  }

  /// Folds an event into the state.
  mutating func apply(_ event: HistoryEvent) {
    let time = event.eventTime.nanoseconds
    switch event.attributes {
    case .workflowExecutionStartedEventAttributes(let attributes)?:
      applyStarted(event, attributes, at: time)

    case .workflowTaskScheduledEventAttributes(let attributes)?:
      applyTaskScheduled(event, attributes, at: time)
    case .workflowTaskStartedEventAttributes(let attributes)?:
      applyTaskStarted(event, attributes, at: time)
    case .workflowTaskCompletedEventAttributes(let attributes)?:
      applyTaskCompleted(event, attributes)
    case .workflowTaskFailedEventAttributes(let attributes)?:
      applyTaskEnded(badly: attributes.cause.problems)
      record.closeAttempted = attributes.cause == .unhandledCommand
      if attributes.cause == .resetWorkflow { applyReset(event, attributes) }
    case .workflowTaskTimedOutEventAttributes(let attributes)?:
      if attributes.timeoutType == .scheduleToStart {
        endTask(raisingAttempt: false)
      } else {
        applyTaskEnded(badly: attributes.timeoutType.problems)
      }
      record.closeAttempted = false

    case .workflowExecutionCompletedEventAttributes(let attributes)?:
      close(.completed, event, at: time)
      if attributes.hasResult { record.closeResult = attributes.result }
      record.newRunID = attributes.newExecutionRunID
    case .workflowExecutionFailedEventAttributes(let attributes)?:
      close(.failed, event, at: time)
      record.closeFailure = attributes.failure
      record.newRunID = attributes.newExecutionRunID
    case .workflowExecutionTimedOutEventAttributes(let attributes)?:
      close(.timedOut, event, at: time)
      record.newRunID = attributes.newExecutionRunID
    case .workflowExecutionCanceledEventAttributes?: close(.canceled, event, at: time)
    case .workflowExecutionTerminatedEventAttributes?: close(.terminated, event, at: time)
    case .workflowExecutionContinuedAsNewEventAttributes(let attributes)?:
      close(.continuedAsNew, event, at: time)
      record.newRunID = attributes.newExecutionRunID

    case .workflowExecutionSignaledEventAttributes(let attributes)?:
      record.signalCount += 1
      note(request: attributes.requestID, of: event)
    case .workflowExecutionCancelRequestedEventAttributes?: record.cancelRequested = true
    case .workflowExecutionOptionsUpdatedEventAttributes(let attributes)?:
      applyOptions(event, attributes)
    case .workflowExecutionPausedEventAttributes(let attributes)?:
      record.paused = true
      record.status = .paused
      record.pauseInfo = .with {
        $0.identity = attributes.identity
        $0.reason = attributes.reason
        $0.pausedTime = event.eventTime
      }
      note(request: attributes.requestID, of: event)
    case .workflowExecutionUnpausedEventAttributes?:
      record.paused = false
      record.status = .running
      record.clearPauseInfo()

    case .timerStartedEventAttributes(let attributes)?:
      timers[attributes.timerID] = .with {
        $0.timerID = attributes.timerID
        $0.startedEventID = event.eventID
        $0.due = time.addingClamped(max(attributes.startToFireTimeout.nanoseconds, 0))
      }
    case .timerFiredEventAttributes(let attributes)?: timers.remove(attributes.timerID)
    case .timerCanceledEventAttributes(let attributes)?: timers.remove(attributes.timerID)

    case .activityTaskScheduledEventAttributes(let attributes)?:
      activities[event.eventID] = .with {
        $0.scheduledEventID = event.eventID
        $0.scheduled = attributes
        if event.hasUserMetadata { $0.userMetadata = event.userMetadata }
        $0.firstScheduledTime = time
        $0.scheduledTime = time
        $0.attempt = 1
      }
    case .activityTaskCancelRequestedEventAttributes(let attributes)?:
      activities.update(attributes.scheduledEventID) {
        $0.cancelRequested = true
        $0.cancelRequestEventID = event.eventID
      }
    case .activityTaskCompletedEventAttributes(let attributes)?: activities.remove(attributes.scheduledEventID)
    case .activityTaskFailedEventAttributes(let attributes)?: activities.remove(attributes.scheduledEventID)
    case .activityTaskTimedOutEventAttributes(let attributes)?: activities.remove(attributes.scheduledEventID)
    case .activityTaskCanceledEventAttributes(let attributes)?: activities.remove(attributes.scheduledEventID)

    case .startChildWorkflowExecutionInitiatedEventAttributes(let attributes)?:
      children[event.eventID] = .with {
        $0.initiatedEventID = event.eventID
        $0.initiated = attributes
        if event.hasUserMetadata { $0.userMetadata = event.userMetadata }
      }
    case .childWorkflowExecutionStartedEventAttributes(let attributes)?:
      children.update(attributes.initiatedEventID) {
        $0.startedEventID = event.eventID == 0 ? RunTransaction.bufferedEventID : event.eventID
        $0.runID = attributes.workflowExecution.runID
      }
    case .startChildWorkflowExecutionFailedEventAttributes(let attributes)?:
      children.remove(attributes.initiatedEventID)
    case .childWorkflowExecutionCompletedEventAttributes(let attributes)?: children.remove(attributes.initiatedEventID)
    case .childWorkflowExecutionFailedEventAttributes(let attributes)?: children.remove(attributes.initiatedEventID)
    case .childWorkflowExecutionCanceledEventAttributes(let attributes)?: children.remove(attributes.initiatedEventID)
    case .childWorkflowExecutionTimedOutEventAttributes(let attributes)?: children.remove(attributes.initiatedEventID)
    case .childWorkflowExecutionTerminatedEventAttributes(let attributes)?: children.remove(attributes.initiatedEventID)

    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let attributes)?:
      externals[event.eventID] = .with {
        $0.initiatedEventID = event.eventID
        $0.signal = attributes
      }
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let attributes)?:
      externals[event.eventID] = .with {
        $0.initiatedEventID = event.eventID
        $0.isCancel = true
        $0.cancel = attributes
      }
    case .externalWorkflowExecutionSignaledEventAttributes(let attributes)?:
      externals.remove(attributes.initiatedEventID)
    case .signalExternalWorkflowExecutionFailedEventAttributes(let attributes)?:
      externals.remove(attributes.initiatedEventID)
    case .externalWorkflowExecutionCancelRequestedEventAttributes(let attributes)?:
      externals.remove(attributes.initiatedEventID)
    case .requestCancelExternalWorkflowExecutionFailedEventAttributes(let attributes)?:
      externals.remove(attributes.initiatedEventID)

    case .workflowExecutionUpdateAdmittedEventAttributes(let attributes)?:
      applyUpdateAdmitted(event, attributes)
    case .workflowExecutionUpdateAcceptedEventAttributes(let attributes)?: applyUpdateAccepted(event, attributes)
    case .workflowExecutionUpdateCompletedEventAttributes(let attributes)?: applyUpdateCompleted(event, attributes)

    case .upsertWorkflowSearchAttributesEventAttributes(let attributes)?:
      for (name, value) in attributes.searchAttributes.indexedFields {
        record.searchAttributes.indexedFields[name] = value.isNull ? nil : value
      }
    case .workflowPropertiesModifiedEventAttributes(let attributes)?:
      for (name, value) in attributes.upsertedMemo.fields { record.memo.fields[name] = value.isNull ? nil : value }

    case .nexusOperationScheduledEventAttributes(let attributes)?:
      nexusOperations[event.eventID] = .with {
        $0.scheduledEventID = event.eventID
        $0.scheduled = attributes
        if event.hasUserMetadata { $0.userMetadata = event.userMetadata }
        $0.scheduledTime = time
        $0.state = .scheduled
      }
    case .nexusOperationStartedEventAttributes(let attributes)?:
      nexusOperations.update(attributes.scheduledEventID) {
        $0.startedEventID = event.eventID == 0 ? RunTransaction.bufferedEventID : event.eventID
        $0.startedTime = time
        $0.operationToken =
          attributes.operationToken.isEmpty ? attributes.operationID : attributes.operationToken
        $0.state = .started
        $0.attempt &+= 1
        $0.clearLastFailure()
        $0.nextAttemptDue = 0
        $0.endRequest(.start)
        if $0.cancelRequested {
          $0.cancelState = .scheduled
          $0.cancelRequestedTime = time
        }
      }
    case .nexusOperationCancelRequestedEventAttributes(let attributes)?:
      nexusOperations.update(attributes.scheduledEventID) {
        $0.cancelRequested = true
        $0.cancelRequestedEventID = event.eventID
        $0.cancelRequestedTime = time
        if $0.state == .started { $0.cancelState = .scheduled }
      }
    case .nexusOperationCancelRequestCompletedEventAttributes(let attributes)?:
      nexusOperations.update(attributes.scheduledEventID) { $0.cancelState = .succeeded }
    case .nexusOperationCancelRequestFailedEventAttributes(let attributes)?:
      nexusOperations.update(attributes.scheduledEventID) {
        $0.cancelState = .failed
        $0.cancelLastFailure = attributes.failure
      }
    case .nexusOperationCompletedEventAttributes(let attributes)?: nexusOperations.remove(attributes.scheduledEventID)
    case .nexusOperationFailedEventAttributes(let attributes)?: nexusOperations.remove(attributes.scheduledEventID)
    case .nexusOperationCanceledEventAttributes(let attributes)?: nexusOperations.remove(attributes.scheduledEventID)
    case .nexusOperationTimedOutEventAttributes(let attributes)?: nexusOperations.remove(attributes.scheduledEventID)

    case .workflowExecutionTimeSkippingTransitionedEventAttributes(let attributes)?:
      applyTimeSkipped(attributes, at: time)

    default:
      break
    }
  }

  /// Tells the state the id of an event that was folded in before it had one.
  mutating func setEventID(of event: HistoryEvent) {
    switch event.attributes {
    case .childWorkflowExecutionStartedEventAttributes(let attributes)?:
      children.update(attributes.initiatedEventID) { $0.startedEventID = event.eventID }
    case .nexusOperationStartedEventAttributes(let attributes)?:
      nexusOperations.update(attributes.scheduledEventID) { $0.startedEventID = event.eventID }
    case .workflowExecutionSignaledEventAttributes(let attributes)?:
      note(request: attributes.requestID, of: event)
    case .workflowExecutionPausedEventAttributes(let attributes)?:
      note(request: attributes.requestID, of: event)
    case .workflowExecutionOptionsUpdatedEventAttributes(let attributes)?:
      note(request: attributes.attachedRequestID, of: event)
    case .workflowExecutionUpdateAdmittedEventAttributes(let attributes)?:
      updates.update(attributes.request.meta.updateID) { $0.admittedEventID = event.eventID }
    default:
      break
    }
  }

  /// Remembers that a request was carried out, with the event that it wrote.
  mutating func note(request id: String, of event: HistoryEvent) {
    guard !id.isEmpty else { return }
    requests[id] = .with {
      $0.requestID = id
      $0.eventType = event.eventType
      $0.eventID = event.eventID
      $0.buffered = event.eventID == 0
    }
  }

  private mutating func applyStarted(_ event: HistoryEvent, _ attributes: StartedAttributes, at time: Int64) {
    record.workflowID = attributes.workflowID
    record.started = attributes
    record.startLinks = event.links
    addCallbacks(attributes.completionCallbacks, request: record.startRequestID, at: time)
    if event.hasUserMetadata { record.userMetadata = event.userMetadata }
    record.startTime = time
    record.originalStartTime = time
    record.status = .running
    record.workflowTask.attempt = 1
    if attributes.hasMemo { record.memo = attributes.memo }
    if attributes.hasSearchAttributes { record.searchAttributes = attributes.searchAttributes }
    if attributes.hasPriority { record.priority = attributes.priority }
    if attributes.hasVersioningOverride { record.versioningOverride = attributes.versioningOverride }
    applyInheritedVersion(attributes)
    if record.effectiveBehavior != .unspecified { noteOverrideAttributes() }
    if attributes.hasPrevAutoResetPoints { record.autoResetPoints = attributes.prevAutoResetPoints }
    let backoff = attributes.firstWorkflowTaskBackoff.nanoseconds
    let executionTime = time.addingClamped(backoff)
    record.firstTaskDue = backoff > 0 ? executionTime : 0
    let runTimeout = attributes.workflowRunTimeout.nanoseconds
    if runTimeout > 0 { record.runTimeoutDue = executionTime.addingClamped(runTimeout) }
    if attributes.hasWorkflowExecutionExpirationTime {
      let expiration = attributes.workflowExecutionExpirationTime.nanoseconds
      record.executionTimeoutDue = expiration
      if record.runTimeoutDue == 0 || record.runTimeoutDue > expiration { record.runTimeoutDue = expiration }
    }
    applyTimeSkippingStart(attributes, at: time)
    record.rootWorkflowID =
      attributes.hasRootWorkflowExecution ? attributes.rootWorkflowExecution.workflowID : attributes.workflowID
    record.rootRunID = attributes.hasRootWorkflowExecution ? attributes.rootWorkflowExecution.runID : record.runID
  }

  private mutating func applyOptions(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowExecutionOptionsUpdatedEventAttributes
  ) {
    let override = record.hasVersioningOverride ? record.versioningOverride : nil
    if attributes.unsetVersioningOverride { record.clearVersioningOverride() }
    if attributes.hasVersioningOverride { record.versioningOverride = attributes.versioningOverride }
    if (record.hasVersioningOverride ? record.versioningOverride : nil) != override { noteOverrideAttributes() }
    if attributes.hasPriority { record.priority = attributes.priority }
    if attributes.timeSkippingConfigUpdated {
      applyTimeSkipping(
        attributes.hasTimeSkippingConfig ? attributes.timeSkippingConfig : nil, at: event.eventTime.nanoseconds)
    }
    addCallbacks(
      attributes.attachedCompletionCallbacks, request: attributes.attachedRequestID, at: event.eventTime.nanoseconds)
    note(request: attributes.attachedRequestID, of: event)
  }

  /// Callbacks that the run's end is to call.
  private mutating func addCallbacks(
    _ callbacks: [Temporal_Api_Common_V1_Callback], request id: String, at time: Int64
  ) {
    record.callbacks += callbacks.map { callback in
      .with {
        $0.callback = callback
        $0.requestID = id
        $0.registrationTime = time
        $0.state = .standby
      }
    }
  }

  private mutating func close(_ status: WorkflowStatus, _ event: HistoryEvent, at time: Int64) {
    record.status = status
    record.closeTime = time
    record.completionEventID = event.eventID
    record.runTimeoutDue = 0
    record.executionTimeoutDue = 0
    record.firstTaskDue = 0
    record.workflowTask = .with { $0.attempt = 1 }
  }
}

extension Payload {
  /// Whether the payload is the null, or the empty list, that takes a key out of a memo or of search attributes
  /// (`server.md` 14.3).
  var isNull: Bool {
    data.isEmpty || data.elementsEqual("null".utf8) || data.elementsEqual("[]".utf8)
  }
}
