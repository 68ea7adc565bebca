#if GRPC
import Foundation
import HindcastCalls
import HindcastLua
import HindcastRegistry
import HindcastShadow
import HindcastWorker

/// A worker that replays for shadows, with an app's code.
struct ShadowWorker {
  let registry: Registry
  let taskQueue: String
  /// Histories that it replays at a time; nil for one a core.
  let jobs: Int?

  /// Tells the code from other code.
  var digest: String { AppDigest.digest(of: registry) }

  /// The worker, ready to run.
  func worker(
    on connection: any ServiceConnection, namespace: String, identity: String,
    log: @escaping WorkerLog = { _ in }
  ) -> Worker {
    let cores = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    var configuration = WorkerConfiguration(
      taskQueue: taskQueue, namespace: namespace, identity: identity, workflows: ShadowWorkflow.code)
    var activities = ShadowActivities(
      of: ShadowApp(LuaWorkflowCode(registry), digest: digest), from: connection, identity: identity)
    // A batch replays several histories at a time, and fetches the next ones meanwhile.
    activities.jobs = cores
    configuration.activities = activities
    configuration.maximumConcurrentActivities = 2
    configuration.maximumConcurrentWorkflowTasks = 4
    configuration.stopTimeout = .seconds(1)
    configuration.cancellationTimeout = .seconds(10)
    configuration.log = log
    return Worker(configuration, connection: connection)
  }

  /// As the Go SDK names a worker that has no name.
  static var processIdentity: String {
    let process = ProcessInfo.processInfo
    return "\(process.processIdentifier)@\(process.hostName)"
  }
}
#endif
