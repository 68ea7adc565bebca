import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Workflow tasks from scheduled to their end (`server.md` 3).
final class WorkflowTaskTests: XCTestCase {
  func testCompletionWritesWhatTheWorkerSays() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask()) {
      $0.binaryChecksum = "sum"
      $0.workerVersionStamp.buildID = "build"
      $0.sdkMetadata.sdkName = "sdk"
      $0.meteringMetadata.nonfirstLocalActivityExecutionAttempts = 2
    }
    let completed = try XCTUnwrap(rig.history(run).last).workflowTaskCompletedEventAttributes
    XCTAssertEqual(completed.identity, "worker")
    XCTAssertEqual(completed.binaryChecksum, "sum")
    XCTAssertEqual(completed.workerVersion.buildID, "build")
    XCTAssertEqual(completed.sdkMetadata.sdkName, "sdk")
    XCTAssertEqual(completed.meteringMetadata.nonfirstLocalActivityExecutionAttempts, 2)
    let record = try XCTUnwrap(rig.machine.executions[run]).record
    XCTAssertEqual(record.searchAttributes.indexedFields["BuildIds"], .keywords(["unversioned", "unversioned:build"]))
    XCTAssertEqual(record.autoResetPoints.points.map(\.firstWorkflowTaskCompletedID), [4])
    rig.checkRebuild()
  }

  func testTaskReturnedWithTheAnswerNeverWaitsInAQueue() throws {
    var rig = ServerRig()
    try rig.start()
    let answer = try rig.complete(rig.pollTask()) {
      $0.forceCreateNewWorkflowTask = true
      $0.returnNewWorkflowTask = true
    }
    XCTAssertEqual(answer.workflowTask.history.events.map(\.eventID), [4, 5, 6])
    let key = QueueKey(namespace: "default", name: "queue", kind: .workflow)
    XCTAssertEqual(rig.machine.queues[key]?.tasks.isEmpty, true)
    rig.checkRebuild()
  }

  func testHeartbeatsEndAfterHalfAnHour() throws {
    var rig = ServerRig()
    let run = try rig.start { $0.workflowTaskTimeout = .init(seconds: 60) }
    var task = try rig.pollTask()
    for _ in 0..<31 {
      rig.advance(by: .seconds(58))
      task =
        try rig.complete(task) {
          $0.forceCreateNewWorkflowTask = true
          $0.returnNewWorkflowTask = true
        }.workflowTask
    }
    rig.advance(by: .seconds(30))
    let error = refusal { _ = try rig.complete(task) { $0.forceCreateNewWorkflowTask = true } }
    XCTAssertEqual(error?.code, .notFound)
    XCTAssertEqual(error?.message, "workflow task heartbeat timeout")
    XCTAssertEqual(rig.eventTypes(run).last, .workflowTaskTimedOut)
  }

  func testHeartbeatsWithCommandsMayGoOn() throws {
    var rig = ServerRig()
    let run = try rig.start { $0.workflowTaskTimeout = .init(seconds: 60) }
    var task = try rig.pollTask()
    for number in 0..<40 {
      rig.advance(by: .seconds(58))
      let timer = Command.with {
        $0.commandType = .startTimer
        $0.startTimerCommandAttributes.timerID = "\(number)"
        $0.startTimerCommandAttributes.startToFireTimeout = .init(seconds: 86_400)
      }
      task =
        try rig.complete(task, timer) {
          $0.forceCreateNewWorkflowTask = true
          $0.returnNewWorkflowTask = true
        }.workflowTask
    }
    XCTAssertFalse(rig.eventTypes(run).contains(.workflowTaskTimedOut))
  }

  func testFailureOnStickyQueueIsNoFailedAttempt() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask()) {
      $0.stickyAttributes.workerTaskQueue.name = "sticky"
      $0.stickyAttributes.scheduleToStartTimeout = .init(seconds: 10)
    }
    let poll = rig.beginPoll(sticky: "sticky")
    try rig.signal()
    try rig.fail(XCTUnwrap(rig.task(poll)))
    let again = try rig.pollTask()
    XCTAssertEqual(again.attempt, 1)
    XCTAssertEqual(rig.eventTypes(run).filter { $0 == .workflowTaskFailed }.count, 1)
    XCTAssertEqual(again.history.events.first?.eventID, 1)
  }

  func testShutdownWorkerEndsItsPollsAndItsStickyQueue() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask()) {
      $0.stickyAttributes.workerTaskQueue.name = "sticky"
      $0.stickyAttributes.scheduleToStartTimeout = .init(seconds: 10)
    }
    let sticky = rig.beginPoll(sticky: "sticky")
    let normal = rig.beginPoll { $0.workerInstanceKey = "w1" }
    let other = rig.beginPoll { $0.workerInstanceKey = "w2" }
    try rig.call(
      WorkflowService.shutdownWorker,
      .with {
        $0.namespace = "default"
        $0.stickyTaskQueue = "sticky"
        $0.workerInstanceKey = "w1"
      })
    XCTAssertEqual(try rig.task(sticky)?.taskToken.isEmpty, true)
    XCTAssertEqual(try rig.task(normal)?.taskToken.isEmpty, true)
    try rig.signal()
    // The run still names its sticky queue, but the task goes where somebody polls.
    let task = try XCTUnwrap(rig.task(other))
    XCTAssertEqual(task.history.events.first?.eventID, 1)
  }

  func testProblemsAreReportedFromTheFifthOn() throws {
    var rig = ServerRig()
    let run = try rig.start()
    for attempt in 1...5 {
      let fields = try XCTUnwrap(rig.machine.executions[run]).record.searchAttributes.indexedFields
      XCTAssertNil(fields["TemporalReportedProblems"], "attempt \(attempt)")
      try rig.fail(rig.pollTask())
    }
    XCTAssertEqual(
      rig.machine.executions[run]?.record.searchAttributes.indexedFields["TemporalReportedProblems"],
      .keywords([
        "category=WorkflowTaskFailed", "cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure",
      ]))
    try rig.complete(rig.pollTask())
    XCTAssertNil(rig.machine.executions[run]?.record.searchAttributes.indexedFields["TemporalReportedProblems"])
  }

  func testTooManyBufferedEventsFailTheTaskInFlight() throws {
    var limits = Limits()
    limits.bufferedEvents = 3
    var rig = ServerRig(limits: limits)
    let run = try rig.start()
    _ = try rig.pollTask()
    for _ in 0..<3 { try rig.signal() }
    XCTAssertFalse(rig.eventTypes(run).contains(.workflowTaskFailed))
    try rig.signal()
    XCTAssertEqual(
      rig.eventTypes(run).suffix(5), [.workflowTaskFailed] + Array(repeating: .workflowExecutionSignaled, count: 4))
    XCTAssertEqual(rig.machine.executions[run]?.record.workflowTask.attempt, 2)
    let failed = try XCTUnwrap(rig.history(run).first { $0.eventType == .workflowTaskFailed })
    XCTAssertEqual(failed.workflowTaskFailedEventAttributes.cause, .forceCloseCommand)
    rig.checkRebuild()
  }

  func testHistoryLimitsEndTheRun() throws {
    let cases: [(String, (inout Limits) -> Void)] = [
      ("Workflow history count exceeds limit.", { $0.historyEvents = 5 }),
      ("Workflow history size exceeds limit.", { $0.historyBytes = 100 }),
    ]
    for (reason, change) in cases {
      var limits = Limits()
      change(&limits)
      var rig = ServerRig(limits: limits)
      let run = try rig.start()
      let error = refusal {
        for _ in 0..<10 { try rig.signal() }
      }
      XCTAssertEqual(error?.code, .invalidArgument)
      XCTAssertEqual(error?.message, reason)
      XCTAssertEqual(
        rig.history(run).last?.workflowExecutionTerminatedEventAttributes.reason, reason, reason)
      rig.checkRebuild()
    }
  }

  func testContinueAsNewIsSuggested() throws {
    var limits = Limits()
    limits.suggestedHistoryEvents = 6
    var rig = ServerRig(limits: limits)
    try rig.start()
    let first = try rig.pollTask()
    XCTAssertEqual(first.history.events.last?.workflowTaskStartedEventAttributes.suggestContinueAsNew, false)
    try rig.complete(first)
    try rig.signal()
    let second = try XCTUnwrap(rig.pollTask().history.events.last).workflowTaskStartedEventAttributes
    XCTAssertEqual(second.suggestContinueAsNewReasons, [.tooManyHistoryEvents])
  }

  func testPayloadThatIsTooLargeEndsTheRun() throws {
    var limits = Limits()
    limits.blobBytes = 100
    var rig = ServerRig(limits: limits)
    let run = try rig.start()
    let task = try rig.pollTask()
    let error = refusal { _ = try rig.complete(task, .completeWorkflow(String(repeating: "x", count: 200))) }
    let reason =
      "BadScheduleActivityAttributes: CompleteWorkflowExecutionCommandAttributes.Result exceeds size limit."
    XCTAssertEqual(error?.message, reason)
    XCTAssertEqual(rig.eventTypes(run).suffix(2), [.workflowTaskFailed, .workflowExecutionTerminated])
    XCTAssertEqual(rig.history(run).last?.workflowExecutionTerminatedEventAttributes.reason, reason)
  }

  func testCommandWithoutAttributesFailsTheTask() throws {
    var rig = ServerRig()
    try rig.start()
    let task = try rig.pollTask()
    let error = refusal { _ = try rig.complete(task, .with { $0.commandType = .startTimer }) }
    XCTAssertEqual(
      error?.message, "BadStartTimerAttributes: StartTimerCommandAttributes is not set on StartTimerCommand.")
  }

  func testUnknownCommandLeavesTheTaskInFlight() throws {
    var rig = ServerRig()
    try rig.start()
    let task = try rig.pollTask()
    XCTAssertEqual(
      refusal { _ = try rig.complete(task, .init()) }?.message, "Unknown command type: Unspecified")
    try rig.complete(task, .completeWorkflow())
  }

  func testLongHistoryComesInPages() throws {
    var limits = Limits()
    limits.historyPageBatches = 2
    var rig = ServerRig(limits: limits)
    let run = try rig.start()
    for _ in 0..<4 { try rig.signal() }
    let task = try rig.pollTask()
    var events = task.history.events
    var token = task.nextPageToken
    XCTAssertEqual(events.map(\.eventID), [1, 2, 3])
    while !token.isEmpty {
      let page = try rig.call(
        WorkflowService.getWorkflowExecutionHistory,
        .with {
          $0.namespace = "default"
          $0.execution.workflowID = "w"
          $0.nextPageToken = token
        })
      events += page.history.events
      token = page.nextPageToken
    }
    XCTAssertEqual(events.map(\.eventID), rig.history(run).map(\.eventID))
  }

  func testPollsThatAreRefused() {
    let cases: [(String, (inout WorkflowTaskPollRequest) -> Void)] = [
      ("taskQueue is not set", { $0.clearTaskQueue() }),
      ("missing task queue name", { $0.taskQueue.name = "" }),
      ("taskQueue length exceeds limit", { $0.taskQueue.name = String(repeating: "q", count: 1_001) }),
      ("task queue name cannot start with reserved prefix /_sys/", { $0.taskQueue.name = "/_sys/q" }),
      ("Identity length exceeds limit.", { $0.identity = String(repeating: "i", count: 1_001) }),
      ("Namespace is empty.", { $0.namespace = "" }),
      (
        "WorkerVersionStamp must be present if UseVersioning is true.",
        { $0.workerVersionCapabilities.useVersioning = true }
      ),
      (
        "Deployment name and build id must be set together.",
        { $0.deploymentOptions.workerVersioningMode = .versioned }
      ),
      (
        "worker deployment name cannot contain '.'",
        { $0.deploymentOptions = VersionKey(deployment: "a.b", buildID: "1").workerOptions }
      ),
    ]
    for (message, change) in cases {
      var rig = ServerRig()
      let poll = rig.beginPoll(change: change)
      XCTAssertEqual(refusal { _ = try rig.task(poll) }?.message, message)
    }
  }

  func testImpatientPollIsRefused() {
    let error = refusal {
      try ServerMachine(seed: 1).checkPatience(of: Call(id: CallID(1), timeout: .seconds(1)))
    }
    XCTAssertEqual(error?.message, "Context timeout is too short.")
  }
}
