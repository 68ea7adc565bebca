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
    if attributes.hasSearchAttributes {
      attributes.searchAttributes = try typed(attributes.searchAttributes, context) {
        """
        invalid SearchAttributes on StartChildWorkflowCommand: \($0). WorkflowId=\(attributes.workflowID) \
        WorkflowType=\(attributes.workflowType.name) Namespace=\(attributes.namespace)
        """
      }
      if let fault = attributes.searchAttributes.sizeFault(limits) {
        throw CommandRefusal(.badStartChildExecutionAttributes, fault, terminatesRun: true)
      }
    }
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
    var filledIn = StartedAttributes()
    filledIn.workflowExecutionTimeout = command.workflowExecutionTimeout
    filledIn.workflowRunTimeout = command.workflowRunTimeout
    filledIn.workflowTaskTimeout = command.workflowTaskTimeout
    filledIn.clipTimeouts(limits, at: now)
    filledIn.setMemo(command.memo)
    filledIn.setSearchAttributes(command.searchAttributes)
    let timeSkipping = execution.timeSkippingForChild
    return .with {
      if let config = timeSkipping.config { $0.timeSkippingConfig = config }
      if let state = timeSkipping.state { $0.timeSkippingStatePropagation = state }
      $0.namespace = command.namespace
      $0.namespaceID = namespaceID
      $0.workflowID = command.workflowID
      $0.workflowType = command.workflowType
      $0.taskQueue.name = command.taskQueue.name.isEmpty ? record.started.taskQueue.name : command.taskQueue.name
      $0.taskQueue.kind = .normal
      if command.hasInput { $0.input = command.input }
      if command.hasWorkflowExecutionTimeout { $0.workflowExecutionTimeout = command.workflowExecutionTimeout }
      $0.workflowRunTimeout = filledIn.workflowRunTimeout
      $0.workflowTaskTimeout = filledIn.workflowTaskTimeout
      $0.parentClosePolicy = command.parentClosePolicy == .unspecified ? .terminate : command.parentClosePolicy
      $0.control = command.control
      $0.workflowTaskCompletedEventID = completedEventID
      $0.workflowIDReusePolicy =
        command.workflowIDReusePolicy == .unspecified ? .allowDuplicate : command.workflowIDReusePolicy
      if command.hasRetryPolicy { $0.retryPolicy = command.retryPolicy.withDefaults }
      $0.cronSchedule = command.cronSchedule
      if command.hasHeader { $0.header = command.header }
      if filledIn.hasMemo { $0.memo = filledIn.memo }
      if filledIn.hasSearchAttributes { $0.searchAttributes = filledIn.searchAttributes }
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
    let timeouts = [
      ("WorkflowExecutionTimeout", attributes.workflowExecutionTimeout.fault),
      ("WorkflowRunTimeout", attributes.workflowRunTimeout.fault),
      ("WorkflowTaskTimeout", attributes.workflowTaskTimeout.fault),
    ]
    for case (let name, let fault?) in timeouts {
      try refuse(
        "Invalid \(name) on StartChildWorkflowExecutionCommand: \(fault). "
          + "WorkflowId=\(id) WorkflowType=\(type) Namespace=\(namespace)")
    }
    if attributes.hasRetryPolicy, let fault = attributes.retryPolicy.withDefaults.fault {
      try refuse(
        "invalid WorkflowRetryPolicy on StartChildWorkflowExecutionCommand: \(fault). "
          + "WorkflowId=\(id) WorkflowType=\(type) Namespace=\(namespace)")
    }
    if !attributes.cronSchedule.isEmpty, CronSchedule(parsing: attributes.cronSchedule) == nil {
      try refuse(
        "invalid CronSchedule on StartChildWorkflowExecutionCommand: invalid CronSchedule.. "
          + "WorkflowId=\(id) WorkflowType=\(type) Namespace=\(namespace)")
    }
    let queue = attributes.taskQueue.name
    // Without a queue the child has its parent's.
    if !queue.isEmpty, let fault = attributes.taskQueue.fault(limits) {
      try refuse(
        "invalid TaskQueue on StartChildWorkflowExecutionCommand: \(fault). "
          + "WorkflowId=\(id) WorkflowType=\(type) Namespace=\(namespace) TaskQueue=\(attributes.taskQueue.serverText)")
    }
  }
}
