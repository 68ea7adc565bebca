internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Updates from admitted to their end (`server.md` 13).

extension RunTransaction {
  /// Takes an update, and makes a task for it if there is none that it could ride on.
  mutating func admit(_ request: UpdateRequest) throws(ServiceError) {
    try checkUpdateLimits(request)
    execution.admittedUpdates.append(AdmittedUpdate(id: request.meta.updateID, request: request))
    if record.workflowTask.kind == .none { scheduleSpeculativeTask() }
  }

  private func checkUpdateLimits(_ request: UpdateRequest) throws(ServiceError) {
    if execution.updatesInFlight >= limits.updatesInFlight {
      throw .resourceExhausted(
        "limit on number of concurrent in-flight updates has been reached (\(limits.updatesInFlight))",
        .concurrentLimit)
    }
    try checkUpdateCount()
    let bytes = execution.admittedUpdates.reduce(request.byteCount) { $0 + ($1.request?.byteCount ?? 0) }
    if bytes >= limits.updateBytesInFlight {
      throw .resourceExhausted(
        "limit on total payload size of in-flight updates has been reached (\(limits.updateBytesInFlight) bytes)",
        .concurrentLimit)
    }
  }

  private func checkUpdateCount() throws(ServiceError) {
    guard execution.updateCount >= Int(limits.updatesPerRun) else { return }
    throw .failedPrecondition(
      """
      The limit on the total number of distinct updates in this workflow has been reached (\(limits.updatesPerRun)). \
      Make sure any duplicate updates share an Update ID so the server can deduplicate them, and consider rejecting \
      updates that you aren't going to process. You can also Continue-as-New to avoid this; we recommend you check \
      Continue-as-New Suggested in your Workflow.
      """)
  }

  /// Whether the workflow should continue as new because it took so many updates: from 90 % of the limit on.
  var hasTooManyUpdates: Bool {
    let many = Int(limits.updatesPerRun) * 9
    // Counting exactly takes a look at each of them.
    return (execution.updates.count + execution.admittedUpdates.count) * 10 >= many
      && execution.updateCount * 10 >= many
  }

  /// The started task takes the updates along that wait.
  ///
  /// - Parameter again: Also those that a task took before; a worker's heartbeat leaves it what it has.
  mutating func sendUpdates(again: Bool) {
    let stamp = record.workflowTask.stamp
    for index in execution.admittedUpdates.indices where again || !execution.admittedUpdates[index].isSent {
      execution.admittedUpdates[index].taskStamp = stamp
    }
  }

  // MARK: A worker's answer

  /// The worker's message that a PROTOCOL_MESSAGE command puts in its place among the commands.
  mutating func placeMessage(
    _ attributes: Temporal_Api_Command_V1_ProtocolMessageCommandAttributes, _ context: inout CommandContext
  ) throws(CommandRefusal) {
    let id = attributes.messageID
    if id.isEmpty { throw .badUpdateMessage("MessageID is not set on ProtocolMessageCommand.") }
    guard let index = context.messages.firstIndex(where: { $0.id == id }) else {
      throw .badUpdateMessage("ProtocolMessageCommand referenced absent message ID \(id)")
    }
    try take(context.messages.remove(at: index), context)
  }

  /// The messages that no command placed, in their order.
  mutating func takeMessages(_ context: inout CommandContext) throws(CommandRefusal) {
    let messages = context.messages
    context.messages = []
    for message in messages { try take(message, context) }
  }

  private mutating func take(_ message: ProtocolMessage, _ context: CommandContext) throws(CommandRefusal) {
    let id = message.protocolInstanceID
    guard message.body.isUpdateMessage else {
      throw .badUpdateMessage("unsupported protocol type \(message.body.protocolType)")
    }
    let body = try UpdateMessage(message.body)
    if message.body.byteCount > limits.blobBytes {
      throw CommandRefusal(
        .badUpdateWorkflowExecutionMessage, "Message type \(message.body.messageName) exceeds size limit.",
        terminatesRun: true)
    }
    if execution.state(ofUpdate: id) == nil, !resurrect(id, from: body) {
      throw .badUpdateMessage(
        """
        update \(id) wasn't found on the server. This is most likely a transient error which will be resolved \
        automatically by retries
        """)
    }
    if !execution.isRunning {
      // Nothing can be written any more: only a rejection leaves nothing.
      if case .rejection = body { try reject(id, body, context) } else { abort(id) }
      return
    }
    switch body {
    case .acceptance(let acceptance): try accept(id, acceptance, body, context)
    case .rejection: try reject(id, body, context)
    case .response(let response): try complete(id, response, body, context)
    case .other: throw .badUpdateMessage("Message type \(body.typeName) not supported")
    }
  }

  /// Takes an update again that the server forgot and a worker remembers.
  private mutating func resurrect(_ id: String, from body: UpdateMessage) -> Bool {
    guard let request = body.originalRequest else { return false }
    execution.admittedUpdates.append(AdmittedUpdate(id: id, request: request))
    return true
  }

