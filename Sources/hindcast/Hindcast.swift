import ArgumentParser
import Foundation
import HindcastReport

/// The command line tool.
@main
struct Hindcast: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hindcast",
    abstract: "Replays recorded Temporal workflow histories against workflow code.",
    discussion: """
      Exit status: 0 when every history passed, 1 when at least one did not, 2 for wrong usage, an input that cannot be \
      read, or no history found.
      """,
    version: ToolVersion.current,
    subcommands: [
      ReplayCommand.self, BisectCommand.self, LintCommand.self, CheckCommand.self, ShowCommand.self, DiffCommand.self,
      CoverageCommand.self, PruneCommand.self, RedactCommand.self, RunCommand.self, RecordCommand.self,
      WorkerCommand.self,
      CallCommand.self, ServeCommand.self, VerifyCommand.self, FetchCommand.self, ShadowCommand.self,
    ])

  static func main() async {
    // A closed pipe is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    let status = await run(Array(CommandLine.arguments.dropFirst()), console: .process)
    Foundation.exit(status.rawValue)
  }

  /// Runs the tool with these arguments, the tool's name left out.
  static func run(_ arguments: [String], console: Console) async -> ExitStatus {
    do {
      var command = try parseAsRoot(arguments)
      if let command = command as? any ConsoleCommand { return await command.execute(in: console) }
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .success
    } catch {
      return console.report(error, from: Self.self)
    }
  }
}

/// What the tool's exit status says; a contract with scripts.
enum ExitStatus: Int32 {
  /// Every history passed.
  case success = 0
  /// At least one did not.
  case failure = 1
  /// The usage is wrong, an input cannot be read, or there is no history.
  case unusable = 2
}

/// A command that writes to a console, so that tests can run it in their own process.
protocol ConsoleCommand: ParsableCommand {
  /// Does what the arguments ask for.
  func execute(in console: Console) async -> ExitStatus
}
