import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Activities without a workflow (`server.md` 15); what is expected here the dev server 1.32.0 answered.
final class StandaloneActivityTests: XCTestCase {
  private func startRequest(
    _ id: String = "a", _ change: (inout StartActivityRequest) -> Void = { _ in }
  ) -> StartActivityRequest {
    .with {
      $0.namespace = "default"
      $0.activityID = id
      $0.activityType.name = "T"
      $0.taskQueue.name = "queue"
      $0.startToCloseTimeout = .init(seconds: 10)
      $0.requestID = "start"
      change(&$0)
    }
  }

  private func describe(_ rig: inout ServerRig, _ id: String = "a") throws -> DescribeActivityResponse {
    try rig.call(
      WorkflowService.describeActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = id
        $0.includeOutcome = true
        $0.includeLastFailure = true
        $0.includeHeartbeatDetails = true
        $0.includeInput = true
      })
  }

  func testFromStartToOutcome() throws {
    var rig = ServerRig()
    let started = try rig.call(WorkflowService.startActivityExecution, startRequest { $0.input = Payloads(text: "in") })
    XCTAssertTrue(started.started)
    XCTAssertEqual(started.link.activity.runID, started.runID)
    let wait = rig.begin(
      WorkflowService.pollActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = "a"
      })
    let first = try rig.pollActivity()
    XCTAssertEqual(first.activityRunID, started.runID)
    XCTAssertEqual(first.input, Payloads(text: "in"))
    XCTAssertEqual(first.workflowNamespace, "default")
    try rig.heartbeat(first, "half")
    try rig.failActivity(first, "one")
    var info = try describe(&rig).info
    XCTAssertEqual(info.status, .running)
    XCTAssertEqual(info.runState, .scheduled)
    XCTAssertEqual(info.attempt, 2)
    XCTAssertEqual(info.currentRetryInterval.seconds, 1)
    XCTAssertEqual(info.lastFailure.message, "one")
    XCTAssertEqual(info.lastStartedTime, first.startedTime)
    XCTAssertEqual(info.totalHeartbeatCount, 1)
    XCTAssertThrowsError(try rig.failActivity(first)) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "activity not found for ID: a")
    }
    rig.advance(by: .seconds(1))
    let second = try rig.pollActivity()
    XCTAssertEqual(second.heartbeatDetails, Payloads(text: "half"))
    XCTAssertNil(try rig.answer(wait, of: WorkflowService.pollActivityExecution))
    try rig.completeActivity(second, "out")
    let outcome = try XCTUnwrap(rig.answer(wait, of: WorkflowService.pollActivityExecution))
    XCTAssertEqual(outcome.outcome.result, Payloads(text: "out"))
    info = try describe(&rig).info
    XCTAssertEqual(info.status, .completed)
    XCTAssertEqual(info.runState, .unspecified)
    XCTAssertEqual(info.executionDuration.seconds, 1)
    XCTAssertTrue(rig.machine.isIdle)
    XCTAssertNil(rig.machine.nextDue)
  }

  func testStartingAnIDAgain() throws {
    var rig = ServerRig()
    let first = try rig.call(WorkflowService.startActivityExecution, startRequest())
    let repeated = try rig.call(WorkflowService.startActivityExecution, startRequest())
    XCTAssertEqual(repeated.runID, first.runID)
    XCTAssertFalse(repeated.started)
    XCTAssertThrowsError(
      try rig.call(WorkflowService.startActivityExecution, startRequest { $0.requestID = "other" })
    ) {
      let error = $0 as? ServiceError
      XCTAssertEqual(error?.code, .alreadyExists)
      XCTAssertEqual(
        error?.detail(Temporal_Api_Errordetails_V1_ActivityExecutionAlreadyStartedFailure.self)?.runID, first.runID)
    }
    let used = try rig.call(
      WorkflowService.startActivityExecution,
      startRequest {
        $0.requestID = "other"
        $0.idConflictPolicy = .useExisting
      })
    XCTAssertEqual(used.runID, first.runID)
    try rig.completeActivity(rig.pollActivity())
    for policy in [Temporal_Api_Enums_V1_ActivityIdReusePolicy.rejectDuplicate, .allowDuplicateFailedOnly] {
      XCTAssertThrowsError(
        try rig.call(
          WorkflowService.startActivityExecution,
          startRequest {
            $0.requestID = "again"
            $0.idReusePolicy = policy
          }), "\(policy)")
    }
    let again = try rig.call(WorkflowService.startActivityExecution, startRequest { $0.requestID = "again" })
    XCTAssertTrue(again.started)
    XCTAssertNotEqual(again.runID, first.runID)
  }

  func testRequestsThatAreRefused() throws {
    let cases: [(String, (inout StartActivityRequest) -> Void)] = [
      ("activityId is not set", { $0.activityID = "" }),
      ("activityType is not set", { $0.clearActivityType() }),
      ("taskQueue is not set", { $0.clearTaskQueue() }),
      (
        "a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=a ActivityType=T",
        { $0.clearStartToCloseTimeout() }
      ),
      ("unsupported ID reuse policy: 9", { $0.idReusePolicy = .UNRECOGNIZED(9) }),
      ("invalid StartDelay: negative duration", { $0.startDelay = .init(seconds: -1) }),
    ]
    for (message, change) in cases {
      var rig = ServerRig()
      XCTAssertThrowsError(try rig.call(WorkflowService.startActivityExecution, startRequest("a", change)), message) {
        XCTAssertEqual(($0 as? ServiceError)?.message, message)
        XCTAssertEqual(($0 as? ServiceError)?.code, .invalidArgument)
      }
    }
  }

  func testCancelling() throws {
    var rig = ServerRig()
    func cancel(_ id: String, _ requestID: String) -> RequestCancelActivityRequest {
      .with {
        $0.namespace = "default"
        $0.activityID = id
        $0.requestID = requestID
        $0.reason = "why"
        $0.identity = "me"
      }
    }
    // Nobody has it: over at once.
    try rig.call(WorkflowService.startActivityExecution, startRequest())
    try rig.call(WorkflowService.requestCancelActivityExecution, cancel("a", "1"))
    let response = try describe(&rig)
    XCTAssertEqual(response.info.status, .canceled)
    XCTAssertEqual(response.info.canceledReason, "why")
    XCTAssertEqual(response.outcome.failure.message, "Activity canceled")
    XCTAssertEqual(response.outcome.failure.canceledFailureInfo.details, Payloads(text: "why"))
    try rig.call(WorkflowService.requestCancelActivityExecution, cancel("a", "1"))
    XCTAssertThrowsError(try rig.call(WorkflowService.requestCancelActivityExecution, cancel("a", "2"))) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "activity is in terminal state Canceled")
    }
    // A worker has it: it is told.
    try rig.call(WorkflowService.startActivityExecution, startRequest("b"))
    let task = try rig.pollActivity()
    try rig.call(WorkflowService.requestCancelActivityExecution, cancel("b", "1"))
    XCTAssertThrowsError(try rig.call(WorkflowService.requestCancelActivityExecution, cancel("b", "2"))) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "cancellation already requested with request ID 1")
    }
    XCTAssertTrue(try rig.heartbeat(task).cancelRequested)
    try rig.reportActivityCanceled(task)
    XCTAssertEqual(try describe(&rig, "b").outcome.failure.canceledFailureInfo.details, Payloads(text: "stopped"))
  }

  func testTimeouts() throws {
    var rig = ServerRig()
    // Nobody takes it.
    try rig.call(
      WorkflowService.startActivityExecution,
      startRequest {
        $0.scheduleToCloseTimeout = .init(seconds: 1)
        $0.clearStartToCloseTimeout()
      })
    rig.advance(by: .seconds(1))
    var response = try describe(&rig)
    XCTAssertEqual(response.info.status, .timedOut)
    XCTAssertEqual(response.outcome.failure.message, "activity ScheduleToStart timeout")
    XCTAssertEqual(response.outcome.failure.source, "")
    XCTAssertEqual(response.outcome.retryState, .timeout)
    // The whole takes too long.
    try rig.call(
      WorkflowService.startActivityExecution, startRequest("c") { $0.scheduleToCloseTimeout = .init(seconds: 1) })
    rig.advance(by: .milliseconds(100))
    _ = try rig.pollActivity()
    rig.advance(by: .seconds(1))
    response = try describe(&rig, "c")
    XCTAssertEqual(response.outcome.failure.message, "activity ScheduleToClose timeout")
    XCTAssertEqual(response.outcome.failure.timeoutFailureInfo.timeoutType, .scheduleToClose)
    // An attempt takes too long, and the next one comes.
    try rig.call(WorkflowService.startActivityExecution, startRequest("d") { $0.retryPolicy.maximumAttempts = 2 })
    _ = try rig.pollActivity()
    rig.advance(by: .seconds(11))
    XCTAssertEqual(try rig.pollActivity().attempt, 2)
    rig.advance(by: .seconds(10))
    response = try describe(&rig, "d")
    XCTAssertEqual(response.outcome.failure.message, "activity StartToClose timeout")
    XCTAssertEqual(response.outcome.failure.cause.message, "activity StartToClose timeout")
    XCTAssertEqual(response.outcome.retryState, .maximumAttemptsReached)
  }

  func testStartDelayHoldsTheFirstAttemptBack() throws {
    var rig = ServerRig()
    try rig.call(
      WorkflowService.startActivityExecution,
      startRequest {
        $0.startDelay = .init(seconds: 5)
        $0.scheduleToCloseTimeout = .init(seconds: 20)
      })
    let poll = rig.beginActivityPoll()
    rig.advance(by: .seconds(4))
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    XCTAssertTrue(rig.machine.isIdle)
    rig.advance(by: .seconds(1))
    let task = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    XCTAssertEqual(task.startedTime.nanoseconds - task.scheduledTime.nanoseconds, 5_000_000_000)
    let info = try describe(&rig).info
    XCTAssertEqual(info.expirationTime.nanoseconds - info.scheduleTime.nanoseconds, 25_000_000_000)
  }

  func testTerminatingAndDeleting() throws {
    var rig = ServerRig()
    try rig.call(WorkflowService.startActivityExecution, startRequest())
    let task = try rig.pollActivity()
    func terminate(_ requestID: String) -> TerminateActivityRequest {
      .with {
        $0.namespace = "default"
        $0.activityID = "a"
        $0.requestID = requestID
        $0.reason = "enough"
        $0.identity = "me"
      }
    }
    try rig.call(WorkflowService.terminateActivityExecution, terminate("1"))
    try rig.call(WorkflowService.terminateActivityExecution, terminate("1"))
    XCTAssertThrowsError(try rig.call(WorkflowService.terminateActivityExecution, terminate("2"))) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "already terminated with request ID 1")
    }
    XCTAssertThrowsError(try rig.completeActivity(task))
    let response = try describe(&rig)
    XCTAssertEqual(response.outcome.failure.message, "enough")
    XCTAssertEqual(response.outcome.failure.terminatedFailureInfo.identity, "me")
    try rig.call(
      WorkflowService.deleteActivityExecution,
      .with {
        $0.namespace = "default"
        $0.activityID = "a"
      })
    XCTAssertThrowsError(try describe(&rig)) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "activity not found for ID: a")
    }
  }

  func testDescriptionWaitsForAChange() throws {
    var rig = ServerRig()
    try rig.call(WorkflowService.startActivityExecution, startRequest())
    let seen = try describe(&rig)
    var request = DescribeActivityRequest.with {
      $0.namespace = "default"
      $0.activityID = "a"
      $0.runID = seen.runID
      $0.longPollToken = seen.longPollToken
    }
    let wait = rig.begin(WorkflowService.describeActivityExecution, request)
    XCTAssertNil(try rig.answer(wait, of: WorkflowService.describeActivityExecution))
    _ = try rig.pollActivity()
    XCTAssertEqual(try rig.answer(wait, of: WorkflowService.describeActivityExecution)?.info.runState, .started)
    request.longPollToken = Data("zz".utf8)
    XCTAssertThrowsError(try rig.call(WorkflowService.describeActivityExecution, request)) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "invalid long poll token")
    }
    request.longPollToken = try describe(&rig).longPollToken
    let vain = rig.begin(WorkflowService.describeActivityExecution, request)
    rig.expire(vain)
    XCTAssertEqual(try rig.answer(vain, of: WorkflowService.describeActivityExecution), DescribeActivityResponse())
  }

  func testListsAndCounts() throws {
    var rig = ServerRig()
    for id in ["a", "b", "c"] {
      try rig.call(WorkflowService.startActivityExecution, startRequest(id) { $0.activityType.name = "T" + id })
      rig.advance(by: .seconds(1))
    }
    try rig.completeActivity(rig.pollActivity())
    func list(_ query: String) throws -> [String] {
      try rig.call(
        WorkflowService.listActivityExecutions,
        .with {
          $0.namespace = "default"
          $0.query = query
        }
      ).executions.map(\.activityID)
    }
    XCTAssertEqual(try list(""), ["c", "b", "a"])
    XCTAssertEqual(try list("ExecutionStatus = 'Completed'"), ["a"])
    XCTAssertEqual(try list("ActivityType = 'Tb'"), ["b"])
    let counted = try rig.call(
      WorkflowService.countActivityExecutions,
      .with {
        $0.namespace = "default"
        $0.query = "GROUP BY ExecutionStatus"
      })
    XCTAssertEqual(counted.count, 3)
    XCTAssertEqual(counted.groups.map(\.count), [1, 2])
    XCTAssertThrowsError(try list("Foo = 1")) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "invalid query: invalid search attribute: Foo")
    }
  }

  func testRestoredServerGoesOn() throws {
    var rig = ServerRig()
    try rig.call(WorkflowService.startActivityExecution, startRequest())
    let record = try XCTUnwrap(rig.machine.standaloneActivities.values.first)
    var restorer = ServerRestorer(ids: IDSource(seed: 9))
    try restorer.add(
      .standaloneActivity, owner: "default", key: record.runID, Data(record.serializedBytes() as [UInt8]))
    try restorer.add(
      .namespace, owner: "", key: "default",
      Data(NamespaceRecord.with { $0.name = "default" }.serializedBytes() as [UInt8]))
    rig.machine = restorer.finish()
    let task = try rig.pollActivity()
    XCTAssertEqual(task.activityRunID, record.runID)
    try rig.completeActivity(task)
    XCTAssertEqual(try describe(&rig).info.status, .completed)
  }
}
