import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import HindcastVerify
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Histories before a worker of this package, which has no idea that its server is none.
final class VerifierTests: XCTestCase {
  private static let steps: [Step] = [.activity("charge"), .timer(5), .activity("ship"), .complete(#""done""#)]

  private func verdicts(
    on histories: [WorkflowHistory], by code: ScriptedCode, change: (inout VerificationOptions) -> Void = { _ in }
  ) async throws -> [HistoryVerdict] {
    var options = VerificationOptions(taskQueue: "queue")
    change(&options)
    let server = VerificationServer(options)
    let worker = Worker(
      WorkerConfiguration(taskQueue: "queue", identity: "tester", workflows: code), connection: server)
    return try await beside({ try await worker.run() }) { try await Verifier(server: server).verdicts(on: histories) }
  }

  func testAHistoryOfTheCodePasses() async throws {
    let verdict = try await verdicts(on: [try recording(Self.steps)], by: ScriptedCode(Self.steps))[0]
    XCTAssertEqual(verdict.verdict, .passed)
    XCTAssertNil(verdict.failure)
    XCTAssertEqual(verdict.tasks, 4)
    XCTAssertEqual(verdict.worker, "tester (hindcast)")
  }

  func testChangedCodeIsReportedWithItsMessageAndTheEvent() async throws {
    let history = try recording(Self.steps)
    let cases: [(changed: [Step], event: EventType)] = [
      ([.activity("refund"), .timer(5), .activity("ship"), .complete(#""done""#)], .activityTaskScheduled),
      ([.activity("charge"), .activity("ship"), .complete(#""done""#)], .timerStarted),
      ([.activity("charge"), .timer(5), .activity("ship"), .fail("no")], .workflowExecutionCompleted),
      ([.activity("charge"), .timer(5), .activity("ship"), .timer(1)], .workflowExecutionCompleted),
    ]
    for (changed, event) in cases {
      let verdict = try await verdicts(on: [history], by: ScriptedCode(changed))[0]
      XCTAssertEqual(verdict.verdict, .nondeterministic, "\(changed)")
      XCTAssertEqual(verdict.failure?.rule, .reportedByWorker)
      XCTAssertTrue(verdict.failure?.message.hasPrefix("[TMPRL1100] ") ?? false, verdict.failure?.message ?? "")
      XCTAssertEqual(verdict.failure?.expected?.eventType, event, "\(changed)")
      XCTAssertEqual(verdict.failure?.eventID, history.events.first { $0.eventType == event }?.eventID, "\(changed)")
      XCTAssertNotNil(verdict.failure?.taskStartedEventID)
    }
  }

  func testAWorkerWithoutTheTypeFailsTheHistory() async throws {
    let verdict = try await verdicts(on: [try recording(Self.steps, type: "other")], by: ScriptedCode(Self.steps))[0]
    XCTAssertEqual(verdict.verdict, .failed)
    XCTAssertEqual(verdict.failure?.rule, .unregisteredType)
    XCTAssertEqual(
      verdict.failure?.message, "unable to find workflow type: other. Supported types: [workflow]")
  }

  func testVerdictsComeInTheOrderOfTheHistories() async throws {
    let good = try recording(Self.steps)
    let bad = try recording([.timer(1), .complete("1")])
    let histories = (0..<40).map { number in
      var history = number % 3 == 0 ? bad : good
      history.origin = HistoryOrigin(file: "\(number).json")
      return history
    }
    let verdicts = try await verdicts(on: histories, by: ScriptedCode(Self.steps)) { $0.lookAhead = 7 }
    XCTAssertEqual(verdicts.map(\.file), histories.map(\.origin.name))
    XCTAssertEqual(
      verdicts.map(\.verdict), (0..<40).map { $0 % 3 == 0 ? Verdict.nondeterministic : .passed })
  }

  func testALongHistoryIsFetchedPageByPage() async throws {
    let verdict = try await verdicts(on: [try recording(Self.steps)], by: ScriptedCode(Self.steps)) {
      $0.pageSize = 1
    }[0]
    XCTAssertEqual(verdict.verdict, .passed, verdict.failure?.message ?? "")
  }

  func testOpenHistoriesPassAsFarAsTheyGo() async throws {
    let history = try recording(Self.steps, holdsTimers: true)
    XCTAssertFalse(history.isClosed)
    let (passed, failed) = (
      try await verdicts(on: [history], by: ScriptedCode(Self.steps))[0],
      try await verdicts(on: [history], by: ScriptedCode([.activity("charge"), .activity("ship")]))[0]
    )
    XCTAssertEqual(passed.verdict, .passed)
    XCTAssertEqual(failed.verdict, .nondeterministic)
  }

  func testABrokenHistoryIsNotServed() async throws {
    var history = try recording(Self.steps)
    history.events[4].eventID = 77
    let server = VerificationServer(VerificationOptions(taskQueue: "queue"))
    let verdict = try await Verifier(server: server).verdicts(on: [history])[0]
    XCTAssertEqual(verdict.verdict, .invalid)
    XCTAssertEqual(verdict.failure?.rule, .invalidHistory)
  }

  func testAHistoryWithoutACompletedTaskIsNotServed() async throws {
    var history = try recording(Self.steps)
    history.events = Array(history.events.prefix(3))
    let server = VerificationServer(VerificationOptions(taskQueue: "queue"))
    let verdict = try await Verifier(server: server).verdicts(on: [history])[0]
    XCTAssertEqual(verdict.verdict, .passed)
    XCTAssertEqual(verdict.warnings.map(\.message), ["no workflow task was completed, so there is nothing to replay"])
  }
}
