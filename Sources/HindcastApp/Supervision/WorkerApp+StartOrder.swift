package import HindcastRegistry
private import HindcastWorker

extension WorkerApp {
  /// The clients and workers that start with the app, each after those that it needs.
  ///
  /// - Parameters:
  ///   - client: Starts only the workers of this client, and what they need.
  ///   - withWorkers: Whether workers start; else only the clients of all workers do.
  /// - Throws: ``WorkerSetupError`` when the app has no worker to start.
  package func startOrder(client: EntryID?, withWorkers: Bool = true) throws -> StartOrder {
    let workers = try startedWorkers(client: client, startingAll: !withWorkers)
    if !withWorkers { return registry.startOrder(of: workers.map(\.client)) }
    return registry.startOrder(of: client == nil ? registry.autoStarted : workers.map(\.id))
  }

  /// The workers of an order, those that start only because others need them included.
  package func plans(for order: StartOrder) throws -> [WorkerPlan] {
    try order.services.compactMap { registry.worker($0.id) }.map(plan)
  }

  /// The clients of an order, checked.
  package func clients(of order: StartOrder) throws -> [TemporalClientConfiguration] {
    try order.services.compactMap { registry.client($0.id) }.map { try $0.validated() }
  }

  /// How long a worker may take to stop: its `lifecycle.stop_timeout`, unless its `worker_stop_timeout` gives tasks longer.
  package func stopTimeout(of plan: WorkerPlan) -> Duration? {
    guard let worker = registry.worker(plan.entry) else { return nil }
    let tasks = worker.options.workerStopTimeout.duration
    let own = worker.lifecycle.stopTimeout.duration
    // A second for what follows: telling the server, answering what was cancelled.
    return tasks > .zero ? max(own, tasks + plan.configuration.cancellationTimeout + .seconds(1)) : own
  }

  /// What the services of an order name in `lifecycle` that nothing here runs.
  package func warnings(of order: StartOrder) -> [String] {
    order.services.flatMap { service in
      service.foreignDependencies.map { id in
        let kind = registry[id].map { " (\($0.kind))" } ?? ""
        return "\(service.position): \(service.id) requires \(id)\(kind), which is not run here"
      }
    }
  }
}
