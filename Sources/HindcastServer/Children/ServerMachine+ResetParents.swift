internal import HindcastRecords
internal import TemporalAPI
internal import TemporalServiceAPI

// Children of a run that a reset made (`server.md` 8.4): the ones from before stay children.

extension ServerMachine {
  /// The child that the base of a reset run started for an event that the reset run has taken over.
  ///
  /// - Returns: `nil` if there is none: then the child is started like any other.
  func childBeforeReset(
    _ initiated: ChildInitiated, _ initiatedEventID: Int64, of parent: Execution
  ) -> Execution? {
    guard parent.record.resetEventID > initiatedEventID else { return nil }
    return relatedChild(initiated, of: parent)
  }

  /// Whether the reset run starts a child anew that its base started after the point of the reset: the old one is terminated.
  func restartsChildAfterReset(_ initiated: ChildInitiated, of parent: Execution) -> Bool {
    guard parent.record.resetEventID > 0, let child = relatedChild(initiated, of: parent) else { return false }
    return child.record.started.workflowType == initiated.workflowType
      && child.record.started.parentWorkflowExecution.runID == parent.record.resetBaseRunID
      && child.record.started.parentInitiatedEventID >= parent.record.resetEventID
  }

  /// The current run of a workflow id if it is the child of a run that this one was made of by resets.
  private func relatedChild(_ initiated: ChildInitiated, of parent: Execution) -> Execution? {
    guard
      let child = currentRun(of: WorkflowKey(namespace: initiated.namespace, workflowID: initiated.workflowID)),
      child.record.started.parentWorkflowNamespace == parent.record.namespace,
      child.record.started.parentWorkflowExecution.workflowID == parent.record.workflowID,
      let itsParent = executions[child.record.started.parentWorkflowExecution.runID],
      itsParent.record.started.originalExecutionRunID == parent.record.started.originalExecutionRunID
    else { return nil }
    return child
  }
}
