#if GRPC
import HindcastCore
import HindcastGateway
import HindcastLua
import HindcastRegistry
import HindcastWorker

/// The one place that knows how an app's entries become workers.
struct WorkerApp {
  /// What likely does not do what its author wanted.
  private(set) var warnings: [String] = []

  private let registry: Registry
  private let directory: String
  private let code: LuaWorkflowCode
  private let activities: LuaActivities

  /// Takes an app that was loaded from a folder.
  init(registry: Registry, from directory: String) {
    self.registry = registry
    self.directory = directory
    var code = LuaWorkflowCode(registry)
    code.usesSystemRandomness = true
    self.code = code
    activities = LuaActivities(code)
    warnings = registry.warnings.map(\.description) + registry.workers.flatMap(Self.warnings)
  }

  /// The workers that start with the app, in the order of the entries.
  ///
  /// - Parameter client: Only those of this client.
  func plans(client: EntryID?) throws -> [WorkerPlan] {
    if let client, registry.client(client) == nil {
      let names = registry.clients.map(\.id.description).joined(separator: ", ")
      throw WorkerSetupError(
        "\(directory) has no temporal.client \(client)" + (names.isEmpty ? "" : "; it has \(names)"))
    }
    let workers = registry.workers.filter { $0.lifecycle.autoStart && (client == nil || $0.client == client) }
    guard !workers.isEmpty else {
      let idle = registry.workers.isEmpty ? "" : "; those it has lack lifecycle.auto_start: true"
      throw WorkerSetupError(
        "\(directory) has no temporal.worker to start" + (client.map { " for client \($0)" } ?? "") + idle)
    }
    return try workers.map(plan)
  }

  private func plan(_ entry: TemporalWorkerConfiguration) throws -> WorkerPlan {
    let worker = try entry.validated()
    guard let client = try registry.client(worker.client)?.validated() else {
      throw WorkerSetupError("\(worker.position): worker \(worker.id) has no client \(worker.client)")
    }
    let options = worker.options
    var configuration = WorkerConfiguration(
      taskQueue: registry.taskQueue(of: worker), namespace: client.namespace, identity: options.identity)
    if !options.disableWorkflowWorker {
      let entries = registry.workflows.filter { $0.workflow?.worker == worker.id }
      configuration.workflows = WorkflowSubset(
        code, types: entries.map(\.workflowName), aliases: entries.map(\.id.description))
    }
    if !options.localActivityWorkerOnly {
      let entries = registry.activities.filter { $0.activity?.worker == worker.id }
      configuration.activities = LuaActivityAdapter(activities, types: entries.map(\.id.description))
    }
    configuration.take(options)
    return WorkerPlan(entry: worker.id, client: client, configuration: configuration)
  }

  /// Options that this worker does not have.
  private static func warnings(_ worker: TemporalWorkerConfiguration) -> [String] {
    let options = worker.options
    let ignored: [(String, Bool)] = [
      ("use_versioning", options.useVersioning), ("enable_session_worker", options.enableSessionWorker),
      ("worker_activities_per_second", options.workerActivitiesPerSecond > 0),
      ("enable_logging_in_replay", options.enableLoggingInReplay),
    ]
    return ignored.filter(\.1).map { "\(worker.position): worker \(worker.id): \($0.0) has no effect here" }
  }
}

/// A worker that is to run.
struct WorkerPlan: Sendable {
  /// The worker's entry.
  var entry: EntryID
  /// The client that it connects through.
  var client: TemporalClientConfiguration
  /// What it works on, and how.
  var configuration: WorkerConfiguration
}

extension WorkerConfiguration {
  /// Takes the numbers of an entry, as far as one machine has use for them: the entry's defaults are meant for fleets.
  fileprivate mutating func take(_ options: TemporalWorkerOptions) {
    func limited(_ number: Int, by most: Int) -> Int { max(1, min(number, most)) }
    maximumConcurrentWorkflowTasks = limited(options.maxConcurrentWorkflowTaskExecutionSize, by: 4)
    workflowTaskPollers = limited(options.maxConcurrentWorkflowTaskPollers, by: 4)
    maximumConcurrentActivities = limited(options.maxConcurrentActivityExecutionSize, by: 200)
    activityTaskPollers = limited(options.maxConcurrentActivityTaskPollers, by: 4)
    if options.taskQueueActivitiesPerSecond > 0 { taskQueueActivitiesPerSecond = options.taskQueueActivitiesPerSecond }
    let durations: [(GoDuration, WritableKeyPath<Self, Duration>)] = [
      (options.workerStopTimeout, \.stopTimeout),
      (options.maxHeartbeatThrottleInterval, \.maximumHeartbeatInterval),
      (options.defaultHeartbeatThrottleInterval, \.defaultHeartbeatInterval),
    ]
    for (duration, path) in durations where duration > .zero { self[keyPath: path] = duration.duration }
  }
}
#endif
