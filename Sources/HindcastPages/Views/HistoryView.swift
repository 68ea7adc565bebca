internal import HindcastCore
internal import HindcastHistory
internal import HindcastReplay
internal import HindcastReport
internal import SwiftProtobuf
internal import TemporalAPI

/// A history as a page shows it, and what a replay said of it.
struct HistoryView {
  struct Fact {
    var label: String
    var value: String
  }

  /// What a replay of the history said.
  struct Verdict {
    /// `passed`, `nondeterministic` …: also a class of the style sheet.
    var name: String
    /// The finding that decided it.
    var finding: FindingView?
    var warnings: [FindingView]
  }

  var facts: [Fact]
  var verdict: Verdict?
  var spans: [SpanView]
  var tasks: [TaskView]
  var hasSpans: Bool

  /// - Parameter verdict: what a replay said; `nil` where there was none.
  init(_ history: WorkflowHistory, verdict: HistoryVerdict?, sources: inout SourceFiles) {
    var view: Verdict?
    if let verdict {
      view = Verdict(
        name: verdict.verdict.rawValue,
        finding: verdict.failure.map { FindingView($0, app: verdict.appDirectory, sources: &sources) },
        warnings: verdict.warnings.map { FindingView($0, app: verdict.appDirectory, sources: &sources) })
    }
    self.verdict = view
    facts = Self.facts(of: history)
    spans = SpanView.spans(of: history)
    hasSpans = !spans.isEmpty
    tasks = TaskView.tasks(of: history) { id in
      view?.finding.flatMap { $0.eventID == id ? $0 : nil }
    }
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
