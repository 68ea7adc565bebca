internal import HindcastCalls
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Retry policies of runs, children and activities: what they default to, what may be in them, what they say of a failure
// (`server.md` 4, 6, 10.2).

extension RetryPolicyMessage {
  /// The policy with the server's defaults where it says nothing.
  var withDefaults: Self {
    var policy = self
    if initialInterval.nanoseconds == 0 { policy.initialInterval = .init(seconds: 1) }
    if maximumInterval.nanoseconds == 0 {
      let (maximum, overflow) = policy.initialInterval.nanoseconds.multipliedReportingOverflow(by: 100)
      policy.maximumInterval = (overflow ? Int64.max : maximum).protobufDuration
    }
    if backoffCoefficient == 0 { policy.backoffCoefficient = 2 }
    return policy
  }

  /// What is wrong with the policy, in the server's words; `nil` when nothing is.
  var fault: String? {
    // One attempt is no retry: the rest does not matter.
    if maximumAttempts == 1 { return nil }
    if let fault = initialInterval.fault { return "invalid InitialInterval set on retry policy: \(fault)" }
    if backoffCoefficient.isNaN || backoffCoefficient < 1 {
      return "BackoffCoefficient cannot be less than 1 on retry policy."
    }
    if let fault = maximumInterval.fault { return "invalid MaximumInterval set on retry policy: \(fault)" }
    let maximum = maximumInterval.nanoseconds
    if maximum > 0, maximum < initialInterval.nanoseconds {
      return "MaximumInterval cannot be less than InitialInterval on retry policy."
    }
    if maximumAttempts < 0 { return "MaximumAttempts cannot be negative on retry policy." }
    for type in nonRetryableErrorTypes where type.hasPrefix(Self.timeoutTypePrefix) {
      let name = type.dropFirst(Self.timeoutTypePrefix.count)
      if !Self.timeoutTypes.values.contains(String(name)) { return "Invalid timeout type value: \(name)." }
    }
    return nil
  }

  /// Whether another attempt may follow this failure, going by its kind and type alone.
  func allowsRetry(after failure: Failure) -> Bool {
    switch failure.failureInfo {
    case .terminatedFailureInfo?, .canceledFailureInfo?: false
    case .timeoutFailureInfo(let info)?:
      switch info.timeoutType {
      case .startToClose, .heartbeat:
        !nonRetryableErrorTypes.contains(Self.timeoutTypePrefix + (Self.timeoutTypes[info.timeoutType] ?? ""))
      default: false
      }
    case .serverFailureInfo(let info)?: !info.nonRetryable
    case .applicationFailureInfo(let info)?: !info.nonRetryable && !nonRetryableErrorTypes.contains(info.type)
    default: true
    }
  }

  /// What follows a failed attempt: how long until the next, or why there is none.
  ///
  /// - Parameters:
  ///   - attempt: The one that failed; the first is 1.
  ///   - expiration: When no attempt may start any more, on the clock of `now`; 0 for never.
  func next(after attempt: Int32, failing failure: Failure, at now: Int64, expiration: Int64) -> RetryDecision {
    guard allowsRetry(after: failure) else { return .stop(.nonRetryableFailure) }
    let attempt = max(attempt, 1)
    if maximumAttempts > 0, attempt >= maximumAttempts { return .stop(.maximumAttemptsReached) }
    var interval: Int64
    if case .applicationFailureInfo(let info)? = failure.failureInfo, info.hasNextRetryDelay {
      interval = info.nextRetryDelay.nanoseconds
    } else {
      interval = exponentialInterval(attempt: attempt)
    }
    let maximum = maximumInterval.nanoseconds
    if maximum == 0, interval <= 0 { return .stop(.timeout) }
    if maximum != 0, interval <= 0 || interval > maximum { interval = maximum }
    if expiration > 0, now.addingClamped(interval) > expiration { return .stop(.timeout) }
    return .retry(after: interval)
  }

  private func exponentialInterval(attempt: Int32) -> Int64 {
    var interval = Double(initialInterval.nanoseconds)
    for _ in 1..<max(attempt, 1) {
      interval *= backoffCoefficient
      if interval >= Double(Int64.max) { return .max }
      if backoffCoefficient == 1 { break }
    }
    return Int64(interval)
  }

  private static let timeoutTypePrefix = "TemporalTimeout:"

  private static let timeoutTypes: [Temporal_Api_Enums_V1_TimeoutType: String] = [
    .startToClose: "StartToClose", .scheduleToStart: "ScheduleToStart", .scheduleToClose: "ScheduleToClose",
    .heartbeat: "Heartbeat",
  ]
}

/// Whether another attempt follows a failed one.
enum RetryDecision: Equatable, Sendable {
  /// It does, after so many nanoseconds.
  case retry(after: Int64)
  /// It does not, for this reason.
  case stop(RetryState)
}

extension Google_Protobuf_Duration {
  /// What is wrong with a duration that a request gives, in the server's words; `nil` when nothing is.
  var fault: String? {
    if seconds > 0 && nanos < 0 || seconds < 0 && nanos > 0 {
      return "duration has seconds and nanos with different signs"
    }
    return seconds < 0 || nanos < 0 ? "negative duration" : nil
  }

  /// The duration, at most the 100 years that the server takes.
  var capped: Self {
    let longest: Int64 = 100 * 365 * 24 * 3_600
    return seconds >= longest ? Self(seconds: longest) : self
  }
}
