import Foundation
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Sessions: activities that stay on one worker.
final class SessionTests: XCTestCase {
  private static let options = SessionOptions(
    executionTimeout: .seconds(600), creationTimeout: .seconds(600), heartbeatTimeout: .seconds(30))

  /// Workflows that open a session and run activities in it.
  private static let workflows = SwiftWorkflows()
    .workflow("one") { (context) async throws -> [String] in
      let session = try await context.createSession(options)
      var seen: [String] = []
      for _ in 1...2 {
        seen.append(try await session.context.executeActivity("app:where", options: .startToClose(.seconds(60))))
      }
      try await session.complete()
      seen.append(try await context.executeActivity("app:where", options: .startToClose(.seconds(60))))
      return seen
    }
    .workflow("long") { (context) async throws -> String in
      let session = try await context.createSession(options)
      try await context.signalChannel(named: "end").receive()
      do {
        try await session.context.executeActivity("app:where", options: .startToClose(.seconds(60)))
        try await session.complete()
        return "ran"
      } catch SessionError.failed {
        return "failed"
      }
    }

  private func app(_ options: [String]) -> AppText {
    AppText(options: options, workflows: ["unused": "return nil"], activities: ["where": "return nil"])
  }

  private func withSessions(
    _ options: [String], clock: ManualClock = ManualClock(), _ body: (AppRig) async throws -> Void
  ) async throws {
    try await withApp(app(options)) {
      $0.clock = clock
      $0.workflows = Self.workflows
      $0.activities = ActivityTable([
        "app:where": { activity in .with { $0.payloads = [JSONPayload.payload(activity.info.taskQueue)] } }
      ])
    } _: {
      try await body($0)
    }
  }

  func testActivitiesOfASessionRunOnTheWorkerThatHasIt() async throws {
    try await withSessions(["enable_session_worker: true"]) { rig in
      try await rig.start("one")
      let result = try JSONDecoder().decode([String].self, from: Data(try await rig.result().utf8))
      XCTAssertEqual(result.count, 3)
      XCTAssertEqual(result[0], result[1])
      XCTAssertTrue(result[0].hasSuffix("@\(ProcessInfo.processInfo.hostName)"), result[0])
      XCTAssertEqual(result[2], "orders", "after the session")
      let queues = Set(rig.connection.traffic.requests(WorkflowService.pollActivityTaskQueue).map(\.taskQueue.name))
      XCTAssertEqual(queues, ["orders", "orders__internal_session_creation", result[0]])
    }
  }

  func testHistoryIsWhatTheGoSDKWrites() async throws {
    try await withSessions(["enable_session_worker: true"]) { rig in
      try await rig.start("one")
      _ = try await rig.result()
      let events = try await rig.history()
      let scheduled = events.compactMap { event -> (String, String)? in
        guard case .activityTaskScheduledEventAttributes(let scheduled)? = event.attributes else { return nil }
        return (scheduled.activityType.name, scheduled.taskQueue.name)
      }
      XCTAssertEqual(
        scheduled.map(\.0),
        [
          "internalSessionCreationActivity", "app:where", "app:where", "internalSessionCompletionActivity", "app:where",
        ])
      XCTAssertEqual(scheduled.first?.1, "orders__internal_session_creation")
      XCTAssertEqual(Set(scheduled[1...3].map(\.1)).count, 1)
      let signal = try XCTUnwrap(events.first { $0.eventType == .workflowExecutionSignaled })
      let input = try XCTUnwrap(signal.workflowExecutionSignaledEventAttributes.input.payloads.first)
      let response = try JSONDecoder().decode([String: String].self, from: input.data)
      XCTAssertEqual(response["Taskqueue"], scheduled[1].1)
      XCTAssertEqual(response["Taskqueue"], "\(response["ResourceID"] ?? "")@\(response["HostName"] ?? "")")
      // The id is a side effect's value, and the name of the signal.
      let marker = try XCTUnwrap(events.first { $0.eventType == .markerRecorded }).markerRecordedEventAttributes
      XCTAssertEqual(marker.markerName, "SideEffect")
      XCTAssertEqual(
        marker.details["data"]?.payloads.first.map { String(decoding: $0.data, as: UTF8.self) },
        "\"\(signal.workflowExecutionSignaledEventAttributes.signalName)\"")
      XCTAssertTrue(events.contains { $0.eventType == .activityTaskCancelRequested }, "the creation activity ends")
    }
  }

