import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Runs that follow one another: retry, cron, continue-as-new; and the timeouts that end them (`server.md` 10).
final class ChainTests: XCTestCase {
  private func started(_ rig: ServerRig, _ runID: String) throws -> StartedAttributes {
    try XCTUnwrap(rig.history(runID).first).workflowExecutionStartedEventAttributes
  }

  private func currentRun(_ rig: ServerRig) throws -> String {
    try XCTUnwrap(rig.machine.currentRuns[WorkflowKey(namespace: "default", workflowID: "w")])
  }

  // MARK: Retry

  func testARetryBeginsAsTheFirstRunDid() throws {
    var rig = ServerRig()
    let first = try rig.start {
      $0.retryPolicy.maximumAttempts = 2
      $0.retryPolicy.initialInterval = .init(seconds: 5)
      $0.memo.fields["m"] = Payload(text: "first")
      $0.input = Payloads(text: "input")
    }
    try rig.complete(rig.pollTask(), .modifyMemo("m", "changed"), .failWorkflow("no"))
    let failed = try XCTUnwrap(rig.history(first).last).workflowExecutionFailedEventAttributes
    XCTAssertEqual(failed.retryState, .inProgress)
    let second = failed.newExecutionRunID
    XCTAssertEqual(try currentRun(rig), second)
    let started = try started(rig, second)
    XCTAssertEqual(started.attempt, 2)
    XCTAssertEqual(started.initiator, .retry)
    XCTAssertEqual(started.continuedExecutionRunID, first)
    XCTAssertEqual(started.firstExecutionRunID, first)
    XCTAssertEqual(started.originalExecutionRunID, second)
    XCTAssertEqual(started.continuedFailure.message, "no")
    XCTAssertEqual(started.firstWorkflowTaskBackoff, .init(seconds: 5))
    XCTAssertEqual(started.memo.fields["m"], Payload(text: "first"))
    XCTAssertEqual(started.input, Payloads(text: "input"))
    XCTAssertEqual(started.identity, "")
    XCTAssertEqual(rig.eventTypes(second), [.workflowExecutionStarted])
    rig.advance(by: .seconds(5))
    try rig.complete(rig.pollTask(), .failWorkflow("again"))
    let last = try XCTUnwrap(rig.history(second).last).workflowExecutionFailedEventAttributes
    XCTAssertEqual(last.retryState, .maximumAttemptsReached)
    XCTAssertEqual(last.newExecutionRunID, "")
    rig.checkRebuild()
  }

  func testWhatIsNotRetried() throws {
    let cases: [(RetryState, String, Bool, (inout StartWorkflowRequest) -> Void)] = [
      (.retryPolicyNotSet, "Type", false, { _ in }),
      (.nonRetryableFailure, "Type", true, { $0.retryPolicy = .init() }),
      (.nonRetryableFailure, "Listed", false, { $0.retryPolicy.nonRetryableErrorTypes = ["Listed"] }),
      (.maximumAttemptsReached, "Type", false, { $0.retryPolicy.maximumAttempts = 1 }),
      (
        .timeout, "Type", false,
        {
          $0.retryPolicy.initialInterval = .init(seconds: 60)
          $0.workflowExecutionTimeout = .init(seconds: 30)
        }
      ),
    ]
    for (state, type, isFinal, change) in cases {
      var rig = ServerRig()
      let run = try rig.start("w", change)
      try rig.complete(rig.pollTask(), .failWorkflow("no", type: type, nonRetryable: isFinal))
      let failed = try XCTUnwrap(rig.history(run).last).workflowExecutionFailedEventAttributes
      XCTAssertEqual(failed.retryState, state)
      XCTAssertEqual(failed.newExecutionRunID, "", "\(state)")
    }
  }

  // MARK: Cron

