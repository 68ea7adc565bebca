#if GRPC
import ArgumentParser
import Foundation
import HindcastApp
import HindcastGateway
import HindcastHTTP
import HindcastRegistry
import HindcastReport
import HindcastWorker

/// `hindcast call`: calls a function of an app against a Temporal server.
struct CallCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call a function of an app that starts workflows and talks to them, on a Temporal server.",
    discussion: """
      The app's workers run in the same process while the function does, so that workflows can send messages to it; \
      with --without-workers only the function runs, beside a hindcast worker elsewhere, whose workflows cannot. The \
      result goes to standard output as JSON, everything else to standard error. Exit status: 0 when the function returns, \
      1 when it fails, 2 for wrong usage or an app that cannot be used. hindcast run calls functions on the in-process server.

      Example: hindcast call app:drive_orders --app shop --address localhost:7233 --input '{"id": "17"}'
      """)

  @Argument(
    help: ArgumentHelp("The entry of the function or process.", valueName: "ns:name"), transform: EntryID.init(parsing:)
  )
  var function: EntryID

  @Option(
    help: ArgumentHelp("The app's folder. By default the nearest one at or above the current folder.", valueName: "dir")
  )
  var app: String?

  @Option(help: ArgumentHelp("An argument of the function, as JSON; may be repeated.", valueName: "json"))
  var input: [String] = []

  @Option(
    help: ArgumentHelp("Run only the workers of this temporal.client entry.", valueName: "ns:name"),
    transform: EntryID.init(parsing:))
  var client: EntryID?

  @Option(
    help: ArgumentHelp("Connect to this server, in plain text, whatever the entries say.", valueName: "host:port"))
  var address: String?

  @Option(help: ArgumentHelp("What histories say about who worked.", valueName: "text"))
  var identity: String?

  @Flag(help: "Leave the workflows and activities to workers elsewhere.")
  var withoutWorkers = false

  @Flag(name: .shortAndLong, help: "Log everything, not only what matters.")
  var verbose = false

  func validate() throws {
    for text in input where !JSONArgument.isValid(text) { throw ValidationError("--input is no JSON: \(text)") }
    if let address {
      do {
        _ = try ServerAddress(address)
      } catch {
        throw ValidationError("\(error)")
      }
    }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      guard let directory = app ?? Registry.findApp(near: console.workingDirectory) else {
        throw WorkerSetupError("no app was found at or above \(console.workingDirectory); name its folder with --app")
      }
      var app = try WorkerApp(registry: Registry.load(directory: directory), from: directory)
      app.world.http = AsyncHTTPExchange()
      let call = try FunctionCall(function, of: app, input: JSONArgument.payloads(input))
      let options = WorkerSession.Options(
        address: try address.map { try ServerAddress($0) }, identity: identity,
        leastLevel: verbose ? .debug : .warning, restartsServices: false)
      var session = WorkerSession(
        app: app, order: try app.startOrder(client: client, withWorkers: !withoutWorkers), options: options)
      session.function = call
      for warning in app.warnings { console.complain("warning: \(warning)") }
      return try await session.run(in: console)
    } catch let error as OutputError {
      return console.fail(error)
    } catch let errors as RegistryErrors {
      console.complain(errors.description)
      return .unusable
    } catch {
      console.complain("error: \(error)")
      return .unusable
    }
  }
}
#endif
