import HindcastCalls
import HindcastCore
import HindcastSwift
import HindcastWorker
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Options that are about how a worker runs workflow code.
final class WorkflowOptionTests: XCTestCase {
  // MARK: deadlock_detection_timeout

  /// Counts to a number that takes more than a millisecond on any machine.
  private static let busy = "local sum = 0\nfor i = 1, 20000000 do sum = sum + i % 7 end\nreturn \"done\""

  func testCodeThatIsBusyForTooLongFailsItsTask() async throws {
    let swift = SwiftWorkflows().workflow("Busy") { context -> String in
      var sum: UInt64 = 0
      for number in 0..<UInt64(3_000_000) { sum = (sum &+ number) &* 31 }
      return sum == 1 ? "one" : "done"
    }
    let cases: [(type: String, workflows: (any WorkflowCode)?)] = [("app:busy", nil), ("Busy", swift)]
    for (type, workflows) in cases {
      for (timeout, isTooShort) in [("1ms", true), ("1h", false)] {
        let text = AppText(options: ["deadlock_detection_timeout: \"\(timeout)\""], workflows: ["busy": Self.busy])
        try await withApp(text) {
          if let workflows { $0.workflows = workflows }
        } _: { rig in
          try await rig.start(type)
          if isTooShort {
            let failed = try await rig.connection.requests(WorkflowService.respondWorkflowTaskFailed)
            XCTAssertEqual(failed[0].failure.applicationFailureInfo.type, "DeadlockError")
            XCTAssertTrue(failed[0].failure.message.contains("[TMPRL1101]"), failed[0].failure.message)
            XCTAssertTrue(failed[0].failure.message.contains("over 1ms"), failed[0].failure.message)
          } else {
            let result = try await rig.result()
            XCTAssertEqual(result, "\"done\"")
          }
        }
      }
    }
  }

  // MARK: enable_logging_in_replay

  func testLinesOfThePastAreWrittenAgainOnlyWhenAsked() async throws {
    let logs = """
      local funcs = require("funcs")
      print("before")
      funcs.call("app:quick")
      print("after")
      return 1
      """
    for (options, before) in [([], 1), (["enable_logging_in_replay: true"], 2)] {
      let text = AppText(
        options: options, workflows: ["logs": logs], activities: ["quick": "return nil"])
      // Without a cache the second task replays the first.
      try await withApp(text) {
        $0.maximumCachedRuns = 0
      } _: { rig in
        try await rig.start("app:logs")
        _ = try await rig.result()
        let messages = rig.log.lines.map(\.message)
        XCTAssertEqual(messages.count { $0 == "before" }, before, "\(options)")
        XCTAssertEqual(messages.count { $0 == "after" }, 1, "\(options)")
      }
    }
  }

  // MARK: disable_workflow_worker

  func testAWorkerWithoutWorkflowsPollsForNone() async throws {
    let text = AppText(
      options: ["disable_workflow_worker: true"], workflows: ["idle": "return 1"], activities: ["quick": "return nil"])
    try await withApp(text) { rig in
      try await rig.connection.untilOpen(WorkflowService.pollActivityTaskQueue, 20)
      XCTAssertEqual(rig.connection.traffic.requests(WorkflowService.pollWorkflowTaskQueue).count, 0)
    }
  }

  // MARK: disable_registration_aliasing

  private static let named = """

      - name: named
        kind: workflow.lua
        source: file://named.lua
        method: main
        meta:
          temporal:
            workflow:
              worker: app:worker
              name: CustomOrder
    """

  func testAWorkflowWithANameOfItsOwnAnswersToItsIDUnlessThatIsOff() async throws {
    for (options, isAlias) in [([], true), (["disable_registration_aliasing: true"], false)] {
      var text = AppText(options: options)
      text.yaml += Self.named
      text.sources["named.lua"] = "return { main = function() return \"named\" end }"
      try await withApp(text) { rig in
        try await rig.start("CustomOrder", id: "by-name")
        let byName = try await rig.result(of: "by-name")
        XCTAssertEqual(byName, "\"named\"")
        try await rig.start("app:named", id: "by-id")
        if isAlias {
          let byID = try await rig.result(of: "by-id")
          XCTAssertEqual(byID, "\"named\"")
        } else {
          let failed = try await rig.connection.requests(WorkflowService.respondWorkflowTaskFailed)
          XCTAssertEqual(
            failed[0].failure.message, "unable to find workflow type: app:named. Supported types: [CustomOrder]")
        }
      }
    }
  }

  // MARK: max_concurrent_workflow_task_execution_size

  func testNoMoreTasksAreHeldThanTheEntryAllows() async throws {
    let text = AppText(
      options: ["max_concurrent_workflow_task_execution_size: 3"], workflows: ["quick": "return 1"])
    // Without a cache no poll of a sticky queue takes a slot.
    try await withApp(text) {
      $0.maximumCachedRuns = 0
    } _: { rig in
      rig.connection.hold(WorkflowService.respondWorkflowTaskCompleted)
      for number in 1...6 { try await rig.start("app:quick", id: "workflow-\(number)") }
      try await rig.connection.untilOpen(WorkflowService.respondWorkflowTaskCompleted, 3)
      // Without a free slot nothing is polled for.
      try await rig.connection.untilOpen(WorkflowService.pollWorkflowTaskQueue, 0)
      XCTAssertEqual(rig.connection.traffic.requests(WorkflowService.respondWorkflowTaskCompleted).count, 3)
      rig.connection.release(WorkflowService.respondWorkflowTaskCompleted)
      for number in 1...6 {
        let result = try await rig.result(of: "workflow-\(number)")
        XCTAssertEqual(result, "1")
      }
      XCTAssertEqual(rig.connection.traffic.mostOpen(WorkflowService.respondWorkflowTaskCompleted), 3)
      XCTAssertLessThanOrEqual(rig.connection.traffic.mostOpen(WorkflowService.pollWorkflowTaskQueue), 3)
    }
  }

  // MARK: max_concurrent_workflow_task_pollers

  func testPollsAreDividedBetweenTheQueues() async throws {
    let text = AppText(options: ["max_concurrent_workflow_task_pollers: 7"], workflows: ["quick": "return 1"])
    try await withApp(text) { rig in
      try await rig.connection.untilOpen(WorkflowService.pollWorkflowTaskQueue, 7)
      let kinds = rig.connection.traffic.requests(WorkflowService.pollWorkflowTaskQueue).map(\.taskQueue.kind)
      XCTAssertEqual(kinds.count { $0 == .sticky }, 4)
      XCTAssertEqual(kinds.count { $0 == .normal }, 3)
    }
  }
}
