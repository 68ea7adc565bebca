internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Resets: a new run goes on where another one was (`server.md` 8.4).

typealias ResetRequest = Temporal_Api_Workflowservice_V1_ResetWorkflowExecutionRequest
typealias ResetResponse = Temporal_Api_Workflowservice_V1_ResetWorkflowExecutionResponse
typealias ReapplyExclude = Temporal_Api_Enums_V1_ResetReapplyExcludeType

extension ServerMachine {
  static var resetRoutes: [Route] {
    [
      .prompt(WorkflowService.resetWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.resetWorkflow(request, &turn)
      }
    ]
  }

  private mutating func resetWorkflow(
    _ request: ResetRequest, _ turn: inout Turn
  ) throws(ServiceError) -> ResetResponse {
    try checkNamespace(request.namespace)
    if request.requestID.isEmpty { throw .invalidArgument("RequestId is not set on request.") }
    try checkLength(request.requestID, of: "RequestId")
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    let excluded = try request.excludedFromReapplication()
    let changes = try optionsChanges(request.postResetOperations)
    let base = try run(request.workflowExecution, in: request.namespace)
    guard request.workflowTaskFinishEventID > 1, request.workflowTaskFinishEventID < base.record.nextEventID else {
      throw .invalidArgument("Workflow task finish ID must be > 1 && <= workflow last event ID.")
    }
    let current = currentRun(of: base.key)
    // A reset run keeps the request id of the start, so the same reset again is another one; 1.32 does not tell them apart.
    if let current, current.record.startRequestID == request.requestID { return .with { $0.runID = current.runID } }

    let runID = ids.uuid()
    let (execution, copied) = try copy(of: base, before: request.workflowTaskFinishEventID, as: runID, turn)
    try endRuns(base, current, resetTo: runID, request, &turn)
    let missed = try eventsToReapply(after: request.workflowTaskFinishEventID - 1, of: base.runID, excluded, turn)
    for batch in copied { turn.save(batch, run: runID) }
    try create(execution, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
      transaction.failTaskForReset(of: base.runID, reason: request.reason)
      for event in missed { transaction.reapply(event) }
      for change in changes { _ = try transaction.update(change, identity: "") }
      transaction.dispatchPending()
      transaction.needsWorkflowTask = true
    }
    return .with { $0.runID = runID }
  }

  private func optionsChanges(
    _ operations: [Temporal_Api_Workflow_V1_PostResetOperation]
  ) throws(ServiceError) -> [OptionsChange] {
    var changes: [OptionsChange] = []
    for operation in operations {
      switch operation.variant {
      case .updateWorkflowOptions(let update)?:
        changes.append(try optionsChange(update.workflowExecutionOptions, update.updateMask))
      case .signalWorkflow?:
        throw .invalidArgument("unsupported post reset operation: *workflow.PostResetOperation_SignalWorkflow_")
      case nil:
        throw .invalidArgument("unsupported post reset operation: <nil>")
      }
    }
    return changes
  }

  /// A run with the history of another one up to an event, which must be where a workflow task ends.
  ///
  /// - Returns: The run, and the batches that it shares with the base.
  private func copy(
    of base: Execution, before finishEventID: Int64, as runID: String, _ turn: Turn
  ) throws(ServiceError) -> (Execution, [EventBatch]) {
    let copied = try turn.batches(ofRun: base.runID, from: 1).filter {
      ($0.events.last?.eventID ?? .max) < finishEventID
    }
    let events = copied.joined()
    guard events.last?.eventID == finishEventID - 1,
      var execution = Execution(rebuiltFrom: events, namespace: base.record.namespace, runID: runID)
    else {
      throw .invalidArgument(
        "StateRebuilder unable to Rebuild mutable state to event ID: \(finishEventID - 1), version: 0, "
          + "this event must be at the boundary")
    }
    if execution.record.workflowTask.kind == .none {
      throw .invalidArgument(
        "Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: "
          + "\(finishEventID)")
    }
    execution.record.startRequestID = base.record.startRequestID
    execution.record.historySizeBytes = Int64(copied.reduce(0) { $0 + $1.eventBytes })
    return (execution, copied)
  }

  /// The current run ends if it runs, and the base remembers which run goes on.
  private mutating func endRuns(
    _ base: Execution, _ current: Execution?, resetTo runID: String, _ request: ResetRequest, _ turn: inout Turn
  ) throws(ServiceError) {
    try change(base.runID, &turn) { $0.record.resetRunID = runID }
    guard let current, current.isRunning else { return }
    try change(current.runID, &turn) { transaction in
      transaction.terminate(reason: request.reason, details: nil, identity: RunTransaction.resetterIdentity)
    }
  }

  /// What happened to the base after the reset point, and to the runs that continue it as new, that is to happen again.
  private func eventsToReapply(
    after eventID: Int64, of baseRunID: String, _ excluded: Set<ReapplyExclude>, _ turn: Turn
  ) throws(ServiceError) -> [HistoryEvent] {
    let known: Set<ReapplyExclude> = Set(ReapplyExclude.allCases).subtracting([.unspecified])
    if excluded.isSuperset(of: known) { return [] }
    var events: [HistoryEvent] = []
    var visited: Set<String> = []
    var next: (runID: String, first: Int64)? = (baseRunID, eventID + 1)
    while let (runID, first) = next, executions[runID] != nil, visited.insert(runID).inserted {
      let more = try turn.events(ofRun: runID, from: first)
      events += more.filter { $0.isReapplied(excluding: excluded) }
      let following = more.last?.workflowExecutionContinuedAsNewEventAttributes.newExecutionRunID ?? ""
      next = following.isEmpty ? nil : (following, 1)
    }
    return events
  }
}

extension ResetRequest {
  /// What is not to be applied again, with the older setting that tells what is.
  fileprivate func excludedFromReapplication() throws(ServiceError) -> Set<ReapplyExclude> {
    let excluded = Set(resetReapplyExcludeTypes)
    switch resetReapplyType {
    case .unspecified, .allEligible: return excluded
    case .signal: return excluded.union([.update])
    case .none: return excluded.union([.signal, .update])
    case .UNRECOGNIZED(let value):
      throw ServiceError(.internal, "unknown reset reapply type: \(value)")
    }
  }
}
