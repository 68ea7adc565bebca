import ArgumentParser
import Foundation
import HindcastCore
import HindcastLua
import HindcastReplay
import HindcastReport

/// `hindcast replay`: the main job.
struct ReplayCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay histories against the code of an app.",
    discussion: """
      Every history under the paths is replayed twice, under different seeds, and compared with the commands that the \
      code issues. A folder's expected.yaml says which histories are to end otherwise than passed.
      """)

  @Argument(help: ArgumentHelp("Histories, folders that hold them, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above each history.", valueName: "dir"))
  var app: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Histories replayed at a time. By default one a core.", valueName: "n"))
  var jobs: PositiveArgument?

  @Option(
    name: .customLong("type"),
    help: ArgumentHelp("Only histories of this workflow type; repeatable.", valueName: "name"))
  var types: [String] = []

  @Option(
    help: ArgumentHelp("The I-th of N parts of the files, for spreading a corpus over machines.", valueName: "i/n"))
  var shard: ShardArgument?

  @Flag(help: "Treat warnings as failures.")
  var strict = false

  @Flag(inversion: .prefixedNo, help: "Replay twice, to find code that does not do the same twice.")
  var shake = true

  @Option(
    help: ArgumentHelp("Give the verdict that an SDK's replayer gives: go.", valueName: "sdk"), transform: Self.sdk)
  var emulate = ReplayOptions.Verdicts.analysis

  @Option(help: ArgumentHelp("Give a history up after this long; 0 for never. By default 2m.", valueName: "duration"))
  var workflowTimeout: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "CPU time until code must yield. By default the worker's deadlock_detection_timeout, else 1s.",
      valueName: "duration"))
  var deadlockTimeout: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "Instructions until code must yield: a limit that does not depend on the machine.", valueName: "n"))
  var maxInstructions: PositiveArgument?

  @Option(help: ArgumentHelp("Memory that one run may hold. By default 256MiB.", valueName: "size"))
  var memoryLimit: SizeArgument?

  @Option(help: ArgumentHelp("Write what the histories ran of the code, as an LCOV tracefile.", valueName: "file"))
  var coverage: String?

  @OptionGroup(title: "Report")
  var report: ReportArguments

  func validate() throws {
    if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let loader = try loader()
      let status = replay(with: loader, in: console) { totals throws(OutputError) in
        guard let coverage else { return }
        let report = CoverageReport(totals, of: loader.loaded, workingDirectory: console.workingDirectory)
        try DescriptorOutput(path: coverage).write(report.lcov)
      }
      if !report.quiet { loader.warnings.forEach { console.complain("\($0)") } }
      return status
    } catch {
      console.complain("\(error)")
      return .unusable
    }
  }

  /// Replays with whatever code the provider has.
  ///
  /// - Parameter finish: what to do, at the end, with what the histories ran.
  func replay(
    with provider: some WorkflowCodeProvider, in console: Console,
    _ finish: (CoverageTotals) throws(OutputError) -> Void = { _ throws(OutputError) in }
  ) -> ExitStatus {
    do throws(OutputError) {
      var session = try report.session(in: console)
      let corpus = Corpus(paths, shard: part, standardInput: console.readStandardInput)
      try session.run(Replayer(provider, options: options).results(of: corpus))
      try finish(session.coverage)
      return session.status { emptyReason }
    } catch {
      return console.fail(error)
    }
  }
}