  private mutating func accept(
    _ id: String, _ acceptance: Temporal_Api_Update_V1_Acceptance, _ body: UpdateMessage, _ context: CommandContext
  ) throws(CommandRefusal) {
    guard let update = execution.admittedUpdates.first(where: { $0.id == id }) else {
      throw wrongState(id, body, context)
    }
    if acceptance.acceptedRequestSequencingEventID == 0 {
      throw .badUpdateMessage("invalid \(body.typeName): accepted_request_sequencing_event_id is not set")
    }
    if acceptance.acceptedRequestMessageID.isEmpty {
      throw .badUpdateMessage("invalid \(body.typeName): accepted_request_message_id is not set")
    }
    write(
      .workflowExecutionUpdateAcceptedEventAttributes(
        .with {
          $0.protocolInstanceID = id
          $0.acceptedRequestMessageID = update.messageID
          $0.acceptedRequestSequencingEventID = acceptance.acceptedRequestSequencingEventID
          if let request = update.request { $0.acceptedRequest = request }
        }))
    report(.reached(.accepted), of: id)
  }

  private mutating func complete(
    _ id: String, _ response: Temporal_Api_Update_V1_Response, _ body: UpdateMessage, _ context: CommandContext
  ) throws(CommandRefusal) {
    guard execution.state(ofUpdate: id) == .accepted, let acceptedEventID = execution.updates[id]?.acceptedEventID
    else {
      throw wrongState(id, body, context)
    }
    if !response.hasMeta { throw .badUpdateMessage("invalid \(body.typeName): meta is not set") }
    if response.meta.updateID.isEmpty { throw .badUpdateMessage("invalid \(body.typeName): meta.update_id is not set") }
    if response.meta.updateID != id { throw .badUpdateMessage("invalid \(body.typeName): meta.update_id != \(id)") }
    if !response.hasOutcome { throw .badUpdateMessage("invalid \(body.typeName): outcome is not set") }
    write(
      .workflowExecutionUpdateCompletedEventAttributes(
        .with {
          $0.meta = response.meta
          $0.outcome = response.outcome
          $0.acceptedEventID = acceptedEventID
        }))
    report(.reached(.completed(response.outcome)), of: id)
  }

  private mutating func reject(
    _ id: String, _ body: UpdateMessage, _ context: CommandContext
  ) throws(CommandRefusal) {
    guard case .rejection(let rejection) = body, execution.state(ofUpdate: id) == .admitted else {
      throw wrongState(id, body, context)
    }
    reject(id, rejection.failure)
  }

  private mutating func reject(_ id: String, _ failure: Failure) {
    execution.admittedUpdates.removeAll { $0.id == id }
    report(.reached(.completed(.with { $0.failure = failure })), of: id)
  }

  /// Rejects what the worker was given and did not mention, so that it is not given that again and again.
  mutating func rejectUnprocessedUpdates(_ request: WorkflowTaskCompletedRequest) {
    guard execution.isRunning, !request.forceCreateNewWorkflowTask else { return }
    for update in execution.admittedUpdates where update.isSent { reject(update.id, .updateNotProcessed) }
  }

  private func wrongState(_ id: String, _ body: UpdateMessage, _ context: CommandContext) -> CommandRefusal {
    let record = execution.updates[id]
    let state =
      switch execution.state(ofUpdate: id) {
      case .admitted?: execution.admittedUpdates.contains { $0.id == id && $0.isSent } ? "Sent" : "Admitted"
      case .accepted?: (record?.acceptedEventID ?? 0) > context.completedEventID ? "ProvisionallyAccepted" : "Accepted"
      case .completed?, nil:
        (record?.completedEventID ?? 0) > context.completedEventID ? "ProvisionallyCompleted" : "Completed"
      }
    return .badUpdateMessage(
      """
      invalid state transition attempted for Update \(id): received \(body.typeName) message while in state \(state)
      """)
  }

  // MARK: The end

  /// A worker's answer was refused: what it had been given does not come again, its callers learn that.
  mutating func abortSentUpdates() {
    for update in execution.admittedUpdates where update.isSent { report(.aborted(.updateTaskFailed), of: update.id) }
    execution.admittedUpdates.removeAll(where: \.isSent)
  }

  /// The run has closed: accepted updates have failed, those that no worker accepted are gone.
  mutating func abortUpdates() {
    let continues = record.status == .continuedAsNew || !record.newRunID.isEmpty
    for update in execution.admittedUpdates {
      report(.aborted(continues ? .workflowClosing : .updateAborted), of: update.id)
    }
    execution.admittedUpdates = []
    for update in execution.updates.sorted where update.stage == .accepted {
      if let state = execution.state(ofUpdate: update.updateID) { report(.reached(state), of: update.updateID) }
    }
  }

  private mutating func abort(_ id: String) {
    guard execution.state(ofUpdate: id) == .admitted else { return }
    execution.admittedUpdates.removeAll { $0.id == id }
    report(.aborted(.updateAborted), of: id)
  }

  /// Notes what those who wait for an update are to be told; the last word of a transaction counts.
  private mutating func report(_ result: UpdateResult, of id: String) {
    updateResults.removeAll { $0.id == id }
    updateResults.append((id, result))
  }
}

extension AdmittedUpdate {
  /// The id of the message that takes the update to a worker.
  var messageID: String { "\(id)/request" }
}

extension Execution {
  /// The messages of the workflow task in flight.
  var outgoingMessages: [ProtocolMessage] {
    let task = record.workflowTask
    return admittedUpdates.compactMap { update in
      guard update.taskStamp == task.stamp, let request = update.request,
        let body = try? Google_Protobuf_Any(message: request)
      else { return nil }
      return .with {
        $0.id = update.messageID
        $0.protocolInstanceID = update.id
        $0.eventID = task.startedEventID - 1
        $0.body = body
      }
    }
  }
}
