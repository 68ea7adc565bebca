package import HindcastHistory
private import SwiftProtobuf
package import TemporalAPI

// What the history keeps of local activities that fail; unlike the server, it takes failures of every kind.

extension ActivityError {
  /// What an attempt failed with.
  package var recorded: Failure {
    switch self {
    case .failed(var failure):
      if failure.failureInfo == nil { failure.applicationFailureInfo = .init() }
      return failure
    case .canceled(let details): return .localActivityCanceled(details)
    }
  }
}

extension Temporal_Api_Failure_V1_Failure {
  /// What sdk-go answers for a type that it does not know. Other than there it is recorded, so that replays need not know
  /// what was registered.
  package static func localActivityNotRegistered(_ type: String) -> Self {
    .with {
      $0.message = "local activity \(type) is not registered by the worker"
      $0.source = "hindcast"
      $0.applicationFailureInfo = .with {
        $0.type = "ActivityNotRegisteredError"
        $0.nonRetryable = true
      }
    }
  }

  /// The time for one attempt, or for all of them, is over.
  package static func localActivityTimeout(_ type: Temporal_Api_Enums_V1_TimeoutType) -> Self {
    .with {
      $0.message = "deadline exceeded"
      $0.source = "hindcast"
      $0.timeoutFailureInfo.timeoutType = type
    }
  }

  /// The code asked for it to stop.
  package static func localActivityCanceled(_ details: Payloads? = nil) -> Self {
    .with {
      $0.message = "canceled"
      $0.source = "hindcast"
      $0.canceledFailureInfo = .with { if let details { $0.details = details } }
    }
  }
}
