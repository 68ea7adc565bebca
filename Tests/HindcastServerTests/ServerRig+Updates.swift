import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

// Updates, and what workers say of them.

extension ServerRig {
  /// Sends an update; the answer is found under the call.
  mutating func beginUpdate(
    _ id: String = "u", of workflowID: String = "w", stage: UpdateLifecycleStage = .completed
  ) -> CallID {
    begin(WorkflowService.updateWorkflowExecution, .update(id, of: workflowID, stage: stage))
  }

  /// The answer to an update; `nil` while it waits.
  mutating func update(_ call: CallID) throws -> UpdateWorkflowResponse? {
    try answer(call, of: WorkflowService.updateWorkflowExecution)
  }

  /// Answers a workflow task with messages that no command places.
  @discardableResult
  mutating func complete(
    _ task: WorkflowTaskPollResponse, _ commands: Command..., messages: [ProtocolMessage]
  ) throws -> WorkflowTaskCompletedResponse {
    try complete(task) {
      $0.commands = commands
      $0.messages = messages
    }
  }

  /// A run that has completed its first task and waits for something to happen.
  mutating func startIdle(_ workflowID: String = "w") throws -> String {
    let runID = try start(workflowID)
    try complete(try pollTask())
    return runID
  }
}

extension UpdateWorkflowRequest {
  static func update(_ id: String, of workflowID: String, stage: UpdateLifecycleStage = .completed) -> Self {
    .with {
      $0.namespace = "default"
      $0.workflowExecution.workflowID = workflowID
      $0.request.meta.updateID = id
      $0.request.input.name = "update"
      $0.waitPolicy.lifecycleStage = stage
    }
  }
}

extension ProtocolMessage {
  static func accept(_ id: String, at sequencingEventID: Int64 = 1) throws -> Self {
    try answer(
      to: id, "accept",
      Temporal_Api_Update_V1_Acceptance.with {
        $0.acceptedRequestMessageID = "\(id)/request"
        $0.acceptedRequestSequencingEventID = sequencingEventID
      })
  }

  static func complete(_ id: String, _ result: String = "done") throws -> Self {
    try answer(
      to: id, "complete",
      Temporal_Api_Update_V1_Response.with {
        $0.meta.updateID = id
        $0.outcome.success = Payloads(text: result)
      })
  }

  static func reject(_ id: String) throws -> Self {
    try answer(to: id, "reject", Temporal_Api_Update_V1_Rejection.with { $0.failure.message = "rejected" })
  }

  private static func answer(to id: String, _ what: String, _ body: some Message) throws -> Self {
    let body = try Google_Protobuf_Any(message: body)
    return .with {
      $0.id = "\(id)/\(what)"
      $0.protocolInstanceID = id
      $0.body = body
    }
  }
}
