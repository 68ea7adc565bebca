import Foundation
import HindcastCalls
import HindcastHistory
import HindcastServer
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastService

/// A service that is closed and opened again between any two requests goes on as if nothing had been.
final class RestartTests: XCTestCase {
  private final class Flow {
    var service: TemporalService
    var task = PolledTask()
    var activity = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse()

    init(_ service: TemporalService) { self.service = service }

    func pollTask() async throws {
      task = try await service.pollTask(timeout: .zero)
      XCTAssertFalse(task.taskToken.isEmpty, "no workflow task came")
    }

    func pollActivity() async throws {
      activity = try await service.call(
        WorkflowService.pollActivityTaskQueue,
        .with {
          $0.namespace = "default"
          $0.taskQueue.name = "queue"
          $0.identity = "worker"
        }, timeout: .zero)
      XCTAssertFalse(activity.taskToken.isEmpty, "no activity came")
    }

    func advance(by duration: Duration) async {
      await service.advance(to: service.now + duration)
    }
  }

  private static let activityCommand = Command.with {
    $0.commandType = .scheduleActivityTask
    $0.scheduleActivityTaskCommandAttributes = .with {
      $0.activityID = "a"
      $0.activityType.name = "Activity"
      $0.taskQueue.name = "queue"
      $0.startToCloseTimeout = .init(seconds: 30)
    }
  }

  private static func steps() -> [(Flow) async throws -> Void] {
    [
      { try await $0.service.start("w") },
      { try await $0.service.signal("w", requestID: "first") },
      { try await $0.pollTask() },
      { try await $0.service.signal("w", requestID: "while the task runs") },
      { try await $0.service.complete($0.task, .timer("t", .seconds(60)), Self.activityCommand) },
      { try await $0.pollTask() },
      { try await $0.service.complete($0.task) },
      { try await $0.pollActivity() },
      { flow in
        _ = try await flow.service.call(
          WorkflowService.respondActivityTaskFailed,
          .with {
            $0.namespace = "default"
            $0.taskToken = flow.activity.taskToken
            $0.failure.message = "once more"
            $0.failure.applicationFailureInfo = .init()
          })
      },
      { await $0.advance(by: .seconds(1)) },
      { try await $0.pollActivity() },
      { flow in
        _ = try await flow.service.call(
          WorkflowService.respondActivityTaskCompleted,
          .with {
            $0.namespace = "default"
            $0.taskToken = flow.activity.taskToken
          })
      },
      { try await $0.pollTask() },
      { try await $0.service.complete($0.task) },
      { await $0.advance(by: .seconds(60)) },
      { try await $0.pollTask() },
      { try await $0.service.complete($0.task, .completion) },
    ]
  }

  func testARestartBetweenAnyTwoRequestsChangesNothing() async throws {
    let expected = try await events(restartingBefore: nil)
    XCTAssertEqual(expected.last?.eventType, .workflowExecutionCompleted)
    XCTAssertEqual(expected.filter { $0.eventType == .workflowExecutionSignaled }.count, 2)
    for place in 1..<Self.steps().count {
      let events = try await events(restartingBefore: place)
      XCTAssertEqual(events, expected, "restarted before step \(place)")
    }
  }

  private func events(restartingBefore place: Int?) async throws -> [HistoryEvent] {
    let folder = try TemporaryFolder()
    let configuration = ServiceConfiguration(
      storage: .file(folder["s.db"]), clock: .virtual(start: virtualStart), seed: 7)
    let flow = Flow(try TemporalService(configuration))
    for (number, step) in Self.steps().enumerated() {
      if number == place {
        try await flow.service.close()
        flow.service = try TemporalService(configuration)
      }
      try await step(flow)
    }
    let events = try await flow.service.events("w")
    try await flow.service.close()
    return events
  }
}
