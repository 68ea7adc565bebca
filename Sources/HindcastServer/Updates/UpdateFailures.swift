internal import HindcastCalls
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// How updates fail, in the real server's words (`server.md` 13).

typealias UpdateRequest = Temporal_Api_Update_V1_Request
typealias UpdateOutcome = Temporal_Api_Update_V1_Outcome
typealias UpdateLifecycleStage = Temporal_Api_Enums_V1_UpdateWorkflowExecutionLifecycleStage
typealias ProtocolMessage = Temporal_Api_Protocol_V1_Message

extension Failure {
  /// Of an update that a worker was given and did not mention in its answer.
  static let updateNotProcessed = server(
    "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
    type: "UnprocessedUpdate")

  /// Of an accepted update whose run has closed.
  static let updateOutlivedWorkflow = server(
    "Workflow Update failed because the Workflow completed before the Update completed.",
    type: "AcceptedUpdateCompletedWorkflow")

  private static func server(_ message: String, type: String) -> Failure {
    .with {
      $0.message = message
      $0.source = "Server"
      $0.applicationFailureInfo = .with {
        $0.type = type
        $0.nonRetryable = true
      }
    }
  }
}

extension UpdateOutcome {
  var isFailure: Bool {
    if case .failure? = value { true } else { false }
  }
}

extension ServiceError {
  /// The run closed before a worker accepted the update.
  static let updateAborted = notFound("workflow update was aborted by closing workflow")

  /// A worker had the update, and its answer was refused.
  static let updateTaskFailed = workflowNotReady(
    "Unable to perform workflow execution update due to unexpected workflow task failure.")

  static func resourceExhausted(
    _ message: String, _ cause: Temporal_Api_Enums_V1_ResourceExhaustedCause
  ) -> Self {
    Self(
      .resourceExhausted, message,
      detail: Temporal_Api_Errordetails_V1_ResourceExhaustedFailure.with {
        $0.cause = cause
        $0.scope = .namespace
      })
  }

  static func permissionDenied(_ message: String) -> Self {
    Self(.permissionDenied, message, detail: Temporal_Api_Errordetails_V1_PermissionDeniedFailure())
  }
}
