internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The commands that schedule and cancel Nexus operations (`server.md` 4, 15).

extension RunTransaction {
  mutating func scheduleNexusOperation(
    _ attributes: Temporal_Api_Command_V1_ScheduleNexusOperationCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    let cause = WorkflowTaskFailedCause.badScheduleNexusOperationAttributes
    guard let endpoint = context.directory.nexusEndpoints[attributes.endpoint]?.endpoint else {
      throw CommandRefusal(cause, "endpoint \"\(attributes.endpoint)\" not found")
    }
    try check(attributes)
    if execution.nexusOperations.count >= limits.pendingNexusOperations {
      throw CommandRefusal(
        .pendingNexusOperationsLimitExceeded,
        "workflow has reached the pending nexus operation limit of \(limits.pendingNexusOperations) for this namespace")
    }
    let requestID = ids.uuid()
    let timeouts = NexusTimeouts(attributes, runTimeout: record.started.workflowRunTimeout.nanoseconds)
    let scheduled = write(
      .nexusOperationScheduledEventAttributes(
        .with {
          $0.endpoint = attributes.endpoint
          $0.endpointID = endpoint.id
          $0.service = attributes.service
          $0.operation = attributes.operation
          if attributes.hasInput { $0.input = attributes.input }
          if let timeout = timeouts.scheduleToClose { $0.scheduleToCloseTimeout = timeout.protobufDuration }
          if let timeout = timeouts.scheduleToStart { $0.scheduleToStartTimeout = timeout.protobufDuration }
          if let timeout = timeouts.startToClose { $0.startToCloseTimeout = timeout.protobufDuration }
          $0.nexusHeader = attributes.nexusHeader.lowercasedKeys
          $0.requestID = requestID
          $0.workflowTaskCompletedEventID = context.completedEventID
        }), userMetadata: metadata)
    followUps.append(
      .sendNexusRequest(runID: record.runID, scheduledEventID: scheduled.eventID, .start))
  }

  mutating func cancelNexusOperation(
    _ attributes: Temporal_Api_Command_V1_RequestCancelNexusOperationCommandAttributes, _ metadata: UserMetadata?,
    _ context: CommandContext
  ) throws(CommandRefusal) {
    let cause = WorkflowTaskFailedCause.badRequestCancelNexusOperationAttributes
    let id = attributes.scheduledEventID
    let operation = execution.nexusOperations[id]
    // The workflow cannot know of an end that it has not seen: then the request is written and nothing comes of it.
    guard operation != nil || execution.buffer.contains(where: { $0.nexusOperationEnded == id }) else {
      throw CommandRefusal(
        cause,
        "requested cancelation for a non-existing or already completed operation with scheduled event ID of \(id)")
    }
    if operation?.cancelRequested == true {
      throw CommandRefusal(cause, "cancelation was already requested for an operation with scheduled event ID \(id)")
    }
    write(
      .nexusOperationCancelRequestedEventAttributes(
        .with {
          $0.scheduledEventID = id
          $0.workflowTaskCompletedEventID = context.completedEventID
        }), userMetadata: metadata)
    // Before the operation has started there is nothing to cancel: its start sends the request.
    if operation?.state == .started {
      followUps.append(.sendNexusRequest(runID: record.runID, scheduledEventID: id, .cancel))
    }
  }

  private func check(
    _ attributes: Temporal_Api_Command_V1_ScheduleNexusOperationCommandAttributes
  ) throws(CommandRefusal) {
    let command = "ScheduleNexusOperationCommandAttributes"
    func refusal(_ reason: String, terminatesRun: Bool = false) -> CommandRefusal {
      CommandRefusal(.badScheduleNexusOperationAttributes, "\(command).\(reason)", terminatesRun: terminatesRun)
    }
    if attributes.service.utf8.count > limits.idBytes {
      throw refusal("Service exceeds length limit of \(limits.idBytes)")
    }
    if attributes.operation.utf8.count > limits.idBytes {
      throw refusal("Operation exceeds length limit of \(limits.idBytes)")
    }
    let timeouts = [
      ("ScheduleToCloseTimeout", attributes.scheduleToCloseTimeout.fault),
      ("ScheduleToStartTimeout", attributes.scheduleToStartTimeout.fault),
      ("StartToCloseTimeout", attributes.startToCloseTimeout.fault),
    ]
    for case (let name, let fault?) in timeouts { throw refusal("\(name) is invalid: \(fault)") }
    if attributes.hasInput, attributes.input.byteCount > limits.blobBytes {
      throw refusal("Input exceeds size limit", terminatesRun: true)
    }
    var size = 0
    for (name, value) in attributes.nexusHeader.sorted(by: { $0.key < $1.key }) {
      if Self.disallowedHeaders.contains(name.lowercased()) {
        throw refusal("NexusHeader contains a disallowed header key: \"\(name)\"")
      }
      size += name.lowercased().utf8.count + value.utf8.count
    }
    if size > limits.nexusHeaderBytes { throw refusal("NexusHeader exceeds size limit") }
  }

  /// Headers that the server itself sets.
  private static let disallowedHeaders: Set<String> = [
    "request-timeout", "xdc-redirection-api", "xdc-redirection-source-cell", "xdc-redirection", "caller-name",
    "caller-type", "call-initiation", "temporal-principal-type", "temporal-principal-name",
  ]
}

/// The timeouts of an operation as its event has them: cut by the run's and by one another.
private struct NexusTimeouts {
  var scheduleToClose: Int64?
  var scheduleToStart: Int64?
  var startToClose: Int64?

  init(_ attributes: Temporal_Api_Command_V1_ScheduleNexusOperationCommandAttributes, runTimeout: Int64) {
    if attributes.hasScheduleToCloseTimeout { scheduleToClose = attributes.scheduleToCloseTimeout.capped.nanoseconds }
    if attributes.hasScheduleToStartTimeout { scheduleToStart = attributes.scheduleToStartTimeout.capped.nanoseconds }
    if attributes.hasStartToCloseTimeout { startToClose = attributes.startToCloseTimeout.capped.nanoseconds }
    let whole = scheduleToClose ?? 0
    if runTimeout > 0, whole == 0 || whole > runTimeout { scheduleToClose = runTimeout }
    if let whole = scheduleToClose, whole > 0 {
      scheduleToStart = scheduleToStart.map { min($0, whole) }
      startToClose = startToClose.map { min($0, whole) }
    }
  }
}

extension [String: String] {
  /// Header names are told in lower case; of two that differ in case only, the last in order stays.
  var lowercasedKeys: Self {
    Dictionary(
      sorted { $0.key < $1.key }.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { _, last in last })
  }
}

extension HistoryEvent {
  /// The operation that this event ended, by its scheduled event.
  fileprivate var nexusOperationEnded: Int64? {
    switch attributes {
    case .nexusOperationCompletedEventAttributes(let attributes)?: attributes.scheduledEventID
    case .nexusOperationFailedEventAttributes(let attributes)?: attributes.scheduledEventID
    case .nexusOperationCanceledEventAttributes(let attributes)?: attributes.scheduledEventID
    case .nexusOperationTimedOutEventAttributes(let attributes)?: attributes.scheduledEventID
    default: nil
    }
  }
}
