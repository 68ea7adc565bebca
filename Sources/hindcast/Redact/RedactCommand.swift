import ArgumentParser
import Foundation
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastReplay
import HindcastReport

/// `hindcast redact`: takes personal data out of histories.
struct RedactCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "redact",
    abstract: "Take personal data out of histories.",
    discussion: """
      Replaces strings in payloads by others of the same shape, equal ones by equal ones in all histories of the call, and \
      whatever else tells of people or machines. Events, ids, types and times stay. Where an app is found, both the history \
      and its redacted form are replayed: if they do not get the same verdict, code compares a string that was replaced, \
      and --keep with its key helps.

      Exit status: 0 when done, 1 when a history does not keep its verdict (with --in-place, it is left as it is), 2 for \
      wrong usage, an input that cannot be read, or no history found.
      """)

  @Argument(help: ArgumentHelp("Histories, or folders that hold them.", valueName: "path"))
  var paths: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the redacted histories to this folder, under the same names.", valueName: "dir"))
  var output: String?

  @Flag(help: "Write the redacted histories in the place of the others.")
  var inPlace = false

  @Option(
    help: ArgumentHelp(
      "What is replaced in payloads: strings (the default), values (numbers, too), or all of them.", valueName: "level"),
    transform: Self.level)
  var level = Redaction.Level.strings

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Keys in JSON, memos and headers whose values stay.", valueName: "key"))
  var keep: [String] = []

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above each history.", valueName: "dir"))
  var app: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Histories replayed at a time. By default one a core.", valueName: "n"))
  var jobs: PositiveArgument?

  func validate() throws {
    if paths.contains("-") { throw ValidationError("Standard input (-) cannot be redacted.") }
    if output == nil, !inPlace { throw ValidationError("Say where the result goes: --output DIR or --in-place.") }
    if output != nil, inPlace { throw ValidationError("--output and --in-place exclude each other.") }
  }

  private static func level(_ text: String) throws -> Redaction.Level {
    if let level = Redaction.Level(rawValue: text) { return level }
    let known = Redaction.Level.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("'\(text)' is no level of redaction; there are \(known).")
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let loader = try AppLoader(directory: app, countsCoverage: false)
      var generator = SystemRandomNumberGenerator()
      let redaction = Redaction(level, keeping: Set(keep), using: &generator)
      var session = RedactionSession(target: output.map { .folder($0, paths) } ?? .inPlace, console)
      var options = ReplayOptions()
      options.jobs = jobs?.value ?? ProcessInfo.processInfo.activeProcessorCount
      session.run(Corpus(paths), redaction, Replayer(loader, options: options))
      return try session.finish(paths)
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("\(error)")
      return .unusable
    }
  }
}
