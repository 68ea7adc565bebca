import HindcastHistory
import SwiftProtobuf
import TemporalAPI

extension WorkflowRun {
  /// What each event does to commands and code (sdk-go `ProcessEvent`).
  func apply(_ event: HistoryEvent) throws(TaskFailure) {
    let environment = self.environment
    // The type decides, as in the Go SDK: an event of an unknown type may well carry attributes of a known one.
    guard Self.isKnown(event) else {
      if event.workerMayIgnore { return }
      throw TaskFailure(.unreadableHistory, "unknown history event")
    }
    switch event.attributes {
    case .workflowExecutionStartedEventAttributes(let started)?:
      _ = environment.tryUse(.protocolMessageCommand)
      try environment.instance?.start(
        input: started.hasInput ? started.input : nil, header: started.hasHeader ? started.header : nil)
    case .workflowTaskStartedEventAttributes(let started)?:
      environment.advance(to: WorkflowTime(event.eventTime))
      environment.info.historyLength = event.eventID
      environment.info.historySizeBytes = started.historySizeBytes
      environment.info.continueAsNewSuggested = started.suggestContinueAsNew
      environment.ledger.workflowTaskStarted(eventID: event.eventID)
      if environment.completion == nil { try environment.instance?.workflowTaskStarted() }
    case .workflowTaskFailedEventAttributes(let failed)?:
      if failed.cause == .resetWorkflow { environment.info.currentRunID = failed.newRunID }
    case .activityTaskScheduledEventAttributes(let scheduled)?:
      try environment.ledger.activityScheduled(id: scheduled.activityID, eventID: event.eventID)
    case .activityTaskCompletedEventAttributes(let completed)?:
      try close(activity: completed.scheduledEventID, event) { _ in
        .completed(completed.hasResult ? completed.result : nil)
      }
    case .activityTaskFailedEventAttributes(let failed)?:
      try close(activity: failed.scheduledEventID, event) {
        .failed(
          .activity(
            $0, scheduled: failed.scheduledEventID, started: failed.startedEventID, identity: failed.identity,
            failed.retryState, cause: failed.failure))
      }
    case .activityTaskTimedOutEventAttributes(let timedOut)?:
      try close(activity: timedOut.scheduledEventID, event) {
        .failed(
          .activity(
            $0, scheduled: timedOut.scheduledEventID, started: timedOut.startedEventID, identity: "",
            timedOut.retryState, cause: timedOut.failure))
      }
    case .activityTaskCancelRequestedEventAttributes(let requested)?:
      try environment.ledger.activityCancelRequested(scheduledEventID: requested.scheduledEventID)
    case .activityTaskCanceledEventAttributes(let canceled)?:
      let machine = try environment.ledger.activityClosed(
        scheduledEventID: canceled.scheduledEventID, on: .canceled, event: Self.text(event))
      try environment.resolve(
        machine,
        .failed(
          .activity(
            machine, scheduled: canceled.scheduledEventID, started: canceled.startedEventID,
            identity: canceled.identity, .nonRetryableFailure,
            cause: .canceled(canceled.hasDetails ? canceled.details : nil))))
    case .timerStartedEventAttributes(let started)?:
      try environment.ledger.move(.timer, started.timerID, on: .initiated)
    case .timerFiredEventAttributes(let fired)?:
      try environment.resolve(try environment.ledger.timerFired(id: fired.timerID), .completed(nil))
    case .timerCanceledEventAttributes(let canceled)?:
      try environment.ledger.move(.timer, canceled.timerID, on: .canceled)
    case .workflowExecutionCancelRequestedEventAttributes?:
      if environment.completion == nil { try environment.instance?.cancelRequested() }
    case .workflowExecutionSignaledEventAttributes(let signaled)?:
      if environment.completion == nil {
        try environment.instance?.signal(
          signaled.signalName, input: signaled.hasInput ? signaled.input : nil,
          header: signaled.hasHeader ? signaled.header : nil)
      }
    case .markerRecordedEventAttributes?:
      break  // Read ahead, before the task ran.
    case .upsertWorkflowSearchAttributesEventAttributes(let upserted)?:
      environment.info.searchAttributes.merge(upserted.searchAttributes.indexedFields) { $1 }
    case .workflowPropertiesModifiedEventAttributes(let modified)?:
      environment.info.memo.merge(modified.upsertedMemo.fields) { $1 }
    case .nexusOperationScheduledEventAttributes?:
      throw .illegalState("unable to find nexus operation state machine for event: \(Self.text(event))")
    default:
      try applyToOtherWorkflows(event)
    }
  }

  private static func isKnown(_ event: HistoryEvent) -> Bool {
    if case .UNRECOGNIZED = event.eventType { return false }
    return event.eventType != .unspecified
  }

  private func close(
    activity scheduledEventID: Int64, _ event: HistoryEvent, _ resolution: (CommandMachine) -> Resolution
  ) throws(TaskFailure) {
    let machine = try environment.ledger.activityClosed(
      scheduledEventID: scheduledEventID, on: .completion, event: Self.text(event))
    try environment.resolve(machine, resolution(machine))
  }

