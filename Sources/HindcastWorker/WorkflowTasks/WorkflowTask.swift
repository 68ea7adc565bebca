package import HindcastCore
package import HindcastHistory
internal import SwiftProtobuf
package import TemporalAPI
package import TemporalServiceAPI

/// A workflow task as the server handed it out, with the whole history of its run.
package struct WorkflowTask: Sendable {
  /// The answer to the poll.
  package var polled: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
  /// The events of the run, from the first to the task's start.
  package var events: [HistoryEvent]
  /// The namespace that was polled.
  package var namespace: String

  package init(
    polled: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse, events: [HistoryEvent], namespace: String
  ) {
    self.polled = polled
    self.events = events
    self.namespace = namespace
  }

  /// Whether the task is nothing but a query: then nothing is run and no history is written.
  package var isQuery: Bool { polled.hasQuery }

  /// What the SDK called itself when it last said so in this history.
  package var recordedSDK: SDKIdentity? {
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
  package var logFields: [WorkerLogLine.Field] {
    [
      .init("workflowType", polled.workflowType.name), .init("workflowId", polled.workflowExecution.workflowID),
      .init("runId", polled.workflowExecution.runID),
    ]
  }
}

/// What a worker answers to a workflow task.
package enum WorkflowTaskAnswer: Sendable {
  /// The code ran.
  case completed(WorkflowTaskCompletion)
  /// It could not be run to the end.
  case failed(WorkflowTaskProblem)
  /// The answer to a task that was only a query.
  case queried(QueryAnswer)
}

/// What the code did in a task.
package struct WorkflowTaskCompletion: Sendable {
  /// The commands, in order, with the places in the code that issued them.
  package var issued: [IssuedCommand]
  /// The answers to updates, in order.
  package var messages: [Temporal_Api_Protocol_V1_Message]
  /// The SDK flags that were used for the first time.
  package var flags: [UInt32]
  /// The answers to the queries that came along, by their ids.
  package var queryResults: [String: Temporal_Api_Query_V1_WorkflowQueryResult]
}

extension WorkflowTaskCompletion {
  /// The commands as they go to the server.
  package var commands: [Command] { issued.map(\.command).map(\.withoutEagerExecution) }
}

extension Command {
  /// The command without the wish to get its activity in the answer: this worker takes activities from its polls only, and
  /// one that the server counts as handed out would wait for its timeout.
  fileprivate var withoutEagerExecution: Command {
    guard case .scheduleActivityTaskCommandAttributes(var activity)? = attributes, activity.requestEagerExecution else {
      return self
    }
    activity.requestEagerExecution = false
    var command = self
    command.scheduleActivityTaskCommandAttributes = activity
    return command
  }
}
