internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// How a child begins (`server.md` 11): its Started event, then the parent's ChildWorkflowExecutionStarted, and only then the
// child's first workflow task.

extension ServerMachine {
  /// Starts the child that a run has initiated; a parent that has closed meanwhile starts none.
  mutating func startChild(_ initiatedEventID: Int64, of parentRunID: String, _ turn: inout Turn) {
    guard let parent = executions[parentRunID], parent.isRunning, let child = parent.children[initiatedEventID],
      child.startedEventID == 0
    else { return }
    let initiated = child.initiated
    guard namespaces[initiated.namespace] != nil else {
      return failStart(of: child, of: parentRunID, .namespaceNotFound, &turn)
    }
    if let existing = childBeforeReset(initiated, initiatedEventID, of: parent) {
      let firstRunID = existing.record.started.firstExecutionRunID
      return recordStart(of: child, runID: firstRunID, in: parentRunID, &turn)
    }
    do throws(ServiceError) {
      let outcome = try startRun(start(of: child, of: parent, at: turn.now), &turn)
      recordStart(of: child, runID: outcome.runID, in: parentRunID, &turn)
      try scheduleFirstTask(outcome.runID, &turn)
    } catch {
      failStart(of: child, of: parentRunID, .workflowAlreadyExists, &turn)
    }
  }

  private func start(of child: ChildRecord, of parent: Execution, at now: ServerTime) -> RunStart {
    let initiated = child.initiated
    let runNow = now.nanoseconds.addingClamped(parent.record.skipped)
    var start = RunStart(
      namespace: initiated.namespace,
      attributes: startedAttributes(of: initiated, child.initiatedEventID, parent, runNow))
    start.requestID = "\(parent.runID):\(child.initiatedEventID):0"
    if child.hasUserMetadata { start.userMetadata = child.userMetadata }
    start.reusePolicy = initiated.workflowIDReusePolicy
    start.schedulesFirstTask = false
    if restartsChildAfterReset(initiated, of: parent) {
      start.reusePolicy = .allowDuplicate
      start.conflictPolicy = .terminateExisting
    }
    return start
  }

  private func startedAttributes(
    of initiated: ChildInitiated, _ initiatedEventID: Int64, _ parent: Execution, _ now: Int64
  ) -> StartedAttributes {
    var attributes = StartedAttributes.with {
      $0.workflowType = initiated.workflowType
      $0.parentWorkflowNamespace = parent.record.namespace
      $0.parentWorkflowNamespaceID = namespaces[parent.record.namespace]?.id ?? ""
      $0.parentWorkflowExecution = parent.record.execution
      $0.parentInitiatedEventID = initiatedEventID
      $0.rootWorkflowExecution.workflowID = parent.record.rootWorkflowID
      $0.rootWorkflowExecution.runID = parent.record.rootRunID
      $0.taskQueue = initiated.taskQueue
      if initiated.hasInput { $0.input = initiated.input }
      if initiated.hasWorkflowExecutionTimeout {
        $0.workflowExecutionTimeout = initiated.workflowExecutionTimeout
      }
      $0.workflowRunTimeout = initiated.workflowRunTimeout
      $0.workflowTaskTimeout = initiated.workflowTaskTimeout
      $0.attempt = 1
      if initiated.hasRetryPolicy { $0.retryPolicy = initiated.retryPolicy }
      if initiated.hasHeader { $0.header = initiated.header }
      if initiated.hasMemo { $0.memo = initiated.memo }
      if initiated.hasSearchAttributes { $0.searchAttributes = initiated.searchAttributes }
      $0.workflowID = initiated.workflowID
      if initiated.hasPriority || parent.record.hasPriority {
        $0.priority = parent.record.priority.merged(with: initiated.priority)
      }
      if initiated.hasVersioningOverride { $0.versioningOverride = initiated.versioningOverride }
      if initiated.hasTimeSkippingConfig { $0.timeSkippingConfig = initiated.timeSkippingConfig }
      if initiated.hasTimeSkippingStatePropagation {
        $0.timeSkippingStatePropagation = initiated.timeSkippingStatePropagation
      }
    }
    inheritVersion(&attributes, in: initiated.namespace, from: parent.record, as: .child)
    attributes.setBackoff(cron: initiated.cronSchedule, delay: .init(), at: now)
    attributes.clipTimeouts(limits, at: now)
    return attributes
  }

  // MARK: What the parent is told

  private mutating func recordStart(
    of child: ChildRecord, runID: String, in parentRunID: String, _ turn: inout Turn
  ) {
    let initiated = child.initiated
    changeIfThere(parentRunID, &turn) { parent in
      parent.add(
        .childWorkflowExecutionStartedEventAttributes(
          .with {
            $0.namespace = initiated.namespace
            $0.namespaceID = initiated.namespaceID
            $0.initiatedEventID = child.initiatedEventID
            $0.workflowExecution.workflowID = initiated.workflowID
            $0.workflowExecution.runID = runID
            $0.workflowType = initiated.workflowType
            if initiated.hasHeader { $0.header = initiated.header }
          }))
    }
  }

  private mutating func failStart(
    of child: ChildRecord, of parentRunID: String,
    _ cause: Temporal_Api_Enums_V1_StartChildWorkflowExecutionFailedCause, _ turn: inout Turn
  ) {
    let initiated = child.initiated
    changeIfThere(parentRunID, &turn) { parent in
      parent.add(
        .startChildWorkflowExecutionFailedEventAttributes(
          .with {
            $0.namespace = initiated.namespace
            $0.namespaceID = initiated.namespaceID
            $0.workflowID = initiated.workflowID
            $0.workflowType = initiated.workflowType
            $0.cause = cause
            $0.control = initiated.control
            $0.initiatedEventID = child.initiatedEventID
          }))
    }
  }

  /// The child's first workflow task, unless it waits for a cron schedule or has closed.
  private mutating func scheduleFirstTask(_ runID: String, _ turn: inout Turn) throws(ServiceError) {
    guard let child = executions[runID], child.isRunning, child.record.lastCompletedEventID == 0 else { return }
    try change(runID, &turn) { $0.needsWorkflowTask = true }
  }

  /// Changes a run where nothing can be refused; one that is gone or closed is left alone.
  mutating func changeIfThere(
    _ runID: String, _ turn: inout Turn, _ change: (inout RunTransaction) -> Void
  ) {
    guard executions[runID]?.isRunning == true else { return }
    do throws(ServiceError) {
      try self.change(runID, &turn) { change(&$0) }
    } catch {
      // Asked before: the run is there.
    }
  }
}

extension Temporal_Api_Common_V1_Priority {
  /// What a child has: its parent's where it says nothing itself.
  fileprivate func merged(with child: Self) -> Self {
    var priority = self
    if child.priorityKey != 0 { priority.priorityKey = child.priorityKey }
    if !child.fairnessKey.isEmpty { priority.fairnessKey = child.fairnessKey }
    if child.fairnessWeight != 0 { priority.fairnessWeight = child.fairnessWeight }
    return priority
  }
}
