public import HindcastReplay

/// Renders verdicts as they come.
public protocol Reporter {
  /// A history got its verdict.
  mutating func report(_ verdict: HistoryVerdict) throws(OutputError)
  /// All histories were looked at.
  mutating func finish(_ summary: ReplaySummary) throws(OutputError)
}

/// The forms of a report.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// For people.
  case text
  /// One JSON object a line, for tools.
  case json
}
