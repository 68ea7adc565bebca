import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import HindcastServer
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastService

/// With a file, nobody hears of anything before it is stored.
final class CommitOrderTests: XCTestCase {
  private let configuration = ServiceConfiguration(storage: .file("in a test's store"))

  /// Notes whether a call has been answered.
  private final class Answered: Sendable {
    private let state = Mutex(false)
    var value: Bool { state.withLock { $0 } }

    /// Makes a call and notes when it has been answered.
    func noting(_ call: @escaping @Sendable () async throws -> Void) -> Task<Void, any Error> {
      Task {
        try await call()
        state.withLock { $0 = true }
      }
    }
  }

  private typealias Request = @Sendable (TemporalService) async throws -> Void

  /// Requests that change something; each is made after those before it.
  private static let changes: [(name: String, request: Request)] = [
    ("start", { try await $0.start("w") }),
    ("signal", { try await $0.signal("w") }),
    ("poll", { _ = try await $0.pollTask() }),
    ("signal that is buffered", { try await $0.signal("w", requestID: "buffered") }),
    ("terminate", { try await $0.terminate("w") }),
    ("start of another", { try await $0.start("v") }),
  ]

  func testAnAnswerWaitsForTheCommit() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    for change in Self.changes { try await check(change.request, change.name, service, store) }
  }

  private func check(
    _ request: @escaping Request, _ name: String, _ service: TemporalService, _ store: FailingStore
  ) async throws {
    let begun = store.begun
    store.hold(true)
    let (changed, read) = (Answered(), Answered())
    let change = changed.noting { try await request(service) }
    while store.begun == begun { try await Task.sleep(for: .milliseconds(1)) }
    // A request that only reads sees the change, so it has to wait as well.
    let look = read.noting { try await service.describe("w") }
    try await Task.sleep(for: .milliseconds(20))
    XCTAssertFalse(changed.value, "\(name) was answered before it was stored")
    XCTAssertFalse(read.value, "a reader was told of the \(name) before it was stored")
    store.hold(false)
    try await change.value
    try await look.value
  }

  func testAPollGetsATaskOnlyWhenItsStartIsStored() async throws {
    let store = try FailingStore()
    let service = try TemporalService(configuration, store: store)
    try await service.start("first")
    _ = try await service.pollTask()
    let polled = Answered()
    let poll = polled.noting { _ = try await service.pollTask() }
    while await !service.state.isWaiting(CallID(3)) { await Task.yield() }
    store.hold(true)
    let start = Task { try await service.start("second") }
    while await service.state.transitions(ofWorkflow: "second") == 0 { await Task.yield() }
    try await Task.sleep(for: .milliseconds(20))
    XCTAssertFalse(polled.value, "the task went out before the run was stored")
    store.hold(false)
    _ = try await start.value
    try await poll.value
  }

  /// Clients at work at the same time, on a store that takes its time; each looks into the store as soon as it is answered.
  func testWhatIsAnsweredUnderLoadIsInTheStore() async throws {
    let store = try FailingStore()
    store.delay(.milliseconds(2))
    let service = try TemporalService(configuration, store: store)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<8 {
        group.addTask {
          for number in 0..<10 {
            let id = "\(client)-\(number)"
            let runID = try await service.start(id)
            XCTAssertFalse(try store.batches(ofRun: runID, from: 1, before: 2, limit: 1).isEmpty, "start of \(id)")
            try await service.signal(id, requestID: "signal")
            XCTAssertTrue(try store.holds(.request, runID, "signal"), "signal of \(id)")
            let task = try await service.pollTask()
            let started = try store.execution(task.workflowExecution.runID)?.workflowTask.startedEventID
            XCTAssertEqual(started, task.startedEventID, "task of \(task.workflowExecution.workflowID)")
            try await service.complete(task, .timer("t", .seconds(100)))
            XCTAssertTrue(try store.holds(.timer, task.workflowExecution.runID, "t"), "answer of \(id)")
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

extension TemporalService {
  fileprivate func describe(_ workflowID: String) async throws {
    _ = try await call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = workflowID
      })
  }
}

extension FailingStore {
  fileprivate func holds(_ kind: RecordKind, _ owner: String, _ key: String) throws -> Bool {
    var isThere = false
    _ = try readRecords { other, itsOwner, itsKey, _ in
      if other == kind, itsOwner == owner, itsKey == key { isThere = true }
    }
    return isThere
  }

  fileprivate func execution(_ runID: String) throws -> ExecutionRecord? {
    var record: ExecutionRecord?
    _ = try readRecords { if $0 == .execution, $1 == runID { record = try ExecutionRecord(serializedBytes: $3) } }
    return record
  }
}
