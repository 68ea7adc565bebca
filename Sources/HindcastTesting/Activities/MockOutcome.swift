public import HindcastHistory
internal import HindcastSwift
internal import HindcastWorker
internal import SwiftProtobuf
public import TemporalAPI

/// What a mocked activity comes to.
///
/// A closure that stands in for an activity may throw one: `throw MockOutcome.failure("declined", isRetryable: false)`.
public enum MockOutcome: Error, Sendable {
  /// A result.
  case result(Payloads)
  /// A failure as the server is told.
  case failed(Failure)

  /// An outcome that comes after so much workflow time, unless the activity is told to stop before.
  indirect case delayed(MockOutcome, by: Duration)

  /// A result, encoded as JSON.
  public static func value(_ value: some Encodable & Sendable) throws -> MockOutcome { .result(try encode(value)) }

  /// A failure of an application.
  ///
  /// - Parameters:
  ///   - message: What went wrong.
  ///   - type: What retry policies and workflows tell it by.
  ///   - isRetryable: Whether the server may try again.
  public static func failure(_ message: String, type: String = "", isRetryable: Bool = true) -> MockOutcome {
    .failed(
      .with {
        $0.message = message
        $0.source = "hindcast"
        $0.applicationFailureInfo = .with {
          $0.type = type
          $0.nonRetryable = !isRetryable
        }
      })
  }

  /// This outcome after so much workflow time; later than the activity's timeouts, these come first.
  public func delayed(by duration: Duration) -> MockOutcome { .delayed(self, by: duration) }

  /// Ends an activity like this.
  func payloads(of activity: ActivityContext) async throws -> Payloads? {
    switch self {
    case .result(let payloads): return payloads
    case .failed(let failure): throw ActivityError.failed(failure)
    case .delayed(let outcome, let duration):
      if await activity.sleep(for: duration) == .requested { throw ActivityError.canceled(details: nil) }
      return try await outcome.payloads(of: activity)
    }
  }
}
