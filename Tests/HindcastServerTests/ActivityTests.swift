import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Activities of workflows from schedule to end (`server.md` 6).
final class ActivityTests: XCTestCase {
  private typealias ScheduleAttributes = Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes

  func testStartIsWrittenWithTheResult() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity()
    let task = try rig.pollActivity()
    XCTAssertEqual(rig.eventTypes(run).last, .activityTaskScheduled)
    XCTAssertEqual(task.activityID, "1")
    XCTAssertEqual(task.workflowExecution.runID, run)
    XCTAssertEqual(task.attempt, 1)
    XCTAssertEqual(task.scheduledTime, task.currentAttemptScheduledTime)
    XCTAssertEqual(task.retryPolicy.initialInterval.seconds, 1)
    XCTAssertEqual(task.retryPolicy.maximumInterval.seconds, 100)
    XCTAssertEqual(task.startToCloseTimeout.seconds, 10)
    XCTAssertTrue(task.hasScheduleToCloseTimeout)
    rig.advance(by: .seconds(3))
    try rig.completeActivity(task)
    let events = rig.history(run)
    XCTAssertEqual(
      events[5...].map(\.eventType), [.activityTaskStarted, .activityTaskCompleted, .workflowTaskScheduled])
    XCTAssertEqual(events[5].activityTaskStartedEventAttributes.identity, "worker")
    XCTAssertEqual(events[5].eventTime, task.startedTime)
    XCTAssertEqual(events[6].activityTaskCompletedEventAttributes.startedEventID, 6)
    XCTAssertEqual(events[6].eventTime.nanoseconds - events[5].eventTime.nanoseconds, 3_000_000_000)
    rig.checkRebuild()
  }

  func testAttemptsLeaveNoEventsButTheLastOne() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity { $0.retryPolicy.initialInterval = .init(seconds: 2) }
    let first = try rig.pollActivity()
    try rig.heartbeat(first, "half")
    try rig.failActivity(first, "first")
    XCTAssertEqual(rig.history(run).count, 5)
    let poll = rig.beginActivityPoll()
    rig.advance(by: .milliseconds(1_999))
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    rig.advance(by: .milliseconds(1))
    let second = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    XCTAssertEqual(second.attempt, 2)
    XCTAssertEqual(second.heartbeatDetails, Payloads(text: "half"))
    XCTAssertEqual(second.scheduledTime, first.scheduledTime)
    XCTAssertEqual(
      second.currentAttemptScheduledTime.nanoseconds - first.startedTime.nanoseconds, 2_000_000_000)
    try rig.completeActivity(second)
    let started = rig.history(run)[5].activityTaskStartedEventAttributes
    XCTAssertEqual(started.attempt, 2)
    XCTAssertEqual(started.lastFailure.message, "first")
    rig.checkRebuild()
  }

  func testResultsBehindAWorkflowTaskComeLast() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .scheduleActivity("a"), .scheduleActivity("b")) {
      $0.forceCreateNewWorkflowTask = true
    }
    let tasks = try [rig.pollActivity(), rig.pollActivity()]
    let workflowTask = try rig.pollTask()
    for task in tasks { try rig.completeActivity(task) }
    XCTAssertEqual(rig.eventTypes(run).last, .workflowTaskStarted)
    try rig.complete(workflowTask)
    let events = rig.history(run)
    XCTAssertEqual(
      events[9...].map(\.eventType),
      [
        .activityTaskStarted, .activityTaskStarted, .activityTaskCompleted, .activityTaskCompleted,
        .workflowTaskScheduled,
      ])
    XCTAssertEqual(events[11].activityTaskCompletedEventAttributes.startedEventID, 10)
    XCTAssertEqual(events[12].activityTaskCompletedEventAttributes.startedEventID, 11)
    rig.checkRebuild()
  }

  // MARK: Scheduling

  func testTimeoutsAreFilledIn() throws {
    // Given: schedule to close, schedule to start, start to close, heartbeat, run; then what the event has.
    let cases: [(given: [Int64], run: Int64, expected: [Int64])] = [
      ([0, 0, 10, 0], 0, [0, 0, 10, 0]),
      ([5, 0, 0, 0], 0, [5, 5, 5, 0]),
      ([5, 9, 9, 9], 0, [5, 5, 5, 5]),
      ([0, 0, 10, 0], 60, [60, 60, 10, 0]),
      ([0, 3, 10, 20], 60, [60, 3, 10, 10]),
      ([100, 0, 90, 0], 60, [60, 60, 60, 0]),
    ]
    for (given, runTimeout, expected) in cases {
      var rig = ServerRig()
      let run = try rig.start { $0.workflowRunTimeout = .init(seconds: runTimeout) }
      try rig.complete(
        rig.pollTask(),
        .scheduleActivity {
          $0.scheduleToCloseTimeout = .init(seconds: given[0])
          $0.scheduleToStartTimeout = .init(seconds: given[1])
          $0.startToCloseTimeout = .init(seconds: given[2])
          $0.heartbeatTimeout = .init(seconds: given[3])
        })
      let attributes = rig.history(run)[4].activityTaskScheduledEventAttributes
      XCTAssertEqual(
        [
          attributes.scheduleToCloseTimeout, attributes.scheduleToStartTimeout, attributes.startToCloseTimeout,
          attributes.heartbeatTimeout,
        ].map(\.seconds), expected, "\(given) \(runTimeout)")
      XCTAssertTrue(attributes.hasHeartbeatTimeout)
    }
  }

  func testCommandsThatAreRefused() throws {
    let bad = WorkflowTaskFailedCause.badScheduleActivityAttributes
    let cases: [(WorkflowTaskFailedCause, String, [Command])] = [
      (bad, "activityId is not set", [.scheduleActivity("")]),
      (bad, "activityType is not set", [.scheduleActivity { $0.activityType.name = "" }]),
      (bad, "taskQueue is not set", [.scheduleActivity { $0.clearTaskQueue() }]),
      (
        bad,
        "a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. ActivityId=1 ActivityType=Activity",
        [.scheduleActivity { $0.clearStartToCloseTimeout() }]
      ),
      (
        bad, "invalid HeartbeatTimeout: negative duration",
        [.scheduleActivity { $0.heartbeatTimeout = .init(seconds: -1) }]
      ),
      (
        bad, "BackoffCoefficient cannot be less than 1 on retry policy.",
        [.scheduleActivity { $0.retryPolicy.backoffCoefficient = 0.5 }]
      ),
      (
        bad, "activityId exceeds length limit. Length=1001 Limit=1000",
        [.scheduleActivity(String(repeating: "x", count: 1_001))]
      ),
      (
        .scheduleActivityDuplicateID,
        "invalid history builder state for action: add-activitytask-scheduled-event, ActivityID: 1",
        [.scheduleActivity(), .scheduleActivity()]
      ),
      (
        .pendingActivitiesLimitExceeded,
        "the number of pending activities, 2, has reached the per-workflow limit of 2",
        [.scheduleActivity("1"), .scheduleActivity("2"), .scheduleActivity("3")]
      ),
      (
        .badRequestCancelActivityAttributes, "ScheduledEventId is not set on RequestCancelActivityTaskCommand.",
        [.cancelActivity(0)]
      ),
      (
        .badRequestCancelActivityAttributes,
        "invalid history builder state for action: add-activitytask-cancel-requested-event, ScheduledEventID: 99",
        [.cancelActivity(99)]
      ),
    ]
    for (cause, reason, commands) in cases {
      var limits = Limits()
      limits.pendingPerKind = 2
      var rig = ServerRig(limits: limits)
      let run = try rig.start()
      let task = try rig.pollTask()
      XCTAssertThrowsError(try rig.complete(task) { $0.commands = commands }, reason) { error in
        let error = error as? ServiceError
        XCTAssertEqual(error?.code, .invalidArgument)
        XCTAssertEqual(error?.message.hasSuffix(": " + reason), true, error?.message ?? "")
      }
      let failed = rig.history(run)[3].workflowTaskFailedEventAttributes
      XCTAssertEqual(failed.cause, cause, reason)
      rig.checkRebuild()
    }
  }

  // MARK: Failing

  func testRetryStates() throws {
    struct Case {
      var expected: RetryState
      var policy: (inout ScheduleAttributes) -> Void = { _ in }
      var failure: (inout Temporal_Api_Failure_V1_ApplicationFailureInfo) -> Void = { _ in }
    }
    let cases = [
      Case(expected: .nonRetryableFailure, failure: { $0.nonRetryable = true }),
      Case(
        expected: .nonRetryableFailure, policy: { $0.retryPolicy.nonRetryableErrorTypes = ["Bad"] },
        failure: { $0.type = "Bad" }),
      Case(expected: .maximumAttemptsReached, policy: { $0.retryPolicy.maximumAttempts = 1 }),
      Case(
        expected: .timeout,
        policy: {
          $0.scheduleToCloseTimeout = .init(seconds: 2)
          $0.retryPolicy.initialInterval = .init(seconds: 5)
        }),
      // Attempts are looked at before the time, types before attempts.
      Case(
        expected: .maximumAttemptsReached,
        policy: {
          $0.scheduleToCloseTimeout = .init(seconds: 2)
          $0.retryPolicy.initialInterval = .init(seconds: 5)
          $0.retryPolicy.maximumAttempts = 1
        }),
      Case(
        expected: .nonRetryableFailure, policy: { $0.retryPolicy.maximumAttempts = 1 },
        failure: { $0.nonRetryable = true }),
      // A delay of nothing is no delay.
      Case(expected: .timeout, failure: { $0.nextRetryDelay = .init() }),
    ]
    for (index, one) in cases.enumerated() {
      var rig = ServerRig()
      let run = try rig.startWithActivity(one.policy)
      try rig.failActivity(rig.pollActivity(), "failed", one.failure)
      let events = rig.history(run)
      XCTAssertEqual(events.map(\.eventType).suffix(2), [.activityTaskFailed, .workflowTaskScheduled], "case \(index)")
      XCTAssertEqual(events[6].activityTaskFailedEventAttributes.retryState, one.expected, "case \(index)")
      rig.checkRebuild()
    }
  }

  func testIntervalsGrowToTheMaximumUnlessTheFailureAsksForADelay() throws {
    var rig = ServerRig()
    _ = try rig.startWithActivity {
      $0.retryPolicy.initialInterval = .init(seconds: 1)
      $0.retryPolicy.backoffCoefficient = 3
      $0.retryPolicy.maximumInterval = .init(seconds: 5)
    }
    for (delay, expected) in [(nil, 1), (nil, 3), (nil, 5), (60 as Int64?, 60), (nil, 5)] as [(Int64?, Int64)] {
      let task = try rig.pollActivity()
      try rig.failActivity(task) { if let delay { $0.nextRetryDelay = .init(seconds: delay) } }
      let poll = rig.beginActivityPoll()
      rig.advance(by: .seconds(expected) - .nanoseconds(1))
      XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue), "\(expected)")
      rig.machine.abandon(poll)
      rig.advance(by: .nanoseconds(1))
    }
  }

  func testLargeFailureIsCutDownBetweenAttempts() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity()
    try rig.failActivity(rig.pollActivity(), String(repeating: "é", count: 5_000)) { $0.type = "Large" }
    let kept = try XCTUnwrap(rig.machine.executions[run]?.activities[5]?.lastFailure)
    XCTAssertEqual(kept.message, "Failure exceeds size limit.")
    XCTAssertEqual(kept.failureInfo, .serverFailureInfo(.init()))
    XCTAssertEqual(kept.cause.applicationFailureInfo.type, "Large")
    XCTAssertLessThanOrEqual(kept.cause.message.utf8.count, 4_096)
    XCTAssertTrue(kept.cause.message.allSatisfy { $0 == "é" })
    XCTAssertGreaterThan(kept.cause.message.utf8.count, 4_000)
  }

  // MARK: Timeouts

  func testTimeouts() throws {
    struct Case {
      var attributes: (inout ScheduleAttributes) -> Void
      var isTaken = true
      var heartbeats = false
      var seconds: Int64
      var type: TimeoutType
      var message: String
      var state: RetryState
    }
    let late =
      "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying"
    let cases = [
      Case(
        attributes: { $0.scheduleToCloseTimeout = .init(seconds: 3) }, isTaken: false, seconds: 3,
        type: .scheduleToStart, message: "activity ScheduleToStart timeout", state: .timeout),
      Case(
        attributes: {
          $0.scheduleToCloseTimeout = .init(seconds: 3)
          $0.startToCloseTimeout = .init(seconds: 2)
          $0.retryPolicy.initialInterval = .init(seconds: 2)
        }, seconds: 2, type: .scheduleToClose, message: late, state: .timeout),
      Case(
        attributes: {
          $0.scheduleToStartTimeout = .init(seconds: 1)
          $0.scheduleToCloseTimeout = .init(seconds: 30)
          $0.startToCloseTimeout = .init(seconds: 30)
        }, isTaken: false, seconds: 1, type: .scheduleToStart, message: "activity ScheduleToStart timeout",
        state: .timeout),
      Case(
        attributes: { $0.retryPolicy.maximumAttempts = 1 }, seconds: 10, type: .startToClose,
        message: "activity StartToClose timeout", state: .maximumAttemptsReached),
      Case(
        attributes: {
          $0.heartbeatTimeout = .init(seconds: 2)
          $0.retryPolicy.maximumAttempts = 1
        }, heartbeats: true, seconds: 3, type: .heartbeat, message: "activity Heartbeat timeout",
        state: .maximumAttemptsReached),
      Case(
        attributes: { $0.retryPolicy.nonRetryableErrorTypes = ["TemporalTimeout:StartToClose"] }, seconds: 10,
        type: .startToClose, message: "activity StartToClose timeout", state: .nonRetryableFailure),
    ]
    for (index, one) in cases.enumerated() {
      var rig = ServerRig()
      let run = try rig.startWithActivity(one.attributes)
      let begin = rig.now
      if one.isTaken {
        let task = try rig.pollActivity()
        if one.heartbeats {
          rig.advance(by: .seconds(1))
          try rig.heartbeat(task, "progress")
        }
      }
      rig.advance(by: .seconds(one.seconds) - (rig.now - begin))
      let events = rig.history(run)
      let timedOut = try XCTUnwrap(
        events.first { $0.eventType == .activityTaskTimedOut }, "case \(index): \(rig.eventTypes(run))")
      let attributes = timedOut.activityTaskTimedOutEventAttributes
      XCTAssertEqual(
        timedOut.eventTime.nanoseconds - begin.nanoseconds, one.seconds * 1_000_000_000, "case \(index)")
      XCTAssertEqual(attributes.failure.message, one.message, "case \(index)")
      XCTAssertEqual(attributes.failure.source, "Server")
      XCTAssertEqual(attributes.failure.timeoutFailureInfo.timeoutType, one.type, "case \(index)")
      XCTAssertEqual(attributes.retryState, one.state, "case \(index)")
      XCTAssertEqual(attributes.startedEventID, one.isTaken ? 6 : 0, "case \(index)")
      XCTAssertEqual(attributes.failure.timeoutFailureInfo.hasLastHeartbeatDetails, one.heartbeats, "case \(index)")
      rig.checkRebuild()
    }
  }

  func testTimeoutIsRetriedAndIsTheCauseOfTheNext() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity { $0.retryPolicy.maximumAttempts = 2 }
    _ = try rig.pollActivity()
    rig.advance(by: .seconds(11))
    XCTAssertEqual(rig.history(run).count, 5)
    let second = try rig.pollActivity()
    XCTAssertEqual(second.attempt, 2)
    rig.advance(by: .seconds(10))
    let events = rig.history(run)
    XCTAssertEqual(
      events[5].activityTaskStartedEventAttributes.lastFailure.timeoutFailureInfo.timeoutType, .startToClose)
    XCTAssertEqual(
      events[6].activityTaskTimedOutEventAttributes.failure.cause.message, "activity StartToClose timeout")
  }

  // MARK: Cancelling

  func testCancellingWhatNobodyHasEndsItAtOnce() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .scheduleActivity("a"), .cancelActivity(5), .scheduleActivity("b"))
    let events = rig.history(run)
    XCTAssertEqual(
      events[4...].map(\.eventType),
      [
        .activityTaskScheduled, .activityTaskCancelRequested, .activityTaskScheduled, .activityTaskCanceled,
        .workflowTaskScheduled,
      ])
    let canceled = events[7].activityTaskCanceledEventAttributes
    XCTAssertEqual(canceled.startedEventID, 0)
    XCTAssertEqual(canceled.latestCancelRequestedEventID, 6)
    XCTAssertEqual(canceled.details, Payloads(text: "ACTIVITY_ID_NOT_STARTED"))
    XCTAssertEqual(try rig.pollActivity().activityID, "b")
    rig.checkRebuild()
  }

  func testCancellingWhatNobodyHasDoesNotKeepARunFromClosing() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .scheduleActivity(), .cancelActivity(5), .completeWorkflow())
    XCTAssertEqual(
      rig.eventTypes(run)[4...], [.activityTaskScheduled, .activityTaskCancelRequested, .workflowExecutionCompleted])
    rig.checkRebuild()
  }

  func testWorkerLearnsOfACancellationByHeartbeat() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .scheduleActivity()) { $0.forceCreateNewWorkflowTask = true }
    let task = try rig.pollActivity()
    XCTAssertFalse(try rig.heartbeat(task).cancelRequested)
    XCTAssertThrowsError(try rig.reportActivityCanceled(task)) {
      XCTAssertEqual(
        ($0 as? ServiceError)?.message,
        "unable to mark activity as canceled without activity being request canceled first")
    }
    try rig.complete(rig.pollTask(), .cancelActivity(5))
    XCTAssertTrue(try rig.heartbeat(task).cancelRequested)
    try rig.reportActivityCanceled(task)
    let events = rig.history(run)
    XCTAssertEqual(
      events[8...].map(\.eventType),
      [.activityTaskCancelRequested, .activityTaskStarted, .activityTaskCanceled, .workflowTaskScheduled])
    XCTAssertEqual(events[10].activityTaskCanceledEventAttributes.latestCancelRequestedEventID, 9)
    XCTAssertEqual(events[10].activityTaskCanceledEventAttributes.startedEventID, 10)
    rig.checkRebuild()
  }

  func testCancelRequestEndsRetries() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .scheduleActivity()) { $0.forceCreateNewWorkflowTask = true }
    let task = try rig.pollActivity()
    try rig.complete(rig.pollTask(), .cancelActivity(5))
    try rig.failActivity(task)
    XCTAssertEqual(rig.history(run)[10].activityTaskFailedEventAttributes.retryState, .cancelRequested)
  }

  func testResultThatCameBeforeTheCancelRequestWins() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .scheduleActivity()) { $0.forceCreateNewWorkflowTask = true }
    let task = try rig.pollActivity()
    let workflowTask = try rig.pollTask()
    try rig.completeActivity(task)
    try rig.complete(workflowTask, .cancelActivity(5))
    XCTAssertEqual(
      rig.eventTypes(run)[8...],
      [.activityTaskCancelRequested, .activityTaskStarted, .activityTaskCompleted, .workflowTaskScheduled])
    rig.checkRebuild()
  }

  // MARK: Answers

  func testAnswersThatComeTooLate() throws {
    var rig = ServerRig()
    _ = try rig.startWithActivity { $0.retryPolicy.initialInterval = .init(seconds: 1) }
    let first = try rig.pollActivity()
    try rig.failActivity(first)
    let stale = "invalid activityID or activity already timed out or invoking workflow is completed"
    XCTAssertThrowsError(try rig.completeActivity(first)) { XCTAssertEqual(($0 as? ServiceError)?.message, stale) }
    rig.advance(by: .seconds(1))
    let second = try rig.pollActivity()
    XCTAssertThrowsError(try rig.heartbeat(first)) {
      let error = $0 as? ServiceError
      XCTAssertEqual(error?.code, .notFound)
      XCTAssertEqual(error?.message, stale)
      XCTAssertNotNil(error?.detail(Temporal_Api_Errordetails_V1_NotFoundFailure.self))
    }
    try rig.completeActivity(second)
    XCTAssertThrowsError(try rig.completeActivity(second)) { XCTAssertEqual(($0 as? ServiceError)?.message, stale) }
    try rig.complete(rig.pollTask(), .completeWorkflow())
    XCTAssertThrowsError(try rig.completeActivity(second)) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "workflow execution already completed")
    }
  }

  func testResultByIDNeedsNoWorker() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity()
    func byID(_ id: String) -> Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedByIdRequest {
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
        $0.activityID = id
        $0.identity = "other"
      }
    }
    XCTAssertThrowsError(try rig.call(WorkflowService.respondActivityTaskCompletedByID, byID("2"))) {
      XCTAssertEqual(
        ($0 as? ServiceError)?.message,
        "cannot find pending activity with ActivityID 2, check workflow execution history for more details")
    }
    XCTAssertThrowsError(
      try rig.call(
        WorkflowService.respondActivityTaskFailedByID,
        .with {
          $0.namespace = "default"
          $0.workflowID = "w"
          $0.activityID = "1"
        })
    ) { XCTAssertEqual(($0 as? ServiceError)?.code, .notFound) }
    try rig.call(WorkflowService.respondActivityTaskCompletedByID, byID("1"))
    let started = rig.history(run)[5].activityTaskStartedEventAttributes
    XCTAssertEqual(started.identity, "other")
    XCTAssertEqual(started.requestID, "")
    XCTAssertEqual(started.attempt, 1)
    XCTAssertEqual(rig.eventTypes(run)[6], .activityTaskCompleted)
    rig.checkRebuild()
  }

  func testAnswersThatAreTooLargeFailTheActivity() throws {
    var limits = Limits()
    limits.blobBytes = 100
    let large = String(repeating: "x", count: 200)
    var rig = ServerRig(limits: limits)
    let run = try rig.startWithActivity()
    try rig.completeActivity(rig.pollActivity(), large)
    let failed = rig.history(run)[6].activityTaskFailedEventAttributes
    XCTAssertEqual(failed.failure.message, "Complete result exceeds size limit.")
    XCTAssertTrue(failed.failure.serverFailureInfo.nonRetryable)
    XCTAssertEqual(failed.retryState, .nonRetryableFailure)

    rig = ServerRig(limits: limits)
    let second = try rig.startWithActivity()
    XCTAssertTrue(try rig.heartbeat(rig.pollActivity(), large).cancelRequested)
    XCTAssertEqual(
      rig.history(second)[6].activityTaskFailedEventAttributes.failure.message, "Heartbeat details exceed size limit.")

    rig = ServerRig(limits: limits)
    let third = try rig.startWithActivity()
    let response = try rig.failActivity(rig.pollActivity(), large)
    XCTAssertEqual(response.failures.map(\.message), ["Failure exceeds size limit."])
    XCTAssertEqual(
      rig.history(third)[6].activityTaskFailedEventAttributes.failure.cause.message, large)
  }

  func testActivityThatIsHandedOutEagerly() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let response = try rig.complete(
      rig.pollTask(), .scheduleActivity("a") { $0.requestEagerExecution = true },
      .scheduleActivity("b") { $0.requestEagerExecution = true }, .cancelActivity(6))
    XCTAssertEqual(response.activityTasks.map(\.activityID), ["a"])
    let poll = rig.beginActivityPoll()
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    try rig.completeActivity(response.activityTasks[0])
    XCTAssertEqual(rig.eventTypes(run).suffix(2), [.activityTaskStarted, .activityTaskCompleted])
    rig.checkRebuild()
  }

  // MARK: Operating

  func testPausedActivityWaitsForUnpause() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity()
    let task = try rig.pollActivity()
    let pause = Temporal_Api_Workflowservice_V1_PauseActivityRequest.with {
      $0.namespace = "default"
      $0.execution.workflowID = "w"
      $0.id = "1"
      $0.identity = "me"
      $0.reason = "because"
      $0.requestID = "p"
    }
    try rig.call(WorkflowService.pauseActivity, pause)
    try rig.call(WorkflowService.pauseActivity, pause)
    var another = pause
    another.requestID = "q"
    XCTAssertThrowsError(try rig.call(WorkflowService.pauseActivity, another)) {
      XCTAssertEqual(($0 as? ServiceError)?.message, "activity is already paused")
    }
    XCTAssertEqual(pendingActivity(rig, run).state, .pauseRequested)
    XCTAssertTrue(try rig.heartbeat(task).activityPaused)
    try rig.failActivity(task)
    let pending = pendingActivity(rig, run)
    XCTAssertEqual(pending.state, .paused)
    XCTAssertEqual(pending.attempt, 2)
    XCTAssertEqual(pending.pauseInfo.manual.reason, "because")
    let poll = rig.beginActivityPoll()
    rig.advance(by: .seconds(100))
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    try rig.call(
      WorkflowService.unpauseActivity,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = "w"
        $0.type = "Activity"
      })
    let second = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    XCTAssertEqual(second.attempt, 2)
    XCTAssertEqual(rig.history(run).count, 5)
    rig.checkRebuild()
  }

  func testResetBeginsAgainWithTheFirstAttempt() throws {
    var rig = ServerRig()
    _ = try rig.startWithActivity { $0.retryPolicy.initialInterval = .init(seconds: 30) }
    let first = try rig.pollActivity()
    try rig.heartbeat(first, "half")
    try rig.failActivity(first)
    let reset = Temporal_Api_Workflowservice_V1_ResetActivityRequest.with {
      $0.namespace = "default"
      $0.execution.workflowID = "w"
      $0.matchAll = true
      $0.resetHeartbeat = true
    }
    try rig.call(WorkflowService.resetActivity, reset)
    let second = try rig.pollActivity()
    XCTAssertEqual(second.attempt, 1)
    XCTAssertFalse(second.hasHeartbeatDetails)
    try rig.call(WorkflowService.resetActivity, reset)
    XCTAssertTrue(try rig.heartbeat(second).activityReset)
    XCTAssertThrowsError(
      try rig.call(
        WorkflowService.resetActivity,
        .with {
          $0.namespace = "default"
          $0.execution.workflowID = "w"
          $0.id = "2"
        })
    ) {
      XCTAssertEqual(
        ($0 as? ServiceError)?.message,
        "Can't find pending activity with such ID. Invalid activityID or activity already completed")
    }
  }

  func testChangedOptions() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity { $0.retryPolicy.nonRetryableErrorTypes = ["Bad"] }
    func update(
      _ paths: [String], _ change: (inout ActivityOptionsMessage) -> Void
    ) -> UpdateActivityOptionsRequest {
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = "w"
        $0.id = "1"
        change(&$0.activityOptions)
        $0.updateMask.paths = paths
      }
    }
    let response = try rig.call(
      WorkflowService.updateActivityOptions,
      update(["task_queue.name", "retryPolicy.maximum_attempts", "start_to_close_timeout"]) {
        $0.taskQueue.name = "other"
        $0.retryPolicy.maximumAttempts = 7
        $0.startToCloseTimeout = .init(seconds: 20)
        $0.heartbeatTimeout = .init(seconds: 1)
      })
    XCTAssertEqual(response.activityOptions.taskQueue.name, "other")
    XCTAssertEqual(response.activityOptions.startToCloseTimeout.seconds, 20)
    XCTAssertEqual(response.activityOptions.heartbeatTimeout.seconds, 0)
    XCTAssertEqual(response.activityOptions.retryPolicy.maximumAttempts, 7)
    XCTAssertThrowsError(
      try rig.call(
        WorkflowService.updateActivityOptions,
        update(["retry_policy.backoff_coefficient"]) { $0.retryPolicy.backoffCoefficient = 0.1 })
    ) { XCTAssertEqual(($0 as? ServiceError)?.code, .invalidArgument) }
    // The task that was in the first queue is void.
    let poll = rig.beginActivityPoll()
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    let task = try rig.pollActivity(queue: "other")
    XCTAssertEqual(task.retryPolicy.maximumAttempts, 7)
    XCTAssertEqual(task.retryPolicy.nonRetryableErrorTypes, ["Bad"])
    rig.advance(by: .seconds(19))
    try rig.heartbeat(task)
    XCTAssertEqual(pendingActivity(rig, run).activityOptions.startToCloseTimeout.seconds, 20)
    rig.checkRebuild()
  }

  func testPausedRunHandsOutNoActivities() throws {
    var rig = ServerRig()
    _ = try rig.startWithActivity()
    try rig.call(
      WorkflowService.pauseWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
      })
    let poll = rig.beginActivityPoll()
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
    try rig.call(
      WorkflowService.unpauseWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
      })
    XCTAssertNotNil(try rig.answer(poll, of: WorkflowService.pollActivityTaskQueue))
  }

  // MARK: Describing

  func testPendingActivityBetweenAttempts() throws {
    var rig = ServerRig()
    let run = try rig.startWithActivity {
      $0.retryPolicy.initialInterval = .init(seconds: 2)
      $0.retryPolicy.maximumAttempts = 3
      $0.scheduleToCloseTimeout = .init(seconds: 60)
    }
    XCTAssertEqual(pendingActivity(rig, run).state, .scheduled)
    let task = try rig.pollActivity()
    XCTAssertEqual(pendingActivity(rig, run).state, .started)
    XCTAssertEqual(pendingActivity(rig, run).lastStartedTime, task.startedTime)
    try rig.failActivity(task, "first")
    let pending = pendingActivity(rig, run)
    XCTAssertEqual(pending.state, .scheduled)
    XCTAssertEqual(pending.attempt, 2)
    XCTAssertEqual(pending.maximumAttempts, 3)
    XCTAssertEqual(pending.lastFailure.message, "first")
    XCTAssertEqual(pending.lastWorkerIdentity, "worker")
    XCTAssertEqual(pending.currentRetryInterval.seconds, 2)
    XCTAssertEqual(pending.nextAttemptScheduleTime.nanoseconds, rig.now.nanoseconds + 2_000_000_000)
    XCTAssertEqual(pending.expirationTime.nanoseconds, task.scheduledTime.nanoseconds + 60_000_000_000)
    XCTAssertEqual(pending.activityOptions.taskQueue.normalName, "queue")
    XCTAssertFalse(pending.hasLastStartedTime)
  }

  private func pendingActivity(_ rig: ServerRig, _ run: String) -> PendingActivityInfo {
    rig.machine.executions[run]?.pendingActivityInfo(at: rig.now.nanoseconds).first ?? .init()
  }

  // MARK: Many

  func testTwoThousandPendingActivities() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let commands = (0..<2_000).map { Command.scheduleActivity("\($0)") }
    try rig.complete(rig.pollTask()) { $0.commands = commands }
    for _ in 0..<2_000 { try rig.completeActivity(rig.pollActivity()) }
    XCTAssertEqual(rig.machine.executions[run]?.activities.count, 0)
    XCTAssertNotNil(rig.machine.executions[run])
  }
}

/// How fast a queue hands out tasks (`server.md` 1.3).
final class TaskRateTests: XCTestCase {
  func testWorkersMayAskForFewerTasksASecond() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask()) { $0.commands = (0..<6).map { .scheduleActivity("\($0)") } }
    let polls = (0..<6).map { _ in
      rig.begin(
        WorkflowService.pollActivityTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "queue"
          $0.taskQueueMetadata.maxTasksPerSecond = .init(2)
        })
    }
    func answered() -> Int { polls.filter { rig.answers[$0] != nil }.count }
    XCTAssertEqual(answered(), 2)
    rig.advance(by: .milliseconds(499))
    XCTAssertEqual(answered(), 2)
    rig.advance(by: .milliseconds(2))
    XCTAssertEqual(answered(), 3)
    rig.advance(by: .seconds(2))
    XCTAssertEqual(answered(), 6)
  }
}
