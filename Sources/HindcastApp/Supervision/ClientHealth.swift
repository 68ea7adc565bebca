package import HindcastCalls
package import HindcastWorker
package import Metrics
private import SwiftProtobuf
private import Synchronization
private import TemporalServiceAPI

/// Whether the server of a `temporal.client` answers, as its `health_check` finds out.
package final class ClientHealth<C: Clock>: Sendable where C.Duration == Duration {
  /// What the last check found.
  package enum State: Sendable, Hashable {
    /// None has been made.
    case unknown
    case healthy
    /// Why the server does not count as healthy.
    case unhealthy(String)
  }

  private let client: String
  private let connection: any ServiceConnection
  private let interval: Duration
  private let clock: C
  private let log: WorkerLog
  private let onChange: @Sendable (State) -> Void
  private let gauge: Gauge
  private let current = Mutex(State.unknown)

  /// Makes what checks the health of a client every `interval`; nothing happens before ``run()``.
  ///
  /// The gauge `temporal_client_healthy` with the dimension `client` is 1 or 0.
  ///
  /// - Parameter onChange: Told each change, after the state has it.
  package init(
    of client: String, over connection: any ServiceConnection, every interval: Duration, clock: C,
    log: @escaping WorkerLog, metrics: any MetricsFactory = MetricsSystem.factory,
    onChange: @escaping @Sendable (State) -> Void = { _ in }
  ) {
    self.client = client
    self.connection = connection
    self.interval = interval
    self.clock = clock
    self.log = log
    self.onChange = onChange
    gauge = Gauge(label: "temporal_client_healthy", dimensions: [("client", client)], factory: metrics)
  }

  /// What the last check found.
  package var state: State { current.withLock { $0 } }

  /// Checks until the calling task is cancelled.
  package func run() async {
    while !Task.isCancelled {
      guard let found = await check() else { return }
      note(found)
      guard (try? await clock.sleep(for: interval)) != nil else { return }
    }
  }

  /// How long a check may take.
  private static var patience: Duration { .seconds(5) }

  /// `nil` when the calling task was cancelled.
  private func check() async -> State? {
    do {
      let answer = try await connection.call(
        HealthService.check, .with { $0.service = WorkflowService.name }, timeout: Self.patience)
      return answer.status == .serving ? .healthy : .unhealthy("the server's status is \(answer.status.name)")
    } catch is CancellationError {
      return nil
    } catch {
      return .unhealthy("\(error)")
    }
  }

  private func note(_ found: State) {
    gauge.record(found == .healthy ? 1 : 0)
    let last = current.withLock { state in
      defer { state = found }
      return state
    }
    if last.isSame(as: found) { return }
    let field = WorkerLogLine.Field("client", client)
    switch found {
    case .healthy: log(WorkerLogLine(last == .unknown ? .debug : .info, "client is healthy", [field]))
    case .unhealthy(let reason):
      log(WorkerLogLine(.warning, "client is unhealthy", [field, .init("error", reason)]))
    case .unknown: break
    }
    onChange(found)
  }
}

extension ClientHealth.State {
  /// Whether two states are one for whoever watches: the reason may be told in other words each time.
  fileprivate func isSame(as other: Self) -> Bool {
    switch (self, other) {
    case (.unknown, .unknown), (.healthy, .healthy), (.unhealthy, .unhealthy): true
    default: false
    }
  }
}

extension Temporal_Grpc_Health_V1_HealthCheckResponse.ServingStatus {
  /// As gRPC writes it.
  fileprivate var name: String {
    switch self {
    case .serving: "SERVING"
    case .notServing: "NOT_SERVING"
    case .serviceUnknown: "SERVICE_UNKNOWN"
    case .unknown, .UNRECOGNIZED: "UNKNOWN"
    }
  }
}
