import ArgumentParser
import HindcastHistory
import HindcastReplay
import HindcastReport

/// `hindcast check`: validates histories; no code runs.
struct CheckCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate histories without running code.")

  @Argument(help: ArgumentHelp("Histories, folders that hold them, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Flag(help: "Treat warnings as failures.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Show information and what the reader had to interpret as well.")
  var verbose = false

  func validate() throws {
    if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    var session = CheckSession(
      report: CheckReport(to: console.output, palette: console.palette, isVerbose: verbose), isStrict: strict)
    do {
      for source in Corpus(paths, standardInput: console.readStandardInput) {
        if let error = try session.check(source) { console.complain("error: \(error)") }
      }
      try session.finish()
    } catch {
      return console.fail(error)
    }
    if session.isEmpty { console.complain("error: no history found in \(paths.joined(separator: ", "))") }
    return session.status
  }
}

/// One call of `hindcast check` under way.
private struct CheckSession {
  private var report: CheckReport
  private let isStrict: Bool
  private var histories = 0
  private var invalid = 0
  private var hasErrors = false

  init(report: CheckReport, isStrict: Bool) {
    self.report = report
    self.isStrict = isStrict
  }

  /// Checks the histories of a source; returns the error of one that cannot be read.
  mutating func check(_ source: HistorySource) throws(OutputError) -> HistoryError? {
    let read = Result { () throws(HistoryError) in try source.read() }
    switch read {
    case .success(let found):
      for history in found { try check(history) }
    case .failure(let error):
      switch error.code {
      case .unreadable:
        hasErrors = true
        return error
      case .unrecognized where !source.isExplicit: return nil
      case .unrecognized:
        hasErrors = true
        return error
      default:
        histories += 1
        invalid += 1
        try report.report(error)
      }
    }
    return nil
  }

  private mutating func check(_ history: WorkflowHistory) throws(OutputError) {
    let findings = HistoryValidator.findings(in: history)
    let least = isStrict ? HistoryFinding.Severity.warning : .error
    let isValid = !findings.contains { $0.severity >= least }
    histories += 1
    if !isValid { invalid += 1 }
    try report.report(history, findings, isValid: isValid)
  }

  func finish() throws(OutputError) {
    if histories > 0 { try report.finish(total: histories, invalid: invalid) }
  }

  var isEmpty: Bool { histories == 0 && !hasErrors }

  var status: ExitStatus {
    if hasErrors || histories == 0 { return .unusable }
    return invalid > 0 ? .failure : .success
  }
}
