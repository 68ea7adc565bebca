internal import HindcastCore
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// A workflow task as the server handed it out, with the whole history of its run.
struct WorkflowTask: Sendable {
  /// The answer to the poll.
  var polled: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
  /// The events of the run, from the first to the task's start.
  var events: [HistoryEvent]
  /// The namespace that was polled.
  var namespace: String

  /// Whether the task is nothing but a query: then nothing is run and no history is written.
  var isQuery: Bool { polled.hasQuery }

  /// What the SDK called itself when it last said so in this history.
  var recordedSDK: SDKIdentity? {
    for event in events.reversed() {
      guard case .workflowTaskCompletedEventAttributes(let completed)? = event.attributes,
        !completed.sdkMetadata.sdkName.isEmpty
      else { continue }
      var identity = SDKIdentity()
      identity.name = completed.sdkMetadata.sdkName
      identity.version = completed.sdkMetadata.sdkVersion
      return identity
    }
    return nil
  }

  /// The run in log lines.
  var logFields: [WorkerLogLine.Field] {
    [
      .init("workflowType", polled.workflowType.name), .init("workflowId", polled.workflowExecution.workflowID),
      .init("runId", polled.workflowExecution.runID),
    ]
  }
}

/// What a worker answers to a workflow task.
enum WorkflowTaskAnswer: Sendable {
  /// The code ran.
  case completed(WorkflowTaskCompletion)
  /// It could not be run to the end.
  case failed(WorkflowTaskProblem)
  /// The answer to a task that was only a query.
  case queried(QueryAnswer)
}

/// What the code did in a task.
struct WorkflowTaskCompletion: Sendable {
  /// The commands, in order.
  var commands: [Command]
  /// The answers to updates, in order.
  var messages: [Temporal_Api_Protocol_V1_Message]
  /// The SDK flags that were used for the first time.
  var flags: [UInt32]
  /// The answers to the queries that came along, by their ids.
  var queryResults: [String: Temporal_Api_Query_V1_WorkflowQueryResult]
}
