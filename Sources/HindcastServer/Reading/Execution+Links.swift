internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Links to a run's events, as answers and Nexus requests hold them.

extension Execution {
  /// A link to an event by its id.
  func eventLink(to eventID: Int64, _ type: EventType) -> Link.WorkflowEvent {
    var link = linkWithoutEvent
    link.eventRef.eventID = eventID
    link.eventRef.eventType = type
    return link
  }

  /// A link to the event that a request brought about; the event may not have its id yet.
  func eventLink(toRequest id: String, _ type: EventType) -> Link.WorkflowEvent {
    var link = linkWithoutEvent
    link.requestIDRef.requestID = id
    link.requestIDRef.eventType = type
    return link
  }

  private var linkWithoutEvent: Link.WorkflowEvent {
    .with {
      $0.namespace = record.namespace
      $0.workflowID = record.workflowID
      $0.runID = runID
    }
  }
}

extension Link {
  /// Points to the event that started a run.
  static func toStart(of execution: Execution) -> Self {
    .with { $0.workflowEvent = execution.eventLink(to: 1, .workflowExecutionStarted) }
  }

  /// Points to the event that a request to a run brought about.
  static func toRequest(_ id: String, _ type: EventType, of execution: Execution) -> Self {
    .with { $0.workflowEvent = execution.eventLink(toRequest: id, type) }
  }
}
