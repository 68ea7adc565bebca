internal import HindcastHistory
internal import TemporalAPI

extension Command {
  /// Whether the server knows the command's type.
  var isKnown: Bool { causeWithoutAttributes != nil }

  /// How a command without attributes is refused; `nil` for a type that the server does not know.
  var refusalWithoutAttributes: CommandRefusal? {
    guard let cause = causeWithoutAttributes else { return nil }
    let name = commandType.serverName
    return CommandRefusal(cause, "\(name)CommandAttributes is not set on \(name)Command.")
  }

  private var causeWithoutAttributes: WorkflowTaskFailedCause? {
    switch commandType {
    case .scheduleActivityTask: .badScheduleActivityAttributes
    case .requestCancelActivityTask: .badRequestCancelActivityAttributes
    case .startTimer: .badStartTimerAttributes
    case .cancelTimer: .badCancelTimerAttributes
    case .recordMarker: .badRecordMarkerAttributes
    case .completeWorkflowExecution: .badCompleteWorkflowExecutionAttributes
    case .failWorkflowExecution: .badFailWorkflowExecutionAttributes
    case .cancelWorkflowExecution: .badCancelWorkflowExecutionAttributes
    case .continueAsNewWorkflowExecution: .badContinueAsNewAttributes
    case .startChildWorkflowExecution: .badStartChildExecutionAttributes
    case .signalExternalWorkflowExecution: .badSignalWorkflowExecutionAttributes
    case .requestCancelExternalWorkflowExecution: .badRequestCancelExternalWorkflowExecutionAttributes
    case .upsertWorkflowSearchAttributes: .badSearchAttributes
    case .modifyWorkflowProperties: .badModifyWorkflowPropertiesAttributes
    case .protocolMessage: .badUpdateWorkflowExecutionMessage
    case .scheduleNexusOperation: .badScheduleNexusOperationAttributes
    case .requestCancelNexusOperation: .badRequestCancelNexusOperationAttributes
    default: nil
    }
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
