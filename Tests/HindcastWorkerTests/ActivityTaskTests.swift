import Foundation
import HindcastCalls
import HindcastHistory
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

private typealias ActivityCompleted = Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedRequest
private typealias ActivityFailed = Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedRequest
private typealias ActivityCanceled = Temporal_Api_Workflowservice_V1_RespondActivityTaskCanceledRequest
private typealias Heartbeat = Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatRequest
private typealias HeartbeatAnswer = Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatResponse

/// Activity tasks, from the poll to the answer.
final class ActivityTaskTests: XCTestCase {
  private func task(_ type: String, _ change: (inout ActivityPoll) -> Void = { _ in }) -> ActivityPoll {
    .with {
      $0.taskToken = Data(type.utf8)
      $0.activityType.name = type
      $0.activityID = "5"
      $0.attempt = 2
      $0.workflowType.name = "order"
      $0.workflowExecution.workflowID = "order-17"
      $0.workflowNamespace = "space"
      $0.input = .text("\"in\"")
      $0.header.fields["key"] = Payloads.text("1").payloads[0]
      change(&$0)
    }
  }

  func testResultIsAnswered() async throws {
    let service = ScriptedService()
    let activities = ActivityTable([
      "echo": { activity in
        XCTAssertEqual(activity.info.attempt, 2)
        XCTAssertEqual(activity.info.activityID, "5")
        XCTAssertEqual(activity.info.workflowType, "order")
        XCTAssertEqual(activity.info.execution.workflowID, "order-17")
        XCTAssertEqual(activity.info.taskQueue, "queue")
        XCTAssertEqual(activity.header?.fields.keys.sorted(), ["key"])
        XCTAssertNil(activity.cancellation)
        return activity.input
      },
      "nothing": { _ in nil },
    ])
    try await withWorker(on: service, activities: activities) {
      service.offer(task("echo"))
      let answer = try await service.request(ActivityCompleted.self)
      XCTAssertEqual(answer.result, .text("\"in\""))
      XCTAssertEqual(answer.taskToken, Data("echo".utf8))
      XCTAssertEqual(answer.namespace, "space")
      XCTAssertEqual(answer.identity, "tester")
      service.offer(task("nothing"))
      let empty = try await service.request(ActivityCompleted.self)
      XCTAssertFalse(empty.hasResult)
    }
  }

  func testFailuresAreAnswered() async throws {
    let activities = ActivityTable([
      "fail": { _ in throw ActivityError.failed(.with { $0.message = "no money" }) },
      "time": { _ in
        throw ActivityError.failed(
          .with {
            $0.message = "too late"
            $0.timeoutFailureInfo.timeoutType = .startToClose
          })
      },
      "raise": { _ in throw CocoaError(.fileNoSuchFile) },
      "stop": { _ in throw ActivityError.canceled(details: nil) },
    ])
    let cases: [(type: String, message: String, failureType: String)] = [
      ("fail", "no money", ""),
      ("time", "too late", ""),
      ("raise", "\(CocoaError(.fileNoSuchFile))", "CocoaError"),
      ("stop", "unexpected activity cancel error: canceled", "wrapError"),
      (
        "strange", "unable to find activityType=strange. Supported types: [fail, raise, stop, time]",
        "ActivityNotRegisteredError"
      ),
    ]
    let service = ScriptedService()
    try await withWorker(on: service, activities: activities) {
      for (type, message, failureType) in cases {
        service.offer(task(type))
        let answer = try await service.request(ActivityFailed.self)
        XCTAssertEqual(answer.failure.message, message)
        XCTAssertEqual(answer.failure.applicationFailureInfo.type, failureType)
        XCTAssertFalse(answer.failure.applicationFailureInfo.nonRetryable)
        guard case .applicationFailureInfo? = answer.failure.failureInfo else {
          XCTFail("the server takes only failures of applications, not that of \(type)")
          continue
        }
        XCTAssertEqual(answer.taskToken, Data(type.utf8))
      }
    }
  }

  func testAnswerThatIsRefusedBecomesAFailure() async throws {
    let service = ScriptedService { request in
      guard request is ActivityCompleted else { return nil }
      throw ServiceError(.invalidArgument, "the result is too large")
    }
    try await withWorker(on: service, activities: ActivityTable(["big": { _ in nil }])) {
      service.offer(task("big"))
      let answer = try await service.request(ActivityFailed.self)
      XCTAssertTrue(answer.failure.message.hasSuffix("INVALID_ARGUMENT: the result is too large"))
      XCTAssertEqual(answer.failure.applicationFailureInfo.type, "AnswerRefused")
    }
  }

