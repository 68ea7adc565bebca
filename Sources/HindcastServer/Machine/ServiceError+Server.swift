internal import HindcastCalls
internal import SwiftProtobuf
internal import TemporalServiceAPI

// The server's refusals, in its words (`server.md` 16): SDKs and people match on them.

extension ServiceError {
  /// An error with a detail that tells SDKs what it is.
  init(_ code: Code, _ message: String, detail: some Message) {
    self.init(code, message, details: [detail].compactMap { try? Google_Protobuf_Any(message: $0) })
  }

  /// The error with a message that is not longer than the server's frontend lets messages be.
  var shortened: Self {
    guard message.utf8.count > Self.longestMessage else { return self }
    let suffix = "... <truncated>"
    var error = self
    error.message = message.truncated(toUTF8: Self.longestMessage - suffix.utf8.count) + suffix
    return error
  }

  private static let longestMessage = 4_000

  static func invalidArgument(_ message: String) -> Self { Self(.invalidArgument, message) }

  static func failedPrecondition(_ message: String) -> Self { Self(.failedPrecondition, message) }

  /// NOT_FOUND with the detail that it has for runs, tasks and the like.
  static func notFound(_ message: String) -> Self {
    Self(.notFound, message, detail: Temporal_Api_Errordetails_V1_NotFoundFailure())
  }

  static func namespaceNotFound(_ name: String) -> Self {
    Self(
      .notFound, "Namespace \(name) is not found.",
      detail: Temporal_Api_Errordetails_V1_NamespaceNotFoundFailure.with { $0.namespace = name })
  }

  /// The run tries to close; so that it can, nothing new is taken for the moment.
  static let workflowClosing = busyWorkflow("workflow operation can not be applied because workflow is closing")

  static let alreadyCompleted = notFound("workflow execution already completed")
  static let workflowTaskNotFound = notFound("Workflow task not found.")
}
