internal import HindcastCore
internal import HindcastHistory
internal import HindcastReport
internal import SwiftProtobuf
internal import TemporalAPI

/// An event of a history as a page shows it.
struct EventView {
  struct Detail {
    var label: String
    var value: String
  }

  var id: Int64
  /// The time since the first event.
  var time: String
  var summary: String
  var details: [Detail]
  /// The whole event as JSON.
  var json: String
  /// Whether a command of the workflow made it.
  var isCommand: Bool
  /// Whether something went wrong in it.
  var isFailure: Bool
  /// What a replay has to say about it.
  var finding: FindingView?

  init(_ event: HistoryEvent, in history: WorkflowHistory, finding: FindingView?) {
    id = event.eventID
    time = Self.time(of: event, in: history)
    summary = event.summary
    details = EventDetails.of(event).map { Detail(label: $0.label, value: $0.value) }
    json = HistoryWriter.json(event)
    isCommand = event.eventType.isCommandEvent
    isFailure = Self.failures.contains(event.eventType)
    self.finding = finding
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
