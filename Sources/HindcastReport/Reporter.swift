public import HindcastReplay

/// Renders verdicts as they come.
public protocol Reporter {
  /// A history got its verdict.
  mutating func report(_ verdict: HistoryVerdict) throws(OutputError)
  /// Something that was to be replayed got no verdict.
  mutating func report(_ problem: InputProblem) throws(OutputError)
  /// All histories were looked at.
  mutating func finish(_ summary: ReplaySummary) throws(OutputError)
}

extension Reporter {
  /// Says nothing: whoever reads the output of a command reads its errors as well.
  public mutating func report(_ problem: InputProblem) {}
}

/// Why something that was to be replayed got no verdict: a file that cannot be read, a suite whose `expected.yaml` is wrong.
public struct InputProblem: Sendable, Hashable {
  /// What is wrong, with the place.
  public var message: String
  /// The file, where it is about one.
  public var file: String?
  /// The line in it, from 1.
  public var line: Int?

  /// Describes a problem.
  public init(_ message: String, file: String? = nil, line: Int? = nil) {
    self.message = message
    self.file = file
    self.line = line
  }
}

/// The forms of a report.
public enum ReportFormat: String, Sendable, CaseIterable {
  /// For people.
  case text
  /// One JSON object a line, for tools.
  case json
  /// JUnit XML, which every CI system shows as test results.
  case junit
  /// SARIF 2.1.0, which code scanning and editors show beside the code.
  case sarif
  /// Annotations and groups in the log of a GitHub workflow, and a summary of the step.
  case github
  /// A page to look at.
  case html

  /// Whether a report is of use only when it is whole: it is written to its file at the end, in one step.
  public var isWhole: Bool {
    switch self {
    case .text, .json, .github: false
    case .junit, .sarif, .html: true
    }
  }
}

/// What all reports of a call have in common.
public struct ReportContext: Sendable {
  /// The folder that paths are made relative to; absolute.
  public var workingDirectory: String
  /// When the call began, in UTC: `2026-01-02T03:04:05Z`. Nil leaves times out, so that equal verdicts give equal reports.
  public var startTime: String?
  /// The version of the tool.
  public var version: String

  /// Makes a context.
  public init(workingDirectory: String, startTime: String? = nil, version: String = ToolVersion.current) {
    self.workingDirectory = workingDirectory
    self.startTime = startTime
    self.version = version
  }
}

/// The version of Hindcast.
public enum ToolVersion {
  /// The version that this is.
  public static let current = "0.1.0"
}
