package import HindcastCore
package import HindcastHistory
internal import SwiftProtobuf
package import TemporalAPI
package import TemporalServiceAPI

/// A workflow task as the server handed it out.
package struct WorkflowTask: Sendable {
  /// The answer to the poll.
  package var polled: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
  /// The events of the run up to the task's start: from the first, or only those since the last task that was completed.
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

  /// The run's id.
  package var runID: String { polled.workflowExecution.runID }

  /// The event that started the task; it is the last one.
  package var startedEventID: Int64 { events.last?.eventID ?? 0 }

  /// Whether the events are all that the run has.
  package var hasWholeHistory: Bool { events.first?.eventType == .workflowExecutionStarted }

  /// What the SDK called itself when it last said so in these events.
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
  /// What the SDK called itself when it last said so in the history.
  package var recordedSDK: SDKIdentity?
  /// Whether local activities are still under way, which the server is to make another task for.
  package var isProlonged = false
  /// Attempts at local activities in this task, of those that an earlier task had started.
  package var laterLocalAttempts: UInt32 = 0
}

extension WorkflowTaskCompletion {
  /// Whether the run is over with this.
  var closesRun: Bool { issued.contains { $0.command.closesRun } }
}

extension Command {
  fileprivate var closesRun: Bool {
    switch commandType {
    case .completeWorkflowExecution, .failWorkflowExecution, .cancelWorkflowExecution, .continueAsNewWorkflowExecution:
      true
    default: false
    }
  }
}
