import HindcastCore
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// An event of a history as a page shows it.
package struct EventView {
  struct Detail {
    var label: String
    var value: String
  }

  var id: Int64
  /// The name of the event's place on the page.
  var anchor: String
  /// The time since the first event.
  var time: String
  var summary: String
  var details: [Detail]
  /// The whole event as JSON; empty where the page does without.
  var json: String
  var hasJSON: Bool
  /// Whether a command of the workflow made it.
  var isCommand: Bool
  /// Whether something went wrong in it.
  var isFailure: Bool
  /// Whether code and history part here.
  var isDivergence: Bool
  /// What a replay has to say about it.
  var remarks: [Remark]

  struct Remark {
    /// `error`, `warning`, `info`: a class of the style sheet.
    var severity: String
    var words: String
  }

  init(_ event: HistoryEvent, in history: WorkflowHistory, style: HistoryView.Style, remarks: [Remark]) {
    id = event.eventID
    anchor = "\(style.anchorPrefix)event-\(event.eventID)"
    time = Self.time(of: event, in: history)
    summary = event.summary
    details = EventDetails.of(event).map { Detail(label: $0.label, value: $0.value) }
    json = style.showsJSON ? HistoryWriter.json(event) : ""
    hasJSON = style.showsJSON
    isCommand = event.eventType.isCommandEvent
    isFailure = Self.failures.contains(event.eventType)
    isDivergence = remarks.contains { $0.severity == "error" }
    self.remarks = remarks
  }

  private static let failures: Set<EventType> = [
    .workflowExecutionFailed, .workflowExecutionTimedOut, .workflowExecutionTerminated, .workflowTaskFailed,
    .workflowTaskTimedOut, .activityTaskFailed, .activityTaskTimedOut, .childWorkflowExecutionFailed,
    .childWorkflowExecutionTimedOut, .childWorkflowExecutionTerminated, .startChildWorkflowExecutionFailed,
    .signalExternalWorkflowExecutionFailed, .requestCancelExternalWorkflowExecutionFailed, .nexusOperationFailed,
    .nexusOperationTimedOut,
  ]

  private static func time(of event: HistoryEvent, in history: WorkflowHistory) -> String {
    guard let first = history.events.first, let milliseconds = event.milliseconds(since: first) else { return "" }
    return (milliseconds < 0 ? "-" : "+") + TimeSpan.text(milliseconds: milliseconds.magnitude)
  }
}

extension HistoryEvent {
  /// The time from another event to this one; `nil` where an edited history says nonsense.
  func milliseconds(since other: HistoryEvent) -> Int64? {
    guard hasEventTime, other.hasEventTime else { return nil }
    let (seconds, overflows) = eventTime.seconds.subtractingReportingOverflow(other.eventTime.seconds)
    let (scaled, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    let millis = (Int64(eventTime.nanos) - Int64(other.eventTime.nanos)) / 1_000_000
    let (total, isTooFar) = scaled.addingReportingOverflow(millis)
    return overflows || isTooLong || isTooFar ? nil : total
  }
}
