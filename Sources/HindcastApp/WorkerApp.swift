package import HindcastCore
package import HindcastHistory
internal import HindcastLua
package import HindcastRegistry
package import HindcastWorker
internal import TemporalAPI

/// The one place that knows how an app's entries become workers.
package struct WorkerApp {
  /// What likely does not do what its author wanted.
  package private(set) var warnings: [String] = []

  let registry: Registry
  private let directory: String
  private var code: LuaWorkflowCode
  private let activities: LuaActivities
  /// The app's functions, processes and workflows, for one another.
  package let processes: AppProcesses

  /// Takes an app that was loaded from a folder.
  /// - Parameter stage: Where the functions and processes run that are not activities.
  package init(registry: Registry, from directory: String, stage: any ProcessStage = ThreadStage()) {
    self.registry = registry
    self.directory = directory
    var code = LuaWorkflowCode(registry)
    code.usesSystemRandomness = true
    activities = LuaActivities(code)
    activities.share(http: nil, metrics: LuaMetricSink.report)
    processes = AppProcesses(registry, activities, on: stage)
    code.processes = processes
    self.code = code
    warnings =
      registry.warnings.map(\.description) + registry.workers.flatMap(Self.warnings)
      + registry.luaEntries.flatMap(Self.warnings)
  }

  /// Makes sure that there is a function or a process of this id.
  package func requireFunction(_ id: EntryID) throws {
    if let entry = registry.lua(id), entry.kind == .function || entry.kind == .process { return }
    let functions = registry.luaEntries.filter { $0.kind == .function || $0.kind == .process }.map(\.id.description)
    let known = functions.isEmpty ? "it has none" : "it has \(functions.joined(separator: ", "))"
    throw WorkerSetupError("\(directory) has no function.lua or process.lua entry \(id); \(known)")
  }

  /// Runs a function or a process of the app, whether it is registered as an activity or not; blocks the calling thread.
  ///
  /// - Parameters:
  ///   - function: The entry's id.
  ///   - activity: What it waits and logs by.
  package func call(_ function: String, in activity: ActivityContext) throws(ActivityError) -> Payloads? {
    try LuaActivityAdapter(activities, types: [function], processes: processes, world: world).run(activity)
  }

  /// Connects the app's processes with the servers of all its clients.
  package func connectAll(_ connection: (TemporalClientConfiguration) -> ClientConnection) {
    for client in registry.clients { processes.connect(client.id, connection(client)) }
  }

  /// Modules that this entry names in vain.
  private static func warnings(_ entry: LuaEntry) -> [String] {
    entry.modules.filter { LuaWorkflowCode.modulesWithoutFunctions.contains($0.name) }.map {
      "\($0.position): \(entry.id): the functions of module \($0.name) are not available in Hindcast yet"
    }
  }

  /// All workflows of the app, whichever worker has them.
  package var workflowCode: any WorkflowCode { code }

  /// The same, for runs whose messages to processes count as sent, as they do in a replay.
  package var workflowCodeWithoutProcesses: any WorkflowCode {
    var code = code
    code.processes = nil
    return code
  }

  /// What activities get of the world.
  package var world = LuaActivityAdapter.World() {
    didSet {
      processes.world = world
      activities.share(http: world.http, metrics: LuaMetricSink.report)
    }
  }

  /// Whether random values of workflows and activities differ from run to run, as they must in production and must not in
  /// tests.
  package var usesSystemRandomness: Bool {
    get { code.usesSystemRandomness }
    set {
      code.usesSystemRandomness = newValue
      world.usesSystemRandomness = newValue
    }
  }

  /// The workers that start with the app, in the order of the entries.
  ///
  /// - Parameters:
  ///   - client: Only those of this client.
  ///   - startingAll: Also those without `lifecycle.auto_start`.
  package func plans(client: EntryID?, startingAll: Bool = false) throws -> [WorkerPlan] {
    try startedWorkers(client: client, startingAll: startingAll).map(plan)
  }

  /// As ``plans(client:startingAll:)``, as entries.
  func startedWorkers(client: EntryID?, startingAll: Bool = false) throws -> [TemporalWorkerConfiguration] {
    if let client, registry.client(client) == nil {
      let names = registry.clients.map(\.id.description).joined(separator: ", ")
      throw WorkerSetupError(
        "\(directory) has no temporal.client \(client)" + (names.isEmpty ? "" : "; it has \(names)"))
    }
    let workers = registry.workers.filter {
      (startingAll || $0.lifecycle.autoStart) && (client == nil || $0.client == client)
    }
    guard !workers.isEmpty else {
      let idle = registry.workers.isEmpty ? "" : "; those it has lack lifecycle.auto_start: true"
      throw WorkerSetupError(
        "\(directory) has no temporal.worker to start" + (client.map { " for client \($0)" } ?? "") + idle)
    }
    return workers
  }

  func plan(_ entry: TemporalWorkerConfiguration) throws -> WorkerPlan {
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
        code, types: entries.map(\.workflowName),
        aliases: options.disableRegistrationAliasing ? [] : entries.map(\.id.description))
    }
    let entries = registry.activities.filter { $0.activity?.worker == worker.id }
    configuration.activities = LuaActivityAdapter(
      activities, types: entries.map(\.id.description), processes: processes, world: world)
    configuration.take(options)
    try Self.check(configuration.versioning, of: worker)
    return WorkerPlan(entry: worker.id, client: client, configuration: configuration)
  }

  /// Options that this worker does not have.
  private static func warnings(_ worker: TemporalWorkerConfiguration) -> [String] {
    guard worker.options.enableLoggingInReplay else { return [] }
    return ["\(worker.position): worker \(worker.id): enable_logging_in_replay has no effect here"]
  }

  /// - Throws: ``WorkerSetupError`` for a version that the server would refuse at the first poll or answer.
  private static func check(_ versioning: WorkerVersioning?, of worker: TemporalWorkerConfiguration) throws {
    guard let versioning else { return }
    let options = worker.options
    let place = "\(worker.position): worker \(worker.id) has use_versioning: true but no"
    if versioning.deploymentName.isEmpty {
      throw WorkerSetupError("\(place) deployment_name; name the deployment that its builds belong to")
    }
    if versioning.buildID.isEmpty {
      let variable = options.buildIDVariable.isEmpty ? "" : "; the variable \(options.buildIDVariable) is not set"
      throw WorkerSetupError(
        "\(place) build_id\(variable); write build_id, or build_id_env with the name of a variable")
    }
    if versioning.defaultBehavior == .unspecified, !options.disableWorkflowWorker {
      throw WorkerSetupError(
        "\(place) default_versioning_behavior; write pinned or auto_upgrade, without which no workflow task is accepted"
      )
    }
  }
}

/// A worker that is to run.
package struct WorkerPlan: Sendable {
  /// The worker's entry.
  package var entry: EntryID
  /// The client that it connects through.
  package var client: TemporalClientConfiguration
  /// What it works on, and how.
  package var configuration: WorkerConfiguration
}

/// Why no worker can be run.
package struct WorkerSetupError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
