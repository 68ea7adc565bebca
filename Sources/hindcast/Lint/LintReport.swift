import ArgumentParser
import HindcastCore
import HindcastLint
import HindcastReport

/// The forms that a report of the linter can have.
enum LintFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

/// What the linter found, for people or for programs.
struct LintReport {
  private let output: any ReportOutput
  private let palette: Palette
  private let isVerbose: Bool

  init(to output: any ReportOutput, palette: Palette, isVerbose: Bool) {
    self.output = output
    self.palette = palette
    self.isVerbose = isVerbose
  }

  /// Writes all findings, in their order.
  func write(_ findings: [LintFinding], format: LintFormat) throws(OutputError) {
    switch format {
    case .text: try writeText(findings)
    case .json: try writeJSON(findings)
    }
  }

  // MARK: Text

  private func writeText(_ findings: [LintFinding]) throws(OutputError) {
    for finding in findings where isVerbose || finding.severity > .info {
      var text = "\(palette.place("\(finding.location)".printable())): \(label(of: finding.severity)) "
      text += "\(finding.message.printable())  \(palette.faint(finding.rule.rawValue))\n"
      if let hint = finding.hint { text += "    \(palette.faint("hint: \(hint.printable())"))\n" }
      try output.write(text)
    }
    let counts = [(Severity.error, "error", "errors"), (.warning, "warning", "warnings"), (.info, "remark", "remarks")]
      .map { severity, one, many in
        let count = findings.count { $0.severity == severity }
        return "\(count) \(count == 1 ? one : many)"
      }
    let more = isVerbose || !findings.contains { $0.severity == .info } ? "" : " (--verbose shows them)"
    try output.write(counts.joined(separator: ", ") + more + "\n")
  }

  private func label(of severity: Severity) -> String {
    switch severity {
    case .error: palette.bad("error:")
    case .warning: palette.warning("warning:")
    case .info: "remark:"
    }
  }

  // MARK: JSON

  private func writeJSON(_ findings: [LintFinding]) throws(OutputError) {
    for finding in findings {
      var location = JSONObject()
      location.add("file", finding.location.file)
      location.add("line", finding.location.line)
      if let column = finding.location.column { location.add("column", column) }
      var object = JSONObject()
      object.add("rule", finding.rule.rawValue)
      object.add("severity", finding.severity.rawValue)
      object.add("message", finding.message)
      object.add("location", json: location.closed)
      object.add("hint", finding.hint)
      try output.write(object.closed + "\n")
    }
    var summary = JSONObject()
    for severity in [Severity.error, .warning, .info] {
      summary.add(severity.rawValue, findings.count { $0.severity == severity })
    }
    try output.write("{\"summary\":\(summary.closed)}\n")
  }
}
