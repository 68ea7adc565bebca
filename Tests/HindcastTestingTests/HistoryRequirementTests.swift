import HindcastHistory
import HindcastSwift
import HindcastTesting
import TemporalAPI
import XCTest

final class HistoryRequirementTests: XCTestCase {
  private func history() async throws -> WorkflowHistory {
    let workflows = SwiftWorkflows()
      .workflow("Order") { (context) async throws -> Void in
        try await context.sleep(for: .milliseconds(90_500))
        try await context.executeActivity("ship", options: .startToClose(.seconds(30)))
        try await context.signalChannel(named: "received").receive()
      }
    let environment = TestEnvironment(workflows: workflows)
    environment.activities.mock("ship", returning: "T-1")
    let run = try await environment.start("Order", options: .id("order-17"))
    try await run.signal("received")
    try await run.result()
    return try await run.history()
  }

  func testWhatAHistoryHoldsIsEasilyCompared() async throws {
    let history = try await history()
    XCTAssertEqual(history.activityTypes, ["ship"])
    XCTAssertEqual(history.signalNames, ["received"])
    XCTAssertEqual(history.timers, [.milliseconds(90_500)])
    XCTAssertEqual(history.childWorkflowTypes, [])
    XCTAssertEqual(history.updateNames, [])
    XCTAssertEqual(history.eventTypes.last, .workflowExecutionCompleted)
    try history.require(.timerFired, count: 1)
    try history.require(.timerCanceled, count: 0)
    try history.require(inOrder: .timerStarted, .timerFired, .activityTaskScheduled, .workflowExecutionCompleted)
    let scheduled = try history.require(.activityTaskScheduled)
    XCTAssertEqual(scheduled.count, 1)
  }

  func testARequirementThatIsNotMetShowsTheHistory() async throws {
    let history = try await history()
    let cases: [(requirement: () throws -> Void, message: String)] = [
      ({ try history.require(.timerFired, count: 2) }, "expected 2 TimerFired, found 1"),
      ({ try history.require(.timerCanceled) }, "expected a TimerCanceled, found none"),
      ({ try history.require(.activityTaskScheduled, count: 0) }, "expected 0 ActivityTaskScheduled, found 1"),
      ({ try history.require(inOrder: .timerCanceled) }, "expected a TimerCanceled, found none"),
      (
        { try history.require(inOrder: .timerFired, .timerStarted) },
        "expected a TimerStarted after event 7 (TimerFired), found none"
      ),
    ]
    for (requirement, message) in cases {
      XCTAssertThrowsError(try requirement()) { error in
        XCTAssertTrue("\(error)".hasPrefix("\(message) in the history of order-17 (Order):\n"), "\(error)")
      }
    }
  }

  func testATimelineHasALineForEveryEvent() async throws {
    let history = try await history()
    let lines = history.timeline.split(separator: "\n")
    XCTAssertEqual(lines.count, history.events.count)
    XCTAssertEqual(lines[0], "   1  +0s   WorkflowExecutionStarted Order")
    XCTAssertTrue(lines.contains { $0.hasPrefix("   7  +90s  TimerFired") }, history.timeline)
  }
}
