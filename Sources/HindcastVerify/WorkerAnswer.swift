import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

/// What a worker made of an excerpt.
enum WorkerAnswer: Sendable {
  /// It answered the query, so it came to the end of the events.
  case answered
  /// It completed the task with these commands.
  case completed([Command])
  /// It could not.
  case failed(WorkerFailure)
  /// It said nothing in time; then it was or was not still asking for tasks.
  case none(after: Duration, isStillThere: Bool)
}

/// Why a worker could not replay, in its own words.
struct WorkerFailure: Sendable {
  /// The worker's message, unchanged.
  var message: String
  /// The kind of failure, in the words of the worker's language; empty where it says none.
  var type = ""
  /// Where the code stood, in the form of the worker's language; empty where it says nothing.
  var stackTrace = ""
  /// Why the task failed, where the worker says so.
  var cause = Temporal_Api_Enums_V1_WorkflowTaskFailedCause.unspecified

  init(_ request: Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedRequest) {
    self.init(request.failure, cause: request.cause)
    if message.isEmpty { message = request.errorMessage }
  }

  init(_ request: Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedRequest) {
    self.init(request.failure, cause: request.cause)
  }

  private init(_ failure: Failure, cause: Temporal_Api_Enums_V1_WorkflowTaskFailedCause) {
    message = failure.message
    type = failure.applicationFailureInfo.type
    stackTrace = failure.stackTrace
    self.cause = cause
  }
}
