import Foundation
import HindcastCalls
import HindcastHistory
import HindcastTestSupport
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

private typealias ActivityCompleted = Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedRequest

/// How a worker ends, and what it gets over.
final class WorkerStopTests: XCTestCase {
  private let task = ActivityPoll.with {
    $0.taskToken = Data("token".utf8)
    $0.activityType.name = "slow"
  }

  private func worker(
    on service: ScriptedService, _ body: @escaping ActivityTable.Body, stopTimeout: Duration = .seconds(60),
    cancellationTimeout: Duration = .seconds(60)
  ) -> Worker {
    var configuration = WorkerConfiguration(
      taskQueue: "queue", identity: "tester", workflows: ScriptedCode([]), activities: ActivityTable(["slow": body]))
    configuration.activityTaskPollers = 1
    configuration.workflowTaskPollers = 1
    configuration.pauseAfterFailedPoll = .zero
    configuration.stopTimeout = stopTimeout
    configuration.cancellationTimeout = cancellationTimeout
    return Worker(configuration, connection: service)
  }

  func testActivityUnderWayIsStillAnswered() async throws {
    let service = ScriptedService()
    let (started, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let worker = worker(on: service) { _ in
      started.signal()
      goOn.wait()
      return nil
    }
    let run = Task { try await worker.run() }
    service.offer(task)
    await wait(for: started)
    run.cancel()
    goOn.signal()
    _ = try await service.request(ActivityCompleted.self)
    try await run.value
  }

  func testActivityThatTakesTooLongIsToldToStop() async throws {
    let service = ScriptedService()
    let started = DispatchSemaphore(value: 0)
    let reason = Mutex<ActivityCancellation?>(nil)
    let worker = worker(
      on: service,
      { activity in
        started.signal()
        let cancellation = activity.wait(.seconds(60))
        reason.withLock { $0 = cancellation }
        return nil
      }, stopTimeout: .zero)
    let run = Task { try await worker.run() }
    service.offer(task)
    await wait(for: started)
    run.cancel()
    try await run.value
    XCTAssertEqual(reason.withLock { $0 }, .workerStopped)
  }

  func testWorkerReturnsThoughAnActivityNeverEnds() async throws {
    let service = ScriptedService()
    let (started, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let worker = worker(
      on: service,
      { _ in
        started.signal()
        goOn.wait()
        return nil
      }, stopTimeout: .zero, cancellationTimeout: .zero)
    let run = Task { try await worker.run() }
    service.offer(task)
    await wait(for: started)
    run.cancel()
    try await run.value
    goOn.signal()
  }

  func testPollsThatFailForNowAreRepeated() async throws {
    let failures = Mutex([ServiceError.Code.unavailable, .deadlineExceeded, .resourceExhausted, .internal])
    let service = ScriptedService { request in
      guard request is Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest,
        let code = failures.withLock({ $0.popLast() })
      else { return nil }
      throw ServiceError(code, "not now")
    }
    let worker = worker(on: service) { _ in nil }
    let run = Task { try await worker.run() }
    service.offer(task)
    _ = try await service.request(ActivityCompleted.self)
    run.cancel()
    try await run.value
  }

  func testPollsThatAreRefusedEndTheWorker() async throws {
    for code in [ServiceError.Code.notFound, .permissionDenied, .invalidArgument, .unauthenticated] {
      let service = ScriptedService { request in
        guard request is Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest else { return nil }
        throw ServiceError(code, "Namespace x is not found.")
      }
      do {
        try await worker(on: service) { _ in nil }.run()
        XCTFail("the worker should have ended with \(code)")
      } catch let error as ServiceError {
        XCTAssertEqual(error.code, code)
      }
    }
  }

  func testRefusedPollEndsAWorkerWithoutFreeSlots() async throws {
    let (started, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let isStarted = Mutex(false)
    let service = ScriptedService { request in
      guard request is Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest else { return nil }
      throw ServiceError(isStarted.withLock(\.self) ? .notFound : .unavailable, "Namespace x is not found.")
    }
    var configuration = WorkerConfiguration(
      taskQueue: "queue", identity: "tester", workflows: ScriptedCode([]),
      activities: ActivityTable([
        "slow": { _ in
          started.signal()
          goOn.wait()
          return nil
        }
      ]))
    configuration.maximumConcurrentActivities = 1
    configuration.activityTaskPollers = 2
    configuration.pauseAfterFailedPoll = .milliseconds(1)
    configuration.stopTimeout = .zero
    configuration.cancellationTimeout = .zero
    let worker = Worker(configuration, connection: service)
    let run = Task { try await worker.run() }
    service.offer(task)
    await wait(for: started)
    isStarted.withLock { $0 = true }
    let result = await run.result
    goOn.signal()
    XCTAssertThrowsError(try result.get()) { XCTAssertEqual(($0 as? ServiceError)?.code, .notFound) }
  }

  /// Semaphores must not be waited for on the threads that `async` functions share.
  private func wait(for semaphore: DispatchSemaphore) async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        semaphore.wait()
        continuation.resume()
      }
    }
  }
}
