internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What the end of a run means for its parent and its children (`server.md` 11).

extension ServerMachine {
  /// Tells a parent how its child ended.
  ///
  /// The runs of a chain are one child: only the last one's end is told.
  mutating func tellParent(of runID: String, _ event: HistoryEvent, _ turn: inout Turn) {
    guard let child = executions[runID], child.record.started.hasParentWorkflowExecution,
      child.record.newRunID.isEmpty, !event.endsRunThatIsReset,
      let parent = parentThatWaits(for: child)
    else { return }
    let initiatedEventID = child.record.started.parentInitiatedEventID
    guard let pending = parent.children[initiatedEventID],
      pending.initiated.workflowID == child.record.workflowID,
      pending.runID == child.record.started.firstExecutionRunID,
      let outcome = event.childOutcome(of: child, pending)
    else { return }
    changeIfThere(parent.runID, &turn) { $0.add(outcome) }
  }

  /// The run that waits for a child: its parent, or what resets have made of it.
  private func parentThatWaits(for child: Execution) -> Execution? {
    var runID = child.record.started.parentWorkflowExecution.runID
    // A run is reset to a later one, so that this ends; the bound is the real server's.
    for _ in 0...100 {
      guard let parent = executions[runID] else { return nil }
      if parent.isRunning { return parent }
      if parent.record.resetRunID.isEmpty { return nil }
      runID = parent.record.resetRunID
    }
    return nil
  }

  /// Does to the children of a closed run what their policies say.
  ///
  /// Not when the run was reset: then they are children of what the reset made of it.
  mutating func applyParentClosePolicies(of runID: String, _ event: HistoryEvent, _ turn: inout Turn) {
    guard let parent = executions[runID], !parent.children.isEmpty else { return }
    if event.endsRunThatIsReset, !parent.record.resetRunID.isEmpty { return }
    for pending in parent.children.sorted {
      let key = WorkflowKey(namespace: pending.initiated.namespace, workflowID: pending.initiated.workflowID)
      guard let child = currentRun(of: key), child.isChild(of: parent),
        pending.runID.isEmpty || child.record.started.firstExecutionRunID == pending.runID
      else { continue }
      apply(pending.initiated.parentClosePolicy, to: child, of: parent, &turn)
    }
  }

  private mutating func apply(
    _ policy: Temporal_Api_Enums_V1_ParentClosePolicy, to child: Execution, of parent: Execution, _ turn: inout Turn
  ) {
    switch policy {
    case .terminate:
      changeIfThere(child.runID, &turn) {
        $0.terminate(reason: "by parent close policy", details: nil, identity: RunTransaction.serverIdentity)
      }
    case .requestCancel:
      changeIfThere(child.runID, &turn) { transaction in
        transaction.requestCancel(
          .with {
            $0.externalWorkflowExecution = parent.record.execution
            $0.identity = RunTransaction.serverIdentity
          })
      }
    default: break
    }
  }
}

extension HistoryEvent {
  /// Whether this terminated a run because it was reset.
  var endsRunThatIsReset: Bool {
    eventType == .workflowExecutionTerminated
      && workflowExecutionTerminatedEventAttributes.identity == RunTransaction.resetterIdentity
  }

  /// What a parent reads of a child that this event has closed.
  fileprivate func childOutcome(of child: Execution, _ pending: ChildRecord) -> EventAttributes? {
    let namespace = pending.initiated.namespace
    let namespaceID = pending.initiated.namespaceID
    let execution = child.record.execution
    let type = child.record.started.workflowType
    let initiatedEventID = pending.initiatedEventID
    let startedEventID = pending.startedEventID
    switch attributes {
    case .workflowExecutionCompletedEventAttributes(let completed)?:
      return .childWorkflowExecutionCompletedEventAttributes(
        .with {
          if completed.hasResult { $0.result = completed.result }
          $0.namespace = namespace
          $0.namespaceID = namespaceID
          $0.workflowExecution = execution
          $0.workflowType = type
          $0.initiatedEventID = initiatedEventID
          $0.startedEventID = startedEventID
        })
    case .workflowExecutionFailedEventAttributes(let failed)?:
      return .childWorkflowExecutionFailedEventAttributes(
        .with {
          $0.failure = failed.failure
          $0.namespace = namespace
          $0.namespaceID = namespaceID
          $0.workflowExecution = execution
          $0.workflowType = type
          $0.initiatedEventID = initiatedEventID
          $0.startedEventID = startedEventID
          $0.retryState = failed.retryState
        })
    case .workflowExecutionTimedOutEventAttributes(let timedOut)?:
      return .childWorkflowExecutionTimedOutEventAttributes(
        .with {
          $0.namespace = namespace
          $0.namespaceID = namespaceID
          $0.workflowExecution = execution
          $0.workflowType = type
          $0.initiatedEventID = initiatedEventID
          $0.startedEventID = startedEventID
          $0.retryState = timedOut.retryState
        })
    case .workflowExecutionCanceledEventAttributes(let canceled)?:
      return .childWorkflowExecutionCanceledEventAttributes(
        .with {
          if canceled.hasDetails { $0.details = canceled.details }
          $0.namespace = namespace
          $0.namespaceID = namespaceID
          $0.workflowExecution = execution
          $0.workflowType = type
          $0.initiatedEventID = initiatedEventID
          $0.startedEventID = startedEventID
        })
    case .workflowExecutionTerminatedEventAttributes?:
      return .childWorkflowExecutionTerminatedEventAttributes(
        .with {
          $0.namespace = namespace
          $0.namespaceID = namespaceID
          $0.workflowExecution = execution
          $0.workflowType = type
          $0.initiatedEventID = initiatedEventID
          $0.startedEventID = startedEventID
        })
    default:
      return nil
    }
  }
}
