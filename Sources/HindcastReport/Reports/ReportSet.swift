public import HindcastReplay

/// Several reports on the same verdicts.
///
/// A report whose reader has gone is dropped as long as another one is left: `hindcast replay … | head` still writes its files.
public struct ReportSet: Reporter {
  private struct Part {
    var reporter: any Reporter
    let output: any ReportOutput
  }

  private var parts: [Part] = []

  /// A set without a report.
  public init() {}

  /// Adds a report, which is written to an output that is completed at the end.
  public mutating func add(_ reporter: any Reporter, to output: any ReportOutput) {
    parts.append(Part(reporter: reporter, output: output))
  }

  /// Hands a verdict to all reports.
  public mutating func report(_ verdict: HistoryVerdict) throws(OutputError) {
    try each { part throws(OutputError) in try part.reporter.report(verdict) }
  }

  /// Hands a problem to all reports.
  public mutating func report(_ problem: InputProblem) throws(OutputError) {
    try each { part throws(OutputError) in try part.reporter.report(problem) }
  }

  /// Ends all reports, and completes what they were written to.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    try each { part throws(OutputError) in
      try part.reporter.finish(summary)
      try part.output.complete()
    }
  }

  private mutating func each(_ body: (inout Part) throws(OutputError) -> Void) throws(OutputError) {
    var closed: [Int] = []
    for index in parts.indices {
      do throws(OutputError) {
        try body(&parts[index])
      } catch .closed where parts.count - closed.count > 1 {
        closed.append(index)
      }
    }
    for index in closed.reversed() { parts.remove(at: index) }
  }
}
