import ArgumentParser
import HindcastCore
import HindcastLint
import HindcastReport

/// The forms that a report of the linter can have.
enum LintFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, sarif, github
}

/// What the linter found, for people or for programs.
struct LintReport {
  private let output: any ReportOutput
  private let palette: Palette
  private let isVerbose: Bool
  private let paths: LintPaths
  private let startTime: String?

  init(to output: any ReportOutput, palette: Palette, isVerbose: Bool, paths: LintPaths, startTime: String?) {
    self.output = output
    self.palette = palette
    self.isVerbose = isVerbose
    self.paths = paths
    self.startTime = startTime
  }

  /// Writes all findings, in their order.
  /// - Parameter problems: what could not be checked, for reports that nobody reads beside standard error.
  func write(_ findings: [LintFinding], _ problems: [String], format: LintFormat) throws(OutputError) {
    switch format {
    case .text: try writeText(findings)
    case .json: try writeJSON(findings)
    case .sarif: try writeSARIF(findings, problems)
    case .github: try writeGitHub(findings, problems)
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
    try output.write(summary(of: findings) + "\n")
  }

  private func summary(of findings: [LintFinding]) -> String {
    let counts = [(Severity.error, "error", "errors"), (.warning, "warning", "warnings"), (.info, "remark", "remarks")]
      .map { severity, one, many in
        let count = findings.count { $0.severity == severity }
        return "\(count) \(count == 1 ? one : many)"
      }
    let more = isVerbose || !findings.contains { $0.severity == .info } ? "" : " (--verbose shows them)"
    return counts.joined(separator: ", ") + more
  }

  private func label(of severity: Severity) -> String {
    switch severity {
    case .error: palette.bad("error:")
    case .warning: palette.warning("warning:")
    case .info: "remark:"
    }
  }

  /// Writes what the rules are about.
  func writeRules() throws(OutputError) {
    for rule in LintRule.allCases {
      try output.write(
        "\(palette.strong(rule.rawValue))  \(rule.severity.rawValue)\n    \(rule.summary).\n    \(palette.faint(rule.advice))\n"
      )
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

  // MARK: SARIF

  private func writeSARIF(_ findings: [LintFinding], _ problems: [String]) throws(OutputError) {
    var log = SARIFLog(
      tool: "Hindcast", version: ToolVersion.current, rules: LintRule.allCases.map(SARIFLog.Rule.init),
      startTime: startTime)
    for finding in findings {
      let message = finding.message + (finding.hint.map { "\nHint: \($0)" } ?? "")
      let file = finding.location.file
      log.add(
        SARIFResult(
          ruleID: finding.rule.rawValue, level: SARIFLog.Level(finding.severity), message: message,
          location: SARIFLocation(
            file: file.isEmpty ? nil : paths.relative(file), line: finding.location.line,
            column: finding.location.column)))
    }
    for problem in problems { log.add(notification: problem, at: nil) }
    try output.write(log.json)
  }

  // MARK: GitHub

  private func writeGitHub(_ findings: [LintFinding], _ problems: [String]) throws(OutputError) {
    for problem in problems { try output.write(WorkflowCommand.line("error", message: problem)) }
    // GitHub shows no more than ten of each kind, so errors come first.
    for (severity, command) in [(Severity.error, "error"), (.warning, "warning"), (.info, "notice")] {
      for finding in findings where finding.severity == severity && (isVerbose || severity > .info) {
        let hint = finding.hint.map { "\nHint: \($0)" } ?? ""
        let file = finding.location.file
        try output.write(
          WorkflowCommand.line(
            command,
            [
              "file": file.isEmpty ? nil : paths.inWorkspace(file), "line": "\(finding.location.line)",
              "col": finding.location.column.map(String.init), "title": finding.rule.rawValue,
            ], message: finding.message + hint))
      }
    }
    try output.write(summary(of: findings) + "\n")
  }
}

extension SARIFLog.Rule {
  fileprivate init(_ rule: LintRule) {
    let name = rule.rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    self.init(
      id: rule.rawValue, name: name, summary: rule.summary, explanation: "\(rule.summary). \(rule.advice)",
      help: rule.advice,
      level: SARIFLog.Level(rule.severity))
  }
}

extension SARIFLog.Level {
  fileprivate init(_ severity: Severity) {
    self =
      switch severity {
      case .info: .note
      case .warning: .warning
      case .error: .error
      }
  }
}

/// Paths as reports for other tools want them.
struct LintPaths {
  private let workingDirectory: String
  private let workspace: String?

  init(_ console: Console) {
    workingDirectory = console.workingDirectory
    workspace = console.environment["GITHUB_WORKSPACE"]
  }

  /// Relative to the working folder where the file lies below it.
  func relative(_ file: String) -> String {
    file.hasPrefix(workingDirectory + "/") ? String(file.dropFirst(workingDirectory.count + 1)) : file
  }

  /// Relative to the checkout of a GitHub workflow.
  func inWorkspace(_ file: String) -> String {
    let absolute = file.hasPrefix("/") ? file : "\(workingDirectory)/\(file)"
    guard let workspace, absolute.hasPrefix(workspace + "/") else { return relative(file) }
    return String(absolute.dropFirst(workspace.count + 1))
  }
}
