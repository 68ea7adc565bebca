import SwiftProtobuf
public import TemporalAPI

/// Where an update stands, and what was asked.
struct UpdateProtocol {
  enum State { case requested, accepted, completed }

  var state = State.requested
  var request: Temporal_Api_Update_V1_Request
  var requestMessageID: String
  var requestSequencingID: Int64
}

extension WorkflowEnvironment {
  /// Accepts an update that was delivered; adds a command.
  public func acceptUpdate(_ id: String) throws(TaskFailure) {
    let update = try take(id, in: .requested, to: "accept")
    try send(
      id: "\(id)/accept", instance: id,
      Temporal_Api_Update_V1_Acceptance.with {
        $0.acceptedRequestMessageID = update.requestMessageID
        $0.acceptedRequestSequencingEventID = update.requestSequencingID
        $0.acceptedRequest = update.request
      },
      expecting: .accepted(
        protocolInstanceID: id, requestMessageID: update.requestMessageID,
        sequencingEventID: update.requestSequencingID))
    updates[id]?.state = .accepted
  }

  /// Rejects an update that was delivered; leaves no trace in the history.
  public func rejectUpdate(_ id: String, _ failure: Temporal_Api_Failure_V1_Failure) throws(TaskFailure) {
    let update = try take(id, in: .requested, to: "reject")
    try send(
      id: "\(id)/reject", instance: id,
      Temporal_Api_Update_V1_Rejection.with {
        $0.rejectedRequestMessageID = update.requestMessageID
        $0.rejectedRequestSequencingEventID = update.requestSequencingID
        $0.rejectedRequest = update.request
        $0.failure = failure
      }, expecting: nil)
    updates[id]?.state = .completed
  }

  /// Completes an update that was accepted; adds a command.
  public func completeUpdate(_ id: String, _ outcome: Temporal_Api_Update_V1_Outcome) throws(TaskFailure) {
    _ = try take(id, in: .accepted, to: "complete")
    try send(
      id: "\(id)/complete", instance: id,
      Temporal_Api_Update_V1_Response.with {
        $0.meta.updateID = id
        $0.outcome = outcome
      }, expecting: .completed(updateID: id, outcome: outcome))
    updates[id]?.state = .completed
  }

  private func take(
    _ id: String, in state: UpdateProtocol.State, to action: String
  ) throws(TaskFailure) -> UpdateProtocol {
    guard let update = updates[id], update.state == state else {
      throw located(.illegalState("invalid action \"\(action)\" in update protocol \(id)"))
    }
    return update
  }

  private func send(
    id: String, instance: String, _ body: some Message, expecting expectation: UpdateExpectation?
  ) throws(TaskFailure) {
    guard let packed = try? Google_Protobuf_Any(message: body) else {
      throw TaskFailure(.codeError, "the answer to update \(instance) cannot be encoded")
    }
    // Asking for the flag has an effect of its own: it is recorded for the run.
    if tryUse(.protocolMessageCommand), let expectation {
      var command = Temporal_Api_Command_V1_Command()
      command.commandType = .protocolMessage
      command.protocolMessageCommandAttributes.messageID = id
      try ledger.add(CommandMachine(.protocolMessage, id: id, issued: issue(command, update: expectation)))
    }
    outbox.append(
      .with {
        $0.id = id
        $0.protocolInstanceID = instance
        $0.body = packed
      })
  }

  /// Delivers an update's request to the code.
  func deliver(_ message: Temporal_Api_Protocol_V1_Message) throws(TaskFailure) {
    // A message of another protocol is none of ours.
    guard let request = try? Temporal_Api_Update_V1_Request(unpackingAny: message.body) else { return }
    guard updates[message.protocolInstanceID] == nil else {
      throw .illegalState("invalid action \"update request\" in update protocol \(message.protocolInstanceID)")
    }
    updates[message.protocolInstanceID] = UpdateProtocol(
      request: request, requestMessageID: message.id, requestSequencingID: message.eventID)
    try instance?.update(
      UpdateRequest(
        id: request.meta.updateID, name: request.input.name,
        arguments: request.input.hasArgs ? request.input.args : nil,
        header: request.input.hasHeader ? request.input.header : nil, isReplaying: isReplaying))
  }
}
