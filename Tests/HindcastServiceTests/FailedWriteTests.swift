import Foundation
import GRDB
import HindcastCalls
import HindcastServer
import HindcastTestSupport
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastService

final class FailedWriteTests: XCTestCase {
  /// A service that waits for its store, as with a file.
  private let configuration = ServiceConfiguration(storage: .file("in a test's store"))

  func testWhatWasNotStoredDidNotHappen() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    try await service.start("before")
    store.fail(commits: 1)
    let error = await assertThrows(ServiceError.self) { try await service.start("lost") }
    XCTAssertEqual(error?.code, .unavailable)
    XCTAssertEqual(error?.message, "the disk is full")
    let missing = await assertThrows(ServiceError.self) { try await service.signal("lost") }
    XCTAssertEqual(missing?.code, .notFound)
    try await service.signal("before")
    let types = try await service.eventTypes("before")
    XCTAssertEqual(types, [.workflowExecutionStarted, .workflowTaskScheduled, .workflowExecutionSignaled])
    try await service.start("lost")
  }

  func testWhatWaitsForTheFailedWriteFailsToo() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    try await service.start("w")
    store.hold(true)
    store.fail(commits: 1)
    let calls = (0..<20).map { number in Task { try await service.signal("w", "\(number)") } }
    while await service.state.transitions(ofWorkflow: "w") < 21 { await Task.yield() }
    store.hold(false)
    for call in calls {
      let error = await assertThrows(ServiceError.self) { try await call.value }
      XCTAssertEqual(error?.code, .unavailable)
    }
    let events = try await service.events("w")
    XCTAssertEqual(events.count, 2)
  }

  /// In memory, histories go to the store when the cache is full; one that cannot take them takes nothing away.
  func testAServiceInMemoryLosesNothing() async throws {
    for failures in [0, 1, .max] {
      var configuration = ServiceConfiguration()
      configuration.historyCacheBytes = 200
      let store = try FailingStore()
      let service = try TemporalService(configuration, store: store)
      store.fail(commits: failures)
      for round in 0..<3 {
        for number in 0..<10 where round == 0 { try await service.start("\(number)") }
        for number in 0..<10 { try await service.signal("\(number)", "\(round)") }
        while await service.isCommitting { await Task.yield() }
      }
      for number in 0..<10 {
        let types = try await service.eventTypes("\(number)")
        XCTAssertEqual(
          types,
          [.workflowExecutionStarted, .workflowTaskScheduled] + Array(repeating: .workflowExecutionSignaled, count: 3),
          "\(failures) commits fail")
      }
      if failures == 0 {
        XCTAssertGreaterThanOrEqual(store.commits, 3, "each round has more than the cache")
      } else {
        XCTAssertEqual(store.commits, 1, "after one that failed, no other is tried")
      }
      try await service.close()
    }
  }

  func testConcurrentRequestsShareATransaction() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    try await service.start("w")
    let before = store.commits
    store.hold(true)
    let calls = (0..<50).map { number in Task { try await service.signal("w", "\(number)") } }
    while await service.state.transitions(ofWorkflow: "w") < 51 { await Task.yield() }
    store.hold(false)
    for call in calls { try await call.value }
    XCTAssertLessThanOrEqual(store.commits - before, 2)
  }

  func testAPollIsToldAndComesAgain() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    let poll = Task { try await service.pollTask() }
    while await !service.state.isWaiting(CallID(1)) { await Task.yield() }
    // That somebody polls is stored, too.
    while store.commits == 0 { await Task.yield() }
    store.fail(commits: 1)
    await assertThrows(ServiceError.self) { try await service.start("w") }
    let error = await assertThrows(ServiceError.self) { _ = try await poll.value }
    XCTAssertEqual(error?.code, .unavailable)
    let runID = try await service.start("w")
    let task = try await service.pollTask()
    XCTAssertEqual(task.workflowExecution.runID, runID)
  }

  func testTheServiceComesBackWhenTheStoreDoes() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    try await service.start("before")
    store.fail(commits: 1, reads: true)
    await assertThrows(ServiceError.self) { try await service.start("lost") }
    let broken = await assertThrows(ServiceError.self) { try await service.signal("before") }
    XCTAssertEqual(broken?.code, .unavailable)
    store.fail(commits: 0)
    try await service.signal("before")
    try await service.start("lost")
  }

  func testTheFirstWriteMayFail() async throws {
    let store = try FailingStore()
    store.fail(commits: 1)
    let service = try TemporalService(configuration, store: store)
    await assertThrows(ServiceError.self) { try await service.start("w") }
    try await service.start("w")
    let restored = try TemporalService(configuration, store: store)
    let events = try await restored.events("w")
    XCTAssertEqual(events.count, 2)
  }

  func testAFullDatabase() async throws {
    let folder = try TemporaryFolder()
    let path = folder["s.db"]
    let store = try SQLiteStore(path: path)
    let service = try TemporalService(.init(storage: .file(path)), store: store)
    try await service.start("w")
    try store.limitPages(to: 60)
    var accepted = 0
    var refusal: ServiceError?
    while refusal == nil, accepted < 10_000 {
      do {
        try await service.signal("w", String(repeating: "x", count: 900))
        accepted += 1
      } catch {
        refusal = error as? ServiceError
      }
    }
    XCTAssertEqual(refusal?.code, .unavailable)
    XCTAssertTrue(refusal?.message.contains("full") ?? false, refusal?.message ?? "nothing was refused")
    try store.limitPages(to: 1_000_000)
    try await service.signal("w", "at last")
    let events = try await service.events("w")
    XCTAssertEqual(events.map(\.eventID), Array(1...Int64(accepted + 3)))
    try await service.close()
    let reopened = try TemporalService(.init(storage: .file(path)))
    let after = try await reopened.events("w")
    XCTAssertEqual(after, events)
    try await reopened.close()
  }
}
