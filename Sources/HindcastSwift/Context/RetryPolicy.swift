import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// How often and how fast something that failed is tried again. The server does it; what is zero gets the server's default.
public struct RetryPolicy: Sendable, Hashable {
  /// The wait before the first retry.
  public var initialInterval: Duration
  /// By what the wait grows from retry to retry.
  public var backoffCoefficient: Double
  /// The longest wait.
  public var maximumInterval: Duration
  /// How many attempts there may be in all; 0: any number.
  public var maximumAttempts: Int
  /// Types of `ApplicationFailure` that are not tried again.
  public var nonRetryableErrorTypes: [String]

  /// Makes a policy.
  public init(
    initialInterval: Duration = .zero, backoffCoefficient: Double = 2, maximumInterval: Duration = .zero,
    maximumAttempts: Int = 0, nonRetryableErrorTypes: [String] = []
  ) {
    self.initialInterval = initialInterval
    self.backoffCoefficient = backoffCoefficient
    self.maximumInterval = maximumInterval
    self.maximumAttempts = maximumAttempts
    self.nonRetryableErrorTypes = nonRetryableErrorTypes
  }

  var message: Temporal_Api_Common_V1_RetryPolicy {
    .with {
      $0.initialInterval = Google_Protobuf_Duration(nanoseconds: initialInterval.nanoseconds)
      $0.backoffCoefficient = backoffCoefficient
      $0.maximumInterval = Google_Protobuf_Duration(nanoseconds: maximumInterval.nanoseconds)
      $0.maximumAttempts = Int32(clamping: maximumAttempts)
      $0.nonRetryableErrorTypes = nonRetryableErrorTypes
    }
  }
}
