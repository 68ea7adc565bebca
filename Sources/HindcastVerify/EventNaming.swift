import HindcastHistory
import TemporalAPI

/// Finds the event of a history that a worker's message is about.
enum EventNaming {
  /// The ID that the message names as an event's: `HistoryEvent(id: 5, …)` of sdk-core, `event 5` of Java and Hindcast,
  /// `eventId: 5`.
  static func eventID(in message: String, of history: WorkflowHistory) -> Int64? {
    let text =
      message.firstMatch(of: /HistoryEvent\(id: (\d+)/)?.1
      ?? message.firstMatch(of: /\b[Ee]vent (?:with id |id )?(\d+)\b/)?.1
      ?? message.firstMatch(of: /\beventI[dD][:=] ?(\d+)/)?.1
    guard let text, let id = Int64(text), history.events.contains(where: { $0.eventID == id }) else { return nil }
    return id
  }

  /// Which of the events the message describes most: by their types, and the names and IDs in them.
  ///
  /// - Returns: nil when the message fits none.
  static func best(of events: [HistoryEvent], for message: String) -> HistoryEvent? {
    let words = Set(
      message.split { !($0.isLetter || $0.isNumber || "_-./:".contains($0)) }.flatMap { String($0).wordsInside })
    func score(_ event: HistoryEvent) -> Int {
      (words.contains(event.eventType.displayName) ? 2 : 0) + event.names.count(where: words.contains)
    }
    let scored = events.map { ($0, score($0)) }
    guard let best = scored.map(\.1).max(), best > 0 else { return nil }
    return scored.first { $0.1 == best }?.0
  }
}

extension String {
  /// What of a word may be meant by it: a colon belongs to a name, such as `app:order`, or sets off a label, a full stop may
  /// end the sentence.
  fileprivate var wordsInside: [String] {
    var text = self
    while let last = text.last, ":.".contains(last) { text.removeLast() }
    let afterColons = text.indices.filter { text[$0] == ":" }.map { String(text[text.index(after: $0)...]) }
    let beforeColon = text.split(separator: ":", maxSplits: 1).first.map(String.init)
    return [self, text] + afterColons + [beforeColon].compactMap { $0 }
  }
}

extension HistoryEvent {
  /// The names and IDs by which SDKs tell commands of one kind apart.
  fileprivate var names: [String] {
    let names: [String] =
      switch attributes {
      case .activityTaskScheduledEventAttributes(let a)?: [a.activityType.name, a.activityID]
      case .timerStartedEventAttributes(let a)?: [a.timerID]
      case .timerCanceledEventAttributes(let a)?: [a.timerID]
      case .markerRecordedEventAttributes(let a)?: [a.markerName]
      case .startChildWorkflowExecutionInitiatedEventAttributes(let a)?: [a.workflowType.name, a.workflowID]
      case .signalExternalWorkflowExecutionInitiatedEventAttributes(let a)?:
        [a.signalName, a.workflowExecution.workflowID]
      case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let a)?: [a.workflowExecution.workflowID]
      case .nexusOperationScheduledEventAttributes(let a)?: [a.endpoint, a.service, a.operation]
      default: []
      }
    return names.filter { !$0.isEmpty }
  }
}
