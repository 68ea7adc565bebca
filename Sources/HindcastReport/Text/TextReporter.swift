import HindcastCore
public import HindcastReplay

/// A report for people: a line a history, a block for each that did not pass, and a summary.
public struct TextReporter: Reporter {
  /// How much is said.
  public enum Detail: Sendable {
    /// Only what went wrong, and the summary.
    case quiet
    /// A line a history, warnings included.
    case normal
    /// Remarks as well, and what open workflows would do next.
    case verbose
  }

  /// The width for what is no terminal, in columns.
  public static let defaultWidth = 120

  private let output: any ReportOutput
  private let detail: Detail
  private let palette: Palette
  private let width: Int
  private var sources: SourceFiles
  /// Why the last history's code did not load: a broken app has the same to say of each of its histories.
  private var lastLoadError: Finding?
  /// Histories of one type tend to have the same warnings; that many of each history are shown.
  private static let warningLimit = 5

  /// Makes a reporter.
  /// - Parameters:
  ///   - output: where the text goes.
  ///   - workingDirectory: the folder that paths of code are relative to.
  ///   - width: how many columns the report should keep to, as far as it can.
  public init(
    to output: any ReportOutput, workingDirectory: String, detail: Detail = .normal,
    palette: Palette = Palette(isColored: false), width: Int = TextReporter.defaultWidth
  ) {
    self.output = output
    self.detail = detail
    self.palette = palette
    self.width = width
    sources = SourceFiles(workingDirectory: workingDirectory)
  }

  /// Writes what there is to say about a history.
  public mutating func report(_ verdict: HistoryVerdict) throws(OutputError) {
    let isBad = !verdict.isAcceptable
    if detail == .quiet, !isBad { return }
    var text = headline(of: verdict) + "\n"
    if isBad {
      if let expectation = verdict.expectation { text += "  expected: \(expectation)\n" }
      if let failure = verdict.failure { text += explanation(of: failure, in: verdict) }
    } else if verdict.verdict == .skipped, let failure = verdict.failure {
      text += "  \(palette.faint(failure.message.printable()))\n"
    }
    text += remarks(on: verdict)
    if isBad { text += "\n" }
    try output.write(text)
  }

  /// Writes the summary.
  public mutating func finish(_ summary: ReplaySummary) throws(OutputError) {
    let counts = Verdict.allCases.filter { summary[$0] > 0 }.map { verdict in
      let text = "\(Self.grouped(summary[verdict])) \(verdict.rawValue)"
      return switch verdict {
      case .passed: palette.good(text)
      case .skipped: palette.warning(text)
      case .nondeterministic, .deadlocked, .failed, .invalid: palette.bad(text)
      }
    }
    var line = Self.count(summary.total, "history", "histories")
    if !counts.isEmpty { line += ": " + counts.joined(separator: ", ") }
    if summary.asExpected > 0 { line += " (\(Self.grouped(summary.asExpected)) as expected.yaml says)" }
    if summary.withWarnings > 0 { line += ", \(Self.grouped(summary.withWarnings)) with warnings" }
    line += " · \(Self.count(summary.events, "event", "events")) in \(Self.seconds(summary.seconds))"
    try output.write((summary.total > 0 && detail != .quiet ? "\n" : "") + line + "\n")
  }

  // MARK: Parts

  private func headline(of verdict: HistoryVerdict) -> String {
    let mark: String
    switch (verdict.isAcceptable, verdict.verdict) {
    case (false, _): mark = palette.alarm("FAIL")
    case (true, .skipped): mark = palette.warning("SKIP")
    case (true, _): mark = palette.good("PASS")
    }
    var parts = ["\(mark)  \(palette.strong(verdict.name.printable()))"]
    if let type = verdict.workflowType { parts.append(type.printable()) }
    parts.append(Self.count(verdict.events, "event", "events"))
    var line = parts.joined(separator: "  ")
    if verdict.asExpected == true, let expectation = verdict.expectation, verdict.isAcceptable {
      line += "  " + palette.faint("as expected: \(expectation)")
    }
    return line
  }

  private mutating func explanation(of failure: Finding, in verdict: HistoryVerdict) -> String {
    if failure.rule == .loadError {
      defer { lastLoadError = failure }
      if let last = lastLoadError, last.message == failure.message, last.location == failure.location {
        return "  \(palette.bad("\(verdict.verdict) · \(failure.rule.rawValue)")), as before\n"
      }
    }
    var block = FailureText(verdict: verdict, palette: palette, width: width, sources: sources)
    defer { sources = block.sources }
    return block.text(of: failure)
  }

  private mutating func remarks(on verdict: HistoryVerdict) -> String {
    let least: Severity = detail == .verbose ? .info : .warning
    let shown = verdict.warnings.filter { $0.severity >= least }
    var text = ""
    for finding in shown.prefix(detail == .verbose ? .max : Self.warningLimit) {
      var line = "  " + label(of: finding.severity)
      line += " \(finding.rule.rawValue)"
      if let eventID = finding.eventID { line += " at event \(eventID)" }
      line += ": \(finding.message.printable())"
      if let location = finding.location {
        line += "  " + palette.place(sources.resolve(location, app: verdict.appDirectory).description.printable())
      }
      text += line + "\n"
    }
    if detail != .verbose, shown.count > Self.warningLimit {
      text +=
        "  and \(Self.count(shown.count - Self.warningLimit, "more warning", "more warnings")); --verbose shows all\n"
    }
    if detail == .verbose, verdict.verdict == .passed {
      for command in verdict.pendingCommands { text += "  next: \(command.printable())\n" }
    }
    return text
  }

  private func label(of severity: Severity) -> String {
    switch severity {
    case .info: "remark"
    case .warning: palette.warning("warning")
    // A history can have several faults, of which the first is the verdict's.
    case .error: palette.bad("error")
    }
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(grouped(number)) \(number == 1 ? one : many)"
  }

  /// A number with its thousands set apart.
  static func grouped(_ number: Int) -> String {
    var digits = Substring(String(number))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    groups.insert(digits, at: 0)
    return groups.joined(separator: ",")
  }

  /// Seconds with as many digits as matter.
  static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "0 s" }
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    return "\((seconds * 100).rounded() / 100) s"
  }
}
