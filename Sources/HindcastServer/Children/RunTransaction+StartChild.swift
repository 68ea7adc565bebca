internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The command that starts a child (`server.md` 4, 11). The child itself begins in a transaction of its own.

typealias StartChildCommand = Temporal_Api_Command_V1_StartChildWorkflowExecutionCommandAttributes
typealias ChildInitiated = Temporal_Api_History_V1_StartChildWorkflowExecutionInitiatedEventAttributes

extension RunTransaction {
  /// Initiates a child.
  mutating func startChild(
    _ attributes: StartChildCommand, _ metadata: UserMetadata?, _ context: inout CommandContext
  ) throws(CommandRefusal) {
    let target = try context.target(namespace: attributes.namespace)
    var attributes = attributes
    if attributes.namespace.isEmpty { attributes.namespace = target.name }
    try check(attributes)
    try checkPending(
      execution.children.count, .pendingChildWorkflowsLimitExceeded, "pending child workflow executions")
    let initiated = write(
      .startChildWorkflowExecutionInitiatedEventAttributes(
        initiatedAttributes(attributes, namespaceID: target.id, completedEventID: context.completedEventID)),
      userMetadata: metadata)
    context.childrenInitiated.insert(attributes.workflowID)
    followUps.append(.startChild(runID: record.runID, initiatedEventID: initiated.eventID))
  }

  private func initiatedAttributes(
    _ command: StartChildCommand, namespaceID: String, completedEventID: Int64
  ) -> ChildInitiated {
    let runTimeout = command.runTimeoutFilledIn
    let taskTimeout = limits.workflowTaskTimeout(for: command.workflowTaskTimeout.nanoseconds, runTimeout: runTimeout)
    return .with {
      $0.namespace = command.namespace
      $0.namespaceID = namespaceID
      $0.workflowID = command.workflowID
      $0.workflowType = command.workflowType
      $0.taskQueue.name = command.taskQueue.name.isEmpty ? record.started.taskQueue.name : command.taskQueue.name
      $0.taskQueue.kind = .normal
      if command.hasInput { $0.input = command.input }
      if command.hasWorkflowExecutionTimeout { $0.workflowExecutionTimeout = command.workflowExecutionTimeout }
      $0.workflowRunTimeout = runTimeout.protobufDuration
      $0.workflowTaskTimeout = taskTimeout.protobufDuration
      $0.parentClosePolicy = command.parentClosePolicy == .unspecified ? .terminate : command.parentClosePolicy
      $0.control = command.control
      $0.workflowTaskCompletedEventID = completedEventID
      $0.workflowIDReusePolicy =
        command.workflowIDReusePolicy == .unspecified ? .allowDuplicate : command.workflowIDReusePolicy
      if command.hasRetryPolicy { $0.retryPolicy = command.retryPolicy }
      $0.cronSchedule = command.cronSchedule
      if command.hasHeader { $0.header = command.header }
      if command.hasMemo { $0.memo = command.memo }
      if command.hasSearchAttributes { $0.searchAttributes = command.searchAttributes }
      $0.inheritBuildID = command.inheritBuildID
      if command.hasPriority { $0.priority = command.priority }
      if command.hasVersioningOverride { $0.versioningOverride = command.versioningOverride }
    }
  }

  private func check(_ attributes: StartChildCommand) throws(CommandRefusal) {
    let id = attributes.workflowID
    let type = attributes.workflowType.name
    let namespace = attributes.namespace
    let limit = limits.idBytes
    func refuse(_ reason: String) throws(CommandRefusal) {
      throw CommandRefusal(.badStartChildExecutionAttributes, reason)
    }
    if id.isEmpty {
      try refuse(
        "Required field WorkflowId is not set on StartChildWorkflowExecutionCommand. "
          + "WorkflowType=\(type) Namespace=\(namespace)")
    }
    if type.isEmpty {
      try refuse(
        "Required field WorkflowType is not set on StartChildWorkflowExecutionCommand. "
          + "WorkflowId=\(id) Namespace=\(namespace)")
    }
    if id.utf8.count > limit {
      try refuse(
        "WorkflowId on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId=\(id) "
          + "Length=\(id.utf8.count) Limit=\(limit) WorkflowType=\(type) Namespace=\(namespace)")
    }
    if type.utf8.count > limit {
      try refuse(
        "WorkflowType on StartChildWorkflowExecutionCommand exceeds length limit. WorkflowId=\(id) "
          + "WorkflowType=\(type) Length=\(type.utf8.count) Limit=\(limit) Namespace=\(namespace)")
    }
    for (name, timeout) in [
      ("WorkflowExecutionTimeout", attributes.workflowExecutionTimeout),
      ("WorkflowRunTimeout", attributes.workflowRunTimeout), ("WorkflowTaskTimeout", attributes.workflowTaskTimeout),
    ] where timeout.nanoseconds < 0 {
      try refuse(
        "Invalid \(name) on StartChildWorkflowExecutionCommand: negative duration. "
          + "WorkflowId=\(id) WorkflowType=\(type) Namespace=\(namespace)")
    }
  }
}

extension StartChildCommand {
  /// The run timeout as the event has it: at most the execution timeout, which also stands in for it.
  fileprivate var runTimeoutFilledIn: Int64 {
    let execution = workflowExecutionTimeout.nanoseconds
    let run = workflowRunTimeout.nanoseconds
    if run == 0 { return execution }
    return execution == 0 ? run : min(run, execution)
  }
}

extension Limits {
  /// The workflow task timeout that a command or request gets: 10 s unless it says, and never above the run's.
  fileprivate func workflowTaskTimeout(for wanted: Int64, runTimeout: Int64) -> Int64 {
    var timeout = wanted == 0 ? defaultWorkflowTaskTimeout.clampedNanoseconds : wanted
    timeout = min(timeout, workflowTaskTimeout.clampedNanoseconds)
    return runTimeout > 0 ? min(timeout, runTimeout) : timeout
  }
}
