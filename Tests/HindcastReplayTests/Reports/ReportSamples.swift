import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import TemporalAPI

/// Verdicts that reports must cope with, and the reports on them.
enum ReportSamples {
  /// Names that break formats which take them for markup.
  static let hostileNames = [
    "a\"b'c.json", "a]]>b.json", "</script><script>alert(1)</script>.json", "a\nb\r\n::error::c.json",
    "\u{0}\u{1}\u{8}\u{b}\u{1b}[2J\u{7f}\u{85}\u{fffe}\u{ffff}.json", "<!--&amp;--> %25 a:b,c.json",
    "\"\u{301} onmouseover=alert(1).json", "\u{202e}nosj.\u{2028}", "a|b`c*_[]\\.json", "日本 é 👩‍👩‍👧.json",
    "\u{fffd}\u{fffd}.json",
    "folder/with space/#1.json", " ", "",
  ]

  /// Every kind of outcome, in the order in which a call reports them.
  static func verdicts() throws -> [HistoryVerdict] {
    let history = try Samples.history(file: "orders/a.json")
    let passed = Replayer(code: ScriptedCode(Samples.steps, type: "order")).verdict(on: history)
    let steps: [Step] = [Samples.steps[0], .activity("refund"), .complete("\"done\"")]
    var diverged = Replayer(code: ScriptedCode(steps, type: "order")).verdict(
      on: try Samples.history(file: "orders/b.json"))
    diverged.sdkVerdict = "[TMPRL1100] said"
    var warned = passed
    warned.file = "orders/c.json"
    warned.warnings = [
      Finding(.durationChanged, .warning, "10s → 11s", eventID: 11, location: SourceLocation(file: "a.lua", line: 2)),
      Finding(.historyNote, .info, "a note"),
    ]
    var expected = diverged
    expected.file = "others/d.json"
    expected.expectation = Expectation(verdict: .nondeterministic)
    var unexpected = passed
    unexpected.file = "others/e.json"
    unexpected.expectation = Expectation(verdict: .nondeterministic, rule: .missingCommand, eventID: 5)
    var skipped = passed
    skipped.file = "others/f.json"
    skipped.verdict = .skipped
    skipped.failure = Finding(.unregisteredType, .error, "no workflow order")
    var promoted = passed
    promoted.file = "others/g.json"
    promoted.verdict = .nondeterministic
    promoted.isPromoted = true
    promoted.failure = Finding(.resultChanged, .error, "another result", eventID: 16)
    var broken = passed
    broken.file = "others/h.json"
    broken.verdict = .failed
    broken.failure = Finding(
      .loadError, .error, "'end' expected", location: SourceLocation(file: "b.lua", line: 3, column: 7))
    var deadlocked = passed
    deadlocked.file = "i.json"
    deadlocked.verdict = .deadlocked
    var stuck = Finding(.logicalDeadlock, .error, "nothing can wake it", eventID: 10)
    stuck.coroutines = [
      CoroutineStack(
        name: "main", waitingFor: "channel receive",
        frames: [
          StackFrame(location: nil, function: "receive"),
          StackFrame(location: SourceLocation(file: "a.lua", line: 9), function: "main"),
        ])
    ]
    deadlocked.failure = stuck
    let unreadable = HistoryVerdict(
      unreadable: HistoryError(code: .syntax, file: "j.json", message: "the text is not JSON"))
    return [passed, diverged, warned, expected, unexpected, skipped, promoted, broken, deadlocked, unreadable]
  }

  /// A history of a hostile name that diverged, with hostile words throughout.
  static func hostile(_ name: String) throws -> HistoryVerdict {
    var verdict = try verdicts()[1]
    verdict.file = name
    verdict.workflowType = name
    verdict.workflowID = name
    verdict.runID = name
    verdict.appDirectory = name
    verdict.sdkVerdict = name
    var finding = Finding(
      .activityTypeChanged, .error, name, eventID: 5, expected: verdict.failure?.expected,
      differences: [FieldDifference(field: name, expected: name, actual: name)],
      location: SourceLocation(file: name, line: 1), hint: name)
    finding.stack = [StackFrame(location: nil, function: name), StackFrame(location: nil, function: name)]
    finding.coroutines = [CoroutineStack(name: name, waitingFor: name, frames: finding.stack)]
    finding.explanation = Explanation(
      edits: [], isComplete: true, cause: name, fix: Fix(advice: name, snippet: name),
      rows: [AlignedRow(.differs, event: name, eventID: 5, command: name, location: finding.location)])
    verdict.failure = finding
    verdict.warnings = [Finding(.inputChanged, .warning, name, eventID: 5)]
    verdict.expectation = nil
    return verdict
  }

  static let context = ReportContext(
    workingDirectory: "/nowhere", startTime: "2026-01-02T03:04:05Z", version: "1.2.3")

  /// What a reporter writes.
  static func report(
    _ verdicts: [HistoryVerdict], problems: [InputProblem] = [], seconds: Double = 1.5,
    _ make: (MemoryOutput) throws -> any Reporter
  ) throws -> String {
    let output = MemoryOutput()
    var reporter = try make(output)
    var summary = ReplaySummary()
    for verdict in verdicts {
      try reporter.report(verdict)
      summary.add(verdict)
    }
    for problem in problems { try reporter.report(problem) }
    summary.seconds = seconds
    try reporter.finish(summary)
    return output.text
  }
}
