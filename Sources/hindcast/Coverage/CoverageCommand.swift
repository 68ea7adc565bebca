import ArgumentParser
import Foundation
import HindcastCore
import HindcastLua
import HindcastReplay
import HindcastReport

/// `hindcast coverage`: what histories run of an app's workflow code.
struct CoverageCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Show what histories run of an app's workflow code.",
    discussion: """
      Replays the histories under the paths and counts lines, functions, branches, versions of changes and types of events. \
      What counts is the code of workflow entries and of the libraries that they import; entries that no history reaches \
      count as not covered, activities not at all. A branch is each arm of an if (the else that is not written included), and \
      of a loop whether it has a round or none; and, or and repeat are none, nor are loops that always go one way.

      Exit status: 0 when done, 1 when fewer lines than --fail-under are covered, 2 for wrong usage, an input that cannot be \
      read, or no history found. Whether the histories pass is for hindcast replay to say.
      """)

  /// The forms of the report.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: ArgumentHelp("Histories, folders that hold them, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above each history.", valueName: "dir"))
  var app: String?

  @Option(help: ArgumentHelp("Write an LCOV tracefile, as genhtml and CI services read it.", valueName: "file"))
  var lcov: String?

  @Option(help: "The form of the report.")
  var format = Format.text

  @Option(help: ArgumentHelp("Fail when fewer of the lines are covered.", valueName: "percent"))
  var failUnder: PercentArgument?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Histories replayed at a time. By default one a core.", valueName: "n"))
  var jobs: PositiveArgument?

  func validate() throws {
    if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let loader = try AppLoader(directory: app, countsCoverage: true)
      var reading = HistoryReading(paths, console)
      var options = ReplayOptions()
      options.jobs = jobs?.value ?? ProcessInfo.processInfo.activeProcessorCount
      options.collectsCoverage = true
      options.shakes = false
      var totals = CoverageTotals()
      reading.replay(Replayer(loader, options: options)) { totals.add($0) }
      guard let verdicts = reading.finish() else { return .unusable }
      guard totals.histories > 0 else {
        console.complain("error: none of \(verdicts) histories ran any code; hindcast replay says why")
        return .unusable
      }
      let report = CoverageReport(totals, of: loader.loaded, workingDirectory: console.workingDirectory)
      return try write(report, to: console)
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("\(error)")
      return .unusable
    }
  }

  private func write(_ report: CoverageReport, to console: Console) throws(OutputError) -> ExitStatus {
    switch format {
    case .text: try CoverageText(report, palette: console.palette).write(to: console.output)
    case .json: try console.output.write(report.json)
    }
    if let lcov { try DescriptorOutput(path: lcov).write(report.lcov) }
    if report.unacceptable > 0 {
      console.complain(
        "warning: \(report.unacceptable) of \(report.histories) histories did not pass, and may have run less than they "
          + "should; hindcast replay says why")
    }
    guard let failUnder, report.lines.percent < failUnder.value else { return .success }
    console.complain(
      "error: \(CoverageText.percent(report.lines)) % of the lines are covered, fewer than \(failUnder.text) %")
    return .failure
  }
}

/// A percentage.
struct PercentArgument: ExpressibleByArgument {
  let value: Double
  let text: String

  init?(argument: String) {
    guard let value = Double(argument), (0...100).contains(value) else { return nil }
    self.value = value
    text = argument
  }
}
