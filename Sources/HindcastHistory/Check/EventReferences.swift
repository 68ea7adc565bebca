public import TemporalAPI

/// A field of an event that names an earlier event.
public struct EventReference: Sendable, Equatable {
  /// The name of the field in JSON.
  public var field: String
  /// The ID that the field holds.
  public var eventID: Int64
  /// The type that the earlier event must have.
  public var type: EventType
  /// Whether the field always names an event; otherwise 0 says that there is none.
  public var isRequired: Bool
  /// Whether replaying depends on the field. Nothing depends on which workflow task a command event names.
  public var isDecisive = true
}

extension HistoryEvent {
  /// The earlier events that this event refers to, the one that it is about first.
  public var references: [EventReference] {
    switch attributes {
    case .workflowExecutionCompletedEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .workflowExecutionFailedEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .workflowExecutionCanceledEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .workflowExecutionContinuedAsNewEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .markerRecordedEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .upsertWorkflowSearchAttributesEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .workflowPropertiesModifiedEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]

    case .workflowTaskStartedEventAttributes(let event): [.scheduled(event.scheduledEventID, .workflowTaskScheduled)]
    case .workflowTaskCompletedEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .workflowTaskScheduled),
        .started(event.startedEventID, .workflowTaskStarted),
      ]
    case .workflowTaskTimedOutEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .workflowTaskScheduled),
        .started(event.startedEventID, .workflowTaskStarted),
      ]
    case .workflowTaskFailedEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .workflowTaskScheduled),
        .started(event.startedEventID, .workflowTaskStarted),
      ]

    case .activityTaskScheduledEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .activityTaskStartedEventAttributes(let event): [.scheduled(event.scheduledEventID, .activityTaskScheduled)]
    case .activityTaskCompletedEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .activityTaskScheduled),
        .started(event.startedEventID, .activityTaskStarted),
      ]
    case .activityTaskFailedEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .activityTaskScheduled),
        .started(event.startedEventID, .activityTaskStarted),
      ]
    case .activityTaskTimedOutEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .activityTaskScheduled),
        .started(event.startedEventID, .activityTaskStarted),
      ]
    case .activityTaskCancelRequestedEventAttributes(let event):
      [.scheduled(event.scheduledEventID, .activityTaskScheduled), .task(event.workflowTaskCompletedEventID)]
    case .activityTaskCanceledEventAttributes(let event):
      [
        .scheduled(event.scheduledEventID, .activityTaskScheduled),
        .started(event.startedEventID, .activityTaskStarted),
        EventReference(
          field: "latestCancelRequestedEventId", eventID: event.latestCancelRequestedEventID,
          type: .activityTaskCancelRequested, isRequired: false),
      ]

    case .timerStartedEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .timerFiredEventAttributes(let event): [.started(event.startedEventID, .timerStarted, isRequired: true)]
    case .timerCanceledEventAttributes(let event):
      [.started(event.startedEventID, .timerStarted, isRequired: true), .task(event.workflowTaskCompletedEventID)]

    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let event):
      [.task(event.workflowTaskCompletedEventID)]
    case .requestCancelExternalWorkflowExecutionFailedEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .requestCancelExternalWorkflowExecutionInitiated),
        .task(event.workflowTaskCompletedEventID),
      ]
    case .externalWorkflowExecutionCancelRequestedEventAttributes(let event):
      [.initiated(event.initiatedEventID, .requestCancelExternalWorkflowExecutionInitiated)]
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let event):
      [.task(event.workflowTaskCompletedEventID)]
    case .signalExternalWorkflowExecutionFailedEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .signalExternalWorkflowExecutionInitiated),
        .task(event.workflowTaskCompletedEventID),
      ]
    case .externalWorkflowExecutionSignaledEventAttributes(let event):
      [.initiated(event.initiatedEventID, .signalExternalWorkflowExecutionInitiated)]

    case .startChildWorkflowExecutionInitiatedEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .startChildWorkflowExecutionFailedEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated),
        .task(event.workflowTaskCompletedEventID),
      ]
    case .childWorkflowExecutionStartedEventAttributes(let event):
      [.initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated)]
    case .childWorkflowExecutionCompletedEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated),
        .started(event.startedEventID, .childWorkflowExecutionStarted),
      ]
    case .childWorkflowExecutionFailedEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated),
        .started(event.startedEventID, .childWorkflowExecutionStarted),
      ]
    case .childWorkflowExecutionCanceledEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated),
        .started(event.startedEventID, .childWorkflowExecutionStarted),
      ]
    case .childWorkflowExecutionTimedOutEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated),
        .started(event.startedEventID, .childWorkflowExecutionStarted),
      ]
    case .childWorkflowExecutionTerminatedEventAttributes(let event):
      [
        .initiated(event.initiatedEventID, .startChildWorkflowExecutionInitiated),
        .started(event.startedEventID, .childWorkflowExecutionStarted),
      ]

    // Some recordings leave the field empty.
    case .workflowExecutionUpdateCompletedEventAttributes(let event):
      [
        EventReference(
          field: "acceptedEventId", eventID: event.acceptedEventID, type: .workflowExecutionUpdateAccepted,
          isRequired: false)
      ]

    case .nexusOperationScheduledEventAttributes(let event): [.task(event.workflowTaskCompletedEventID)]
    case .nexusOperationStartedEventAttributes(let event):
      [.scheduled(event.scheduledEventID, .nexusOperationScheduled)]
    case .nexusOperationCompletedEventAttributes(let event):
      [.scheduled(event.scheduledEventID, .nexusOperationScheduled)]
    case .nexusOperationFailedEventAttributes(let event): [.scheduled(event.scheduledEventID, .nexusOperationScheduled)]
    case .nexusOperationCanceledEventAttributes(let event):
      [.scheduled(event.scheduledEventID, .nexusOperationScheduled)]
    case .nexusOperationTimedOutEventAttributes(let event):
      [.scheduled(event.scheduledEventID, .nexusOperationScheduled)]
    case .nexusOperationCancelRequestedEventAttributes(let event):
      [.scheduled(event.scheduledEventID, .nexusOperationScheduled), .task(event.workflowTaskCompletedEventID)]
    case .nexusOperationCancelRequestCompletedEventAttributes(let event):
      [.requested(event.requestedEventID), .task(event.workflowTaskCompletedEventID)]
    case .nexusOperationCancelRequestFailedEventAttributes(let event):
      [.requested(event.requestedEventID), .task(event.workflowTaskCompletedEventID)]
    default: []
    }
  }
}

extension EventReference {
  fileprivate static func task(_ id: Int64) -> EventReference {
    EventReference(
      field: "workflowTaskCompletedEventId", eventID: id, type: .workflowTaskCompleted, isRequired: false,
      isDecisive: false)
  }

  fileprivate static func scheduled(_ id: Int64, _ type: EventType) -> EventReference {
    EventReference(field: "scheduledEventId", eventID: id, type: type, isRequired: true)
  }

  fileprivate static func started(_ id: Int64, _ type: EventType, isRequired: Bool = false) -> EventReference {
    EventReference(field: "startedEventId", eventID: id, type: type, isRequired: isRequired)
  }

  fileprivate static func initiated(_ id: Int64, _ type: EventType) -> EventReference {
    EventReference(field: "initiatedEventId", eventID: id, type: type, isRequired: true)
  }

  fileprivate static func requested(_ id: Int64) -> EventReference {
    EventReference(field: "requestedEventId", eventID: id, type: .nexusOperationCancelRequested, isRequired: false)
  }
}
