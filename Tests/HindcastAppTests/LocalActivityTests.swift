import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastServer
import HindcastSwift
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Local activities of a worker, and the options that are about them.
final class LocalActivityTests: XCTestCase {
  private static let workflows = SwiftWorkflows()
    .workflow("Greet") { (context, name: String) async throws -> String in
      try await context.executeLocalActivity(
        "greet", name, options: LocalActivityOptions(startToCloseTimeout: .seconds(60), summary: "Greeting"))
    }
    .workflow("Fan") { (context, count: Int) async throws -> Int in
      let options = LocalActivityOptions.startToClose(.seconds(600))
      let all = (0..<count).map {
        context.startLocalActivity("greet", "\($0)", options: options, returning: String.self)
      }
      for activity in all { _ = try await activity.get() }
      return count
    }
    .workflow("Patient") { (context) async throws -> String in
      var options = LocalActivityOptions(scheduleToCloseTimeout: .seconds(86_400), startToCloseTimeout: .seconds(60))
      options.retryPolicy = RetryPolicy(initialInterval: .seconds(3_600), maximumAttempts: 2)
      return try await context.executeLocalActivity("greet", "Ada", options: options)
    }
    .workflow("Unlimited") { (context) async throws in
      try await context.executeLocalActivity("greet", "Ada")
    }

  private func app(_ options: [String] = []) -> AppText { AppText(options: options) }

  private static func table(_ body: @escaping @Sendable (ActivityContext) throws -> String) -> ActivityTable {
    ActivityTable([
      "greet": { activity in
        let greeting = try body(activity)
        return .with { $0.payloads = [JSONPayload.payload(greeting)] }
      }
    ])
  }

  // MARK: What is recorded

