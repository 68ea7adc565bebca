#if GRPC
import ArgumentParser
import HindcastGateway
import HindcastReplay
import HindcastReport
import HindcastVerify

/// `hindcast verify`: histories are replayed by a worker of any SDK.
struct VerifyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Have the worker of any SDK replay histories.",
    discussion: """
      It listens as a Temporal server does and puts each history before the worker that polls the task queue: as a query, or \
      for workers of the Go SDK, which check nothing at queries, as the workflow task that comes last. The worker runs \
      unchanged; its client connects to the address that is printed. A folder's expected.yaml says which histories are to end \
      otherwise than passed.
      """)

  @Argument(help: ArgumentHelp("Histories, folders that hold them, or - for standard input.", valueName: "path"))
  var paths: [String]

  @Option(help: ArgumentHelp("The task queue that the worker polls.", valueName: "name"))
  var taskQueue: String

  @Option(help: ArgumentHelp("The namespace that the worker polls.", valueName: "name"))
  var namespace = "default"

  @Option(help: ArgumentHelp("The numeric address to listen at.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("The port to listen at; 0 for a free one.", valueName: "number"))
  var port = ServerAddress.defaultPort

  @Option(help: ArgumentHelp("How long the worker has for one history. By default 1m.", valueName: "duration"))
  var timeout: DurationArgument?

  @Option(
    help: ArgumentHelp(
      "How long to wait while no worker polls and none has a history. By default 1m.", valueName: "duration"))
  var workerTimeout: DurationArgument?

  @OptionGroup(title: "Report")
  var report: ReportArguments

  func validate() throws {
    guard (0...Int(UInt16.max)).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
    if paths.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input (-) can be read only once.") }
  }

  func execute(in console: Console) async -> ExitStatus {
    var options = VerificationOptions(taskQueue: taskQueue, namespace: namespace)
    if let timeout { options.historyTimeout = .nanoseconds(timeout.nanoseconds) }
    if let workerTimeout { options.workerTimeout = .nanoseconds(workerTimeout.nanoseconds) }
    var front = GRPCFrontOptions()
    front.host = host
    front.port = port
    do {
      let session = VerifySession(
        corpus: Corpus(paths, standardInput: console.readStandardInput), options: options, front: front)
      return try await session.run(try report.session(in: console), in: console)
    } catch let error as OutputError {
      return console.fail(error)
    } catch {
      console.complain("error: \(error)")
      return .unusable
    }
  }
}
#endif
