private import Foundation
package import HindcastHistory
private import SwiftProtobuf
package import TemporalAPI

/// When a local activity is tried again (sdk-go's `getRetryBackoff`).
package enum LocalActivityRetry {
  /// How long to wait before the next attempt; `nil`: there is none.
  ///
  /// - Parameters:
  ///   - policy: The policy; `nil`: nothing is tried again.
  ///   - failure: What the attempt ended with.
  ///   - attempt: Its number, counted from 1.
  ///   - remaining: How much time all attempts still have; `nil`: no limit.
  package static func pause(
    _ policy: Temporal_Api_Common_V1_RetryPolicy?, after failure: Failure, attempt: Int32, remaining: Duration?
  ) -> Duration? {
    guard let policy, isRetryable(failure, policy) else { return nil }
    if policy.maximumAttempts > 0, attempt >= policy.maximumAttempts { return nil }
    var pause: Duration = .zero
    if case .applicationFailureInfo(let info)? = failure.failureInfo { pause = Duration(info.nextRetryDelay) }
    if pause <= .zero { pause = Self.pause(policy, attempt) }
    guard pause > .zero else { return nil }
    if let remaining, pause > remaining { return nil }
    return min(pause, longest)
  }

  /// A hundred years: beyond that nothing is exact, and nobody waits.
  private static let longest: Duration = .seconds(3_155_760_000)

  private static func pause(_ policy: Temporal_Api_Common_V1_RetryPolicy, _ attempt: Int32) -> Duration {
    let most = Duration(policy.maximumInterval)
    let seconds =
      Duration(policy.initialInterval) / .seconds(1) * pow(policy.backoffCoefficient, Double(attempt - 1))
    guard seconds.isFinite, seconds < longest / .seconds(1) else { return most > .zero ? most : longest }
    let pause = Duration.seconds(seconds)
    return most > .zero ? min(pause, most) : pause
  }

  private static func isRetryable(_ failure: Failure, _ policy: Temporal_Api_Common_V1_RetryPolicy) -> Bool {
    let chain = sequence(first: failure) { $0.hasCause ? $0.cause : nil }.compactMap(\.failureInfo)
    var type = ""
    var isTyped = false
    var timeout: Temporal_Api_Enums_V1_TimeoutType?
    var isNonRetryable = false
    // Of each kind the first in the chain of causes counts, as in Go.
    for info in chain {
      switch info {
      case .terminatedFailureInfo, .canceledFailureInfo: return false
      case .timeoutFailureInfo(let info): timeout = timeout ?? info.timeoutType
      case .applicationFailureInfo(let info) where !isTyped:
        (type, isTyped, isNonRetryable) = (info.type, true, info.nonRetryable)
      default: break
      }
    }
    if let timeout { return timeout == .startToClose || timeout == .heartbeat }
    if isNonRetryable { return false }
    return !policy.nonRetryableErrorTypes.contains(type)
  }
}