  // MARK: Heartbeats and cancellation

  func testHeartbeatAnswerCancelsTheActivity() async throws {
    let answers: [(HeartbeatAnswer?, ActivityCancellation)] = [
      (.with { $0.cancelRequested = true }, .requested),
      (.with { $0.activityPaused = true }, .paused),
      (nil, .requested),
    ]
    for (answer, reason) in answers {
      let service = ScriptedService { request in
        guard request is Heartbeat else { return nil }
        guard let answer else { throw ServiceError(.notFound, "the workflow is over") }
        return answer
      }
      let activities = ActivityTable([
        "long": { activity in
          activity.heartbeat(.text("1"))
          XCTAssertEqual(activity.wait(.seconds(60)), reason)
          throw ActivityError.canceled(details: .text("\"stopped\""))
        }
      ])
      try await withWorker(on: service, activities: activities) {
        service.offer(task("long"))
        let heartbeat = try await service.request(Heartbeat.self)
        XCTAssertEqual(heartbeat.details, .text("1"))
        XCTAssertEqual(heartbeat.taskToken, Data("long".utf8))
        let canceled = try await service.request(ActivityCanceled.self)
        XCTAssertEqual(canceled.details, .text("\"stopped\""))
      }
    }
  }

  func testHeartbeatsAreThinnedOutAndTheLastIsNotLost() async throws {
    let sent = DispatchSemaphore(value: 0)
    let service = ScriptedService { request in
      if request is Heartbeat { sent.signal() }
      return nil
    }
    let activities = ActivityTable([
      "busy": { activity in
        activity.heartbeat(.text("0"))
        sent.wait()
        for count in 1...100 { activity.heartbeat(.text("\(count)")) }
        throw ActivityError.failed(.with { $0.message = "enough" })
      }
    ])
    try await withWorker(on: service, activities: activities) {
      service.offer(task("busy") { $0.heartbeatTimeout.seconds = 600 })
      let first = try await service.request(Heartbeat.self)
      XCTAssertEqual(first.details, .text("0"))
      let answer = try await service.request(ActivityFailed.self)
      XCTAssertEqual(answer.lastHeartbeatDetails, .text("100"))
    }
  }

  func testHeartbeatsOfTheLastTryAndTheTimeLeftAreKnown() async throws {
    let service = ScriptedService()
    let activities = ActivityTable([
      "late": { activity in
        XCTAssertEqual(activity.info.heartbeatDetails, .text("7"))
        XCTAssertEqual(activity.info.heartbeatTimeout, .milliseconds(1500))
        // Scheduled 10 s before it was handed out, and 10 s in all: nothing is left.
        XCTAssertEqual(activity.cancellation, .timedOut)
        XCTAssertEqual(activity.wait(.seconds(60)), .timedOut)
        return nil
      }
    ])
    try await withWorker(on: service, activities: activities) {
      service.offer(
        task("late") {
          $0.heartbeatDetails = .text("7")
          $0.heartbeatTimeout = .with {
            $0.seconds = 1
            $0.nanos = 500_000_000
          }
          $0.scheduledTime.seconds = 1000
          $0.startedTime.seconds = 1010
          $0.startToCloseTimeout.seconds = 60
          $0.scheduleToCloseTimeout.seconds = 10
        })
      _ = try await service.request(ActivityCompleted.self)
    }
  }

  // MARK: Bounds

  func testNoMoreActivitiesRunThanAllowed() async throws {
    let counts = Mutex((now: 0, most: 0))
    let activities = ActivityTable([
      "count": { activity in
        counts.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        activity.wait(.milliseconds(5))
        counts.withLock { $0.now -= 1 }
        return nil
      }
    ])
    let service = ScriptedService()
    try await withWorker(on: service, activities: activities) {
      $0.maximumConcurrentActivities = 2
    } _: {
      for _ in 1...8 { service.offer(task("count")) }
      for _ in 1...8 { _ = try await service.request(ActivityCompleted.self) }
    }
    XCTAssertEqual(counts.withLock { $0.now }, 0)
    XCTAssertLessThanOrEqual(counts.withLock { $0.most }, 2)
  }
}

extension Payloads {
  /// One `json/plain` payload.
  fileprivate static func text(_ json: String) -> Payloads {
    .with {
      $0.payloads = [
        .with {
          $0.metadata["encoding"] = Data("json/plain".utf8)
          $0.data = Data(json.utf8)
        }
      ]
    }
  }
}
