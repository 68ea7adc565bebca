#if Server
import ArgumentParser
import HindcastReplay
import HindcastReport

/// `hindcast record`: records histories anew with the present code.
struct RecordCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record histories anew with the present code, and replace those that changed.",
    discussion: """
      Each history is taken apart into what came from outside: the start, signals, updates, cancel requests, the results of \
      activities and children. That happens again to the present code, on the in-process server with skipped time; \
      activities that the recording does not have run the app's own functions. Where the history that comes of it differs, \
      the difference is shown, and the file is replaced if you say so. Queries leave no trace in a history and are not asked \
      again. Histories that expected.yaml wants to fail, and runs that another run started, are left as they are.

      Exit status: 0 when every history is the same or was replaced, 1 when one differs and was not, or could not be \
      recorded, 2 for wrong usage, an input that cannot be read, or no history found. Where CI is set in the environment, \
      nothing is replaced without --yes.
      """)

  @Argument(help: ArgumentHelp("Histories, or folders that hold them.", valueName: "suite"))
  var paths: [String]

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above each history.", valueName: "dir"))
  var app: String?

  @Flag(name: .shortAndLong, help: "Replace histories without asking.")
  var yes = false

  func validate() throws {
    if paths.contains("-") { throw ValidationError("Standard input (-) cannot be recorded anew.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    var session = RecordSession(app: app, replacesUnasked: yes, console)
    do {
      for source in Corpus(paths) { try await session.take(source) }
      return try session.finish(paths)
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("error: \(error)")
      return .unusable
    }
  }
}
#endif
