import HindcastCore
public import HindcastReplay

/// JUnit XML: a suite a folder, a case a history. Valid under the schemas of Ant's and of Jenkins' JUnit reports.
///
/// A history that did not pass is a failure where code and history disagree, and an error where the two could not be compared:
/// the code does not load, or the history is broken. What `expected.yaml` asks for has passed.
public struct JUnitReporter: Reporter {
  private let output: any ReportOutput
  private let context: ReportContext
  private var sources: SourceFiles
  private var suites: [JUnitSuite] = []
  private var places: [String: Int] = [:]
  private var problems: JUnitSuite

  /// Makes a reporter, which writes when it is finished.
  public init(to output: any ReportOutput, context: ReportContext) {
    self.output = output
    self.context = context
    sources = SourceFiles(workingDirectory: context.workingDirectory)
    problems = JUnitSuite(name: "(inputs)")
  }

  /// Takes a history in.
  public mutating func report(_ verdict: HistoryVerdict) {
    let suite = place(of: verdict.folder)
    let result = result(of: verdict)
    suites[suite].add(
      result, name: verdict.name, className: verdict.workflowType ?? "(no workflow type)", seconds: verdict.seconds)
    if let app = verdict.appDirectory { suites[suite].note(app: app) }
    for warning in verdict.warnings where warning.severity >= .warning {
      let place = sources.place(of: warning, app: verdict.appDirectory).map { "  \($0)" } ?? ""
      suites[suite].remarks += "\(verdict.name): \(warning.headline)\(place)\n"
    }
  }

  /// Takes in what could not be replayed.
  public mutating func report(_ problem: InputProblem) {
    problems.add(
      .error(type: "unreadable", message: problem.message, text: problem.message), name: problem.file ?? "hindcast",
      className: "(inputs)", seconds: 0)
  }

  /// Writes the report.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    try output.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")
    let all = problems.isEmpty ? suites : suites + [problems]
    for (index, suite) in all.enumerated() { try output.write(suite.xml(id: index, context: context)) }
    try output.write("</testsuites>\n")
  }

  // MARK: A history

  private mutating func place(of folder: String) -> Int {
    if let place = places[folder] { return place }
    places[folder] = suites.count
    suites.append(JUnitSuite(name: folder))
    return suites.count - 1
  }

  private mutating func result(of verdict: HistoryVerdict) -> JUnitSuite.Result {
    if verdict.isAcceptable {
      return verdict.verdict == .skipped ? .skipped(verdict.failure?.message ?? "") : .passed
    }
    var text = ""
    if let expectation = verdict.expectation { text += "expected: \(expectation)\n" }
    guard let failure = verdict.failure else {
      return .failure(
        type: "unexpected-verdict", message: "\(verdict.verdict.rawValue), though another verdict is expected",
        text: text)
    }
    var block = FailureText(verdict: verdict, palette: Palette(isColored: false), sources: sources)
    text += block.text(of: failure)
    sources = block.sources
    switch verdict.verdict {
    case .failed, .invalid: return .error(type: failure.rule.rawValue, message: failure.reason, text: text)
    case .passed, .nondeterministic, .deadlocked, .skipped:
      return .failure(type: failure.rule.rawValue, message: failure.reason, text: text)
    }
  }
}