  func testNoMoreSessionsAreOpenThanTheEntryAllows() async throws {
    try await withSessions(["enable_session_worker: true", "max_concurrent_session_execution_size: 1"]) { rig in
      try await rig.start("long", id: "first")
      try await rig.connection.requests(WorkflowService.signalWorkflowExecution)
      try await rig.start("long", id: "second")
      // The second one is asked for, and nobody polls for it while the first has the only place.
      try await rig.untilPending("second") { $0.activityType.name == "internalSessionCreationActivity" }
      let pending = try await rig.pendingActivities(of: "second")
      XCTAssertEqual(pending.map(\.state), [.scheduled])
      try await rig.signal("end", "true", to: "first")
      let first = try await rig.result(of: "first")
      XCTAssertEqual(first, "\"ran\"")
      try await rig.connection.requests(WorkflowService.signalWorkflowExecution, atLeast: 2)
      try await rig.signal("end", "true", to: "second")
      let second = try await rig.result(of: "second")
      XCTAssertEqual(second, "\"ran\"")
    }
  }

  func testNobodyTakesASessionWithoutTheOption() async throws {
    try await withSessions([]) { rig in
      try await rig.start("one")
      try await rig.untilPending("workflow-1") { _ in true }
      let pending = try await rig.pendingActivities()
      XCTAssertEqual(pending.map(\.activityType.name), ["internalSessionCreationActivity"])
      XCTAssertEqual(pending.map(\.state), [.scheduled])
      let queues = Set(rig.connection.traffic.requests(WorkflowService.pollActivityTaskQueue).map(\.taskQueue.name))
      XCTAssertEqual(queues, ["orders"])
    }
  }

  func testOpenSessionSendsHeartbeats() async throws {
    let clock = ManualClock()
    try await withSessions(["enable_session_worker: true"], clock: clock) { rig in
      try await rig.start("long")
      let beats = await clock.untilSleeping(1)
      XCTAssertTrue(beats)
      XCTAssertEqual(clock.pending, [.seconds(10)], "a third of the timeout")
      for number in 1...2 {
        clock.advance(by: .seconds(10))
        try await rig.connection.requests(WorkflowService.recordActivityTaskHeartbeat, atLeast: number)
        _ = await clock.untilSleeping(1)
      }
      try await rig.signal("end", "true")
      let result = try await rig.result()
      XCTAssertEqual(result, "\"ran\"")
    }
  }

  func testSessionFailsWithItsWorker() async throws {
    let service = Mutex<AppRig?>(nil)
    try await withSessions(["enable_session_worker: true"]) { rig in
      service.withLock { $0 = rig }
      try await rig.start("long")
      try await rig.connection.requests(WorkflowService.signalWorkflowExecution)
    }
    // The worker has stopped. Another one runs on with the workflow.
    let first = try XCTUnwrap(service.withLock { $0 })
    try await withApp(app([]), on: first.service) {
      $0.workflows = Self.workflows
    } _: { rig in
      try await rig.untilHistory { events in
        let failed = events.firstIndex { $0.eventType == .activityTaskFailed }
        let completed = events.lastIndex { $0.eventType == .workflowTaskCompleted }
        return (failed ?? .max) < completed ?? 0
      }
      try await rig.signal("end", "false")
      let result = try await rig.result()
      XCTAssertEqual(result, "\"failed\"")
      let events = try await rig.history()
      let failed = try XCTUnwrap(events.first { $0.eventType == .activityTaskFailed }).activityTaskFailedEventAttributes
      XCTAssertEqual(failed.failure.message, "session failed due to worker shutdown")
      XCTAssertEqual(failed.failure.applicationFailureInfo.type, "SessionWorkerShutdown")
      XCTAssertTrue(failed.failure.applicationFailureInfo.nonRetryable)
    }
  }
}
