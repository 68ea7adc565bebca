import HindcastCore
import HindcastReplay

/// A history in the list of the report.
struct ReportRow {
  var anchor: String
  /// `failing`, `warned`, `expected`, `fine`: a class of the style sheet.
  var outcome: String
  var verdictName: String
  var historyName: String
  var type: String
  /// What decided the verdict, or what there is to remark, in a few words.
  var why: String
  var eventCount: String
  /// The rules of all findings, with blanks between them.
  var allRules: String
  /// Whether there is more to say than fits the row.
  var hasBody: Bool
  // What `HistoryView` says, for the template.
  var facts: [HistoryView.Fact]
  var verdicts: [HistoryView.VerdictView]
  var spans: [SpanView]
  var hasSpans: Bool
  var tasks: [TaskView]
  var hasTasks: Bool
  var extent: String
  var leftOutAfter: String
  var hasLeftOutAfter: Bool

  /// - Parameter view: what there is to show below the line; nil for the line alone.
  init(_ verdict: HistoryVerdict, anchor: String, view: HistoryView?) {
    self.anchor = anchor
    let warnings = verdict.warnings.filter { $0.severity >= .warning }
    if !verdict.isAcceptable {
      outcome = "failing"
    } else if verdict.asExpected == true {
      outcome = "expected"
    } else {
      outcome = warnings.isEmpty ? "fine" : "warned"
    }
    verdictName = verdict.verdict.rawValue
    historyName = verdict.name
    type = verdict.workflowType ?? ""
    if let failure = verdict.failure {
      why = failure.rule.rawValue + (failure.eventID.map { " · event \($0)" } ?? "")
    } else if !verdict.isAcceptable {
      why = "another verdict is expected"
    } else {
      why = warnings.isEmpty ? "" : TextReporter.count(warnings.count, "warning", "warnings")
    }
    eventCount = TextReporter.count(verdict.events, "event", "events")
    var rules: [String] = []
    for finding in [verdict.failure].compactMap(\.self) + warnings where !rules.contains(finding.rule.rawValue) {
      rules.append(finding.rule.rawValue)
    }
    allRules = rules.joined(separator: " ")
    hasBody =
      view != nil && (verdict.failure != nil || !verdict.warnings.isEmpty || !verdict.isAcceptable)
    facts = view?.facts ?? []
    verdicts = view?.verdicts ?? []
    spans = view?.spans ?? []
    hasSpans = view?.hasSpans ?? false
    tasks = view?.tasks ?? []
    hasTasks = view?.hasTasks ?? false
    extent = view?.extent ?? ""
    leftOutAfter = view?.leftOutAfter ?? ""
    hasLeftOutAfter = view?.hasLeftOutAfter ?? false
  }
}
