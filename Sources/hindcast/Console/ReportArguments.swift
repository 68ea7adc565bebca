import ArgumentParser
import HindcastReport

/// How a command that gives verdicts reports them.
struct ReportArguments: ParsableArguments {
  @Option(help: "The form of the report: text or json (one object a line).", transform: Self.format)
  var format = ReportFormat.text

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the report to a file.", valueName: "file"))
  var output: String?

  @Flag(name: .shortAndLong, help: "Show remarks, pending commands and files that are no histories as well.")
  var verbose = false

  @Flag(name: .shortAndLong, help: "Show only what did not pass.")
  var quiet = false

  func validate() throws {
    if verbose, quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
  }

  /// Begins a report.
  func session(in console: Console) throws(OutputError) -> ReplaySession {
    ReplaySession(console: console, reporter: try reporter(in: console), noticesPassedOver: verbose)
  }

  /// What writes the report.
  func reporter(in console: Console) throws(OutputError) -> any Reporter {
    let destination = try output.map { path throws(OutputError) in try DescriptorOutput(path: path) } ?? console.output
    return switch format {
    case .json: JSONReporter(to: destination, workingDirectory: console.workingDirectory)
    case .text:
      TextReporter(
        to: destination, workingDirectory: console.workingDirectory,
        detail: quiet ? .quiet : verbose ? .verbose : .normal,
        palette: output == nil ? console.palette : Palette(isColored: false))
    }
  }

  private static func format(_ text: String) throws -> ReportFormat {
    if let format = ReportFormat(rawValue: text) { return format }
    let known = ReportFormat.allCases.map(\.rawValue).joined(separator: " and ")
    if ["junit", "sarif", "github", "html"].contains(text) {
      throw ValidationError("--format \(text) is not available in this version; there are \(known).")
    }
    throw ValidationError("'\(text)' is no report format; there are \(known).")
  }
}
