import HindcastCalls
import HindcastCore
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// How a worker stops.
final class StopTests: XCTestCase {
  private static func app(_ options: [String]) -> AppText {
    AppText(
      options: options,
      workflows: ["calls": "local funcs = require(\"funcs\")\nreturn funcs.call(\"app:slow\")"],
      activities: ["slow": "return nil"])
  }

  func testTasksUnderWayGetAsLongAsTheEntrySays() async throws {
    for (options, limit) in [([], nil), (["worker_stop_timeout: 25s"], Duration.seconds(25))] {
      let clock = ManualClock()
      let gate = Gate()
      let reasons = Mutex<[ActivityCancellation?]>([])
      let stopped = Mutex<AppRig?>(nil)
      let text = Self.app(options)
      let run = Task {
        try await withApp(text) {
          $0.clock = clock
          $0.activities = ActivityTable([
            "app:slow": { activity in
              gate.enter()
              reasons.withLock { $0.append(activity.cancellation) }
              return nil
            }
          ])
        } _: { rig in
          stopped.withLock { $0 = rig }
          try await rig.start("app:calls")
          let isThere = await gate.untilInside(1)
          XCTAssertTrue(isThere)
        }
      }
      if let limit {
        let waits = await clock.untilSleeping(1)
        XCTAssertTrue(waits)
        XCTAssertEqual(clock.pending, [limit])
        clock.advance(by: limit - .seconds(1))
        XCTAssertEqual(clock.pending, [.seconds(1)], "the activity may still run")
        clock.advance(by: .seconds(1))
      }
      // What is left is the time for activities that were told to stop.
      _ = await clock.untilSleeping(1)
      XCTAssertEqual(clock.pending, [.seconds(1)])
      gate.open()
      try await run.value
      XCTAssertEqual(reasons.withLock { $0 }, [.workerStopped])
      let rig = try XCTUnwrap(stopped.withLock { $0 })
      let answers = rig.connection.traffic.requests(WorkflowService.respondActivityTaskCompleted)
      XCTAssertEqual(answers.count, 1, "what has ended in time is answered")
    }
  }

  func testServerIsToldWhichQueuesAreLeft() async throws {
    let left = Mutex<WatchedConnection?>(nil)
    try await withApp(Self.app(["enable_session_worker: true", "identity: shop-1"])) { rig in
      left.withLock { $0 = rig.connection }
      try await rig.connection.untilOpen(WorkflowService.pollActivityTaskQueue, 41)
    }
    let traffic = try XCTUnwrap(left.withLock { $0 }).traffic
    let told = traffic.requests(WorkflowService.shutdownWorker)
    XCTAssertEqual(told.map(\.taskQueue).prefix(2), ["orders", "orders__internal_session_creation"])
    XCTAssertEqual(told.map(\.taskQueueTypes), [[.workflow, .activity], [.activity], [.activity]])
    XCTAssertEqual(Set(told.map(\.identity)), ["shop-1"])
    XCTAssertEqual(Set(told.map(\.reason)), ["graceful shutdown"])
    let keys = Set(told.map(\.workerInstanceKey))
    XCTAssertEqual(keys.count, 1)
    XCTAssertEqual(Set(traffic.requests(WorkflowService.pollActivityTaskQueue).map(\.workerInstanceKey)), keys)
    XCTAssertEqual(Set(traffic.requests(WorkflowService.pollWorkflowTaskQueue).map(\.workerInstanceKey)), keys)
    XCTAssertEqual(traffic.open(WorkflowService.pollActivityTaskQueue), 0)
  }

  /// A server that answers the polls of a worker that stops may still hand out a task: it must be worked.
  func testTaskThatComesWhileTheWorkerStopsIsWorked() async throws {
    let gate = Gate()
    gate.open()
    let left = Mutex<AppRig?>(nil)
    let text = Self.app(["max_concurrent_activity_task_pollers: 1", "disable_eager_activities: true"])
    let run = Task {
      try await withApp(text) {
        $0.activities = ActivityTable([
          "app:slow": { _ in
            gate.enter()
            return nil
          }
        ])
      } script: { call in
        guard call.method == WorkflowService.describeNamespace.name else { return nil }
        return Temporal_Api_Workflowservice_V1_DescribeNamespaceResponse.with {
          $0.namespaceInfo.capabilities.workerPollCompleteOnShutdown = true
        }
      } _: { rig in
        left.withLock { $0 = rig }
        rig.connection.hold(WorkflowService.pollActivityTaskQueue)
        try await rig.start("app:calls")
        // The server has handed the activity out; the poll's answer is on its way.
        try await rig.untilPending("workflow-1") { $0.state == .started }
      }
    }
    await { while left.withLock({ $0 }) == nil { await Task.yield() } }()
    let rig = try XCTUnwrap(left.withLock { $0 })
    try await rig.connection.requests(WorkflowService.shutdownWorker)
    rig.connection.release(WorkflowService.pollActivityTaskQueue)
    try await run.value
    XCTAssertEqual(gate.passed, 1)
    XCTAssertEqual(rig.connection.traffic.requests(WorkflowService.respondActivityTaskCompleted).count, 1)
  }

  func testHistoriesNameTheWorkerAsTheEntryDoes() async throws {
    try await withApp(Self.app(["identity: shop-1"])) { rig in
      try await rig.start("app:calls")
      _ = try await rig.result()
      let events = try await rig.history()
      for event in events {
        switch event.attributes {
        case .workflowTaskStartedEventAttributes(let started)?: XCTAssertEqual(started.identity, "shop-1")
        case .workflowTaskCompletedEventAttributes(let completed)?: XCTAssertEqual(completed.identity, "shop-1")
        case .activityTaskStartedEventAttributes(let started)?: XCTAssertEqual(started.identity, "shop-1")
        case .activityTaskCompletedEventAttributes(let completed)?: XCTAssertEqual(completed.identity, "shop-1")
        default: break
        }
      }
      XCTAssertTrue(events.contains { $0.eventType == .activityTaskCompleted })
    }
  }
}
