internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Commands that are about another workflow (`server.md` 4, 11). What comes of them happens in transactions of their own.

typealias SignalExternalCommand = Temporal_Api_Command_V1_SignalExternalWorkflowExecutionCommandAttributes
typealias CancelExternalCommand = Temporal_Api_Command_V1_RequestCancelExternalWorkflowExecutionCommandAttributes

extension RunTransaction {
  /// Initiates a signal to another workflow.
  mutating func signalExternal(
    _ attributes: SignalExternalCommand, _ metadata: UserMetadata?, _ context: CommandContext
  ) throws(CommandRefusal) {
    let target = try context.target(namespace: attributes.namespace)
    try check(attributes)
    try checkPending(isCancel: false, .pendingSignalsLimitExceeded, "pending signals to external workflows")
    let initiated = write(
      .signalExternalWorkflowExecutionInitiatedEventAttributes(
        .with {
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.namespace = attributes.namespace
          $0.namespaceID = target.id
          $0.workflowExecution = attributes.execution
          $0.signalName = attributes.signalName
          if attributes.hasInput { $0.input = attributes.input }
          $0.control = attributes.control
          $0.childWorkflowOnly = attributes.childWorkflowOnly
          if attributes.hasHeader { $0.header = attributes.header }
        }), userMetadata: metadata)
    followUps.append(.deliverExternal(runID: record.runID, initiatedEventID: initiated.eventID))
  }

  /// Initiates a request that another workflow be cancelled.
  mutating func cancelExternal(
    _ attributes: CancelExternalCommand, _ metadata: UserMetadata?, _ context: CommandContext
  ) throws(CommandRefusal) {
    let target = try context.target(namespace: attributes.namespace)
    try check(attributes, context)
    try checkPending(
      isCancel: true, .pendingRequestCancelLimitExceeded, "pending requests to cancel external workflows")
    let initiated = write(
      .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(
        .with {
          $0.workflowTaskCompletedEventID = context.completedEventID
          $0.namespace = attributes.namespace
          $0.namespaceID = target.id
          $0.workflowExecution.workflowID = attributes.workflowID
          $0.workflowExecution.runID = attributes.runID
          $0.control = attributes.control
          $0.childWorkflowOnly = attributes.childWorkflowOnly
          $0.reason = attributes.reason
        }), userMetadata: metadata)
    followUps.append(.deliverExternal(runID: record.runID, initiatedEventID: initiated.eventID))
  }

  private func checkPending(
    isCancel: Bool, _ cause: WorkflowTaskFailedCause, _ what: String
  ) throws(CommandRefusal) {
    let count = execution.externals.values.count { $0.isCancel == isCancel }
    try checkPending(count, cause, what)
  }

  /// - Throws: A refusal when there are as many of something as a run may have (`server.md` 17).
  func checkPending(_ count: Int, _ cause: WorkflowTaskFailedCause, _ what: String) throws(CommandRefusal) {
    if count >= limits.pendingPerKind {
      throw CommandRefusal(
        cause, "the number of \(what), \(count), has reached the per-workflow limit of \(limits.pendingPerKind)")
    }
  }

  private func check(_ attributes: SignalExternalCommand) throws(CommandRefusal) {
    let cause = WorkflowTaskFailedCause.badSignalWorkflowExecutionAttributes
    let command = "SignalExternalWorkflowExecutionCommand"
    let (id, runID) = (attributes.execution.workflowID, attributes.execution.runID)
    let (name, namespace) = (attributes.signalName, attributes.namespace)
    if !attributes.hasExecution { throw CommandRefusal(cause, "Execution is not set on \(command).") }
    if id.isEmpty {
      throw CommandRefusal(
        cause, "WorkflowId is not set on \(command). Namespace=\(namespace) RunId=\(runID) SignalName=\(name)")
    }
    if id.utf8.count > limits.idBytes {
      throw CommandRefusal(
        cause,
        "WorkflowId on \(command) exceeds length limit. WorkflowId=\(id) Length=\(id.utf8.count) "
          + "Limit=\(limits.idBytes) Namespace=\(namespace) RunId=\(runID) SignalName=\(name)")
    }
    if !runID.isEmpty, !runID.isUUID {
      throw CommandRefusal(
        cause,
        "Invalid RunId set on \(command). WorkflowId=\(id) Namespace=\(namespace) RunId=\(runID) SignalName=\(name)")
    }
    if name.isEmpty {
      throw CommandRefusal(
        cause, "SignalName is not set on \(command). WorkflowId=\(id) Namespace=\(namespace) RunId=\(runID)")
    }
  }

  private func check(_ attributes: CancelExternalCommand, _ context: CommandContext) throws(CommandRefusal) {
    let cause = WorkflowTaskFailedCause.badRequestCancelExternalWorkflowExecutionAttributes
    let command = "RequestCancelExternalWorkflowExecutionCommand"
    let (id, runID, namespace) = (attributes.workflowID, attributes.runID, attributes.namespace)
    if id.isEmpty {
      throw CommandRefusal(cause, "WorkflowId is not set on \(command). Namespace=\(namespace) RunId=\(runID)")
    }
    if id.utf8.count > limits.idBytes {
      throw CommandRefusal(
        cause,
        "WorkflowId on \(command) exceeds length limit. WorkflowId=\(id) Length=\(id.utf8.count) "
          + "Limit=\(limits.idBytes) RunId=\(runID) Namespace=\(namespace)")
    }
    if !runID.isEmpty, !runID.isUUID {
      throw CommandRefusal(
        cause, "Invalid RunId set on \(command). WorkflowId=\(id) RunId=\(runID) Namespace=\(namespace)")
    }
    if context.childrenInitiated.contains(id) {
      throw CommandRefusal(
        cause,
        "Start and RequestCancel for child workflow is not allowed in same workflow task. "
          + "WorkflowId=\(id) RunId=\(runID) Namespace=\(namespace)")
    }
  }
}
