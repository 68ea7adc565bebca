#if GRPC
import Foundation
import HindcastApp
import HindcastCalls
import HindcastGateway
import HindcastRegistry
import HindcastWorker
import Metrics
import Synchronization

/// An app's clients and workers as services that a supervisor runs.
final class WorkerServices: Sendable {
  private let app: WorkerApp
  private let options: WorkerSession.Options
  private let metrics: (any MetricsFactory)?
  private let log: WorkerLog
  private let announce: @Sendable (String) -> Void
  private let connections = Mutex<[EntryID: (server: GRPCConnection, eager: EagerConnection)]>([:])

  /// What is wrong with each client that is not healthy.
  private let faults = Mutex<[EntryID: @Sendable () -> String?]>([:])

  /// - Parameters:
  ///   - metrics: Where metrics go, if not to the backend of the process.
  ///   - announce: Told what users want to see without a log.
  init(
    _ app: WorkerApp, _ options: WorkerSession.Options, metrics: (any MetricsFactory)? = nil,
    log: @escaping WorkerLog, announce: @escaping @Sendable (String) -> Void
  ) {
    self.app = app
    self.options = options
    self.metrics = metrics
    self.log = log
    self.announce = announce
  }

  /// What the health checks of clients find wrong; `nil`: nothing.
  var fault: String? {
    let found = faults.withLock { $0.sorted { $0.key < $1.key } }.compactMap { id, fault in
      fault().map { "\(id): \($0)" }
    }
    return found.isEmpty ? nil : found.joined(separator: "; ")
  }

  /// The services of an order, ready to be supervised.
  func services(of order: StartOrder) throws -> [SupervisedService] {
    let clients = try app.clients(of: order)
    let plans = try app.plans(for: order)
    let restarts = options.restartsServices
    let isLasting: @Sendable (any Error) -> Bool = { error in !restarts || Self.isLasting(error) }
    return order.services.compactMap { service in
      if let client = clients.first(where: { $0.id == service.id }) {
        return SupervisedService(service, isLasting: isLasting) { try await self.start(client) }
      }
      guard let plan = plans.first(where: { $0.entry == service.id }) else { return nil }
      return SupervisedService(service, stopTimeout: app.stopTimeout(of: plan), isLasting: isLasting) {
        try await self.start(plan)
      }
    }
  }

  // MARK: Clients

  private func start(_ client: TemporalClientConfiguration) async throws -> SupervisedService.Body {
    let connection = try await GRPCConnection.connect(client: client, at: options.address)
    // A start may bring the first task of its workflow, which a worker of the same process then works.
    let eager = EagerConnection(connection)
    connections.withLock { $0[client.id] = (connection, eager) }
    app.processes.connect(
      client.id,
      ClientConnection(
        connection, namespace: client.namespace, identity: options.identity ?? Self.processIdentity,
        eagerWorker: { eager.worker(of: $0) }))
    let health =
      client.healthCheck.enabled
      ? ClientHealth(
        of: "\(client.id)", over: connection, every: client.healthCheck.interval.duration, clock: ContinuousClock(),
        log: log, metrics: metrics ?? MetricsSystem.factory) : nil
    if let health {
      faults.withLock { faults in
        faults[client.id] = { if case .unhealthy(let reason) = health.state { reason } else { nil } }
      }
    }
    return {
      if let health { await health.run() } else { await Self.untilCancelled() }
      _ = self.faults.withLock { $0.removeValue(forKey: client.id) }
      _ = self.connections.withLock { $0.removeValue(forKey: client.id) }
      await connection.close()
    }
  }

  private static func untilCancelled() async {
    for await _ in AsyncStream.makeStream(of: Void.self).stream {}
  }

  /// Whether a start would fail the same way until somebody changes the app or the server.
  private static func isLasting(_ error: any Error) -> Bool {
    switch error {
    case let failure as ConnectionFailure: failure.isLasting
    case is RegistryErrors, is InvalidServerAddress, is UnusableCredential, is WorkerSetupError: true
    default: false
    }
  }

  // MARK: Workers

  private func start(_ plan: WorkerPlan) async throws -> SupervisedService.Body {
    guard let (connection, eager) = connections.withLock({ $0[plan.client.id] }) else {
      throw WorkerSetupError("client \(plan.client.id) is not connected")
    }
    var configuration = plan.configuration
    if let name = options.identity ?? (configuration.identity.isEmpty ? Self.processIdentity : nil) {
      configuration.identity = name
    }
    configuration.metrics = metrics
    let entry = plan.entry.description
    configuration.log = { [log] line in
      var line = line
      line.fields.append(.init("worker", entry))
      log(line)
    }
    try await connection.confirm(namespace: configuration.namespace)
    let worker = Worker(configuration, connection: eager)
    announce("worker \(entry) polls \(configuration.taskQueue) at \(connection.address)")
    return { try await worker.run() }
  }

  /// As the Go SDK names a worker that has no name.
  private static var processIdentity: String {
    let process = ProcessInfo.processInfo
    return "\(process.processIdentifier)@\(process.hostName)"
  }
}
#endif
