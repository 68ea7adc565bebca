#if GRPC
internal import HindcastCalls
internal import TemporalServiceAPI

/// No Temporal server could be reached.
public struct ConnectionFailure: Error, Sendable, CustomStringConvertible {
  /// Where one was looked for.
  public let address: ServerAddress
  /// What came instead.
  public let reason: String

  /// One line for the user.
  public var description: String {
    "no Temporal server answers at \(address): \(reason) (for a local one run: temporal server start-dev)"
  }
}

extension GRPCTransport {
  /// Asks the server what it is, again and again until it answers or time is up.
  ///
  /// - Throws: ``ConnectionFailure``, or `CancellationError` when the calling task was cancelled.
  func firstAnswer(within timeout: Duration) async throws -> Temporal_Api_Workflowservice_V1_GetSystemInfoResponse {
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    while true {
      do {
        return try await call(WorkflowService.getSystemInfo, .init(), timeout: deadline - clock.now)
      } catch let error as ServiceError {
        // Servers older than the call have no special abilities either.
        if error.code == .unimplemented { return .init() }
        guard error.code == .unavailable, clock.now + Self.pauseBetweenKnocks < deadline else {
          throw ConnectionFailure(
            address: address,
            reason: error.code == .deadlineExceeded
              ? "nothing came back within \(timeout.formattedSeconds)" : error.message)
        }
        try await clock.sleep(for: Self.pauseBetweenKnocks)
      }
    }
  }

  private static let pauseBetweenKnocks = Duration.milliseconds(100)
}

extension Duration {
  /// `2 s`, `0.5 s`.
  fileprivate var formattedSeconds: String {
    let seconds = self / .seconds(1)
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
#endif
