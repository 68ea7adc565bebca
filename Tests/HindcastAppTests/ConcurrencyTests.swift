import HindcastCalls
import HindcastWorker
import TemporalServiceAPI
import XCTest

/// How much a worker does at once, from the entry's numbers.
final class ConcurrencyTests: XCTestCase {
  /// Calls `count` activities side by side.
  private static func fan(_ count: Int) -> String {
    """
    local funcs = require("funcs")
    local futures = {}
    for i = 1, \(count) do futures[i] = funcs.async("app:slow", i) end
    for i = 1, \(count) do futures[i]:response():receive() end
    return \(count)
    """
  }

  private func app(_ options: [String], activities: Int) -> AppText {
    AppText(options: options, workflows: ["fan": Self.fan(activities)], activities: ["slow": "return nil"])
  }

  func testNoMoreActivitiesRunThanTheEntryAllows() async throws {
    let gate = Gate()
    defer { gate.open() }
    let text = app(["max_concurrent_activity_execution_size: 3"], activities: 7)
    try await withApp(text) {
      $0.activities = ActivityTable([
        "app:slow": { _ in
          gate.enter()
          return nil
        }
      ])
    } _: { rig in
      try await rig.start("app:fan")
      let areThere = await gate.untilInside(3)
      XCTAssertTrue(areThere, "\(gate.inside) run")
      // Without a free slot nothing is polled for.
      try await rig.connection.untilOpen(WorkflowService.pollActivityTaskQueue, 0)
      gate.letPass()
      let isReplaced = await gate.untilPassed(1)
      XCTAssertTrue(isReplaced)
      try await rig.connection.requests(WorkflowService.pollActivityTaskQueue, atLeast: 4)
      gate.open()
      let result = try await rig.result()
      XCTAssertEqual(result, "7")
    }
    XCTAssertEqual(gate.most, 3)
  }

  func testAsManyPollsAreOpenAsTheEntrySays() async throws {
    let text = app(
      ["max_concurrent_activity_task_pollers: 3", "max_concurrent_workflow_task_pollers: 5"], activities: 1)
    try await withApp(text) { rig in
      try await rig.connection.untilOpen(WorkflowService.pollWorkflowTaskQueue, 5)
      try await rig.connection.untilOpen(WorkflowService.pollActivityTaskQueue, 3)
      try await rig.start("app:fan")
      let result = try await rig.result()
      XCTAssertEqual(result, "1")
      try await rig.connection.untilOpen(WorkflowService.pollActivityTaskQueue, 3)
      XCTAssertEqual(rig.connection.traffic.mostOpen(WorkflowService.pollActivityTaskQueue), 3)
    }
  }
}
