import HindcastHistory
import SwiftProtobuf
import TemporalAPI

extension RehearsedOperation {
  /// The event that a server writes for the command, as far as a run looks at it; nil for what ends the run.
  var event: HistoryEvent? {
    var event = HistoryEvent()
    event.eventID = eventID
    switch command.command.attributes {
    case .scheduleActivityTaskCommandAttributes(let c)?:
      event.eventType = .activityTaskScheduled
      event.activityTaskScheduledEventAttributes = .with {
        $0.activityID = c.activityID
        $0.activityType = c.activityType
      }
    case .requestCancelActivityTaskCommandAttributes(let c)?:
      event.eventType = .activityTaskCancelRequested
      event.activityTaskCancelRequestedEventAttributes.scheduledEventID = c.scheduledEventID
    case .startTimerCommandAttributes(let c)?:
      event.eventType = .timerStarted
      event.timerStartedEventAttributes.timerID = c.timerID
    case .cancelTimerCommandAttributes(let c)?:
      event.eventType = .timerCanceled
      event.timerCanceledEventAttributes.timerID = c.timerID
    case .startChildWorkflowExecutionCommandAttributes(let c)?:
      event.eventType = .startChildWorkflowExecutionInitiated
      event.startChildWorkflowExecutionInitiatedEventAttributes.workflowID = c.workflowID
    case .signalExternalWorkflowExecutionCommandAttributes(let c)?:
      event.eventType = .signalExternalWorkflowExecutionInitiated
      event.signalExternalWorkflowExecutionInitiatedEventAttributes.control = c.control
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let c)?:
      event.eventType = .requestCancelExternalWorkflowExecutionInitiated
      event.requestCancelExternalWorkflowExecutionInitiatedEventAttributes = .with {
        $0.workflowExecution.workflowID = c.workflowID
        $0.control = c.control
      }
    case .upsertWorkflowSearchAttributesCommandAttributes(let c)?:
      event.eventType = .upsertWorkflowSearchAttributes
      event.upsertWorkflowSearchAttributesEventAttributes.searchAttributes = c.searchAttributes
    case .modifyWorkflowPropertiesCommandAttributes(let c)?:
      event.eventType = .workflowPropertiesModified
      event.workflowPropertiesModifiedEventAttributes.upsertedMemo = c.upsertedMemo
    default: return nil
    }
    return event
  }

  /// A recorded answer to the command whose place this one takes, as an answer to this one.
  func answers(to recorded: HistoryEvent) -> [HistoryEvent] {
    if isTakenBack { return [] }
    if isReplaced { return recorded.isSuccess ? events(answering: recorded.result) : [] }
    var event = recorded
    let workflowID = command.command.startChildWorkflowExecutionCommandAttributes.workflowID
    switch recorded.attributes {
    case .activityTaskStartedEventAttributes?: return []
    case .activityTaskCompletedEventAttributes?: event.activityTaskCompletedEventAttributes.scheduledEventID = eventID
    case .activityTaskFailedEventAttributes?: event.activityTaskFailedEventAttributes.scheduledEventID = eventID
    case .activityTaskTimedOutEventAttributes?: event.activityTaskTimedOutEventAttributes.scheduledEventID = eventID
    case .activityTaskCanceledEventAttributes?: event.activityTaskCanceledEventAttributes.scheduledEventID = eventID
    case .timerFiredEventAttributes?:
      event.timerFiredEventAttributes.timerID = command.command.startTimerCommandAttributes.timerID
    case .startChildWorkflowExecutionFailedEventAttributes?:
      event.startChildWorkflowExecutionFailedEventAttributes.workflowID = workflowID
    case .childWorkflowExecutionStartedEventAttributes?:
      event.childWorkflowExecutionStartedEventAttributes.workflowExecution.workflowID = workflowID
    case .childWorkflowExecutionCompletedEventAttributes?:
      event.childWorkflowExecutionCompletedEventAttributes.workflowExecution.workflowID = workflowID
    case .childWorkflowExecutionFailedEventAttributes?:
      event.childWorkflowExecutionFailedEventAttributes.workflowExecution.workflowID = workflowID
    case .childWorkflowExecutionCanceledEventAttributes?:
      event.childWorkflowExecutionCanceledEventAttributes.workflowExecution.workflowID = workflowID
    case .childWorkflowExecutionTimedOutEventAttributes?:
      event.childWorkflowExecutionTimedOutEventAttributes.workflowExecution.workflowID = workflowID
    case .childWorkflowExecutionTerminatedEventAttributes?:
      event.childWorkflowExecutionTerminatedEventAttributes.workflowExecution.workflowID = workflowID
    case .signalExternalWorkflowExecutionFailedEventAttributes?:
      event.signalExternalWorkflowExecutionFailedEventAttributes.initiatedEventID = eventID
    case .externalWorkflowExecutionSignaledEventAttributes?:
      event.externalWorkflowExecutionSignaledEventAttributes.initiatedEventID = eventID
    case .requestCancelExternalWorkflowExecutionFailedEventAttributes?:
      event.requestCancelExternalWorkflowExecutionFailedEventAttributes.initiatedEventID = eventID
      event.requestCancelExternalWorkflowExecutionFailedEventAttributes.workflowExecution.workflowID = cancelTarget
    case .externalWorkflowExecutionCancelRequestedEventAttributes?:
      event.externalWorkflowExecutionCancelRequestedEventAttributes.initiatedEventID = eventID
      event.externalWorkflowExecutionCancelRequestedEventAttributes.workflowExecution.workflowID = cancelTarget
    default: break
    }
    return [event]
  }

  private var cancelTarget: String {
    command.command.requestCancelExternalWorkflowExecutionCommandAttributes.workflowID
  }

  /// The answers to a command that the history does not have: it succeeded, and there is nothing to say.
  var emptyAnswers: [HistoryEvent] { events(answering: nil) }

  private func events(answering result: Payloads?) -> [HistoryEvent] {
    let result = result ?? JSONPayload.payloads(JSONPayload.payload(json: "null"))
    var event = HistoryEvent()
    switch command.command.attributes {
    case .scheduleActivityTaskCommandAttributes?:
      event.eventType = .activityTaskCompleted
      event.activityTaskCompletedEventAttributes.scheduledEventID = eventID
      event.activityTaskCompletedEventAttributes.result = result
    case .startTimerCommandAttributes(let c)?:
      event.eventType = .timerFired
      event.timerFiredEventAttributes.timerID = c.timerID
    case .startChildWorkflowExecutionCommandAttributes(let c)?:
      event.eventType = .childWorkflowExecutionStarted
      event.childWorkflowExecutionStartedEventAttributes.workflowExecution.workflowID = c.workflowID
      // Nobody asks for the run of a child that never was.
      event.childWorkflowExecutionStartedEventAttributes.workflowExecution.runID = c.workflowID
      var completed = HistoryEvent()
      completed.eventType = .childWorkflowExecutionCompleted
      completed.childWorkflowExecutionCompletedEventAttributes.workflowExecution.workflowID = c.workflowID
      completed.childWorkflowExecutionCompletedEventAttributes.result = result
      return [event, completed]
    case .signalExternalWorkflowExecutionCommandAttributes?:
      event.eventType = .externalWorkflowExecutionSignaled
      event.externalWorkflowExecutionSignaledEventAttributes.initiatedEventID = eventID
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let c)?:
      event.eventType = .externalWorkflowExecutionCancelRequested
      event.externalWorkflowExecutionCancelRequestedEventAttributes.initiatedEventID = eventID
      event.externalWorkflowExecutionCancelRequestedEventAttributes.workflowExecution.workflowID = c.workflowID
    default: return []
    }
    return [event]
  }
}

extension HistoryEvent {
  fileprivate var isSuccess: Bool {
    switch eventType {
    case .activityTaskCompleted, .timerFired, .childWorkflowExecutionCompleted, .externalWorkflowExecutionSignaled,
      .externalWorkflowExecutionCancelRequested:
      true
    default: false
    }
  }

  fileprivate var result: Payloads? {
    switch attributes {
    case .activityTaskCompletedEventAttributes(let a)?: a.hasResult ? a.result : nil
    case .childWorkflowExecutionCompletedEventAttributes(let a)?: a.hasResult ? a.result : nil
    default: nil
    }
  }
}
