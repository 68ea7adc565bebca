public import TemporalAPI

/// One recorded run of a workflow: its events, in the order of their ids, and where they came from.
public struct WorkflowHistory: Sendable {
  /// The events as they were recorded. `HistoryValidator` says whether they make a valid history.
  public var events: [HistoryEvent]

  /// The workflow ID, where the file names it: beside the events, or in the first event.
  public var workflowID: String?

  /// The run ID, where the file names it: beside the events, or in the first event.
  public var runID: String?

  /// The file, the place in the file and the form that this history was read from.
  public var origin: HistoryOrigin

  /// What the reader had to interpret, repair or leave out, in the order of the file.
  public var notes: [HistoryNote]

  /// Makes a history of events that are already in memory.
  ///
  /// IDs that are not given are taken from the first event.
  public init(
    events: [HistoryEvent], workflowID: String? = nil, runID: String? = nil, origin: HistoryOrigin = HistoryOrigin(),
    notes: [HistoryNote] = []
  ) {
    self.events = events
    self.origin = origin
    self.notes = notes
    let started = events.first?.workflowExecutionStartedEventAttributes
    self.workflowID = workflowID ?? Self.nonEmpty(started?.workflowID)
    self.runID = runID ?? Self.nonEmpty(started?.originalExecutionRunID)
  }

  private static func nonEmpty(_ text: String?) -> String? {
    guard let text, !text.isEmpty else { return nil }
    return text
  }
}

extension WorkflowHistory {
  /// The attributes of the first event, or `nil` when the history does not begin with `WorkflowExecutionStarted`.
  public var startedAttributes: Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes? {
    guard case .workflowExecutionStartedEventAttributes(let attributes)? = events.first?.attributes else { return nil }
    return attributes
  }

  /// The name of the workflow type, or `nil` when the first event does not say.
  public var workflowTypeName: String? {
    Self.nonEmpty(startedAttributes?.workflowType.name)
  }

  /// The first event that closes the run, or `nil` while it is open (or was cut off).
  public var closeEvent: HistoryEvent? {
    // The close event is the last but for edited files, so the search from the end ends at once for closed histories.
    if let last = events.last, last.eventType.closesWorkflow { return last }
    return events.first { $0.eventType.closesWorkflow }
  }

  /// Whether the run ended within this history.
  public var isClosed: Bool { closeEvent != nil }

  /// The ID of the last event, or 0 for a history without events.
  public var lastEventID: Int64 { events.last?.eventID ?? 0 }
}
