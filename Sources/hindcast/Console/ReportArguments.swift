import ArgumentParser
import HindcastReport

/// How a command that gives verdicts reports them.
struct ReportArguments: ParsableArguments {
  @Option(
    name: .customLong("format"),
    help: ArgumentHelp(
      "The form of the report, and its file; repeatable. By default text on standard output.",
      discussion: """
        text    for people
        json    one object a line a history, and one with the counts
        junit   JUnit XML: a suite a folder, a case a history
        sarif   SARIF 2.1.0, for code scanning and editors
        github  annotations and groups in the log of a GitHub workflow, and a table in \
        $GITHUB_STEP_SUMMARY
        html    one page to look at, with everything in it
        One format may go to standard output, or github and text together. Files of junit, sarif and html appear when \
        they are whole.
        """, valueName: "format[=file]"),
    transform: ReportTarget.init(argument:))
  var targets: [ReportTarget] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("The file of the only --format.", valueName: "file"))
  var output: String?

  @Flag(
    name: .shortAndLong, help: "Show remarks, pending commands and files that are no histories as well (text).")
  var verbose = false

  @Flag(name: .shortAndLong, help: "Show only what did not pass (text).")
  var quiet = false

  func validate() throws {
    if verbose, quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
    if output != nil, targets.count > 1 {
      throw ValidationError("With several formats each names its file: --format junit=report.xml instead of --output.")
    }
    if output != nil, targets.first?.file != nil {
      throw ValidationError("--output and the file in --format exclude each other.")
    }
    let shared = Set(targets.filter { $0.file == nil }.map(\.format))
    let unnamed = targets.count { $0.file == nil }
    if unnamed > 1, unnamed != 2 || shared != [.text, .github] {
      let names = targets.filter { $0.file == nil }.map(\.format.rawValue).joined(separator: ", ")
      throw ValidationError(
        "Only one format can go to standard output, or github and text together, not \(names): "
          + "name a file for the others, as in --format junit=report.xml.")
    }
    var files: Set<String> = []
    for file in targets.compactMap(\.file) where !files.insert(file).inserted {
      throw ValidationError("Two formats cannot go to the same file, \(file).")
    }
  }

  /// Begins a report.
  func session(in console: Console) throws(OutputError) -> ReplaySession {
    ReplaySession(console: console, reporter: try reporter(in: console), noticesPassedOver: verbose)
  }

  /// What writes the reports.
  func reporter(in console: Console) throws(OutputError) -> any Reporter {
    var reports = ReportSet()
    for target in resolved {
      let destination = try open(target, in: console)
      reports.add(try reporter(target, to: destination, in: console), to: destination)
    }
    return reports
  }

  /// What is to be written, with the default and `--output` taken in.
  private var resolved: [ReportTarget] {
    guard !targets.isEmpty else { return [ReportTarget(format: .text, file: output)] }
    return targets.map { ReportTarget(format: $0.format, file: $0.file ?? output) }
  }

  private func open(_ target: ReportTarget, in console: Console) throws(OutputError) -> any ReportOutput {
    guard let file = target.file else {
      // Text beside annotations is read by the same runner.
      return target.format == .text && sharesLog ? WorkflowLog(console.output) : console.output
    }
    return target.format.isWhole ? try WholeFile(path: file) : try DescriptorOutput(path: file)
  }

  private var sharesLog: Bool { targets.count { $0.file == nil && output == nil } > 1 }

  private func reporter(
    _ target: ReportTarget, to destination: any ReportOutput, in console: Console
  ) throws(OutputError) -> any Reporter {
    let context = ReportContext(workingDirectory: console.workingDirectory, startTime: console.startTime)
    switch target.format {
    case .json: return JSONReporter(to: destination, workingDirectory: console.workingDirectory)
    case .text:
      return TextReporter(
        to: destination, workingDirectory: console.workingDirectory,
        detail: quiet ? .quiet : verbose ? .verbose : .normal,
        palette: target.file == nil ? console.palette : Palette(isColored: false),
        width: target.file == nil ? console.width : TextReporter.defaultWidth)
    case .junit: return JUnitReporter(to: destination, context: context)
    case .sarif: return SARIFReporter(to: destination, context: context)
    case .html: return try HTMLReporter(to: destination, context: context)
    case .github:
      var surroundings = GitHubReporter.Surroundings(workspace: console.environment["GITHUB_WORKSPACE"])
      if let path = console.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty {
        surroundings.summary = try DescriptorOutput(path: path, appending: true)
      }
      return GitHubReporter(
        to: destination, context: context, surroundings: surroundings, showsGroups: !(sharesLog && target.file == nil))
    }
  }
}

/// One `--format`: `junit=report.xml`.
struct ReportTarget {
  var format: ReportFormat
  /// Where it goes; nil for standard output.
  var file: String?

  init(format: ReportFormat, file: String?) {
    self.format = format
    self.file = file
  }

  /// Reads `format` or `format=file`.
  init(argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard let format = ReportFormat(rawValue: name) else {
      let known = ReportFormat.allCases.map(\.rawValue)
      throw ValidationError(
        "'\(name)' is no report format; there are \(known.dropLast().joined(separator: ", ")) and \(known.last ?? "").")
    }
    self.format = format
    if parts.count > 1 {
      if parts[1].isEmpty { throw ValidationError("--format \(name)= names no file.") }
      file = String(parts[1])
    }
  }
}
