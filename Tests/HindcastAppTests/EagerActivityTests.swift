import HindcastCalls
import HindcastSwift
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Activities that come with the answer to the workflow task that schedules them.
final class EagerActivityTests: XCTestCase {
  /// Calls `count` activities side by side.
  private static func fan(_ count: Int) -> String {
    """
    local funcs = require("funcs")
    local futures = {}
    for i = 1, \(count) do futures[i] = funcs.async("app:quick", i) end
    for i = 1, \(count) do futures[i]:response():receive() end
    return \(count)
    """
  }

  private func app(_ options: [String], activities: Int) -> AppText {
    AppText(options: options, workflows: ["fan": Self.fan(activities)], activities: ["quick": "return nil"])
  }

  /// Which activities of the first answer the worker asked for at once.
  private func wishes(_ rig: AppRig) async throws -> [Bool] {
    let completed = try await rig.connection.requests(WorkflowService.respondWorkflowTaskCompleted)
    return completed[0].commands.map(\.scheduleActivityTaskCommandAttributes.requestEagerExecution)
  }

  func testActivitiesRunWithoutAPoll() async throws {
    try await withApp(
      app([], activities: 3),
      script: { call in
        guard call.method == WorkflowService.pollActivityTaskQueue.name else { return nil }
        // Whoever polls gets nothing.
        try await Task.sleep(for: .seconds(3_600))
        return nil
      }
    ) { rig in
      try await rig.start("app:fan")
      try await rig.connection.requests(WorkflowService.respondActivityTaskCompleted, atLeast: 3)
      let result = try await rig.result()
      XCTAssertEqual(result, "3")
    }
  }

  func testTheEntryDecidesWhichActivitiesAreEager() async throws {
    let cases: [(options: [String], activities: Int, wishes: [Bool])] = [
      ([], 2, [true, true]),
      // A task may ask for three.
      ([], 5, [true, true, true, false, false]),
      (["disable_eager_activities: true"], 2, [false, false]),
      (["max_concurrent_eager_activity_execution_size: 1"], 2, [true, false]),
      (["max_concurrent_eager_activity_execution_size: 0"], 2, [true, true]),
      // The server counts only polls against the queue's rate.
      (["task_queue_activities_per_second: 100"], 2, [false, false]),
    ]
    for (options, activities, expected) in cases {
      try await withApp(app(options, activities: activities)) { rig in
        try await rig.start("app:fan")
        let wishes = try await wishes(rig)
        XCTAssertEqual(wishes, expected, "\(options)")
        let result = try await rig.result()
        XCTAssertEqual(result, "\(activities)", "\(options)")
      }
    }
  }

  func testOnlyActivitiesThatHaveASlotAreEager() async throws {
    let gate = Gate()
    defer { gate.open() }
    try await withApp(app(["max_concurrent_activity_execution_size: 2"], activities: 1)) {
      $0.activities = ActivityTable([
        "app:quick": { _ in
          gate.enter()
          return nil
        }
      ])
    } _: { rig in
      for number in 1...3 { try await rig.start("app:fan", id: "workflow-\(number)") }
      let areFull = await gate.untilInside(2)
      XCTAssertTrue(areFull)
      let completed = try await rig.connection.requests(WorkflowService.respondWorkflowTaskCompleted, atLeast: 3)
      // Polls hold slots, too: at least the last one found none.
      let eager = completed.filter { $0.commands.contains(where: \.isEager) }
      XCTAssertLessThanOrEqual(eager.count, 2)
      gate.open()
      for number in 1...3 { _ = try await rig.result(of: "workflow-\(number)") }
    }
    XCTAssertEqual(gate.most, 2)
  }

  func testActivitiesOfOtherQueuesAreNotEager() async throws {
    let workflows = SwiftWorkflows().workflow("Elsewhere") { context in
      var options = ActivityOptions.startToClose(.seconds(5))
      options.taskQueue = "elsewhere"
      options.scheduleToStartTimeout = .seconds(3_600)
      try await context.executeActivity("app:quick", options: options)
    }
    try await withApp(app([], activities: 1)) {
      $0.workflows = workflows
    } _: { rig in
      try await rig.start("Elsewhere")
      let wishes = try await wishes(rig)
      XCTAssertEqual(wishes, [false])
    }
  }

  func testAWorkerWithoutActivitiesHasNoEagerOnes() async throws {
    try await withApp(app(["local_activity_worker_only: true"], activities: 1)) { rig in
      try await rig.start("app:fan")
      let wishes = try await wishes(rig)
      XCTAssertEqual(wishes, [false])
      XCTAssertEqual(rig.connection.traffic.requests(WorkflowService.pollActivityTaskQueue).count, 0)
    }
  }
}

extension Temporal_Api_Command_V1_Command {
  fileprivate var isEager: Bool { scheduleActivityTaskCommandAttributes.requestEagerExecution }
}
