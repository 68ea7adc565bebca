#if GRPC
import ArgumentParser
import Foundation
import HindcastCalls
import HindcastRegistry
import HindcastReport
import HindcastShadow

/// `hindcast shadow`: replays a namespace with workers on any number of machines.
struct ShadowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "shadow",
    abstract: "Replay a namespace with workers on any number of machines.",
    discussion: """
      Starts a workflow, hindcast.shadow, on the namespace's own server. It lists the runs that the query finds and hands \
      them in batches to every `hindcast worker --shadow` that polls the task queue, and to this process. Runs of types \
      that the app does not define are skipped. An interruption ends it with what is known; a second one only ends this \
      process, and the same command with --workflow-id comes back to the workflow.
      """)

  @OptionGroup var server: ServerOptions

  // No -q, which is --quiet among the arguments of reports.
  @Option(
    help: ArgumentHelp("Which runs: a list filter, with status, times and types. By default all.", valueName: "query"))
  var query = ""

  @Option(help: ArgumentHelp("The most runs to replay.", valueName: "n"))
  var limit: PositiveArgument?

  @Option(help: ArgumentHelp("The share of the runs to replay, such as 0.1.", valueName: "share"))
  var sample: ShareArgument?

  @Option(help: ArgumentHelp("End after so many failures.", valueName: "n"))
  var stopAfterFailures: PositiveArgument?

  @Option(help: ArgumentHelp("End after this long.", valueName: "duration"))
  var timeLimit: DurationArgument?

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp(
      "Read the list again this long after its end, for what came since; until interrupted or at a limit.",
      valueName: "duration"))
  var repeatAfter: DurationArgument?

  @Option(help: ArgumentHelp("The task queue of the shadow's workers.", valueName: "name"))
  var taskQueue = Self.defaultTaskQueue

  @Option(help: ArgumentHelp("Runs that a worker takes at a time. By default 20.", valueName: "n"))
  var batch: PositiveArgument?

  @Option(help: ArgumentHelp("Batches with workers at a time. By default 16.", valueName: "n"))
  var concurrency: PositiveArgument?

  @Option(name: .shortAndLong, help: ArgumentHelp("Histories this process replays at a time.", valueName: "n"))
  var jobs: PositiveArgument?

  @Flag(help: "Leave the work to workers elsewhere.")
  var workersOnly = false

  @Flag(help: "Treat warnings as failures.")
  var strict = false

  @Option(
    help: ArgumentHelp("The workflow's ID. One that is running is waited for, not started again.", valueName: "id"))
  var workflowID: String?

  @OptionGroup(title: "Report")
  var report: ReportArguments

  static let defaultTaskQueue = "hindcast-shadow"

  func execute(in console: Console) async -> ExitStatus {
    do {
      guard let (directory, registry) = try server.loadApp(console) else {
        throw ServerChoiceError("no app was found at or above \(console.workingDirectory); name its folder with --app")
      }
      let worker = ShadowWorker(registry: registry, taskQueue: taskQueue, jobs: jobs?.value)
      let session = ShadowSession(
        command: self, server: try server.server(of: registry), directory: directory, worker: worker, console: console)
      return try await session.run()
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

  /// What the workflow is asked.
  func request(in namespace: String) -> ShadowRequest {
    var request = ShadowRequest(namespace: namespace, query: query, limit: limit?.value, sample: sample?.value ?? 1)
    if let batch { request.batch = batch.value }
    if let concurrency { request.concurrency = concurrency.value }
    request.stopAfterFailures = stopAfterFailures?.value
    request.timeLimit = timeLimit.map { Double($0.nanoseconds) / 1e9 }
    request.repeatAfter = repeatAfter.map { Double($0.nanoseconds) / 1e9 }
    request.isStrict = strict
    return request
  }
}
#endif
