public import HindcastCalls

/// When a call that failed is tried again, and after how long.
///
/// The rules are those of Temporal's SDKs: the codes that the Go SDK retries for a server that tells internal errors
/// apart, and exponential steps that start higher where the server says it has too much to do.
public struct RetryPolicy: Sendable, Hashable {
  /// The pause after the first failure.
  public var initialInterval: Duration = .milliseconds(100)
  /// The pause after the first failure when the server is out of some resource.
  public var congestedInterval: Duration = .seconds(1)
  /// What each pause is times the one before.
  public var coefficient = 2.0
  /// The longest pause, before jitter.
  public var maximumInterval: Duration = .seconds(10)
  /// How much a pause may be shorter or longer, as a fraction of it: 0.2 is up to 20 %.
  public var jitter = 0.2
  /// How often a call is tried in all; `nil` is as often as its time allows.
  public var maximumAttempts: Int?

  /// The usual policy.
  public init() {}

  /// A call is tried once.
  public static let never: RetryPolicy = {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return policy
  }()

  private static let retried: Set<ServiceError.Code> = [.unavailable, .resourceExhausted, .aborted, .unknown]

  /// How long to wait before trying again, or `nil` when another try is of no use.
  ///
  /// - Parameters:
  ///   - error: How the last attempt failed.
  ///   - attempts: How many were made, one or more.
  ///   - random: A number from 0 up to 1 that places the pause within its jitter.
  public func pause(after error: ServiceError, attempts: Int, random: Double) -> Duration? {
    guard Self.retried.contains(error.code), !error.isAboutMessageSize, attempts < maximumAttempts ?? .max else {
      return nil
    }
    var pause = error.code == .resourceExhausted ? congestedInterval : initialInterval
    for _ in 1..<max(attempts, 1) where pause < maximumInterval {
      pause = pause * coefficient
    }
    return min(pause, maximumInterval) * (1 + jitter * (2 * random - 1))
  }
}

extension ServiceError {
  /// gRPC reports a message over the size limit with the code of a congested server, but it will not shrink.
  fileprivate var isAboutMessageSize: Bool {
    code == .resourceExhausted && (message.contains("larger than max") || message.contains("message too large"))
  }
}
