import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Pausing, resetting and changing activities by the calls that know those with and without a workflow; what is expected here
/// the dev server 1.32.0 answered.
final class ActivityOperationTests: XCTestCase {
  // MARK: Calls

  private func start(_ rig: inout ServerRig, delay: Int64 = 0) throws {
    try rig.call(
      WorkflowService.startActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = "a"
        $0.activityType.name = "T"
        $0.taskQueue.name = "queue"
        $0.startToCloseTimeout = .init(seconds: 10)
        $0.requestID = "start"
        if delay > 0 { $0.startDelay = .init(seconds: delay) }
      })
  }

  private func info(_ rig: inout ServerRig) throws -> Temporal_Api_Activity_V1_ActivityExecutionInfo {
    try rig.call(
      WorkflowService.describeActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = "a"
        $0.includeHeartbeatDetails = true
      }
    ).info
  }

  private func pause(_ rig: inout ServerRig, _ id: String = "a", workflow: String = "", request: String = "") throws {
    try rig.call(
      WorkflowService.pauseActivityExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = workflow
        $0.activityID = id
        $0.identity = "me"
        $0.reason = "look"
        $0.requestID = request
      })
  }

  private func unpause(_ rig: inout ServerRig, _ id: String = "a", workflow: String = "") throws {
    try rig.call(
      WorkflowService.unpauseActivityExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = workflow
        $0.activityID = id
      })
  }

  private func reset(
    _ rig: inout ServerRig, _ id: String = "a", workflow: String = "",
    _ change: (inout ResetActivityExecutionRequest) -> Void = { _ in }
  ) throws {
    var request = ResetActivityExecutionRequest.with {
      $0.namespace = "default"
      $0.workflowID = workflow
      $0.activityID = id
    }
    change(&request)
    try rig.call(WorkflowService.resetActivityExecution, request)
  }

  @discardableResult
  private func update(
    _ rig: inout ServerRig, _ id: String = "a", workflow: String = "",
    _ change: (inout UpdateActivityExecutionOptionsRequest) -> Void
  ) throws -> Temporal_Api_Activity_V1_ActivityOptions {
    var request = UpdateActivityExecutionOptionsRequest.with {
      $0.namespace = "default"
      $0.workflowID = workflow
      $0.activityID = id
    }
    change(&request)
    return try rig.call(WorkflowService.updateActivityExecutionOptions, request).activityOptions
  }

  // MARK: Without a workflow

  func testAPausedActivityIsHandedOutWhenItIsUnpaused() throws {
    var rig = ServerRig()
    try start(&rig)
    try pause(&rig)
    XCTAssertEqual(try info(&rig).status, .paused)
    XCTAssertEqual(try info(&rig).runState, .paused)
    let poll = rig.beginActivityPoll()
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    try unpause(&rig)
    let task = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    XCTAssertEqual(try info(&rig).status, .running)
    try rig.completeActivity(task)
    XCTAssertEqual(try info(&rig).status, .completed)
  }

  func testAPauseWaitsForTheEndOfTheAttempt() throws {
    var rig = ServerRig()
    try start(&rig)
    let task = try rig.pollActivity()
    try pause(&rig)
    XCTAssertEqual(try info(&rig).status, .running)
    XCTAssertEqual(try info(&rig).runState, .pauseRequested)
    XCTAssertTrue(try rig.heartbeat(task).activityPaused)
    try rig.failActivity(task)
    XCTAssertEqual(try info(&rig).status, .paused)
    rig.advance(by: .seconds(100))
    let poll = rig.beginActivityPoll()
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    try unpause(&rig)
    XCTAssertEqual(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue)?.attempt, 2)
  }

  func testAPauseIsListed() throws {
    var rig = ServerRig()
    try start(&rig)
    try pause(&rig)
    let list = try rig.call(
      WorkflowService.listActivityExecutions,
      .with {
        $0.namespace = "default"
        $0.query = "ExecutionStatus = 'Paused'"
      })
    XCTAssertEqual(list.executions.map(\.status), [.paused])
  }

  func testAResetBeginsWithTheFirstAttempt() throws {
    var rig = ServerRig()
    try start(&rig)
    try rig.failActivity(rig.pollActivity())
    XCTAssertEqual(try info(&rig).attempt, 2)
    try reset(&rig)
    // At once: the backoff is forgotten.
    let task = try rig.pollActivity()
    XCTAssertEqual(task.attempt, 1)
    try rig.completeActivity(task)
  }

  func testAResetWaitsForTheEndOfTheAttempt() throws {
    var rig = ServerRig()
    try start(&rig)
    try rig.failActivity(rig.pollActivity())
    rig.advance(by: .seconds(1))
    let second = try rig.pollActivity()
    XCTAssertEqual(second.attempt, 2)
    try update(&rig) {
      $0.activityOptions.startToCloseTimeout = .init(seconds: 7)
      $0.updateMask.paths = ["start_to_close_timeout"]
    }
    try rig.heartbeat(second, "half")
    try reset(&rig) {
      $0.resetHeartbeat = true
      $0.restoreOriginalOptions = true
    }
    XCTAssertTrue(try rig.heartbeat(second, "half").activityReset)
    XCTAssertEqual(
      refusal { try self.reset(&rig) }?.message, "cannot reset an activity with a pending reset")
    XCTAssertEqual(try info(&rig).startToCloseTimeout.seconds, 7)
    try rig.failActivity(second)
    rig.advance(by: .zero)
    let first = try rig.pollActivity()
    XCTAssertEqual(first.attempt, 1)
    XCTAssertFalse(first.hasHeartbeatDetails)
    XCTAssertEqual(first.startToCloseTimeout.seconds, 10)
    try rig.completeActivity(first)
  }

  func testAResetKeepsAPauseIfItShould() throws {
    for keeps in [true, false] {
      var rig = ServerRig()
      try start(&rig)
      try rig.failActivity(rig.pollActivity())
      try pause(&rig)
      try reset(&rig) { $0.keepPaused = keeps }
      XCTAssertEqual(try info(&rig).status, keeps ? .paused : .running)
      XCTAssertEqual(try info(&rig).attempt, 1)
    }
  }

  func testOptionsHoldForTheNextAttempt() throws {
    var rig = ServerRig()
    try start(&rig)
    let options = try update(&rig) {
      $0.activityOptions.startToCloseTimeout = .init(seconds: 3)
      $0.activityOptions.taskQueue.name = "elsewhere"
      $0.updateMask.paths = ["start_to_close_timeout", "task_queue.name"]
    }
    XCTAssertEqual(options.startToCloseTimeout.seconds, 3)
    let task = try rig.pollActivity(queue: "elsewhere")
    XCTAssertEqual(task.startToCloseTimeout.seconds, 3)
    XCTAssertEqual(try info(&rig).taskQueue, "elsewhere")
    rig.advance(by: .milliseconds(3_001))
    XCTAssertEqual(try info(&rig).attempt, 2)
    XCTAssertEqual(try update(&rig) { $0.restoreOriginal = true }.startToCloseTimeout.seconds, 10)
    XCTAssertEqual(try info(&rig).taskQueue, "queue")
  }

  func testWhatIsNotPossibleIsRefused() throws {
    let update: (inout ServerRig) throws -> Void = { rig in
      try self.update(&rig) {
        $0.activityOptions.startToCloseTimeout = .init(seconds: 3)
        $0.updateMask.paths = ["start_to_close_timeout"]
      }
    }
    let terminate: (inout ServerRig) throws -> Void = { rig in
      try rig.call(
        WorkflowService.terminateActivityExecution,
        .with {
          $0.namespace = "default"
          $0.activityID = "a"
        })
    }
    let cases: [(before: [(inout ServerRig) throws -> Void], call: (inout ServerRig) throws -> Void, message: String)] =
      [
        ([{ try self.pause(&$0) }], { try self.pause(&$0) }, "activity is in non-pausable state Paused"),
        ([terminate], { try self.pause(&$0) }, "activity is in non-pausable state Terminated"),
        ([], { try self.unpause(&$0) }, "activity is in non-unpausable state Scheduled"),
        ([{ _ = try $0.pollActivity() }], { try self.unpause(&$0) }, "activity is in non-unpausable state Started"),
        ([terminate], { try self.unpause(&$0) }, "activity is in terminal state Terminated"),
        ([terminate], { try self.reset(&$0) }, "activity execution is not running"),
        ([terminate], update, "Cannot update options for activity in state Terminated"),
        ([], { try self.pause(&$0, "none") }, "activity not found for ID: none"),
        ([], { try self.pause(&$0, "") }, "activity ID is required"),
        ([], { try self.update(&$0) { _ in } }, "ActivityOptions are not provided"),
      ]
    for (before, call, message) in cases {
      var rig = ServerRig()
      try start(&rig)
      for step in before { try step(&rig) }
      XCTAssertEqual(refusal { try call(&rig) }?.message, message)
    }
  }

  func testTheSamePauseAgainChangesNothing() throws {
    var rig = ServerRig()
    try start(&rig)
    try pause(&rig, request: "once")
    let count = try info(&rig).stateTransitionCount
    try pause(&rig, request: "once")
    XCTAssertEqual(try info(&rig).stateTransitionCount, count)
  }

  func testTheWorkersSDKIsShown() throws {
    var rig = ServerRig()
    try start(&rig)
    _ = try rig.call(
      WorkflowService.pollActivityTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "queue"
      }, clientName: "temporal-python", clientVersion: "1.35.0")
    XCTAssertEqual(try info(&rig).sdkName, "temporal-python")
    XCTAssertEqual(try info(&rig).sdkVersion, "1.35.0")
  }

  // MARK: With a workflow

  func testActivitiesOfWorkflowsAreOperatedByTheSameCalls() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity()
    func activity() -> ActivityRecord? { rig.machine.executions[run]?.activities[5] }
    try rig.failActivity(rig.pollActivity())
    try pause(&rig, "1", workflow: "w")
    XCTAssertEqual(activity()?.paused, true)
    XCTAssertEqual(activity()?.pauseInfo.manual.reason, "look")
    let options = try update(&rig, "1", workflow: "w") {
      $0.activityOptions.startToCloseTimeout = .init(seconds: 9)
      $0.updateMask.paths = ["start_to_close_timeout"]
    }
    XCTAssertEqual(options.startToCloseTimeout.seconds, 9)
    try reset(&rig, "1", workflow: "w") { $0.keepPaused = true }
    XCTAssertEqual(activity()?.attempt, 1)
    XCTAssertEqual(activity()?.paused, true)
    try unpause(&rig, "1", workflow: "w")
    let task = try rig.pollActivity()
    XCTAssertEqual(task.attempt, 1)
    rig.advance(by: .milliseconds(9_001))
    XCTAssertEqual(activity()?.attempt, 2)
    XCTAssertEqual(
      refusal { try self.pause(&rig, "none", workflow: "w") }?.message,
      "Can't find pending activity with such ID. Invalid activityID or activity already completed")
  }
}
