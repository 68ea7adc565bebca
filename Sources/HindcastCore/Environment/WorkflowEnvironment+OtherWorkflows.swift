import SwiftProtobuf
public import TemporalAPI

extension WorkflowEnvironment {
  /// Starts a child workflow.
  ///
  /// An empty `workflowID` becomes `<current run id>_<predicted event id>`. A child of this run with the same id that is
  /// still open means no command: the operation is rejected with `.childWorkflowAlreadyStarted` before this returns.
  public func startChildWorkflow(
    _ attributes: Temporal_Api_Command_V1_StartChildWorkflowExecutionCommandAttributes,
    metadata: Temporal_Api_Sdk_V1_UserMetadata? = nil
  ) throws(TaskFailure) -> ChildWorkflowHandle {
    var attributes = attributes
    if attributes.workflowID.isEmpty { attributes.workflowID = "\(info.currentRunID)_\(try ledger.nextID())" }
    let operation = newOperation()
    let handle = ChildWorkflowHandle(operation: operation, workflowID: attributes.workflowID)
    guard !ledger.contains(.childWorkflow, attributes.workflowID) else {
      _ = tryUse(.childWorkflowErrorExecution)
      try instance?.resolve(operation, with: .rejected(.childWorkflowAlreadyStarted))
      return handle
    }
    let issued = issue(.startChildWorkflowExecution) {
      $0.startChildWorkflowExecutionCommandAttributes = attributes
      if let metadata { $0.userMetadata = metadata }
    }
    let machine = CommandMachine(.childWorkflow, id: attributes.workflowID, issued: issued)
    machine.operation = operation
    try ledger.add(machine)
    return handle
  }

  /// Requests cancellation of a child that has started. Its result still comes from the server.
  public func cancelChildWorkflow(_ child: ChildWorkflowHandle) throws(TaskFailure) {
    try ledger.cancelChild(workflowID: child.workflowID)
  }

  /// Sends a signal to another workflow; an empty `control` becomes the predicted event id.
  public func signalExternalWorkflow(
    _ attributes: Temporal_Api_Command_V1_SignalExternalWorkflowExecutionCommandAttributes
  ) throws(TaskFailure) -> OperationID {
    let id = String(try ledger.nextID())
    var attributes = attributes
    attributes.control = id
    let issued = issue(.signalExternalWorkflowExecution) {
      $0.signalExternalWorkflowExecutionCommandAttributes = attributes
    }
    return try add(.signal, id: id, issued)
  }

  /// Requests cancellation of another workflow, by id.
  public func cancelExternalWorkflow(
    _ attributes: Temporal_Api_Command_V1_RequestCancelExternalWorkflowExecutionCommandAttributes
  ) throws(TaskFailure) -> OperationID {
    let id = String(try ledger.nextID())
    var attributes = attributes
    attributes.control = id
    let issued = issue(.requestCancelExternalWorkflowExecution) {
      $0.requestCancelExternalWorkflowExecutionCommandAttributes = attributes
    }
    return try add(.cancellation, id: id, issued)
  }

  private func add(_ kind: CommandKind, id: String, _ issued: IssuedCommand) throws(TaskFailure) -> OperationID {
    let machine = CommandMachine(kind, id: id, issued: issued)
    let operation = newOperation()
    machine.operation = operation
    try ledger.add(machine)
    return operation
  }
}
