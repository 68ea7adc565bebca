import HindcastHistory
import HindcastSwift
import HindcastTesting
import TemporalAPI
import XCTest

final class FaultTests: XCTestCase {
  private static let workflows = SwiftWorkflows()
    .workflow("Two") { (context) async throws -> String in
      try await context.sleep(for: .seconds(60))
      return "done"
    }

  func testFaultsLeaveTheirMarksAndTheRunGoesOn() async throws {
    let cases: [(Fault, [EventType])] = [
      (Fault(.dropWorker, atTask: 1), [.workflowTaskTimedOut]),
      (Fault(.timeOutTask, atTask: 2), [.workflowTaskTimedOut]),
      (Fault(.evictCache, atTask: 2), []),
    ]
    for (fault, marks) in cases {
      var options = TestEnvironmentOptions()
      options.faults = [fault]
      let environment = TestEnvironment(workflows: Self.workflows, options: options)
      let run = try await environment.start("Two")
      let result: String = try await run.result()
      XCTAssertEqual(result, "done", "\(fault)")
      let types = try await run.history().events.map(\.eventType)
      XCTAssertEqual(types.filter { $0 == .workflowTaskTimedOut }, marks, "\(fault)")
    }
  }
}
