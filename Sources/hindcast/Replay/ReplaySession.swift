import HindcastCore
import HindcastHistory
import HindcastRegistry
import HindcastReplay
import HindcastReport

/// One call of `hindcast replay` under way: takes results as they come, and keeps count.
struct ReplaySession {
  private let console: Console
  private var reporter: any Reporter
  private var progress: ProgressLine
  private let noticesPassedOver: Bool
  private var summary = ReplaySummary()
  /// What the histories ran, where it was asked for.
  private(set) var coverage = CoverageTotals()
  private var passedOver = 0
  private var hasErrors = false

  init(console: Console, reporter: any Reporter, noticesPassedOver: Bool) {
    self.console = console
    self.reporter = reporter
    self.noticesPassedOver = noticesPassedOver
    progress = ProgressLine(console)
  }

  /// Reports all results and the summary.
  mutating func run(_ results: ReplayResults) throws(OutputError) {
    let start = ContinuousClock.now
    while let result = results.next() { try take(result) }
    try finish(after: ContinuousClock.now - start)
  }

  /// Reports a result.
  mutating func take(_ result: ReplayResult) throws(OutputError) {
    progress.clear()
    switch result {
    case .verdict(let verdict):
      summary.add(verdict)
      coverage.add(verdict)
      try reporter.report(verdict)
    case .passedOver(let error):
      passedOver += 1
      if noticesPassedOver { console.complain("passed over: \(error)") }
    case .unreadable(let error):
      try fail("error: \(error)", InputProblem("\(error)", file: error.file, line: error.line))
    case .suiteError(let error):
      try fail(
        error.description, InputProblem(error.description, file: error.file, line: error.position?.line))
    }
    progress.show(summary)
  }

  /// Reports the summary.
  mutating func finish(after duration: Duration) throws(OutputError) {
    progress.clear()
    summary.seconds = duration / .seconds(1)
    try reporter.finish(summary)
  }

  /// Says what makes the exit status `unusable`.
  mutating func fail(_ message: String) throws(OutputError) { try fail(message, InputProblem(message)) }

  private mutating func fail(_ message: String, _ problem: InputProblem) throws(OutputError) {
    hasErrors = true
    console.complain(message)
    try reporter.report(problem)
  }

  /// The exit status, after the last result.
  /// - Parameter emptyReason: why there is no verdict where there is none; nil where that is as it should be.
  func status(emptyReason: () -> String?) -> ExitStatus {
    if hasErrors { return .unusable }
    if summary.total == 0 {
      guard var reason = emptyReason() else { return .success }
      if passedOver > 0 { reason += " (\(passedOver) other files were passed over; --verbose names them)" }
      console.complain("error: \(reason)")
      return .unusable
    }
    if summary.unacceptable > 0 { return .failure }
    if summary[.skipped] == summary.total {
      console.complain(
        "error: every history was skipped, because no app defines its workflow type (name the app with --app)")
      return .unusable
    }
    return .success
  }
}
