package import HindcastHistory
private import SwiftProtobuf
private import TemporalAPI

extension ActivityError {
  /// What the server is told. It takes no failures but those of applications.
  package var failure: Failure {
    switch self {
    case .failed(var failure):
      switch failure.failureInfo {
      case .applicationFailureInfo?: return failure
      case nil:
        failure.applicationFailureInfo = .init()
        return failure
      default:
        return .with {
          $0.message = failure.message
          $0.source = failure.source
          $0.applicationFailureInfo = .init()
          $0.cause = failure
        }
      }
    case .canceled(let details):
      // The wording of sdk-go; the server takes a cancellation only where it asked for one.
      return .with {
        $0.message = "unexpected activity cancel error: canceled"
        $0.source = "GoSDK"
        $0.applicationFailureInfo.type = "wrapError"
        $0.cause = .with {
          $0.message = "canceled"
          $0.canceledFailureInfo = .with { if let details { $0.details = details } }
        }
      }
    }
  }
}
