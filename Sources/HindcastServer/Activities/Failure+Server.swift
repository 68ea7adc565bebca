internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI

// Failures in the server's words.

extension Failure {
  /// The delay that an application asks for before the next attempt.
  var nextRetryDelay: Google_Protobuf_Duration? {
    guard case .applicationFailureInfo(let application)? = failureInfo, application.hasNextRetryDelay else {
      return nil
    }
    return application.nextRetryDelay
  }

  /// A failure that the server itself brings about.
  static func server(_ message: String, nonRetryable: Bool) -> Self {
    .with {
      $0.message = message
      $0.serverFailureInfo = .with { $0.nonRetryable = nonRetryable }
    }
  }

  /// A timeout as the server tells it.
  static func timeout(_ type: Temporal_Api_Enums_V1_TimeoutType, _ message: String) -> Self {
    .with {
      $0.message = message
      $0.source = "Server"
      $0.timeoutFailureInfo = .with { $0.timeoutType = type }
    }
  }
}
