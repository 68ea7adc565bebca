import HindcastApp
import HindcastCalls
import HindcastHistory
import HindcastServer
import HindcastService
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Runs that stay with the worker of an app between their tasks.
final class StickyTests: XCTestCase {
  private static let start = ServerTime(nanoseconds: 1_700_000_000_000_000_000)

  /// Receives `count` signals.
  private static let collect = """
    local inbox = process.inbox()
    local total = 0
    for i = 1, input do total = total + inbox:receive():payload():data() end
    return total
    """

  private func app(_ options: [String] = []) -> AppText {
    AppText(
      options: options, workflows: ["collect": Self.collect], workflowModules: ["process", "time", "funcs", "workflow"])
  }

  private func signal(_ rig: AppRig, _ number: Int, of id: String = "workflow-1") async throws {
    _ = try await rig.service.call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
        $0.signalName = "add"
        $0.input.payloads = [
          .with {
            $0.metadata["encoding"] = .init("json/plain".utf8)
            $0.data = .init("\(number)".utf8)
          }
        ]
        $0.requestID = "\(id)-\(number)"
      })
  }

  /// A poll of the normal queue that does not wait.
  private func polled(_ service: TemporalService) async throws
    -> Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
  {
    try await service.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = "default"
        $0.taskQueue.name = "orders"
        $0.identity = "other"
      }, timeout: .zero)
  }

  func testAnswersCarryTheEntrysTimeout() async throws {
    for (options, milliseconds) in [([], 5_000), (["sticky_schedule_to_start_timeout: \"1250ms\""], 1_250)] {
      try await withApp(app(options)) { rig in
        try await rig.start("app:collect", ["1"])
        let completed = try await rig.connection.requests(WorkflowService.respondWorkflowTaskCompleted)
        let timeout = completed[0].stickyAttributes.scheduleToStartTimeout
        XCTAssertEqual(timeout.seconds * 1000 + Int64(timeout.nanos / 1_000_000), Int64(milliseconds))
        XCTAssertEqual(completed[0].stickyAttributes.workerTaskQueue.normalName, "orders")
      }
    }
  }

  /// A worker that went without a word: its runs' tasks wait for it, and then for any.
  func testTasksOfAWorkerThatIsGoneGoToTheNormalQueue() async throws {
    for isTold in [false, true] {
      let service = TemporalService(seed: 1, clock: .virtual(start: Self.start))
      var plan = try app(["sticky_schedule_to_start_timeout: \"3s\""]).load().plans(client: nil, startingAll: true)[0]
      plan.configuration.identity = "tester"
      let connection = WatchedConnection(service) { call in
        guard call.method == WorkflowService.shutdownWorker.name, !isTold else { return nil }
        throw ServiceError(.unimplemented, "not here")
      }
      let rig = AppRig(service: service, connection: connection, taskQueue: "orders", log: LogCollector())
      let run = Task { [configuration = plan.configuration] in
        try await Worker(configuration, connection: connection).run()
      }
      try await rig.start("app:collect", ["1"])
      try await connection.wait(for: "an answer") {
        $0.requests(WorkflowService.respondWorkflowTaskCompleted).count == 1
          && $0.open(WorkflowService.respondWorkflowTaskCompleted) == 0
      }
      run.cancel()
      try await run.value

      try await signal(rig, 7)
      let early = try await polled(service)
      XCTAssertEqual(early.taskToken.isEmpty, !isTold, "told: \(isTold)")
      if !isTold {
        await service.advance(to: Self.start + .seconds(4))
        let late = try await polled(service)
        XCTAssertFalse(late.taskToken.isEmpty)
        XCTAssertEqual(late.history.events.first?.eventID, 1, "another worker gets the whole history")
        XCTAssertEqual(late.attempt, 1)
      }
    }
  }

  /// Only what is new comes, and no history is asked for.
  func testLaterTasksBringOnlyWhatIsNew() async throws {
    try await withApp(app()) { rig in
      try await rig.start("app:collect", ["3"])
      for number in 1...3 {
        try await rig.connection.wait(for: "answer \(number)") {
          $0.requests(WorkflowService.respondWorkflowTaskCompleted).count == number
        }
        try await signal(rig, number)
      }
      let result = try await rig.result()
      XCTAssertEqual(result, "6")
      XCTAssertEqual(rig.connection.traffic.requests(WorkflowService.getWorkflowExecutionHistory).count, 0)
    }
  }

  /// With one run kept, two runs that take turns throw each other out, and go on all the same.
  func testRunsThatWereThrownOutAreRebuilt() async throws {
    for kept in [0, 1, 10] {
      try await withApp(app()) {
        $0.maximumCachedRuns = kept
      } _: { rig in
        for id in ["a", "b"] { try await rig.start("app:collect", ["3"], id: id) }
        for number in 1...3 {
          for (index, id) in ["a", "b"].enumerated() {
            let answers = 2 * number + index
            try await rig.connection.wait(for: "answer \(answers)") {
              $0.requests(WorkflowService.respondWorkflowTaskCompleted).count >= answers
            }
            try await signal(rig, number, of: id)
          }
        }
        for id in ["a", "b"] {
          let result = try await rig.result(of: id)
          XCTAssertEqual(result, "6", "\(kept) kept")
        }
        let fetches = rig.connection.traffic.requests(WorkflowService.getWorkflowExecutionHistory).count
        if kept == 1 { XCTAssertGreaterThan(fetches, 0) } else { XCTAssertEqual(fetches, 0, "\(kept) kept") }
      }
    }
  }
}
