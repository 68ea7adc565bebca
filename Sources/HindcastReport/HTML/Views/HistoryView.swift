import HindcastCore
package import HindcastHistory
package import HindcastReplay
import SwiftProtobuf
import TemporalAPI

/// A history as a page shows it, and what a replay said of it.
package struct HistoryView {
  /// How much of a history is shown.
  package struct Style {
    /// Makes the places on a page that shows several histories differ.
    package var anchorPrefix: String
    /// Whether each event can be looked at as JSON.
    package var showsJSON: Bool
    /// How many events before and after the one that decided the verdict are shown; nil for all.
    package var around: (before: Int64, after: Int64)?

    /// All of it.
    package static var whole: Style { Style(anchorPrefix: "", showsJSON: true) }

    package init(anchorPrefix: String, showsJSON: Bool, around: (before: Int64, after: Int64)? = nil) {
      self.anchorPrefix = anchorPrefix
      self.showsJSON = showsJSON
      self.around = around
    }
  }

  struct Fact {
    var label: String
    var value: String
  }

  /// What a replay of the history said.
  struct VerdictView {
    /// `passed`, `nondeterministic` …: also a class of the style sheet.
    var name: String
    /// `TMPRL1100`, where SDKs have a code for it.
    var sdkCode: String
    /// What the suite expects; empty where it says nothing.
    var expectation: String
    var isUnexpected: Bool
    /// The finding that decided it.
    var findings: [FindingView]
    var warnings: [FindingView]
    /// What the Go SDK's replayer prints, or the worker that replayed it.
    var sdkWords: String
    var hasSDKWords: Bool
  }

  var facts: [Fact]
  var verdicts: [VerdictView]
  var spans: [SpanView]
  var tasks: [TaskView]
  var hasSpans: Bool
  var hasTasks: Bool
  /// `22 events, 4 workflow tasks`.
  var extent: String
  /// How many events at the end are left out, in words.
  var leftOutAfter: String
  var hasLeftOutAfter: Bool
  /// How many events are shown.
  package var shownEvents: Int { tasks.reduce(0) { $0 + $1.events.count } }

  /// Shows a history.
  /// - Parameter verdict: what a replay said; `nil` where there was none.
  package init(_ history: WorkflowHistory, verdict: HistoryVerdict?, style: Style, sources: inout SourceFiles) {
    verdicts = verdict.map { [Self.view($0, sources: &sources)] } ?? []
    facts = Self.facts(of: history)
    let findings = [verdict?.failure].compactMap(\.self) + (verdict?.warnings ?? [])
    var remarks: [Int64: [EventView.Remark]] = [:]
    for finding in findings {
      guard let eventID = finding.eventID else { continue }
      remarks[eventID, default: []].append(
        EventView.Remark(severity: finding.severity.rawValue, words: "\(finding.rule.rawValue): \(finding.message)"))
    }
    let window = Self.window(of: history, at: verdict?.failure, style: style)
    spans = SpanView.spans(of: history, style: style, window: window)
    hasSpans = !spans.isEmpty
    (tasks, leftOutAfter) = TaskView.tasks(of: history, style: style, window: window) { remarks[$0] ?? [] }
    hasTasks = !tasks.isEmpty
    hasLeftOutAfter = !leftOutAfter.isEmpty
    extent = TextReporter.count(history.events.count, "event", "events")
  }

  /// Shows what a replay said of a history that is not at hand.
  package init(_ verdict: HistoryVerdict, sources: inout SourceFiles) {
    verdicts = [Self.view(verdict, sources: &sources)]
    facts = []
    spans = []
    hasSpans = false
    tasks = []
    hasTasks = false
    extent = ""
    leftOutAfter = ""
    hasLeftOutAfter = false
    for (label, value) in [
      ("Workflow type", verdict.workflowType), ("Workflow ID", verdict.workflowID), ("Run ID", verdict.runID),
    ] {
      if let value, !value.isEmpty { facts.append(Fact(label: label, value: value)) }
    }
  }

  private static func view(_ verdict: HistoryVerdict, sources: inout SourceFiles) -> VerdictView {
    let words = verdict.worker ?? verdict.sdkVerdict ?? ""
    return VerdictView(
      name: verdict.verdict.rawValue, sdkCode: verdict.code ?? "",
      expectation: verdict.expectation.map(String.init(describing:)) ?? "", isUnexpected: verdict.asExpected == false,
      findings: [verdict.failure].compactMap(\.self).map {
        FindingView($0, app: verdict.appDirectory, sources: &sources)
      },
      warnings: verdict.warnings.map { FindingView($0, app: verdict.appDirectory, sources: &sources) },
      sdkWords: words, hasSDKWords: !words.isEmpty)
  }

  /// The ids of the events that are shown.
  private static func window(of history: WorkflowHistory, at failure: Finding?, style: Style) -> ClosedRange<Int64> {
    guard let around = style.around else { return .min ... .max }
    let last = history.events.last?.eventID ?? 0
    // What is about no event shows at the end: a wait that never ends, a command too many.
    let center = failure?.eventID ?? failure?.taskStartedEventID ?? last
    let (lower, isBelow) = center.subtractingReportingOverflow(around.before)
    let (upper, isAbove) = center.addingReportingOverflow(around.after)
    return (isBelow ? .min : lower)...(isAbove ? .max : upper)
  }

  private static func facts(of history: WorkflowHistory) -> [Fact] {
    var facts: [Fact] = []
    func add(_ label: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append(Fact(label: label, value: value)) }
    }
    let started = history.startedAttributes
    add("Workflow type", history.workflowTypeName)
    add("Workflow ID", history.workflowID)
    add("Run ID", history.runID)
    add("Task queue", started?.taskQueue.name)
    add("Parent", started?.parentWorkflowExecution.workflowID)
    add("Started", history.events.first.map(\.timeText))
    add("Closed", history.closeEvent.map { "\($0.timeText), \($0.summary)" })
    add("Input", started.map { $0.input.payloads.isEmpty ? "" : $0.input.summary(limit: 4_000) })
    add("Result", result(of: history))
    add("Events", "\(history.events.count)")
    return facts
  }

  private static func result(of history: WorkflowHistory) -> String? {
    switch history.closeEvent?.attributes {
    case .workflowExecutionCompletedEventAttributes(let a)?: a.result.summary(limit: 4_000)
    case .workflowExecutionFailedEventAttributes(let a)?: a.failure.message
    default: nil
    }
  }
}

extension HistoryEvent {
  /// `2026-01-02T03:04:05.678Z`.
  fileprivate var timeText: String {
    guard hasEventTime, let text = try? eventTime.jsonString() else { return "" }
    return String(text.dropFirst().dropLast())
  }
}
