#if GRPC
internal import HindcastCalls
internal import TemporalServiceAPI

/// No Temporal server could be reached, or it does not let the client in.
public struct ConnectionFailure: Error, Sendable, CustomStringConvertible {
  /// Where one was looked for.
  public let address: ServerAddress
  /// What came instead.
  public let reason: String
  /// What would put it right, as far as the failure tells.
  public let hint: String?
  /// Whether it would go the same way until somebody changes the client or the server.
  public let isLasting: Bool

  /// One line for the user.
  public var description: String {
    "no Temporal server answers at \(address): \(reason)" + (hint.map { " (\($0))" } ?? "")
  }
}

extension GRPCTransport {
  /// Asks the server what it is, again and again until it answers, refuses for good, or time is up.
  ///
  /// - Throws: ``ConnectionFailure``, or `CancellationError` when the calling task was cancelled.
  func firstAnswer(within timeout: Duration) async throws -> Temporal_Api_Workflowservice_V1_GetSystemInfoResponse {
    let method = WorkflowService.getSystemInfo
    let clock = ContinuousClock()
    let deadline = clock.now + timeout
    var lastFailure: ConnectionFailure?
    while true {
      do {
        return try await attempt(method, .init(), timeout: deadline - clock.now)
      } catch {
        try Task.checkCancellation()
        let refusal = serviceError(for: error, method: method.name)
        // Servers older than the call have no special abilities either.
        if refusal.code == .unimplemented { return .init() }
        if refusal.code == .deadlineExceeded {
          throw lastFailure ?? failure("nothing came back within \(timeout.formattedSeconds)", hint: Self.localHint)
        }
        let problem = problem(behind: error)
        let failure =
          problem.map { self.failure($0.reason, hint: $0.hint ?? Self.localHint, isLasting: $0.isLasting) }
          ?? self.failure(of: refusal)
        guard refusal.code == .unavailable, problem?.isLasting != true, clock.now + Self.pauseBetweenKnocks < deadline
        else { throw failure }
        lastFailure = failure
        try await clock.sleep(for: Self.pauseBetweenKnocks)
      }
    }
  }

  /// A server that answered, though not to let the client in.
  private func failure(of refusal: ServiceError) -> ConnectionFailure {
    let isAboutCredentials = refusal.code == .unauthenticated || refusal.code == .permissionDenied
    return failure(
      "it refuses \(refusal)", hint: isAboutCredentials ? "auth.api_key or auth.type: mtls say who the client is" : nil,
      isLasting: isAboutCredentials)
  }

  private func failure(_ reason: String, hint: String?, isLasting: Bool = false) -> ConnectionFailure {
    ConnectionFailure(address: address, reason: reason, hint: hint, isLasting: isLasting)
  }

  private static let pauseBetweenKnocks = Duration.milliseconds(100)
  private static let localHint = "for a local one run: temporal server start-dev"
}

extension Duration {
  /// `2 s`, `0.5 s`.
  fileprivate var formattedSeconds: String {
    let seconds = self / .seconds(1)
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
#endif
