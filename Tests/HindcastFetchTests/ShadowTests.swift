import Foundation
import HindcastCalls
import HindcastCore
import HindcastFetch
import HindcastShadow
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Shadows on the in-process server, with workers in this process.
final class ShadowTests: XCTestCase {
  private static let orders = "WorkflowType = 'order'"

  func testTwoWorkersReplayFiveHundredRuns() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(500)
    let barrier = Barrier("one", "two")
    func connection(_ name: String) -> any ServiceConnection {
      ShadowedConnection(service: rig.service) { method in
        if method == "GetWorkflowExecutionHistory" { await barrier.arrive(name) }
      }
    }
    let workers = ["one", "two"].map { rig.worker($0, through: connection($0)) }
    let result = try await rig.withWorkers(workers) {
      try await rig.start(ShadowRequest(query: Self.orders, batch: 25, concurrency: 4)).result()
    }
    XCTAssertEqual(result.ending, .exhausted)
    XCTAssertEqual([result.listed, result.tally.total, result.tally.count(.passed)], [500, 500, 500])
    XCTAssertEqual([result.batches, result.tally.failed, result.tally.gone, result.lost.count], [20, 0, 0, 0])
    XCTAssertEqual(result.apps, ["one": 500])
    XCTAssertEqual(Set(result.workers.keys), ["one", "two"])
    XCTAssertEqual(result.workers.values.reduce(0, +), 500)
    XCTAssertGreaterThan(result.tally.events, 500 * 4)
  }

  func testShadowPassesOverShadowsAndSkipsOtherTypes() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(3)
    _ = try await rig.service.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "foreign"
        $0.workflowType.name = "another app's"
        $0.taskQueue.name = "elsewhere"
        $0.requestID = "foreign"
      })
    let result = try await rig.withWorkers([rig.worker("one")]) { try await rig.start(ShadowRequest()).result() }
    XCTAssertEqual([result.listed, result.tally.count(.passed), result.tally.count(.skipped)], [4, 3, 1])
    XCTAssertEqual(result.tally.failed, 0)
  }

  func testAnotherWorkerTakesTheBatchOfOneThatDied() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(60)
    let asked = Mutex(0)
    let died = AsyncStream.makeStream(of: Void.self)
    let dying = MortalConnection(rig.service) { method in
      guard method == "GetWorkflowExecutionHistory" else { return false }
      let number = asked.withLock { asked in
        asked += 1
        return asked
      }
      if number == 7 { died.continuation.yield() }
      return number == 7
    }
    let (first, second) = (rig.worker("dying", through: dying), rig.worker("living"))
    let result = try await rig.withWorkers([first]) {
      let shadow = try await rig.start(ShadowRequest(batch: 15, concurrency: 2, heartbeatTimeout: 1))
      for await _ in died.stream { break }
      return try await rig.withWorkers([second]) { try await shadow.result() }
    }
    XCTAssertEqual(result.ending, .exhausted)
    XCTAssertEqual([result.listed, result.tally.total, result.tally.count(.passed)], [60, 60, 60])
    XCTAssertEqual(result.lost, [])
    XCTAssertEqual(result.workers.values.reduce(0, +), 60)
    XCTAssertNotNil(result.workers["living"])
  }

  func testCancelledShadowEndsWithWhatItHas() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(60)
    // The sixth history comes only when a heartbeat has told the worker of the cancellation.
    let gate = Barrier("cancellation")
    let asked = Mutex(0)
    let isAsked = AsyncStream.makeStream(of: Void.self)
    let connection = ShadowedConnection(
      service: rig.service,
      before: { method in
        guard method == "GetWorkflowExecutionHistory",
          asked.withLock({
            $0 += 1; return $0
          }) > 5
        else { return }
        isAsked.continuation.yield()
        await gate.arrive("history")
      },
      after: { response in
        if let beat = response as? Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatResponse,
          beat.cancelRequested
        {
          gate.announce("cancellation")
        }
      })
    let result = try await rig.withWorkers([rig.worker("one", through: connection)]) {
      let shadow = try await rig.start(ShadowRequest(batch: 20, concurrency: 1, heartbeatTimeout: 1))
      for await _ in isAsked.stream { break }
      try await shadow.cancel()
      return try await shadow.result()
    }
    XCTAssertEqual(result.ending, .cancelled)
    XCTAssertTrue((1...20).contains(result.tally.total), "\(result.tally.total)")
    XCTAssertEqual(result.tally.failed, 0)
  }

  func testBrokenAppIsReported() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(120)
    let result = try await rig.withWorkers([rig.worker("one", app: ShadowRig.brokenApp)]) {
      try await rig.start(ShadowRequest(query: Self.orders, batch: 40)).result()
    }
    XCTAssertEqual(result.ending, .exhausted)
    XCTAssertEqual([result.tally.count(.nondeterministic), result.tally.failed, result.tally.total], [120, 120, 120])
    XCTAssertEqual(result.tally.rules.values.reduce(0, +), 120)
    XCTAssertEqual(result.tally.failures.count, ShadowTally.failureLimit)
    let failure = try XCTUnwrap(result.tally.failures.first)
    XCTAssertEqual(failure.workflowType, "order")
    XCTAssertEqual(failure.verdict, .nondeterministic)
    XCTAssertEqual(failure.eventID, 5)
    XCTAssertTrue(failure.location?.file.hasSuffix("ShadowRig.swift") == true, "\(failure)")
  }

  func testEnoughFailuresEndTheShadow() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(60)
    let result = try await rig.withWorkers([rig.worker("one", app: ShadowRig.brokenApp)]) {
      try await rig.start(ShadowRequest(query: Self.orders, batch: 5, concurrency: 1, stopAfterFailures: 8)).result()
    }
    XCTAssertEqual(result.ending, .failures)
    XCTAssertEqual([result.tally.failed, result.listed], [10, 10])
  }

  func testLimitAndSample() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(60)
    let limited = try await rig.withWorkers([rig.worker("one")]) {
      try await rig.start(ShadowRequest(limit: 17, batch: 5, concurrency: 2)).result()
    }
    XCTAssertEqual(limited.ending, .limit)
    XCTAssertEqual([limited.listed, limited.tally.total], [17, 17])

    let other = ShadowRig()
    try await other.makeRuns(60)
    let sampled = try await other.withWorkers([other.worker("one")]) {
      try await other.start(ShadowRequest(sample: 0.5)).result()
    }
    XCTAssertEqual(sampled.ending, .exhausted)
    XCTAssertTrue((12...48).contains(sampled.tally.total), "\(sampled.tally.total)")
  }

  func testTimeThatIsUpEndsTheShadow() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(20)
    let result = try await rig.withWorkers([rig.worker("one")]) {
      try await rig.start(ShadowRequest(batch: 5, concurrency: 1, timeLimit: 0)).result()
    }
    XCTAssertEqual(result.ending, .time)
    XCTAssertEqual(result.tally.total, 0)
  }

  func testLongShadowContinuesAsNew() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(45)
    let result = try await rig.withWorkers([rig.worker("one")]) {
      try await rig.start(ShadowRequest(query: Self.orders, batch: 5, concurrency: 2, batchesPerRun: 3)).result()
    }
    XCTAssertEqual([result.listed, result.tally.total, result.batches], [45, 45, 9])
    let runs = try await rig.service.call(
      WorkflowService.listWorkflowExecutions,
      .with {
        $0.namespace = "default"
        $0.query = "WorkflowId = 'shadow'"
      })
    // A run ends after the page in which it has handed out three batches: 4, 4 and 1 in pages of ten runs.
    XCTAssertEqual(runs.executions.count, 3)
  }

  func testShadowThatRepeatsFindsWhatCameSince() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(10)
    let result = try await rig.withWorkers([rig.worker("one")]) {
      let shadow = try await rig.start(
        ShadowRequest(query: Self.orders, limit: 13, repeatAfter: 0.05))
      var progress = try await shadow.progress()
      while progress.passes < 2 { progress = try await shadow.progress() }
      // Passes that find nothing new replay nothing again.
      XCTAssertEqual([progress.listed, progress.tally.total], [10, 10])
      try await rig.makeRuns(3, prefix: "late")
      return try await shadow.result()
    }
    XCTAssertEqual(result.ending, .limit)
    XCTAssertEqual(result.tally.total, 13)
  }

  func testDifferentAppsAreTold() async throws {
    let rig = ShadowRig()
    try await rig.makeRuns(40)
    let barrier = Barrier("one", "two")
    let workers = ["one", "two"].map { name in
      rig.worker(
        name, digest: "digest of \(name)",
        through: ShadowedConnection(service: rig.service) { method in
          if method == "GetWorkflowExecutionHistory" { await barrier.arrive(name) }
        })
    }
    let result = try await rig.withWorkers(workers) {
      try await rig.start(ShadowRequest(batch: 5, concurrency: 4)).result()
    }
    XCTAssertEqual(Set(result.apps.keys), ["digest of one", "digest of two"])
    XCTAssertEqual(result.apps.values.reduce(0, +), 40)
  }

  func testQueryThatTheServiceRefusesIsSaid() async throws {
    let rig = ShadowRig()
    do {
      _ = try await rig.withWorkers([rig.worker("one")]) {
        try await rig.start(ShadowRequest(query: "WorkflowId =")).result()
      }
      XCTFail("the query was taken")
    } catch let error as ShadowError {
      XCTAssertTrue(error.description.contains("query"), "\(error)")
    }
  }
}
