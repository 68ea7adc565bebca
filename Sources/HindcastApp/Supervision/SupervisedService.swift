package import HindcastRegistry

/// A service that a ``Supervisor`` starts, watches, starts again and stops.
package struct SupervisedService: Sendable {
  /// Runs until the service ends or its task is cancelled; then it stops in good order before it returns.
  package typealias Body = @Sendable () async throws -> Void

  /// The entry that asks for it.
  package let id: EntryID
  /// The services of the same supervisor that must run before it starts, and stop after it.
  package let dependencies: [EntryID]
  /// When it starts again, and how long a start may take.
  package let lifecycle: LifecycleConfiguration
  /// How long a stop may take.
  package let stopTimeout: Duration
  /// Starts the service. What it returns is run at once; that it returns is what makes the service running.
  package let start: @Sendable () async throws -> Body
  /// Whether the service would fail in the same way whenever it started.
  package let isLasting: @Sendable (any Error) -> Bool

  /// - Parameter stopTimeout: How long a stop may take, where that is not what the entry's lifecycle says.
  package init(
    _ service: StartOrder.Service, stopTimeout: Duration? = nil,
    isLasting: @escaping @Sendable (any Error) -> Bool = { _ in false },
    start: @escaping @Sendable () async throws -> Body
  ) {
    id = service.id
    dependencies = service.dependencies
    lifecycle = service.lifecycle
    self.stopTimeout = stopTimeout ?? service.lifecycle.stopTimeout.duration
    self.isLasting = isLasting
    self.start = start
  }
}

/// Where a service is in its life.
package enum ServiceState: Sendable, Hashable {
  /// Not started: what it needs does not run yet.
  case waiting
  case starting
  case running
  /// It failed and is started again after a pause.
  case pausing
  case stopping
  /// It was told to stop, and did, or had not started.
  case stopped
  /// It failed and is not started again.
  case failed
  /// It never started, because something that it needs has failed for good.
  case blocked

  /// Whether nothing happens to the service any more.
  package var isFinal: Bool { self == .stopped || self == .failed || self == .blocked }
}

/// Why an app's services do not run on.
package struct ServiceFailure: Error, Sendable, CustomStringConvertible {
  /// The service that failed.
  package let service: EntryID
  /// How.
  package let reason: any Error

  /// One line for the user.
  package var description: String { "service \(service) failed: \(reason)" }
}

/// Why a service counts as failed that threw nothing itself.
enum ServiceProblem: Error, Sendable, CustomStringConvertible {
  case startTimeout(Duration)
  case ended
  case nothingRuns

  var description: String {
    switch self {
    case .startTimeout(let limit): "it did not start within \(limit.formatted) (lifecycle.start_timeout)"
    case .ended: "it ended"
    case .nothingRuns: "none of the services that it needs can run"
    }
  }
}

extension Duration {
  /// As Go writes it: `1.5s`.
  var formatted: String {
    let (seconds, attoseconds) = components
    return GoDuration(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000).description
  }
}