  func testTheResultStandsInAMarkerAndReplays() async throws {
    try await withApp(app()) {
      $0.workflows = Self.workflows
      $0.activities = Self.table { activity in
        XCTAssertEqual(activity.info.type, "greet")
        XCTAssertEqual(activity.info.activityID, "1")
        XCTAssertEqual(activity.info.workflowType, "Greet")
        XCTAssertEqual(activity.info.execution.workflowID, "workflow-1")
        XCTAssertEqual(activity.info.taskQueue, "orders")
        XCTAssertEqual(activity.info.startToCloseTimeout, .seconds(60))
        return "hello \(activity.input?.payloads.first.map { String(decoding: $0.data, as: UTF8.self) } ?? "nobody")"
      }
    } _: { rig in
      try await rig.start("Greet", ["\"Ada\""])
      let result = try await rig.result()
      XCTAssertEqual(result, #""hello \"Ada\"""#)
      let events = try await rig.history()
      XCTAssertEqual(
        events.map(\.eventType),
        [
          .workflowExecutionStarted, .workflowTaskScheduled, .workflowTaskStarted, .workflowTaskCompleted,
          .markerRecorded, .workflowExecutionCompleted,
        ])
      let marker = events[4].markerRecordedEventAttributes
      XCTAssertEqual(marker.markerName, "LocalActivity")
      XCTAssertEqual(marker.details.keys.sorted(), ["data", "result"])
      XCTAssertEqual(marker.details["result"]?.payloads.first.map { String(decoding: $0.data, as: UTF8.self) }, result)
      XCTAssertEqual(events[4].userMetadata.summary, JSONPayload.payload("Greeting"))
      let outcome = HistoryReplay(WorkflowHistory(events: events, workflowID: "workflow-1", runID: nil)).run(
        in: try Self.workflows.makeRuntime(RuntimeOptions()))
      XCTAssertEqual(outcome.verdict, .passed, "\(String(describing: outcome.failure))")
      XCTAssertEqual(outcome.tasks, 1)
    }
  }

  func testAFailureStandsInTheMarkerAndALongPauseTakesATimer() async throws {
    try await withApp(app()) {
      $0.workflows = Self.workflows
      $0.activities = Self.table { activity in
        throw ActivityError.failed(
          .with {
            $0.message = "no money in attempt \(activity.info.attempt)"
            $0.applicationFailureInfo.type = "Poor"
          })
      }
    } _: { rig in
      let start = try await rig.start("Patient")
      try await rig.connection.wait(for: "a timer") { traffic in
        traffic.requests(WorkflowService.respondWorkflowTaskCompleted).contains { request in
          request.commands.contains { $0.commandType == .startTimer }
        }
      }
      let completed = rig.connection.traffic.requests(WorkflowService.respondWorkflowTaskCompleted)[0]
      XCTAssertEqual(completed.commands.map(\.commandType), [.recordMarker, .startTimer])
      let marker = completed.commands[0].recordMarkerCommandAttributes
      XCTAssertEqual(marker.failure.message, "no money in attempt 1")
      XCTAssertEqual(marker.failure.applicationFailureInfo.type, "Poor")
      let data = String(decoding: marker.details["data"]?.payloads.first?.data ?? .init(), as: UTF8.self)
      XCTAssertTrue(data.hasSuffix(#""Attempt":1,"Backoff":3600000000000}"#), data)
      XCTAssertEqual(completed.commands[1].startTimerCommandAttributes.startToFireTimeout.seconds, 3_600)
      XCTAssertFalse(start.runID.isEmpty)
    }
  }

  func testWhatCannotRunFails() async throws {
    let cases = [
      ("Unlimited", "at least one of ScheduleToCloseTimeout and StartToCloseTimeout is required"),
      ("Greet", "local activity greet is not registered by the worker"),
    ]
    for (type, message) in cases {
      try await withApp(app()) {
        $0.workflows = Self.workflows
        $0.activities = ActivityTable([:])
      } _: { rig in
        try await rig.start(type, ["\"Ada\""])
        let event = try await rig.close()
        XCTAssertEqual(event.workflowExecutionFailedEventAttributes.failure.message, message)
      }
    }
  }

  // MARK: Time

  func testATaskIsProlongedWhileAnActivityRuns() async throws {
    let clock = ManualClock()
    let gate = Gate()
    defer { gate.open() }
    try await withApp(app()) {
      $0.clock = clock
      $0.workflows = Self.workflows
      $0.activities = Self.table { _ in
        gate.enter()
        return "hello"
      }
    } _: { rig in
      try await rig.start("Greet", ["\"Ada\""])
      let isInside = await gate.untilInside(1)
      XCTAssertTrue(isInside)
      // The end of the attempt, and four fifths of the task's ten seconds.
      let areSleeping = await clock.untilSleeping(2)
      XCTAssertTrue(areSleeping, "\(clock.pending)")
      XCTAssertEqual(clock.pending.first, .seconds(8))
      clock.advance(by: .seconds(8))
      let completed = try await rig.connection.requests(WorkflowService.respondWorkflowTaskCompleted)
      XCTAssertTrue(completed[0].forceCreateNewWorkflowTask)
      XCTAssertEqual(completed[0].commands, [])
      gate.open()
      let result = try await rig.result()
      XCTAssertEqual(result, "\"hello\"")
      XCTAssertEqual(gate.passed, 1)
      let events = try await rig.history()
      XCTAssertEqual(events.count { $0.eventType == .workflowTaskCompleted }, 2)
      XCTAssertEqual(events.count { $0.eventType == .markerRecorded }, 1)
    }
  }

  // MARK: Options

  func testNoMoreRunThanTheEntryAllows() async throws {
    let gate = Gate()
    defer { gate.open() }
    try await withApp(app(["max_concurrent_local_activity_execution_size: 2"])) {
      $0.workflows = Self.workflows
      $0.activities = Self.table { _ in
        gate.enter()
        return "hello"
      }
    } _: { rig in
      try await rig.start("Fan", ["6"])
      for passed in 1...6 {
        let isFull = await gate.untilInside(min(2, 7 - passed))
        XCTAssertTrue(isFull)
        gate.letPass()
        let isThrough = await gate.untilPassed(passed)
        XCTAssertTrue(isThrough)
      }
      let result = try await rig.result()
      XCTAssertEqual(result, "6")
    }
    XCTAssertEqual(gate.most, 2)
  }

  func testSoManyAreStartedInASecond() async throws {
    let clock = ManualClock()
    let gate = Gate()
    gate.open()
    try await withApp(app(["worker_local_activities_per_second: 4"])) {
      $0.clock = clock
      $0.workflows = Self.workflows
      $0.activities = Self.table { _ in
        gate.enter()
        return "hello"
      }
    } _: { rig in
      try await rig.start("Fan", ["3"])
      for passed in 1...3 {
        let isThrough = await gate.untilPassed(passed)
        XCTAssertTrue(isThrough)
        // The task's eight seconds, and those that wait for their turn.
        let areWaiting = passed == 3 ? true : await clock.untilSleeping(4 - passed)
        XCTAssertTrue(areWaiting, "\(clock.pending)")
        XCTAssertEqual(gate.passed, passed)
        if passed < 3 { clock.advance(by: .milliseconds(250)) }
      }
      let result = try await rig.result()
      XCTAssertEqual(result, "3")
    }
  }

  func testAWorkerForLocalActivitiesPollsForNoOthers() async throws {
    try await withApp(app(["local_activity_worker_only: true"])) {
      $0.workflows = Self.workflows
      $0.activities = Self.table { _ in "hello" }
    } _: { rig in
      try await rig.start("Greet", ["\"Ada\""])
      let result = try await rig.result()
      XCTAssertEqual(result, "\"hello\"")
      XCTAssertEqual(rig.connection.traffic.requests(WorkflowService.pollActivityTaskQueue).count, 0)
    }
  }
}
