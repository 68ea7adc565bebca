import Foundation
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastVerify

/// Workers that do not come, come for something else or go.
final class AbsentWorkerTests: XCTestCase {
  private static let steps: [Step] = [.activity("charge"), .complete(#""done""#)]

  private func server(workerTimeout: Duration = .zero, historyTimeout: Duration = .seconds(60)) -> VerificationServer {
    var options = VerificationOptions(taskQueue: "queue")
    options.workerTimeout = workerTimeout
    options.historyTimeout = historyTimeout
    return VerificationServer(options)
  }

  private func error(on server: VerificationServer) async throws -> VerificationError? {
    do {
      _ = try await Verifier(server: server).verdicts(on: [try recording(Self.steps)])
      return nil
    } catch let error as VerificationError {
      return error
    }
  }

  func testWhatPollsInsteadIsNamed() async throws {
    typealias Poll = @Sendable (FakeWorker) async throws -> Void
    let cases: [(name: String, polls: [Poll], says: [String])] = [
      ("nobody", [], ["nobody connected"]),
      (
        "another queue", [{ _ = try await FakeWorker(server: $0.server, queue: "orders").poll() }],
        ["1@fake (temporal-python) polls task queue 'orders' of namespace 'default'", "--task-queue orders"]
      ),
      (
        "another namespace", [{ _ = try await FakeWorker(server: $0.server, namespace: "prod").poll() }],
        ["polls task queue 'queue' of namespace 'prod'", "--task-queue queue --namespace prod"]
      ),
      (
        "two other queues",
        [
          { _ = try await FakeWorker(server: $0.server, queue: "a").poll() },
          { _ = try await FakeWorker(server: $0.server, queue: "b").poll() },
        ], ["and 1 more"]
      ),
      ("activities", [{ try await $0.pollForActivities() }], ["polls 'queue' for activity tasks only"]),
    ]
    for (name, polls, says) in cases {
      let server = server()
      let worker = FakeWorker(server: server)
      let tasks = polls.map { poll in Task { try await poll(worker) } }
      await until { await server.log.places.count == polls.count }
      let error = try await error(on: server)
      for text in says {
        XCTAssertTrue("\(error?.description ?? "")".contains(text), "\(name): \(error?.description ?? "")")
      }
      for task in tasks { task.cancel() }
    }
  }

  func testAClientThatPollsNothingIsNamed() async throws {
    let server = server()
    _ = try await FakeWorker(server: server, client: "temporal-go").call(WorkflowService.getSystemInfo, .init())
    let error = try await error(on: server)
    XCTAssertTrue(error?.message.contains("a client (temporal-go) connected, and polls nothing") ?? false)
  }

  func testStickyPollsTakeNoHistory() async throws {
    let server = server()
    let poll = Task { try await FakeWorker(server: server).poll(.sticky) }
    await until { await server.polls.count == 1 }
    let error = try await error(on: server)
    XCTAssertNotNil(error)
    poll.cancel()
  }

  func testAWorkerThatGoesLeavesWhatItDidAndAnExplanation() async throws {
    let server = server()
    let worker = FakeWorker(server: server)
    let history = try recording(Self.steps)
    let task = Task {
      for _ in 0..<2 {
        let polled = try await worker.poll()
        try await worker.respond(to: polled, .answered)
      }
      _ = try await worker.call(WorkflowService.shutdownWorker, .with { $0.identity = worker.identity })
    }
    await until { await server.hasTaker }
    var verdicts: [Verdict] = []
    do {
      try await Verifier(server: server).run((0..<4).map { _ in HistorySource.recorded(history) }) { result in
        if case .verdict(let verdict) = result { verdicts.append(verdict.verdict) }
      }
      XCTFail("two histories have no worker")
    } catch let error as VerificationError {
      XCTAssertTrue(error.message.contains("polled task queue 'queue'"), error.message)
      XCTAssertTrue(error.message.contains("and stopped"), error.message)
    }
    XCTAssertTrue(verdicts.allSatisfy { $0 == .passed })
    XCTAssertGreaterThanOrEqual(verdicts.count, 1)
    try await task.value
  }

  func testAWorkerThatKeepsAHistoryToItself() async throws {
    for (polls, verdict) in [(1, Verdict.failed), (2, .deadlocked)] {
      let server = server(workerTimeout: .seconds(60), historyTimeout: .zero)
      let worker = FakeWorker(server: server)
      let tasks = (0..<polls).map { _ in Task { _ = try await worker.poll() } }
      await until { await server.polls.count == polls }
      let found = try await Verifier(server: server).verdicts(on: [try recording(Self.steps)])[0]
      XCTAssertEqual(found.verdict, verdict)
      XCTAssertTrue(found.failure?.message.contains("1@fake (temporal-python) took the history") ?? false)
      for task in tasks { task.cancel() }
    }
  }

  func testWhoIsStoppedWaitsForNoAnswer() async throws {
    let server = server(workerTimeout: .seconds(60))
    let worker = FakeWorker(server: server)
    let history = try recording(Self.steps)
    for stop in [{ $0.cancel() }, { _ in await server.close() }]
      as [@Sendable (Task<Int, any Error>) async -> Void]
    {
      let poll = Task { try await worker.poll() }
      let verifying = Task { try await Verifier(server: server).verdicts(on: [history, history]).count }
      _ = try await poll.value
      await stop(verifying)
      do {
        _ = try await verifying.value
        XCTFail("no history has a verdict")
      } catch is CancellationError {}
    }
  }

  func testAnAnswerThatNobodyWaitsForIsRefused() async throws {
    let worker = FakeWorker(server: server())
    do {
      try await worker.respond(to: .with { $0.taskToken = Data("9".utf8) }, .completed([]))
      XCTFail("there is no such task")
    } catch let error as ServiceError {
      XCTAssertEqual(error.code, .notFound)
    }
  }

  func testWhatAReplayHasNoUseForIsUnimplemented() async throws {
    do {
      _ = try await FakeWorker(server: server()).call(WorkflowService.startWorkflowExecution, .init())
      XCTFail("nothing is started")
    } catch let error as ServiceError {
      XCTAssertEqual(error.code, .unimplemented)
      XCTAssertTrue(error.message.contains("StartWorkflowExecution"))
    }
  }

  func testPollsEndEmptyWhenTheServerCloses() async throws {
    let server = server()
    let poll = Task { try await FakeWorker(server: server).poll() }
    await until { await server.polls.count == 1 }
    await server.close()
    let polled = try await poll.value
    XCTAssertTrue(polled.taskToken.isEmpty)
    let late = try await FakeWorker(server: server).poll()
    XCTAssertTrue(late.taskToken.isEmpty)
  }
}
