import HindcastCalls
import HindcastServer
import HindcastService
import HindcastWorker
import SwiftProtobuf
import TemporalServiceAPI
import XCTest

/// How fast activities are started: on one worker, and on a queue.
final class RateTests: XCTestCase {
  /// Calls three activities side by side.
  private static let fan = """
    local funcs = require("funcs")
    local futures = {}
    for i = 1, 3 do futures[i] = funcs.async("app:quick", i) end
    for i = 1, 3 do futures[i]:response():receive() end
    return 3
    """

  private func app(_ option: String) -> AppText {
    AppText(options: [option], workflows: ["fan": Self.fan], activities: ["quick": "return nil"])
  }

  func testWorkerStartsSoManyActivitiesASecond() async throws {
    let clock = ManualClock()
    let gate = Gate()
    gate.open()
    try await withApp(app("worker_activities_per_second: 4")) {
      $0.clock = clock
      $0.activities = ActivityTable([
        "app:quick": { _ in
          gate.enter()
          return nil
        }
      ])
    } _: { rig in
      try await rig.start("app:fan")
      let others = await clock.untilSleeping(2)
      XCTAssertTrue(others, "\(clock.pending)")
      XCTAssertEqual(clock.pending, [.milliseconds(250), .milliseconds(500)])
      let first = await gate.untilPassed(1)
      XCTAssertTrue(first)
      clock.advance(by: .milliseconds(249))
      XCTAssertEqual(clock.pending, [.milliseconds(1), .milliseconds(251)])
      clock.advance(by: .milliseconds(1))
      let second = await gate.untilPassed(2)
      XCTAssertTrue(second)
      XCTAssertEqual(clock.pending, [.milliseconds(250)])
      clock.advance(by: .milliseconds(250))
      let result = try await rig.result()
      XCTAssertEqual(result, "3")
    }
  }

  func testTaskThatWaitsForItsTurnIsWorkedWhenTheWorkerStops() async throws {
    let clock = ManualClock()
    let gate = Gate()
    gate.open()
    try await withApp(app("worker_activities_per_second: 1")) {
      $0.clock = clock
      $0.activities = ActivityTable([
        "app:quick": { _ in
          gate.enter()
          return nil
        }
      ])
    } _: { rig in
      try await rig.start("app:fan")
      let others = await clock.untilSleeping(2)
      XCTAssertTrue(others, "\(clock.pending)")
    }
    XCTAssertEqual(gate.passed, 3, "the server had handed out three")
  }

  func testQueueHandsOutSoManyActivitiesASecond() async throws {
    let start = ServerTime(nanoseconds: 1_700_000_000_000_000_000)
    try await withApp(app("task_queue_activities_per_second: 1"), clock: .virtual(start: start)) { rig in
      try await rig.connection.untilOpen(WorkflowService.pollActivityTaskQueue, 20)
      try await rig.start("app:fan")
      for number in 1...3 {
        try await rig.connection.requests(WorkflowService.respondActivityTaskCompleted, atLeast: number)
        let waiting = try await rig.pendingActivities().count { $0.state == .scheduled }
        XCTAssertEqual(waiting, 3 - number, "after \(number)")
        // A nanosecond more, for the server rounds up.
        await rig.service.advance(to: start + .seconds(number) + .microseconds(1))
      }
      let result = try await rig.result()
      XCTAssertEqual(result, "3")
      for poll in rig.connection.traffic.requests(WorkflowService.pollActivityTaskQueue) {
        XCTAssertEqual(poll.taskQueueMetadata.maxTasksPerSecond.value, 1)
      }
    }
  }
}
