#if GRPC
import ArgumentParser
import Foundation
import HindcastApp
import HindcastGateway
import HindcastHTTP
import HindcastRegistry
import HindcastReport
import HindcastWorker

/// `hindcast worker`: runs an app's workers against a Temporal server.
struct WorkerCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Run an app's workers against a Temporal server.",
    discussion: """
      Runs every entry with lifecycle.auto_start, and what these need, until it is interrupted; then tasks under way may \
      finish, until it is interrupted once more. Services that fail are started again as their lifecycle says. What workers \
      and workflows have to say goes to standard error, a line of name=value pairs each.
      """)

  @Option(
    help: ArgumentHelp(
      "The app's folder. By default the nearest one at or above the current folder.", valueName: "dir"))
  var app: String?

  @Option(
    help: ArgumentHelp("Run only the workers of this temporal.client entry.", valueName: "ns:name"),
    transform: EntryID.init(parsing:))
  var client: EntryID?

  @Option(
    help: ArgumentHelp("Connect to this server, in plain text, whatever the entries say.", valueName: "host:port"))
  var address: String?

  @Option(help: ArgumentHelp("What histories say about who worked.", valueName: "text"))
  var identity: String?

  @Flag(help: "Replay batches for hindcast shadow with the app's code, instead of running its workers.")
  var shadow = false

  @Option(help: ArgumentHelp("With --shadow: the task queue of the shadow.", valueName: "name"))
  var taskQueue = ShadowCommand.defaultTaskQueue

  @Flag(name: .shortAndLong, help: "Log everything, not only what matters.")
  var verbose = false

  @Option(help: ArgumentHelp("How log lines are written: text or json.", valueName: "format"))
  var logFormat = WorkerLogFormat.Name.text

  @Option(
    help: ArgumentHelp(
      "Serve metrics for Prometheus at http://HOST:PORT/metrics, and /health beside it.", valueName: "host:port"))
  var metrics: String?

  func validate() throws {
    do {
      for text in [address, metrics].compactMap({ $0 }) { _ = try ServerAddress(text) }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func execute(in console: Console) async -> ExitStatus {
    do {
      let directory = try self.directory(in: console)
      if shadow { return try await runShadow(of: Registry.load(directory: directory), in: console) }
      var app = try WorkerApp(registry: Registry.load(directory: directory), from: directory)
      app.world.http = AsyncHTTPExchange()
      let order = try app.startOrder(client: client)
      for warning in app.warnings + app.warnings(of: order) { console.complain("warning: \(warning)") }
      let options = WorkerSession.Options(
        address: try address.map { try ServerAddress($0) }, identity: identity, leastLevel: verbose ? .debug : .info,
        logFormat: logFormat, metrics: try metrics.map { try ServerAddress($0) })
      let session = WorkerSession(app: app, order: order, options: options)
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

  private func directory(in console: Console) throws -> String {
    if let app { return app }
    guard let found = Registry.findApp(near: console.workingDirectory) else {
      throw WorkerSetupError("no app was found at or above \(console.workingDirectory); name its folder with --app")
    }
    return found
  }
}
#endif