  func testCronRunsFollowEndsAndFailures() throws {
    var rig = ServerRig()
    let first = try rig.start { $0.cronSchedule = "@every 10s" }
    XCTAssertEqual(try started(rig, first).initiator, .cronSchedule)
    XCTAssertEqual(rig.eventTypes(first), [.workflowExecutionStarted])
    rig.advance(by: .seconds(10))
    try rig.complete(rig.pollTask(), .completeWorkflow("one"))
    let second = try currentRun(rig)
    XCTAssertEqual(
      try XCTUnwrap(rig.history(first).last).workflowExecutionCompletedEventAttributes.newExecutionRunID, second)
    XCTAssertEqual(try started(rig, second).lastCompletionResult, Payloads(text: "one"))
    XCTAssertEqual(try started(rig, second).firstWorkflowTaskBackoff, .init(seconds: 10))
    rig.advance(by: .seconds(10))
    try rig.complete(rig.pollTask(), .failWorkflow("no"))
    let third = try currentRun(rig)
    XCTAssertEqual(try started(rig, third).continuedFailure.message, "no")
    XCTAssertEqual(try started(rig, third).lastCompletionResult, Payloads(text: "one"))
    XCTAssertEqual(try started(rig, third).attempt, 1)
    rig.advance(by: .seconds(10))
    try rig.complete(rig.pollTask(), .cancelWorkflow)
    XCTAssertEqual(try currentRun(rig), third)
    rig.checkRebuild()
  }

  // MARK: Continue as new

  func testContinueAsNewTakesOverWhatTheCommandLeavesOut() throws {
    var rig = ServerRig()
    let first = try rig.start {
      $0.workflowExecutionTimeout = .init(seconds: 600)
      $0.retryPolicy.maximumAttempts = 3
      $0.priority.priorityKey = 2
    }
    rig.advance(by: .milliseconds(400))
    try rig.complete(
      rig.pollTask(),
      .continueAsNew {
        $0.input = Payloads(text: "next")
        $0.workflowRunTimeout = .init(seconds: 900)
      })
    let second = try currentRun(rig)
    let event = try XCTUnwrap(rig.history(first).last).workflowExecutionContinuedAsNewEventAttributes
    XCTAssertEqual(event.newExecutionRunID, second)
    XCTAssertEqual(event.workflowType.name, "Type")
    XCTAssertEqual(event.taskQueue.name, "queue")
    XCTAssertEqual(event.workflowRunTimeout, .init(seconds: 600))
    let started = try started(rig, second)
    XCTAssertEqual(started.initiator, .workflow)
    XCTAssertEqual(started.input, Payloads(text: "next"))
    XCTAssertFalse(started.hasRetryPolicy)
    XCTAssertEqual(started.priority.priorityKey, 2)
    // At least a second from run to run.
    XCTAssertEqual(started.firstWorkflowTaskBackoff, .init(seconds: 0, nanos: 600_000_000))
    XCTAssertEqual(
      started.workflowExecutionExpirationTime, try self.started(rig, first).workflowExecutionExpirationTime)
    rig.advance(by: .milliseconds(600))
    XCTAssertEqual(rig.eventTypes(second).last, .workflowTaskScheduled)
    rig.checkRebuild()
  }

  func testAPinnedRunHandsItsVersionOn() throws {
    var rig = ServerRig()
    let version = VersionKey(deployment: "shop", buildID: "1")
    let poll = rig.beginPoll(version: version)
    try rig.call(
      WorkflowService.setWorkerDeploymentCurrentVersion,
      .with {
        $0.namespace = "default"
        $0.deploymentName = "shop"
        $0.buildID = "1"
      })
    try rig.start()
    try rig.complete(XCTUnwrap(rig.task(poll)), .continueAsNew()) {
      $0.deploymentOptions = version.workerOptions
      $0.versioningBehavior = .pinned
    }
    XCTAssertEqual(try started(rig, currentRun(rig)).inheritedPinnedVersion, version.message)
  }

  func testContinueAsNewThatMayNotBe() throws {
    let cases: [(String, (inout ContinueAsNewCommand) -> Void)] = [
      (
        "BadContinueAsNewAttributes: Invalid WorkflowRunTimeout on ContinueAsNewWorkflowExecutionCommand: negative duration.",
        { $0.workflowRunTimeout = .init(seconds: -1) }
      ),
      (
        "BadContinueAsNewAttributes: invalid WorkflowRetryPolicy on ContinueAsNewWorkflowExecutionCommand: BackoffCoefficient cannot be less than 1 on retry policy.",
        { $0.retryPolicy.backoffCoefficient = 0.5 }
      ),
      (
        "BadSearchAttributes: Namespace default has no mapping defined for search attribute Nobody",
        { $0.searchAttributes.indexedFields["Nobody"] = Payload(text: "x") }
      ),
    ]
    for (message, change) in cases {
      var rig = ServerRig()
      let run = try rig.start()
      XCTAssertThrowsError(try rig.complete(rig.pollTask(), .continueAsNew(change))) {
        XCTAssertTrue((($0 as? ServiceError)?.message ?? "").hasPrefix(message), "\($0)")
      }
      XCTAssertEqual(rig.eventTypes(run).last { $0 != .workflowTaskScheduled }, .workflowTaskFailed)
    }
  }

