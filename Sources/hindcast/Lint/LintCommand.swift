import ArgumentParser
import Foundation
import HindcastCore
import HindcastLint
import HindcastRegistry
import HindcastReport

/// `hindcast lint`: what in Lua sources does not replay; no code runs.
struct LintCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Check Lua sources for what fails or does not replay.",
    discussion: """
      Workflows and the libraries that they import are held to all rules, functions to those that keep code from running. \
      A comment suppresses findings of its line, or of the line below it: -- hindcast: ignore lint-random <why>

      Exit status: 0 when there is no error (with --strict: nor warning), 1 when there is one, 2 for wrong usage.
      """)

  @Argument(help: ArgumentHelp("Apps, folders that hold them, parts of them, or Lua files.", valueName: "path"))
  var paths: [String] = []

  @Option(name: .customLong("app"), help: ArgumentHelp("An app's folder; repeatable.", valueName: "dir"))
  var apps: [String] = []

  @Option(
    help: ArgumentHelp(
      "The form of the report.",
      discussion: """
        text    for people
        json    one object a line a finding, and one with the counts
        sarif   SARIF 2.1.0, for code scanning and editors
        github  annotations of a GitHub workflow
        """))
  var format = LintFormat.text

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the report to a file.", valueName: "file"))
  var output: String?

  @Flag(name: .shortAndLong, help: "Show remarks as well.")
  var verbose = false

  @Flag(help: "Treat warnings as errors.")
  var strict = false

  @Flag(name: .customLong("rules"), help: "Say what the rules are about, and check nothing.")
  var listsRules = false

  func validate() throws {
    if paths.isEmpty, apps.isEmpty, !listsRules { throw ValidationError("Name a path, or an app with --app.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    if listsRules { return listRules(in: console) }
    let targets = LintTargets(paths: paths, apps: apps)
    targets.problems.forEach { console.complain("error: \($0)") }
    var findings: [LintFinding] = []
    for app in targets.apps {
      findings += Linter.findings(in: .directory(app.directory)).filter {
        LintTargets.contains(app, file: $0.location.file)
      }
    }
    var hasUnreadable = !targets.problems.isEmpty
    for file in targets.files {
      guard let bytes = Self.read(file) else {
        console.complain("error: \(file): the file cannot be read")
        hasUnreadable = true
        continue
      }
      findings += Linter.findings(in: bytes, file: file)
    }
    do {
      try write(findings, targets.problems, in: console)
    } catch {
      return console.fail(error)
    }
    if hasUnreadable { return .unusable }
    return findings.contains { $0.severity >= (strict ? .warning : .error) } ? .failure : .success
  }

  private func write(_ findings: [LintFinding], _ problems: [String], in console: Console) throws(OutputError) {
    let destination = try output.map { path throws(OutputError) -> any ReportOutput in
      format == .sarif ? try WholeFile(path: path) : try DescriptorOutput(path: path)
    }
    try report(to: destination ?? console.output, in: console).write(findings, problems, format: format)
    try destination?.complete()
  }

  private func report(to output: any ReportOutput, in console: Console) -> LintReport {
    LintReport(
      to: output, palette: self.output == nil ? console.palette : Palette(isColored: false), isVerbose: verbose,
      paths: LintPaths(console), startTime: console.startTime)
  }

  private func listRules(in console: Console) -> ExitStatus {
    do {
      try report(to: console.output, in: console).writeRules()
      return .success
    } catch {
      return console.fail(error)
    }
  }

  /// A regular file's content; a byte more than is checked at most.
  private static func read(_ path: String) -> [UInt8]? {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      attributes[.type] as? FileAttributeType == .typeRegular
        || attributes[.type] as? FileAttributeType == .typeSymbolicLink,
      let handle = FileHandle(forReadingAtPath: path)
    else { return nil }
    guard let data = try? handle.read(upToCount: Linter.sizeLimit + 1) else { return nil }
    return Array(data)
  }
}