  /// An event as messages name it.
  static func text(_ event: HistoryEvent) -> String {
    "EventId: \(event.eventID), EventType: \(event.eventType.displayName)"
  }

  private func applyToOtherWorkflows(_ event: HistoryEvent) throws(TaskFailure) {
    let environment = self.environment
    switch event.attributes {
    case .startChildWorkflowExecutionInitiatedEventAttributes(let initiated)?:
      try environment.ledger.move(.childWorkflow, initiated.workflowID, on: .initiated)
    case .startChildWorkflowExecutionFailedEventAttributes(let failed)?:
      let machine = try environment.ledger.move(.childWorkflow, failed.workflowID, on: .initiationFailed)
      try environment.resolve(machine, .rejected(.startChild(failed.cause)))
    case .childWorkflowExecutionStartedEventAttributes(let started)?:
      let machine = try environment.ledger.move(.childWorkflow, started.workflowExecution.workflowID, on: .started)
      guard !machine.isHandled, let operation = machine.operation else { return }
      try environment.instance?.resolve(operation, with: .childStarted(runID: started.workflowExecution.runID))
    case .childWorkflowExecutionCompletedEventAttributes(let completed)?:
      try closeChild(
        completed.workflowExecution, on: .completion, .completed(completed.hasResult ? completed.result : nil))
    case .childWorkflowExecutionFailedEventAttributes(let failed)?:
      try closeChild(
        failed.workflowExecution, on: .completion,
        .failed(
          .child(
            failed.workflowExecution, namespace: failed.namespace, type: failed.workflowType,
            initiated: failed.initiatedEventID, started: failed.startedEventID, failed.retryState,
            cause: failed.failure)))
    case .childWorkflowExecutionCanceledEventAttributes(let canceled)?:
      try closeChild(
        canceled.workflowExecution, on: .canceled,
        .failed(
          .child(
            canceled.workflowExecution, namespace: canceled.namespace, type: canceled.workflowType,
            initiated: canceled.initiatedEventID, started: canceled.startedEventID, .nonRetryableFailure,
            cause: .canceled(canceled.hasDetails ? canceled.details : nil))))
    case .childWorkflowExecutionTimedOutEventAttributes(let timedOut)?:
      try closeChild(
        timedOut.workflowExecution, on: .completion,
        .failed(
          .child(
            timedOut.workflowExecution, namespace: timedOut.namespace, type: timedOut.workflowType,
            initiated: timedOut.initiatedEventID, started: timedOut.startedEventID, timedOut.retryState,
            cause: .childTimedOut)))
    case .childWorkflowExecutionTerminatedEventAttributes(let terminated)?:
      try closeChild(
        terminated.workflowExecution, on: .completion,
        .failed(
          .child(
            terminated.workflowExecution, namespace: terminated.namespace, type: terminated.workflowType,
            initiated: terminated.initiatedEventID, started: terminated.startedEventID, .nonRetryableFailure,
            cause: .terminated)))
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let initiated)?:
      try environment.ledger.signalInitiated(eventID: event.eventID, control: initiated.control)
    case .signalExternalWorkflowExecutionFailedEventAttributes(let failed)?:
      let machine = try environment.ledger.signalClosed(initiatedEventID: failed.initiatedEventID)
      try environment.resolve(machine, .rejected(.signal(failed.cause)))
    case .externalWorkflowExecutionSignaledEventAttributes(let signaled)?:
      try environment.resolve(
        try environment.ledger.signalClosed(initiatedEventID: signaled.initiatedEventID), .completed(nil))
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let initiated)?:
      try environment.ledger.cancelExternalInitiated(
        eventID: event.eventID, workflowID: initiated.workflowExecution.workflowID, control: initiated.control)
    case .requestCancelExternalWorkflowExecutionFailedEventAttributes(let failed)?:
      let machine = try environment.ledger.cancelExternalClosed(
        initiatedEventID: failed.initiatedEventID, workflowID: failed.workflowExecution.workflowID,
        childInput: .cancelFailed)
      if let machine { try environment.resolve(machine, .rejected(.cancel(failed.cause))) }
    case .externalWorkflowExecutionCancelRequestedEventAttributes(let requested)?:
      let machine = try environment.ledger.cancelExternalClosed(
        initiatedEventID: requested.initiatedEventID, workflowID: requested.workflowExecution.workflowID,
        childInput: .externalCancelRequested)
      if let machine { try environment.resolve(machine, .completed(nil)) }
    default:
      break  // Closing events, updates' events and events about the run itself say nothing to workflow code.
    }
  }

  private func closeChild(
    _ execution: Temporal_Api_Common_V1_WorkflowExecution, on input: CommandInput, _ resolution: Resolution
  ) throws(TaskFailure) {
    let machine = try environment.ledger.move(.childWorkflow, execution.workflowID, on: input)
    try environment.resolve(machine, resolution)
  }
}
