import HindcastCalls
import HindcastGateway
import HindcastWorker
import XCTest

final class RetryPolicyTests: XCTestCase {
  func testPausesGrowToTheirLimit() {
    let cases: [(code: ServiceError.Code, attempts: Int, milliseconds: Int?)] = [
      (.unavailable, 1, 100), (.unavailable, 2, 200), (.unavailable, 5, 1600), (.unavailable, 8, 10_000),
      (.unavailable, 1_000_000, 10_000), (.resourceExhausted, 1, 1000), (.resourceExhausted, 3, 4000),
      (.aborted, 1, 100), (.unknown, 1, 100), (.notFound, 1, nil), (.alreadyExists, 1, nil), (.internal, 1, nil),
      (.deadlineExceeded, 1, nil), (.cancelled, 1, nil), (.unimplemented, 1, nil), (.invalidArgument, 1, nil),
    ]
    for (code, attempts, milliseconds) in cases {
      XCTAssertEqual(
        RetryPolicy().pause(after: ServiceError(code, "x"), attempts: attempts, random: 0.5),
        milliseconds.map { .milliseconds($0) }, "\(code) after \(attempts)")
    }
  }

  func testJitterStaysWithinItsFraction() {
    let error = ServiceError(.unavailable, "x")
    XCTAssertEqual(RetryPolicy().pause(after: error, attempts: 1, random: 0), .milliseconds(80))
    XCTAssertEqual(RetryPolicy().pause(after: error, attempts: 1, random: 1), .milliseconds(120))
  }

  func testAttemptsRunOut() {
    var policy = RetryPolicy()
    policy.maximumAttempts = 3
    let error = ServiceError(.unavailable, "x")
    XCTAssertNotNil(policy.pause(after: error, attempts: 2, random: 0))
    XCTAssertNil(policy.pause(after: error, attempts: 3, random: 0))
    XCTAssertNil(RetryPolicy.never.pause(after: error, attempts: 1, random: 0))
  }

  func testMessageThatIsTooLargeIsNotSentAgain() {
    let complaints = [
      "grpc: received message larger than max (5000000 vs. 4194304)",
      "grpc: message too large (5000000 bytes)",
    ]
    for complaint in complaints {
      let error = ServiceError(.resourceExhausted, complaint)
      XCTAssertNil(RetryPolicy().pause(after: error, attempts: 1, random: 0), complaint)
    }
  }
}
