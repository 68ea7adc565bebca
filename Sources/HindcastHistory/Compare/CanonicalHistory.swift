public import TemporalAPI

/// A history without what differs between any two recordings of the same run: times, task IDs, sizes, versions, tokens and
/// identities are left out, and IDs that were made up are numbered in the order in which they appear.
public struct CanonicalHistory: Sendable {
  /// One event of a canonical history.
  public struct Event: Sendable {
    /// The ID of the event, as it was recorded.
    public var eventID: Int64
    /// The type of the event.
    public var type: EventType
    /// The event's fields: its attributes, and what stands beside them.
    public var value: CanonicalValue
    /// What tells the event from others of its type: the name of an activity, signal, marker or child.
    public var subject: String
  }

  /// The events, in their order.
  public var events: [Event]

  /// Makes a history canonical by itself.
  public init(_ history: WorkflowHistory) {
    var names = CanonicalNames()
    self.init(history, names: &names)
  }

  /// Makes a history canonical together with others of the same recording.
  ///
  /// - Parameter names: the names that the recording's IDs have so far; new ones are added.
  public init(_ history: WorkflowHistory, names: inout CanonicalNames) {
    if let id = history.workflowID { names.addWorkflowID(id) }
    events = []
    events.reserveCapacity(history.events.count)
    var visitor = MessageVisitor(sink: CanonicalSink(names: names))
    for event in history.events {
      // The visitor throws nothing of its own; the protocol only allows it.
      try? visitor.visit(event)
      events.append(
        Event(eventID: event.eventID, type: event.eventType, value: visitor.sink.value, subject: event.subject))
    }
    names = visitor.sink.names
  }
}

extension HistoryEvent {
  /// What tells the event from others of its type: the name of an activity, signal, marker or child; otherwise empty.
  var subject: String {
    switch attributes {
    case .workflowExecutionStartedEventAttributes(let event): event.workflowType.name
    case .activityTaskScheduledEventAttributes(let event): event.activityType.name
    case .markerRecordedEventAttributes(let event): event.markerName
    case .workflowExecutionSignaledEventAttributes(let event): event.signalName
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let event): event.signalName
    case .startChildWorkflowExecutionInitiatedEventAttributes(let event): event.workflowType.name
    case .childWorkflowExecutionStartedEventAttributes(let event): event.workflowType.name
    case .childWorkflowExecutionCompletedEventAttributes(let event): event.workflowType.name
    case .workflowExecutionUpdateAcceptedEventAttributes(let event): event.acceptedRequest.input.name
    case .nexusOperationScheduledEventAttributes(let event): "\(event.service).\(event.operation)"
    default: ""
    }
  }
}
