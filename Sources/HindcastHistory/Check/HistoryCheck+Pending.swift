import TemporalAPI

// The rules about what is open and how it ends.

extension HistoryCheck {
  /// H012 and H013: what was opened ends once, and what is open has an ID of its own.
  mutating func checkPending(_ event: HistoryEvent, _ index: Int) {
    switch event.attributes {
    case .activityTaskScheduledEventAttributes(let activity)?:
      open(activity.activityID, "activity", in: \.pendingActivityIDs, event, index)
    case .timerStartedEventAttributes(let timer)?:
      open(timer.timerID, "timer", in: \.pendingTimerIDs, event, index)
    default:
      guard event.eventType.resolves, let opener = event.references.first else { return }
      resolve(opener, event, index)
    }
  }

  private mutating func open(
    _ id: String, _ what: String, in pending: WritableKeyPath<HistoryCheck, [String: Int64]>, _ event: HistoryEvent,
    _ index: Int
  ) {
    if let other = self[keyPath: pending][id] {
      log.add(
        .duplicateID, .warning, at: index, field: "\(event.eventType.attributesKey)/\(what)Id",
        "the \(what) ID “\(id)” belongs to event \(other), which is still pending")
    }
    self[keyPath: pending][id] = event.eventID
  }

  private mutating func resolve(_ reference: EventReference, _ event: HistoryEvent, _ index: Int) {
    guard let place = place(of: reference.eventID, before: index), history.events[place].eventType == reference.type
    else {
      return
    }
    if let other = resolvedBy[place] {
      log.add(
        .resolvedTwice, .error, at: index, field: "\(event.eventType.attributesKey)/\(reference.field)",
        "\(event.eventType.displayName) ends event \(reference.eventID), which event \(other) already ended")
    }
    resolvedBy[place] = event.eventID
    switch history.events[place].attributes {
    case .activityTaskScheduledEventAttributes(let activity)?: pendingActivityIDs[activity.activityID] = nil
    case .timerStartedEventAttributes(let timer)?: pendingTimerIDs[timer.timerID] = nil
    default: break
    }
  }

  /// H014: an accepted update has a request, its own or that of its admission.
  mutating func checkUpdate(_ event: HistoryEvent, _ index: Int) {
    switch event.attributes {
    case .workflowExecutionUpdateAdmittedEventAttributes(let admitted)?:
      admittedUpdates.insert(admitted.request.meta.updateID)
    case .workflowExecutionUpdateAcceptedEventAttributes(let accepted)?:
      guard !accepted.hasAcceptedRequest, !admittedUpdates.contains(accepted.protocolInstanceID) else { return }
      log.add(
        .updateWithoutRequest, .error, at: index, field: "\(event.eventType.attributesKey)/acceptedRequest",
        "the update “\(accepted.protocolInstanceID)” was accepted, but its request is nowhere in the history")
    default: return
    }
  }
}

extension EventType {
  /// Whether an event of this type ends what its first reference opened.
  var resolves: Bool {
    switch self {
    case .activityTaskCompleted, .activityTaskFailed, .activityTaskTimedOut, .activityTaskCanceled, .timerFired,
      .timerCanceled, .startChildWorkflowExecutionFailed, .childWorkflowExecutionCompleted,
      .childWorkflowExecutionFailed, .childWorkflowExecutionCanceled, .childWorkflowExecutionTimedOut,
      .childWorkflowExecutionTerminated, .requestCancelExternalWorkflowExecutionFailed,
      .externalWorkflowExecutionCancelRequested, .signalExternalWorkflowExecutionFailed,
      .externalWorkflowExecutionSignaled, .workflowExecutionUpdateCompleted, .nexusOperationCompleted,
      .nexusOperationFailed, .nexusOperationCanceled, .nexusOperationTimedOut:
      true
    default: false
    }
  }
}
