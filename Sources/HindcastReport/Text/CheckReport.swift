public import HindcastHistory

/// What a check of histories found, for people.
public struct CheckReport {
  private let output: any ReportOutput
  private let palette: Palette
  private let isVerbose: Bool

  /// Makes a report.
  /// - Parameter isVerbose: whether information and the reader's notes are shown as well.
  public init(to output: any ReportOutput, palette: Palette = Palette(isColored: false), isVerbose: Bool = false) {
    self.output = output
    self.palette = palette
    self.isVerbose = isVerbose
  }

  /// Writes what was found in a history.
  public func report(
    _ history: WorkflowHistory, _ findings: [HistoryFinding], isValid: Bool
  ) throws(OutputError) {
    var text = headline(history.origin.name, isValid: isValid)
    if let type = history.workflowTypeName { text += "  \(type.printable())" }
    text += "  \(TextReporter.count(history.events.count, "event", "events"))\n"
    for finding in findings where isVerbose || finding.severity > .info {
      text += "  \(painted("\(finding)".printable(), finding.severity))\n"
    }
    if isVerbose {
      for note in history.notes { text += "  \(palette.faint("note: \(note)".printable()))\n" }
    }
    try output.write(text)
  }

  /// Writes why a file could not be read.
  public func report(_ error: HistoryError) throws(OutputError) {
    try output.write(headline(error.file, isValid: false) + "\n  \(palette.bad("\(error)".printable()))\n")
  }

  /// Writes the counts.
  public func finish(total: Int, invalid: Int) throws(OutputError) {
    let valid = "\(TextReporter.grouped(total - invalid)) valid"
    var text = "\n\(TextReporter.count(total, "history", "histories")): \(palette.good(valid))"
    if invalid > 0 { text += ", \(palette.bad("\(TextReporter.grouped(invalid)) invalid"))" }
    try output.write(text + "\n")
  }

  private func headline(_ name: String, isValid: Bool) -> String {
    "\(isValid ? palette.good("VALID") : palette.alarm("INVALID"))  \(palette.strong(name.printable()))"
  }

  private func painted(_ text: String, _ severity: HistoryFinding.Severity) -> String {
    switch severity {
    case .error: palette.bad(text)
    case .warning: palette.warning(text)
    case .info: palette.faint(text)
    }
  }
}
