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

  /// The answer that comes too late changes nothing: the commands of the next one count.
  func testALateAnswerIsRefused() async throws {
    var options = TestEnvironmentOptions()
    options.faults = [Fault(.timeOutTask, atTask: 1), Fault(.timeOutTask, atTask: 3)]
    let environment = TestEnvironment(workflows: Self.workflows, options: options)
    let begin = await environment.now
    let run = try await environment.start("Two")
    try await run.result()
    let history = try await run.history()
    try history.require(.timerStarted, count: 1)
    try history.require(.workflowTaskTimedOut, count: 2)
    let passed = await environment.now - begin
    XCTAssertEqual(passed, 80_000_000_000, "a timer of 60 s and two timeouts of 10 s")
  }

  /// With every fault at every task the outcome is the same.
  func testAnyFaultAtAnyTaskLeavesTheOutcome() async throws {
    let workflows = SwiftWorkflows()
      .workflow("Order") { (context, id: Int) async throws -> String in
        let price: Int = try await context.executeActivity("price", id, options: .startToClose(.seconds(30)))
        try await context.sleep(for: .seconds(60))
        let approval = try await context.signalChannel(named: "approve", of: String.self).receive()
        return "\(price) approved by \(approval)"
      }
    for kind in [Fault.Kind.dropWorker, .timeOutTask, .evictCache] {
      for task in 1...4 {
        for caches in [true, false] {
          var options = TestEnvironmentOptions()
          options.faults = [Fault(kind, atTask: task)]
          options.cachesRuns = caches
          let environment = TestEnvironment(workflows: workflows, options: options)
          environment.activities.mock("price") { (id: Int) in id * 10 }
          let run = try await environment.start("Order", 7)
          try await run.signal("approve", "Ada")
          let result: String = try await run.result()
          XCTAssertEqual(result, "70 approved by Ada", "\(kind) at task \(task)")
          XCTAssertEqual(environment.activities.calls.count, 1, "\(kind) at task \(task)")
        }
      }
    }
  }
}
