internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

extension Execution {
  /// The Scheduled and Started events of a task that is not stored, with the ids that they would get (`server.md` 3.4).
  ///
  /// - Parameter identity: As the Started event shows it; a history that somebody reads shows none.
  func madeUpTaskEvents(identity: String) -> [HistoryEvent] {
    let task = record.workflowTask
    var events: [HistoryEvent] = [
      .with {
        $0.eventID = task.scheduledEventID
        $0.eventTime = task.scheduledTime.timestamp
        $0.eventType = .workflowTaskScheduled
        $0.workflowTaskScheduledEventAttributes = task.scheduledAttributes
      }
    ]
    if task.startedEventID != 0 {
      events.append(
        .with {
          $0.eventID = task.startedEventID
          $0.eventTime = task.startedTime.timestamp
          $0.eventType = .workflowTaskStarted
          $0.workflowTaskStartedEventAttributes = task.startedAttributes(identity: identity)
        })
    }
    return events
  }
}

extension WorkflowTaskRecord {
  /// What the Scheduled event of a task that is not stored says.
  var scheduledAttributes: Temporal_Api_History_V1_WorkflowTaskScheduledEventAttributes {
    .with {
      $0.taskQueue = taskQueue
      $0.startToCloseTimeout = startToCloseTimeout.protobufDuration
      $0.attempt = attempt
    }
  }

  /// What its Started event says.
  func startedAttributes(identity: String) -> Temporal_Api_History_V1_WorkflowTaskStartedEventAttributes {
    .with {
      $0.scheduledEventID = scheduledEventID
      $0.identity = identity
      $0.requestID = requestID
      $0.suggestContinueAsNew = suggestContinueAsNew
      $0.suggestContinueAsNewReasons = suggestReasons
      $0.historySizeBytes = historySizeBytes
    }
  }
}
