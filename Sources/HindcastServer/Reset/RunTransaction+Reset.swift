internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

extension RunTransaction {
  /// Ends the task at which the copied history stops: here the new run leaves the base.
  mutating func failTaskForReset(of baseRunID: String, reason: String) {
    if record.workflowTask.startedEventID == 0 {
      startWorkflowTask(identity: Self.serverIdentity, requestID: "emptyUuid", version: nil)
    }
    let failure = Failure.with {
      $0.message = reason
      $0.resetWorkflowFailureInfo = .init()
    }
    failWorkflowTask(
      cause: .resetWorkflow, failure: failure, identity: Self.serverIdentity, baseRunID: baseRunID,
      newRunID: record.runID)
  }

  /// Brings everything under way for which the copied history waits.
  mutating func dispatchPending() {
    dispatchActivities()
    for child in execution.children.sorted where child.startedEventID == 0 {
      followUps.append(.startChild(runID: record.runID, initiatedEventID: child.initiatedEventID))
    }
    for external in execution.externals.sorted {
      followUps.append(.deliverExternal(runID: record.runID, initiatedEventID: external.initiatedEventID))
    }
    sendPendingNexusRequests()
  }

  /// Lets something that happened to another run happen to this one.
  mutating func reapply(_ event: HistoryEvent) {
    switch event.attributes {
    case .workflowExecutionSignaledEventAttributes(var attributes)?:
      attributes.clearExternalWorkflowExecution()
      add(.workflowExecutionSignaledEventAttributes(attributes), links: event.links)
    case .workflowExecutionUpdateAdmittedEventAttributes(let attributes)?:
      add(.workflowExecutionUpdateAdmittedEventAttributes(attributes))
    case .workflowExecutionUpdateAcceptedEventAttributes(let attributes)?:
      add(
        .workflowExecutionUpdateAdmittedEventAttributes(
          .with {
            $0.request = attributes.acceptedRequest
            $0.origin = .reapply
          }))
    case .workflowExecutionOptionsUpdatedEventAttributes(let attributes)?:
      // Callbacks that came with a request which the copied history knows are there already.
      let id = attributes.attachedRequestID
      if !attributes.attachedCompletionCallbacks.isEmpty, execution.requests[id] != nil { return }
      add(.workflowExecutionOptionsUpdatedEventAttributes(attributes), wakes: false, links: event.links)
    default:
      if let attributes = execution.ownAttributes(ofChildOrOperation: event) { add(attributes, links: event.links) }
    }
  }
}

extension HistoryEvent {
  /// Whether a reset applies the event again; cancel requests and terminations are not.
  func isReapplied(excluding excluded: Set<ReapplyExclude>) -> Bool {
    switch attributes {
    case .workflowExecutionSignaledEventAttributes?: !excluded.contains(.signal)
    case .workflowExecutionUpdateAdmittedEventAttributes?: !excluded.contains(.update)
    // Without its request it follows an admitted one, which is the one to apply.
    case .workflowExecutionUpdateAcceptedEventAttributes(let attributes)?:
      attributes.hasAcceptedRequest && !excluded.contains(.update)
    case .nexusOperationStartedEventAttributes?, .nexusOperationCompletedEventAttributes?,
      .nexusOperationFailedEventAttributes?, .nexusOperationCanceledEventAttributes?,
      .nexusOperationTimedOutEventAttributes?:
      !excluded.contains(.nexus)
    case .workflowExecutionOptionsUpdatedEventAttributes?, .startChildWorkflowExecutionFailedEventAttributes?,
      .childWorkflowExecutionStartedEventAttributes?, .childWorkflowExecutionCompletedEventAttributes?,
      .childWorkflowExecutionFailedEventAttributes?, .childWorkflowExecutionCanceledEventAttributes?,
      .childWorkflowExecutionTimedOutEventAttributes?, .childWorkflowExecutionTerminatedEventAttributes?:
      true
    default: false
    }
  }
}

extension Execution {
  /// What became of a child or a Nexus operation, as an event of this run tells it.
  ///
  /// - Returns: `nil` if this run does not wait for it.
  fileprivate func ownAttributes(ofChildOrOperation event: HistoryEvent) -> EventAttributes? {
    switch event.attributes {
    case .startChildWorkflowExecutionFailedEventAttributes(let attributes)?:
      return children[attributes.initiatedEventID].map { _ in
        .startChildWorkflowExecutionFailedEventAttributes(attributes)
      }
    case .childWorkflowExecutionStartedEventAttributes(let attributes)?:
      guard children[attributes.initiatedEventID]?.startedEventID == 0 else { return nil }
      return .childWorkflowExecutionStartedEventAttributes(attributes)
    case .childWorkflowExecutionCompletedEventAttributes(var attributes)?:
      guard let child = children[attributes.initiatedEventID] else { return nil }
      attributes.startedEventID = child.startedEventID
      return .childWorkflowExecutionCompletedEventAttributes(attributes)
    case .childWorkflowExecutionFailedEventAttributes(var attributes)?:
      guard let child = children[attributes.initiatedEventID] else { return nil }
      attributes.startedEventID = child.startedEventID
      return .childWorkflowExecutionFailedEventAttributes(attributes)
    case .childWorkflowExecutionCanceledEventAttributes(var attributes)?:
      guard let child = children[attributes.initiatedEventID] else { return nil }
      attributes.startedEventID = child.startedEventID
      return .childWorkflowExecutionCanceledEventAttributes(attributes)
    case .childWorkflowExecutionTimedOutEventAttributes(var attributes)?:
      guard let child = children[attributes.initiatedEventID] else { return nil }
      attributes.startedEventID = child.startedEventID
      return .childWorkflowExecutionTimedOutEventAttributes(attributes)
    case .childWorkflowExecutionTerminatedEventAttributes(var attributes)?:
      guard let child = children[attributes.initiatedEventID] else { return nil }
      attributes.startedEventID = child.startedEventID
      return .childWorkflowExecutionTerminatedEventAttributes(attributes)
    case .nexusOperationStartedEventAttributes(let attributes)?:
      guard nexusOperations[attributes.scheduledEventID]?.state == .scheduled else { return nil }
      return event.attributes
    case .nexusOperationCompletedEventAttributes(let attributes)?:
      return nexusOperations[attributes.scheduledEventID] == nil ? nil : event.attributes
    case .nexusOperationFailedEventAttributes(let attributes)?:
      return nexusOperations[attributes.scheduledEventID] == nil ? nil : event.attributes
    case .nexusOperationCanceledEventAttributes(let attributes)?:
      return nexusOperations[attributes.scheduledEventID] == nil ? nil : event.attributes
    case .nexusOperationTimedOutEventAttributes(let attributes)?:
      return nexusOperations[attributes.scheduledEventID] == nil ? nil : event.attributes
    default:
      return nil
    }
  }
}