  // MARK: Timeouts

  func testARunTimeoutFailsTheTaskInFlightAndIsRetried() throws {
    var rig = ServerRig()
    let first = try rig.start {
      $0.workflowRunTimeout = .init(seconds: 30)
      $0.workflowTaskTimeout = .init(seconds: 30)
      $0.retryPolicy.maximumAttempts = 2
    }
    rig.advance(by: .seconds(10))
    _ = try rig.pollTask()
    try rig.signal()
    rig.advance(by: .seconds(20))
    XCTAssertEqual(
      Array(rig.eventTypes(first).suffix(3)),
      [.workflowTaskFailed, .workflowExecutionSignaled, .workflowExecutionTimedOut])
    let timedOut = try XCTUnwrap(rig.history(first).last).workflowExecutionTimedOutEventAttributes
    XCTAssertEqual(timedOut.retryState, .inProgress)
    XCTAssertEqual(try currentRun(rig), timedOut.newExecutionRunID)
    XCTAssertEqual(
      try started(rig, timedOut.newExecutionRunID).continuedFailure.timeoutFailureInfo.timeoutType, .startToClose)
    rig.checkRebuild()
  }

  func testTheExecutionTimeoutEndsTheChain() throws {
    var rig = ServerRig()
    let run = try rig.start {
      $0.workflowExecutionTimeout = .init(seconds: 30)
      $0.cronSchedule = "@every 1h"
      $0.retryPolicy = .init()
    }
    rig.advance(by: .seconds(31))
    let timedOut = try XCTUnwrap(rig.history(run).last).workflowExecutionTimedOutEventAttributes
    XCTAssertEqual(timedOut.retryState, .timeout)
    XCTAssertEqual(timedOut.newExecutionRunID, "")
  }

  func testTheExecutionTimeoutIsNoRunTimeoutAtAnyMoment() throws {
    for nanoseconds: Int64 in [1, 499_999, 500_000, 999_999] {
      var rig = ServerRig()
      rig.now.nanoseconds += nanoseconds
      let run = try rig.start { $0.workflowExecutionTimeout = .init(seconds: 1) }
      rig.advance(by: .seconds(2))
      let timedOut = try XCTUnwrap(rig.history(run).last).workflowExecutionTimedOutEventAttributes
      XCTAssertEqual(timedOut.retryState, .timeout)
    }
  }

  func testTheRunTimeoutCountsFromTheEndOfTheDelay() throws {
    var rig = ServerRig()
    let run = try rig.start {
      $0.workflowStartDelay = .init(seconds: 60)
      $0.workflowRunTimeout = .init(seconds: 10)
    }
    rig.advance(by: .seconds(65))
    XCTAssertEqual(rig.eventTypes(run).last, .workflowTaskScheduled)
    rig.advance(by: .seconds(5))
    XCTAssertEqual(rig.eventTypes(run).last, .workflowExecutionTimedOut)
  }

  // MARK: Search attributes and memo

  func testUpsertsThatMayNotBe() throws {
    let cases: [(String, Command)] = [
      ("BadSearchAttributes: SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.", .upsert(nil)),
      ("BadSearchAttributes: IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.", .upsert([:])),
      (
        "BadSearchAttributes: invalid value for search attribute BatcherUser of type Keyword: 5",
        .upsert(["BatcherUser": "5"])
      ),
    ]
    for (message, command) in cases {
      var rig = ServerRig()
      try rig.start()
      XCTAssertThrowsError(try rig.complete(rig.pollTask(), command)) {
        XCTAssertEqual(($0 as? ServiceError)?.message, message)
      }
    }
  }

  func testNullTakesAnAttributeOut() throws {
    var rig = ServerRig()
    let run = try rig.start { $0.searchAttributes.indexedFields["BatcherUser"] = Payload(text: "me") }
    try rig.complete(
      rig.pollTask(), .upsert(["BatcherUser": "null", "BuildIds": #"["a"]"#]), .modifyMemo("m", "x"))
    let record = try XCTUnwrap(rig.machine.executions[run]).record
    XCTAssertNil(record.searchAttributes.indexedFields["BatcherUser"])
    XCTAssertEqual(record.memo.fields["m"], Payload(text: "x"))
    rig.checkRebuild()
  }
}
