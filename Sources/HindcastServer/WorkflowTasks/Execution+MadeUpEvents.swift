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
        $0.workflowTaskScheduledEventAttributes = .with {
          $0.taskQueue = task.taskQueue
          $0.startToCloseTimeout = task.startToCloseTimeout.protobufDuration
          $0.attempt = task.attempt
        }
      }
    ]
    if task.startedEventID != 0 {
      events.append(
        .with {
          $0.eventID = task.startedEventID
          $0.eventTime = task.startedTime.timestamp
          $0.eventType = .workflowTaskStarted
          $0.workflowTaskStartedEventAttributes = .with {
            $0.scheduledEventID = task.scheduledEventID
            $0.identity = identity
            $0.requestID = task.requestID
            $0.suggestContinueAsNew = task.suggestContinueAsNew
            $0.suggestContinueAsNewReasons = task.suggestReasons
            $0.historySizeBytes = task.historySizeBytes
          }
        })
    }
    return events
  }
}
