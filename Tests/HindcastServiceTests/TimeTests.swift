import Foundation
import HindcastCalls
import HindcastServer
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastService

final class TimeTests: XCTestCase {
  /// A worker that answers the first task with a timer and the second with the end.
  private func work(_ service: TemporalService, timer: Duration) async throws {
    try await service.complete(service.pollTask(), .timer("t", timer))
    try await service.complete(service.pollTask(), .completion)
  }

  func testThirtyDaysTakeMilliseconds() async throws {
    for clock in [ServiceConfiguration.Clock.skipping(locked: false), .virtual(start: virtualStart, locked: false)] {
      let service = try TemporalService(.init(clock: clock))
      let begin = ContinuousClock.now
      try await service.start("w")
      try await work(service, timer: .seconds(30 * 86_400))
      let events = try await service.events("w")
      XCTAssertEqual(events.last?.eventType, .workflowExecutionCompleted)
      let length = (events.last?.eventTime.seconds ?? 0) - (events.first?.eventTime.seconds ?? 0)
      XCTAssertEqual(length, 30 * 86_400, accuracy: 1)
      XCTAssertLessThan(ContinuousClock.now - begin, .seconds(1))
      try await service.close()
    }
  }

  func testVirtualTimeIsToTheNanosecond() async throws {
    let service = try TemporalService(.init(clock: .virtual(start: virtualStart, locked: false)))
    try await service.start("w")
    try await work(service, timer: .seconds(3_600))
    let now = await service.now
    XCTAssertEqual(now, virtualStart + .seconds(3_600))
  }

  func testNothingIsSkippedWhileTimeIsLocked() async throws {
    let service = try TemporalService(.init(clock: .virtual(start: virtualStart)))
    try await service.start("w")
    try await service.complete(service.pollTask(), .timer("t", .seconds(60)))
    let locked = await service.now
    XCTAssertEqual(locked, virtualStart)
    try await service.unlockTimeSkipping()
    let unlocked = await service.now
    XCTAssertEqual(unlocked, virtualStart + .seconds(60))
  }

  func testNothingIsSkippedWhileAWorkflowTaskIsUnderWay() async throws {
    let service = try TemporalService(.init(clock: .virtual(start: virtualStart, locked: false)))
    try await service.start("idle", queue: "other")
    try await service.complete(service.pollTask(queue: "other"), .timer("t", .seconds(60)))
    let skipped = await service.now
    XCTAssertEqual(skipped, virtualStart + .seconds(60))
    let task = try await service.pollTask(queue: "other")
    try await service.start("busy")
    try await service.complete(task, .timer("again", .seconds(60)))
    let held = await service.now
    XCTAssertEqual(held, skipped, "the task of the other workflow waits for a worker")
    try await service.complete(service.pollTask(), .completion)
    let released = await service.now
    XCTAssertEqual(released, skipped + .seconds(60))
  }

  func testTheCallsOfTheTestService() async throws {
    let service = try TemporalService(.init(clock: .virtual(start: virtualStart)))
    _ = try await service.call(TestService.unlockTimeSkippingWithSleep, .with { $0.duration = .init(seconds: 100) })
    let time = try await service.call(TestService.getCurrentTime, .init()).time
    XCTAssertEqual(time.seconds, 1_700_000_100)
    _ = try await service.call(TestService.unlockTimeSkipping, .init())
    let error = await assertThrows(ServiceError.self) {
      _ = try await service.call(TestService.unlockTimeSkipping, .init())
    }
    XCTAssertEqual(error?.message, "Unbalanced lock and unlock calls")
    _ = try await service.call(TestService.sleepUntil, .with { $0.timestamp = .init(seconds: 1_700_000_500) })
    _ = try await service.call(TestService.sleep, .with { $0.duration = .init(seconds: 1) })
    let now = await service.now
    XCTAssertEqual(now, virtualStart + .seconds(501))
    _ = try await service.call(TestService.lockTimeSkipping, .init())
  }

  func testWhatHasPassedIsNotWaitedFor() async throws {
    let service = try TemporalService(.init(clock: .virtual(start: virtualStart)))
    // A task that nobody takes keeps the machine busy.
    try await service.start("w")
    try await service.sleep(for: .zero)
    _ = try await service.call(TestService.sleepUntil, .with { $0.timestamp = .init(seconds: 1_600_000_000) })
    let now = await service.now
    XCTAssertEqual(now, virtualStart)
  }

  func testARealClockSkipsNothing() async throws {
    let service = try TemporalService()
    let error = await assertThrows(ServiceError.self) { try await service.unlockTimeSkipping() }
    XCTAssertEqual(error?.code, .failedPrecondition)
  }

  func testASleepIsCancelledWithItsTask() async throws {
    let service = try TemporalService(.init(clock: .virtual(start: virtualStart)))
    let sleep = Task { try await service.sleep(for: .seconds(10)) }
    sleep.cancel()
    await assertThrows(CancellationError.self) { try await sleep.value }
  }

  func testTimersFireInRealTime() async throws {
    let service = try TemporalService()
    try await service.start("w")
    try await work(service, timer: .milliseconds(50))
    let types = try await service.eventTypes("w")
    XCTAssertEqual(types.last, .workflowExecutionCompleted)
  }
}
