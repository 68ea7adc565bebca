internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

extension RunTransaction {
  /// Carries out a command of a workflow task's answer.
  mutating func perform(_ command: Command, _ context: inout CommandContext) throws(CommandRefusal) {
    let metadata = command.hasUserMetadata ? command.userMetadata : nil
    switch command.attributes {
    case .startTimerCommandAttributes(let attributes)?:
      try startTimer(attributes, metadata, context)
    case .cancelTimerCommandAttributes(let attributes)?:
      try cancelTimer(attributes, context)
    case .scheduleActivityTaskCommandAttributes(let attributes)?:
      try scheduleActivity(attributes, metadata, context)
    case .requestCancelActivityTaskCommandAttributes(let attributes)?:
      try cancelActivity(attributes, &context)
    case .recordMarkerCommandAttributes(let attributes)?:
      try recordMarker(attributes, metadata, context)
    case .completeWorkflowExecutionCommandAttributes(let attributes)?:
      try completeWorkflow(attributes, context)
    case .failWorkflowExecutionCommandAttributes(let attributes)?:
      try failWorkflow(attributes, context)
    case .cancelWorkflowExecutionCommandAttributes(let attributes)?:
      try cancelWorkflow(attributes, context)
    case .startChildWorkflowExecutionCommandAttributes(let attributes)?:
      try startChild(attributes, metadata, &context)
    case .signalExternalWorkflowExecutionCommandAttributes(let attributes)?:
      try signalExternal(attributes, metadata, context)
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let attributes)?:
      try cancelExternal(attributes, metadata, context)
    default:
      throw CommandRefusal(.unspecified, "\(command.commandType.serverName) is not supported yet")
    }
  }

  /// Refuses to close a run that has not seen everything (`server.md` 3.3).
  func checkNothingUnseen() throws(CommandRefusal) {
    if execution.buffer.contains(where: { !$0.event.isEndOfUnstartedActivity }) {
      throw CommandRefusal(.unhandledCommand, "")
    }
  }

  private mutating func recordMarker(
    _ attributes: Temporal_Api_Command_V1_RecordMarkerCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    if attributes.markerName.isEmpty {
      throw CommandRefusal(.badRecordMarkerAttributes, "MarkerName is not set on RecordMarkerCommand.")
    }
    write(
      .markerRecordedEventAttributes(
        .with {
          $0.markerName = attributes.markerName
          $0.details = attributes.details
          $0.workflowTaskCompletedEventID = context.completedEventID
          if attributes.hasHeader { $0.header = attributes.header }
          if attributes.hasFailure { $0.failure = attributes.failure }
        }), userMetadata: metadata)
  }

  private mutating func completeWorkflow(
    _ attributes: Temporal_Api_Command_V1_CompleteWorkflowExecutionCommandAttributes, _ context: CommandContext
  ) throws(CommandRefusal) {
    try checkNothingUnseen()
    write(
      .workflowExecutionCompletedEventAttributes(
        .with {
          if attributes.hasResult { $0.result = attributes.result }
          $0.workflowTaskCompletedEventID = context.completedEventID
        }))
  }

  private mutating func failWorkflow(
    _ attributes: Temporal_Api_Command_V1_FailWorkflowExecutionCommandAttributes, _ context: CommandContext
  ) throws(CommandRefusal) {
    guard attributes.hasFailure else {
      throw CommandRefusal(.badFailWorkflowExecutionAttributes, "Failure is not set on FailWorkflowExecutionCommand.")
    }
    try checkNothingUnseen()
    write(
      .workflowExecutionFailedEventAttributes(
        .with {
          $0.failure = attributes.failure
          $0.retryState = .retryPolicyNotSet
          $0.workflowTaskCompletedEventID = context.completedEventID
        }))
  }

  private mutating func cancelWorkflow(
    _ attributes: Temporal_Api_Command_V1_CancelWorkflowExecutionCommandAttributes, _ context: CommandContext
  ) throws(CommandRefusal) {
    try checkNothingUnseen()
    write(
      .workflowExecutionCanceledEventAttributes(
        .with {
          if attributes.hasDetails { $0.details = attributes.details }
          $0.workflowTaskCompletedEventID = context.completedEventID
        }))
  }
}
