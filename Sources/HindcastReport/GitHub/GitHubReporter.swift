import HindcastCore
public import HindcastReplay

/// What a step of a GitHub workflow reports: annotations beside the code, the text of each failure as a group of the log, and a
/// summary of the step.
public struct GitHubReporter: Reporter {
  /// What surrounds the step.
  public struct Surroundings {
    /// The folder of the checkout, absolute: annotations name files relative to it.
    public var workspace: String?
    /// Where the summary of the step goes, as Markdown.
    public var summary: (any ReportOutput)?

    /// Describes what surrounds a step.
    public init(workspace: String? = nil, summary: (any ReportOutput)? = nil) {
      self.workspace = workspace
      self.summary = summary
    }
  }

  private let output: any ReportOutput
  private let surroundings: Surroundings
  private let prefix: String
  private let showsGroups: Bool
  private let buffer = MemoryOutput()
  private var text: TextReporter
  private var sources: SourceFiles
  private var annotations = Annotations()
  private var table: StepSummary

  /// Makes a reporter.
  /// - Parameters:
  ///   - output: the log.
  ///   - showsGroups: whether the text of each failure goes to the log; where the text report is in it already, it need not.
  public init(
    to output: any ReportOutput, context: ReportContext, surroundings: Surroundings = Surroundings(),
    showsGroups: Bool = true
  ) {
    self.output = output
    self.surroundings = surroundings
    self.showsGroups = showsGroups
    prefix = Self.prefix(of: context.workingDirectory, in: surroundings.workspace)
    text = TextReporter(to: buffer, workingDirectory: context.workingDirectory)
    sources = SourceFiles(workingDirectory: context.workingDirectory)
    table = StepSummary()
  }

  /// Writes the group of a failure, and keeps its annotation.
  public mutating func report(_ verdict: HistoryVerdict) throws(OutputError) {
    if !verdict.isAcceptable {
      annotate(verdict.failure, of: verdict)
      try writeGroup(verdict)
    }
    for warning in verdict.warnings where warning.severity >= .warning { annotate(warning, of: verdict) }
  }

  /// Keeps the annotation of an input.
  public mutating func report(_ problem: InputProblem) {
    annotations.add(
      Annotations.Annotation(
        command: "error", file: problem.file.map(path), line: problem.line, title: "Hindcast cannot replay this",
        message: problem.message), rule: "")
    table.add(problem)
  }

  /// Writes annotations and summary.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    try output.write(annotations.text)
    if showsGroups {
      try text.finish(summary)
      try output.write(WorkflowCommand.defused(buffer.take().trimmingLineFeeds) + "\n")
    }
    if let file = surroundings.summary {
      try file.write(table.markdown(summary))
      try file.complete()
    }
  }

  // MARK: A history

  private mutating func writeGroup(_ verdict: HistoryVerdict) throws(OutputError) {
    guard showsGroups else { return }
    try text.report(verdict)
    let lines = buffer.take().split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    let body = lines.count > 1 ? String(lines[1]) : ""
    try output.write(
      WorkflowCommand.line("group", message: String(lines[0])) + WorkflowCommand.defused(body)
        + WorkflowCommand.line("endgroup", message: ""))
  }

  private mutating func annotate(_ finding: Finding?, of verdict: HistoryVerdict) {
    let isWarning = finding.map { $0.severity < .error } ?? false
    let code = finding.flatMap { sources.place(of: $0, app: verdict.appDirectory) }
    var title = verdict.name
    if let finding, let eventID = finding.eventID {
      title = "\(finding.rule.rawValue) · \(verdict.name) event \(eventID)"
    } else if let finding {
      title = "\(finding.rule.rawValue) · \(verdict.name)"
    }
    var lines = finding?.sentences ?? [verdict.failureTitle]
    if !isWarning, let expectation = verdict.expectation { lines.append("Expected: \(expectation)") }
    annotations.add(
      Annotations.Annotation(
        command: isWarning ? "warning" : "error", file: path(code?.file ?? verdict.file), line: code?.line,
        column: code?.column, title: title, message: lines.joined(separator: "\n")),
      rule: finding?.rule.rawValue ?? "")
    if !isWarning { table.add(verdict, at: code.map { "\(path($0.file)):\($0.line)" }) }
  }

  // MARK: Paths

  /// A path as the workflow's checkout has it.
  private func path(_ file: String) -> String {
    if file.hasPrefix("/") {
      guard let workspace = surroundings.workspace, file.hasPrefix(workspace + "/") else {
        return sources.relative(file)
      }
      return String(file.dropFirst(workspace.count + 1))
    }
    var file = Substring(file)
    while file.hasPrefix("./") { file = file.dropFirst(2) }
    return prefix + file
  }

  private static func prefix(of folder: String, in workspace: String?) -> String {
    guard let workspace, folder.hasPrefix(workspace + "/") else { return "" }
    return folder.dropFirst(workspace.count + 1) + "/"
  }
}

extension String {
  fileprivate var trimmingLineFeeds: String {
    var text = self[...]
    while text.hasPrefix("\n") { text = text.dropFirst() }
    while text.hasSuffix("\n") { text = text.dropLast() }
    return String(text)
  }
}
