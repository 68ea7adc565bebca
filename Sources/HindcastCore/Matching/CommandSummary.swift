public import HindcastHistory
public import TemporalAPI

extension IssuedCommand {
  /// The command in words, such as `ScheduleActivityTask app:charge_payment (id 5)`.
  public var summary: String {
    let name = command.commandType.displayName
    switch command.attributes {
    case .scheduleActivityTaskCommandAttributes(let a)?: return "\(name) \(a.activityType.name) (id \(a.activityID))"
    case .requestCancelActivityTaskCommandAttributes(let a)?: return "\(name) of event \(a.scheduledEventID)"
    case .startTimerCommandAttributes(let a)?:
      return "\(name) \(FieldComparer.text(a.startToFireTimeout)) (id \(a.timerID))"
    case .cancelTimerCommandAttributes(let a)?: return "\(name) (id \(a.timerID))"
    case .startChildWorkflowExecutionCommandAttributes(let a)?:
      return "\(name) \(a.workflowType.name) (id \(a.workflowID))"
    case .signalExternalWorkflowExecutionCommandAttributes(let a)?:
      return "\(name) \(a.signalName) to \(a.execution.workflowID)"
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let a)?: return "\(name) \(a.workflowID)"
    case .recordMarkerCommandAttributes(let a)?: return "\(name) \(a.markerName)"
    case .failWorkflowExecutionCommandAttributes(let a)?: return "\(name): \(a.failure.message)"
    case .continueAsNewWorkflowExecutionCommandAttributes(let a)?: return "\(name) \(a.workflowType.name)"
    case .protocolMessageCommandAttributes(let a)?: return "\(name) \(a.messageID)"
    default: return name
    }
  }
}

extension HistoryEvent {
  /// The event in words, such as `ActivityTaskScheduled app:charge_payment (id 5)`.
  public var summary: String {
    let name = eventType.displayName
    switch attributes {
    case .workflowExecutionStartedEventAttributes(let a)?: return "\(name) \(a.workflowType.name)"
    case .activityTaskScheduledEventAttributes(let a)?: return "\(name) \(a.activityType.name) (id \(a.activityID))"
    case .activityTaskCancelRequestedEventAttributes(let a)?: return "\(name) of event \(a.scheduledEventID)"
    case .timerStartedEventAttributes(let a)?:
      return "\(name) \(FieldComparer.text(a.startToFireTimeout)) (id \(a.timerID))"
    case .timerCanceledEventAttributes(let a)?: return "\(name) (id \(a.timerID))"
    case .timerFiredEventAttributes(let a)?: return "\(name) (id \(a.timerID))"
    case .startChildWorkflowExecutionInitiatedEventAttributes(let a)?:
      return "\(name) \(a.workflowType.name) (id \(a.workflowID))"
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let a)?:
      return "\(name) \(a.signalName) to \(a.workflowExecution.workflowID)"
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let a)?:
      return "\(name) \(a.workflowExecution.workflowID)"
    case .markerRecordedEventAttributes(let a)?: return "\(name) \(a.markerName)"
    case .workflowExecutionSignaledEventAttributes(let a)?: return "\(name) \(a.signalName)"
    case .workflowExecutionFailedEventAttributes(let a)?: return "\(name): \(a.failure.message)"
    case .workflowExecutionContinuedAsNewEventAttributes(let a)?: return "\(name) \(a.workflowType.name)"
    case .workflowExecutionUpdateAcceptedEventAttributes(let a)?: return "\(name) \(a.protocolInstanceID)"
    case .workflowExecutionUpdateCompletedEventAttributes(let a)?: return "\(name) \(a.meta.updateID)"
    default: return name
    }
  }
}
