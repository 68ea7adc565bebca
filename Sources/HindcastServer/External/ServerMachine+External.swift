internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Signals and cancel requests on their way from one workflow to another (`server.md` 8, 11).

extension ServerMachine {
  /// Brings a signal or a cancel request to the workflow that it is for, and tells the sender what came of it.
  mutating func deliverExternal(_ initiatedEventID: Int64, of runID: String, _ turn: inout Turn) {
    guard let sender = executions[runID], sender.isRunning, let external = sender.externals[initiatedEventID] else {
      return
    }
    let outcome: EventAttributes
    if external.isCancel {
      outcome = cancel(external.cancel, initiatedEventID, by: sender, &turn)
    } else {
      outcome = signal(external.signal, initiatedEventID, by: sender, &turn)
    }
    // The sender is running, so that its transaction cannot be refused.
    try? change(runID, &turn) { $0.add(outcome) }
  }

  private mutating func signal(
    _ signal: Temporal_Api_History_V1_SignalExternalWorkflowExecutionInitiatedEventAttributes,
    _ initiatedEventID: Int64, by sender: Execution, _ turn: inout Turn
  ) -> EventAttributes {
    let namespace = signal.namespace.isEmpty ? sender.record.namespace : signal.namespace
    do throws(ServiceError) {
      let target = try run(signal.workflowExecution, in: namespace)
      guard !target.isSameWorkflow(as: sender) else { throw .runNotFound }
      let requestID = ids.uuid()
      try change(target.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
        guard transaction.execution.isRunning else { throw .alreadyCompleted }
        if signal.childWorkflowOnly { try transaction.execution.checkIsChild(of: sender) }
        try transaction.signal(
          .with {
            $0.signalName = signal.signalName
            if signal.hasInput { $0.input = signal.input }
            $0.identity = RunTransaction.serverIdentity
            if signal.hasHeader { $0.header = signal.header }
            $0.externalWorkflowExecution = sender.record.execution
            $0.requestID = requestID
          })
      }
    } catch {
      return .signalExternalWorkflowExecutionFailedEventAttributes(
        .with {
          $0.cause =
            error.isNamespaceNotFound
            ? .namespaceNotFound
            : error.code == .invalidArgument ? .signalCountLimitExceeded : .externalWorkflowExecutionNotFound
          $0.namespace = namespace
          $0.namespaceID = signal.namespaceID
          $0.workflowExecution = signal.workflowExecution
          $0.initiatedEventID = initiatedEventID
          $0.control = signal.control
        })
    }
    return .externalWorkflowExecutionSignaledEventAttributes(
      .with {
        $0.initiatedEventID = initiatedEventID
        $0.namespace = namespace
        $0.namespaceID = signal.namespaceID
        $0.workflowExecution = signal.workflowExecution
        $0.control = signal.control
      })
  }

  private mutating func cancel(
    _ cancel: Temporal_Api_History_V1_RequestCancelExternalWorkflowExecutionInitiatedEventAttributes,
    _ initiatedEventID: Int64, by sender: Execution, _ turn: inout Turn
  ) -> EventAttributes {
    let namespace = cancel.namespace.isEmpty ? sender.record.namespace : cancel.namespace
    do throws(ServiceError) {
      let target = try run(cancel.workflowExecution, in: namespace)
      guard !target.isSameWorkflow(as: sender) else { throw .runNotFound }
      // Cancelling a run that has closed is no error.
      if target.isRunning {
        if cancel.childWorkflowOnly { try target.checkIsChild(of: sender) }
        try change(target.runID, &turn) { transaction in
          transaction.requestCancel(
            .with {
              $0.cause = cancel.reason
              $0.externalInitiatedEventID = initiatedEventID
              $0.externalWorkflowExecution = sender.record.execution
              $0.identity = RunTransaction.serverIdentity
            })
        }
      }
    } catch {
      return .requestCancelExternalWorkflowExecutionFailedEventAttributes(
        .with {
          $0.cause = error.isNamespaceNotFound ? .namespaceNotFound : .externalWorkflowExecutionNotFound
          $0.namespace = namespace
          $0.namespaceID = cancel.namespaceID
          $0.workflowExecution = cancel.workflowExecution
          $0.initiatedEventID = initiatedEventID
        })
    }
    return .externalWorkflowExecutionCancelRequestedEventAttributes(
      .with {
        $0.initiatedEventID = initiatedEventID
        $0.namespace = namespace
        $0.namespaceID = cancel.namespaceID
        $0.workflowExecution = cancel.workflowExecution
      })
  }
}

extension Execution {
  /// Whether both are runs of one workflow id: a workflow cannot signal or cancel itself this way.
  fileprivate func isSameWorkflow(as other: Execution) -> Bool { key == other.key }

  /// - Throws: NOT_FOUND unless the run is a child of the other one.
  fileprivate func checkIsChild(of parent: Execution) throws(ServiceError) {
    guard isChild(of: parent) else { throw .notFound("workflow parent does not match") }
  }

  /// Whether the other run started this one, or a run before it in its chain.
  func isChild(of parent: Execution) -> Bool {
    record.started.parentWorkflowNamespace == parent.record.namespace
      && record.started.parentWorkflowExecution == parent.record.execution
  }
}

extension ServiceError {
  /// Whether this says that there is no such namespace.
  fileprivate var isNamespaceNotFound: Bool {
    code == .notFound
      && details.contains { $0.isA(Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure.self) }
  }
}
