import HindcastCore
import TemporalAPI

/// How a local activity runs. At least one of the timeouts is needed; the other one is the same then.
public struct LocalActivityOptions: Sendable, Hashable {
  /// The longest time from the call to the end, retries included; zero: `startToCloseTimeout`.
  public var scheduleToCloseTimeout: Duration
  /// The longest time of one attempt; zero: `scheduleToCloseTimeout`.
  public var startToCloseTimeout: Duration
  /// How the worker retries; nil: after one second, then after twice as long each time, without end.
  public var retryPolicy: RetryPolicy?
  /// A line for the UI.
  public var summary: String?

  /// Makes options.
  public init(
    scheduleToCloseTimeout: Duration = .zero, startToCloseTimeout: Duration = .zero, retryPolicy: RetryPolicy? = nil,
    summary: String? = nil
  ) {
    self.scheduleToCloseTimeout = scheduleToCloseTimeout
    self.startToCloseTimeout = startToCloseTimeout
    self.retryPolicy = retryPolicy
    self.summary = summary
  }

  /// Options with nothing but the longest time of one attempt.
  public static func startToClose(_ timeout: Duration) -> LocalActivityOptions {
    LocalActivityOptions(startToCloseTimeout: timeout)
  }

  /// What is wrong with the options, in the Go SDK's words.
  var problem: String? {
    if scheduleToCloseTimeout < .zero { return "negative ScheduleToCloseTimeout" }
    if startToCloseTimeout < .zero { return "negative StartToCloseTimeout" }
    if scheduleToCloseTimeout == .zero, startToCloseTimeout == .zero {
      return "at least one of ScheduleToCloseTimeout and StartToCloseTimeout is required"
    }
    return nil
  }

  func request(type: String, input: Temporal_Api_Common_V1_Payloads?) -> LocalActivityRequest {
    var request = LocalActivityRequest(type: type, input: input)
    request.scheduleToCloseTimeout = scheduleToCloseTimeout > .zero ? scheduleToCloseTimeout : startToCloseTimeout
    request.startToCloseTimeout = startToCloseTimeout > .zero ? startToCloseTimeout : scheduleToCloseTimeout
    var policy = retryPolicy ?? RetryPolicy()
    if policy.backoffCoefficient == 0 { policy.backoffCoefficient = 2 }
    if policy.initialInterval == .zero { policy.initialInterval = .seconds(1) }
    if policy.maximumInterval == .zero { policy.maximumInterval = policy.initialInterval * 100 }
    request.retryPolicy = policy.message
    request.summary = summary.map { JSONPayload.payload($0) }
    return request
  }
}
