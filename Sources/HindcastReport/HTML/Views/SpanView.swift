import HindcastHistory
import TemporalAPI

/// Something that took a while, as a bar of a timeline: an activity, a timer, a child.
///
/// Places are event ids, not times: a day that was slept through would hide everything else.
package struct SpanView {
  var label: String
  /// A class of the style sheet: `activity`, `timer`, `child`, `other`.
  var kind: String
  /// A class of the style sheet: `done`, `failed`, `open`.
  var state: String
  /// Where it begins, in hundredths of the width.
  var left: String
  var width: String
  /// What happened and how long it took.
  var spanText: String
  /// The place on the page of the event that began it.
  var spanAnchor: String

  /// The spans of a history that began in a window of its events, in the order in which they did.
  static func spans(of history: WorkflowHistory, style: HistoryView.Style, window: ClosedRange<Int64>) -> [SpanView] {
    var spans: [Span] = []
    var places: [Int64: Int] = [:]
    for event in history.events {
      if let (label, kind) = begun(by: event) {
        places[event.eventID] = spans.count
        spans.append(Span(label: label, kind: kind, first: event))
      } else if let (begin, state) = ended(by: event), let place = places[begin] {
        spans[place].last = event
        spans[place].state = state
      }
    }
    guard let first = history.events.first?.eventID, history.lastEventID > first else { return [] }
    return spans.filter { window.contains($0.first.eventID) }
      .map { $0.view(from: first, to: history.lastEventID, anchorPrefix: style.anchorPrefix) }
  }

  private struct Span {
    var label: String
    var kind: String
    var first: HistoryEvent
    var last: HistoryEvent?
    var state = "open"

    func view(from start: Int64, to end: Int64, anchorPrefix: String) -> SpanView {
      let length = Double(end - start)
      let left = Double(first.eventID - start) / length * 100
      let right = Double((last?.eventID ?? end) - start) / length * 100
      let time = last.flatMap { $0.milliseconds(since: first) }.map { TimeSpan.text(milliseconds: $0.magnitude) }
      return SpanView(
        label: label, kind: kind, state: state, left: SpanView.hundredths(left),
        width: SpanView.hundredths(max(right - left, 0.6)), spanText: state + (time.map { ", \($0)" } ?? ""),
        spanAnchor: "\(anchorPrefix)event-\(first.eventID)")
    }
  }

  private static func hundredths(_ value: Double) -> String {
    let scaled = Int((value * 100).rounded())
    return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
  }

  private static func begun(by event: HistoryEvent) -> (label: String, kind: String)? {
    switch event.attributes {
    case .activityTaskScheduledEventAttributes(let a)?: (a.activityType.name, "activity")
    case .timerStartedEventAttributes(let a)?: ("timer \(a.timerID)", "timer")
    case .startChildWorkflowExecutionInitiatedEventAttributes(let a)?: (a.workflowType.name, "child")
    case .nexusOperationScheduledEventAttributes(let a)?: ("\(a.service).\(a.operation)", "other")
    case .workflowExecutionUpdateAcceptedEventAttributes(let a)?: ("update \(a.acceptedRequest.input.name)", "other")
    default: nil
    }
  }

  private static func ended(by event: HistoryEvent) -> (begin: Int64, state: String)? {
    switch event.attributes {
    case .activityTaskCompletedEventAttributes(let a)?: (a.scheduledEventID, "completed")
    case .activityTaskFailedEventAttributes(let a)?: (a.scheduledEventID, "failed")
    case .activityTaskTimedOutEventAttributes(let a)?: (a.scheduledEventID, "failed")
    case .activityTaskCanceledEventAttributes(let a)?: (a.scheduledEventID, "canceled")
    case .timerFiredEventAttributes(let a)?: (a.startedEventID, "completed")
    case .timerCanceledEventAttributes(let a)?: (a.startedEventID, "canceled")
    case .startChildWorkflowExecutionFailedEventAttributes(let a)?: (a.initiatedEventID, "failed")
    case .childWorkflowExecutionCompletedEventAttributes(let a)?: (a.initiatedEventID, "completed")
    case .childWorkflowExecutionFailedEventAttributes(let a)?: (a.initiatedEventID, "failed")
    case .childWorkflowExecutionCanceledEventAttributes(let a)?: (a.initiatedEventID, "canceled")
    case .childWorkflowExecutionTimedOutEventAttributes(let a)?: (a.initiatedEventID, "failed")
    case .childWorkflowExecutionTerminatedEventAttributes(let a)?: (a.initiatedEventID, "failed")
    case .nexusOperationCompletedEventAttributes(let a)?: (a.scheduledEventID, "completed")
    case .nexusOperationFailedEventAttributes(let a)?: (a.scheduledEventID, "failed")
    case .nexusOperationCanceledEventAttributes(let a)?: (a.scheduledEventID, "canceled")
    case .nexusOperationTimedOutEventAttributes(let a)?: (a.scheduledEventID, "failed")
    case .workflowExecutionUpdateCompletedEventAttributes(let a)?: (a.acceptedEventID, "completed")
    default: nil
    }
  }
}
