import HindcastHistory
import HindcastSwift
import HindcastTesting
import TemporalAPI
import XCTest

final class ExplorationTests: XCTestCase {
  /// Waits a minute, then for an approval; forgets an approval that comes in the first task.
  private static let workflows = SwiftWorkflows()
    .workflow("Forgetful") { (context) async throws -> String in
      let approvals = context.signalChannel(named: "approve", of: Bool.self)
      _ = approvals.tryReceive()
      try await context.sleep(for: .seconds(60))
      return try await approvals.receive() ? "approved" : "refused"
    }
    .workflow("Careful") { (context) async throws -> String in
      let approvals = context.signalChannel(named: "approve", of: Bool.self)
      try await context.sleep(for: .seconds(60))
      return try await approvals.receive() ? "approved" : "refused"
    }

  func testEveryMomentIsTried() async throws {
    let result = try await TestEnvironment.exploreSignals([ExploredSignal("approve", true)]) {
      TestEnvironment(workflows: Self.workflows)
    } body: { environment in
      let outcome: String = try await environment.start("Careful").result()
      guard outcome == "approved" else { throw Unexpected(outcome) }
    }
    // Before and within the first task, before and within the second, and when it waits.
    XCTAssertEqual(result.interleavings, 5)
  }

  func testTheFirstMomentThatBreaksIsReported() async throws {
    do {
      try await TestEnvironment.exploreSignals([ExploredSignal("approve", true)]) {
        TestEnvironment(workflows: Self.workflows)
      } body: { environment in
        let outcome: String = try await environment.start("Forgetful").result()
        guard outcome == "approved" else { throw Unexpected(outcome) }
      }
      XCTFail("nothing was found")
    } catch let failure as ExplorationFailure {
      XCTAssertEqual(failure.moments.map(\.moment.description), ["before task 1"])
      XCTAssertTrue("\(failure.error)".contains("waits for something that nothing will bring"), "\(failure.error)")
      XCTAssertEqual(failure.histories.first?.events.map(\.eventType).contains(.workflowExecutionSignaled), true)
    }
  }

  func testTwoSignalsAreTriedInEveryCombination() async throws {
    let result = try await TestEnvironment.exploreSignals(
      [ExploredSignal("approve", true), ExploredSignal("approve", true)]
    ) {
      TestEnvironment(workflows: Self.workflows)
    } body: { environment in
      let _: String = try await environment.start("Careful").result()
    }
    XCTAssertGreaterThan(result.interleavings, 10)
  }
}

private struct Unexpected: Error {
  let outcome: String
  init(_ outcome: String) { self.outcome = outcome }
}
