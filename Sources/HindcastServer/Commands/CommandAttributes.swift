internal import HindcastHistory
internal import TemporalAPI

extension Command {
  /// How a command without attributes is refused; `nil` for a kind that the server does not know.
  var refusalWithoutAttributes: CommandRefusal? {
    let cause: WorkflowTaskFailedCause
    switch commandType {
    case .scheduleActivityTask: cause = .badScheduleActivityAttributes
    case .requestCancelActivityTask: cause = .badRequestCancelActivityAttributes
    case .startTimer: cause = .badStartTimerAttributes
    case .cancelTimer: cause = .badCancelTimerAttributes
    case .recordMarker: cause = .badRecordMarkerAttributes
    case .completeWorkflowExecution: cause = .badCompleteWorkflowExecutionAttributes
    case .failWorkflowExecution: cause = .badFailWorkflowExecutionAttributes
    case .cancelWorkflowExecution: cause = .badCancelWorkflowExecutionAttributes
    case .continueAsNewWorkflowExecution: cause = .badContinueAsNewAttributes
    case .startChildWorkflowExecution: cause = .badStartChildExecutionAttributes
    case .signalExternalWorkflowExecution: cause = .badSignalWorkflowExecutionAttributes
    case .requestCancelExternalWorkflowExecution: cause = .badRequestCancelExternalWorkflowExecutionAttributes
    case .upsertWorkflowSearchAttributes: cause = .badSearchAttributes
    case .modifyWorkflowProperties: cause = .badModifyWorkflowPropertiesAttributes
    case .protocolMessage: cause = .badUpdateWorkflowExecutionMessage
    case .scheduleNexusOperation: cause = .badScheduleNexusOperationAttributes
    case .requestCancelNexusOperation: cause = .badRequestCancelNexusOperationAttributes
    default: return nil
    }
    let name = commandType.serverName
    return CommandRefusal(cause, "\(name)CommandAttributes is not set on \(name)Command.")
  }

  /// Whether the attributes are those of the command's type.
  var hasMatchingAttributes: Bool {
    switch (commandType, attributes) {
    case (.scheduleActivityTask, .scheduleActivityTaskCommandAttributes?),
      (.requestCancelActivityTask, .requestCancelActivityTaskCommandAttributes?),
      (.startTimer, .startTimerCommandAttributes?),
      (.cancelTimer, .cancelTimerCommandAttributes?),
      (.recordMarker, .recordMarkerCommandAttributes?),
      (.completeWorkflowExecution, .completeWorkflowExecutionCommandAttributes?),
      (.failWorkflowExecution, .failWorkflowExecutionCommandAttributes?),
      (.cancelWorkflowExecution, .cancelWorkflowExecutionCommandAttributes?),
      (.continueAsNewWorkflowExecution, .continueAsNewWorkflowExecutionCommandAttributes?),
      (.startChildWorkflowExecution, .startChildWorkflowExecutionCommandAttributes?),
      (.signalExternalWorkflowExecution, .signalExternalWorkflowExecutionCommandAttributes?),
      (.requestCancelExternalWorkflowExecution, .requestCancelExternalWorkflowExecutionCommandAttributes?),
      (.upsertWorkflowSearchAttributes, .upsertWorkflowSearchAttributesCommandAttributes?),
      (.modifyWorkflowProperties, .modifyWorkflowPropertiesCommandAttributes?),
      (.protocolMessage, .protocolMessageCommandAttributes?),
      (.scheduleNexusOperation, .scheduleNexusOperationCommandAttributes?),
      (.requestCancelNexusOperation, .requestCancelNexusOperationCommandAttributes?):
      true
    default: false
    }
  }
}
