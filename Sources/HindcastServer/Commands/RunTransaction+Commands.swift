internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

extension RunTransaction {
  /// Carries out a command of a workflow task's answer.
  mutating func perform(_ command: Command, _ context: inout CommandContext) throws(CommandRefusal) {
    let metadata = command.hasUserMetadata ? command.userMetadata : nil
    groupMarkers = command.commandType == .protocolMessage ? [] : command.eventGroupMarkers
    defer { groupMarkers = [] }
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
      try completeWorkflow(attributes, metadata, context)
    case .failWorkflowExecutionCommandAttributes(let attributes)?:
      try failWorkflow(attributes, metadata, context)
    case .cancelWorkflowExecutionCommandAttributes(let attributes)?:
      try cancelWorkflow(attributes, metadata, context)
    case .startChildWorkflowExecutionCommandAttributes(let attributes)?:
      try startChild(attributes, metadata, &context)
    case .signalExternalWorkflowExecutionCommandAttributes(let attributes)?:
      try signalExternal(attributes, metadata, context)
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let attributes)?:
      try cancelExternal(attributes, metadata, context)
    case .continueAsNewWorkflowExecutionCommandAttributes(let attributes)?:
      try continueAsNew(attributes, metadata, context)
    case .upsertWorkflowSearchAttributesCommandAttributes(let attributes)?:
      try upsertSearchAttributes(attributes, metadata, context)
    case .modifyWorkflowPropertiesCommandAttributes(let attributes)?:
      try modifyProperties(attributes, metadata, context)
    case .protocolMessageCommandAttributes(let attributes)?:
      try placeMessage(attributes, &context)
    case .scheduleNexusOperationCommandAttributes(let attributes)?:
      try scheduleNexusOperation(attributes, metadata, context)
    case .requestCancelNexusOperationCommandAttributes(let attributes)?:
      try cancelNexusOperation(attributes, metadata, context)
    default:
      throw CommandRefusal(.unspecified, "\(command.commandType.serverName) is not supported yet")
    }
  }

  private mutating func recordMarker(
    _ attributes: Temporal_Api_Command_V1_RecordMarkerCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    if attributes.markerName.isEmpty {
      throw CommandRefusal(.badRecordMarkerAttributes, "MarkerName is not set on RecordMarkerCommand.")
    }
    try checkLength(attributes.markerName, "MarkerName on RecordMarkerCommand", .badRecordMarkerAttributes)
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
}
