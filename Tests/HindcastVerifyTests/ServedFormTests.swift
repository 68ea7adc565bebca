import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import HindcastVerify
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// What workers of each SDK get to see, and what is made of their answers.
final class ServedFormTests: XCTestCase {
  private static let steps: [Step] = [.activity("charge"), .timer(5), .activity("ship"), .complete(#""done""#)]

  private func verdict(
    on history: WorkflowHistory, client: String,
    _ answer: @escaping @Sendable (FakeWorker.Polled) async -> FakeWorker.Answer
  ) async throws -> HistoryVerdict {
    let server = VerificationServer(VerificationOptions(taskQueue: "queue"))
    let worker = FakeWorker(server: server, client: client)
    return try await beside({ try await worker.run(answer) }) {
      try await Verifier(server: server).verdicts(on: [history])[0]
    }
  }

  private static func lastIndex(_ type: EventType, in history: WorkflowHistory) -> Int {
    history.events.lastIndex { $0.eventType == type } ?? -1
  }

  func testAQueryBringsTheWholeHistoryAndItsOwnRunID() async throws {
    let history = try recording(Self.steps)
    let start = history.events[Self.lastIndex(.workflowTaskStarted, in: history)].eventID
    for (client, query) in [
      ("temporal-python", "__temporal_workflow_metadata"), ("temporal-java", "__replay_only"),
      ("", "__temporal_workflow_metadata"),
    ] {
      let verdict = try await verdict(on: history, client: client) { polled in
        let isRight =
          polled.history.events == history.events && polled.query.queryType == query && polled.startedEventID == 0
          && polled.previousStartedEventID == start && polled.workflowExecution.runID == history.runID
          && polled.workflowExecution.workflowID == history.workflowID && polled.workflowType.name == "workflow"
          && polled.workflowExecutionTaskQueue.name == "queue" && polled.attempt == 1
        return isRight ? .answered : .failed("served wrongly: \(polled)")
      }
      XCTAssertEqual(verdict.verdict, .passed, "\(client): \(verdict.failure?.message ?? "")")
    }
  }

  func testARunIDIsServedOnceSinceTheWorkerMayHoldItInItsCache() async throws {
    let history = try recording(Self.steps)
    let server = VerificationServer(VerificationOptions(taskQueue: "queue"))
    let seen = Seen()
    _ = try await beside({
      try await FakeWorker(server: server).run { polled in
        await seen.add(polled.workflowExecution.runID)
        return .answered
      }
    }) { try await Verifier(server: server).verdicts(on: [history, history, history]) }
    let runs = await seen.texts
    XCTAssertEqual(runs.count, 3)
    XCTAssertEqual(Set(runs).count, 3)
    XCTAssertEqual(runs.filter { $0 == history.runID }.count, 1)
  }

  func testTheEventIsFoundWhereTheMessageDoesNotNameIt() async throws {
    let history = try recording(Self.steps)
    for event in history.events where event.eventType.isCommandEvent {
      let verdict = try await verdict(on: history, client: "temporal-python") { polled in
        polled.history.events.contains { $0.eventID == event.eventID }
          ? .failed("[TMPRL1100] it does not fit", .nonDeterministicError) : .answered
      }
      XCTAssertEqual(verdict.verdict, .nondeterministic)
      XCTAssertEqual(verdict.failure?.message, "[TMPRL1100] it does not fit")
      XCTAssertEqual(verdict.failure?.eventID, event.eventID)
    }
  }

  func testAnUnknownQueryMeansThatTheReplayWentWell() async throws {
    let history = try recording(Self.steps)
    let verdict = try await verdict(on: history, client: "temporal-typescript") {
      .failed(
        "Workflow did not register a handler for \($0.query.queryType). Registered queries: []", type: "ReferenceError")
    }
    XCTAssertEqual(verdict.verdict, .passed)
  }

  func testCommandsBeyondTheEndOfAnOpenRunAreSeen() async throws {
    let history = try recording(Self.steps, holdsTimers: true)
    let extra = Command.with {
      $0.commandType = .scheduleActivityTask
      $0.scheduleActivityTaskCommandAttributes.activityType.name = "more"
    }
    for (commands, expected) in [([], Verdict.passed), ([extra], .nondeterministic)] {
      let verdict = try await verdict(on: history, client: "temporal-python") { polled in
        if polled.hasQuery { return .answered }
        let types = polled.history.events.suffix(3).map(\.eventType)
        return types == [.timerStarted, .workflowTaskScheduled, .workflowTaskStarted]
          ? .completed(commands) : .failed("\(types)")
      }
      XCTAssertEqual(verdict.verdict, expected, verdict.failure?.message ?? "")
      XCTAssertEqual(verdict.failure?.rule, expected == .passed ? nil : .extraCommand)
    }
  }

  func testNoTaskIsGivenWhereItMightRunALocalActivity() async throws {
    let history = try recording([.activity("charge"), .timer(1)], holdsTimers: true).recordingMarker(
      "core_local_activity")
    let verdict = try await verdict(on: history, client: "temporal-python") {
      $0.hasQuery ? .answered : .failed("a task was given")
    }
    XCTAssertEqual(verdict.verdict, .passed, verdict.failure?.message ?? "")
  }

  func testErrorsOfTheCodeFailTheHistory() async throws {
    let history = try recording(Self.steps)
    let verdict = try await verdict(on: history, client: "temporal-python") { _ in .failed("boom", type: "RuntimeError")
    }
    XCTAssertEqual(verdict.verdict, .failed)
    XCTAssertEqual(verdict.failure?.rule, .codeError)
    XCTAssertEqual(verdict.failure?.message, "RuntimeError: boom")
    let deadlocked = try await self.verdict(on: history, client: "temporal-python") { _ in
      .failed("[TMPRL1101] Potential deadlock detected: workflow didn't yield within 2 second(s).")
    }
    XCTAssertEqual(deadlocked.verdict, .deadlocked)
  }

  // MARK: The Go SDK

  func testGoGetsTheLastTaskAndItsCommandsAreCompared() async throws {
    let history = try recording(Self.steps)
    let started = Self.lastIndex(.workflowTaskStarted, in: history)
    let complete = Command.with {
      $0.commandType = .completeWorkflowExecution
      $0.completeWorkflowExecutionCommandAttributes = .init()
    }
    let fail = Command.with {
      $0.commandType = .failWorkflowExecution
      $0.failWorkflowExecutionCommandAttributes = .init()
    }
    for (commands, expected) in [([complete], Verdict.passed), ([fail], .nondeterministic), ([], .nondeterministic)] {
      let verdict = try await verdict(on: history, client: "temporal-go") { polled in
        let isRight =
          polled.history.events == Array(history.events[...started]) && !polled.hasQuery
          && polled.startedEventID == history.events[started].eventID
          && polled.previousStartedEventID < polled.startedEventID && polled.previousStartedEventID > 0
        return isRight ? .completed(commands) : .failed("served wrongly")
      }
      XCTAssertEqual(verdict.verdict, expected, "\(commands): \(verdict.failure?.message ?? "")")
      if expected != .passed { XCTAssertEqual(verdict.failure?.eventID, history.lastEventID) }
    }
  }

  func testGoRunsNoLocalActivityOfTheLastTask() async throws {
    let history = try recording([.timer(1), .complete("1")]).recordingMarker("LocalActivity")
    let verdict = try await verdict(on: history, client: "temporal-go") { polled in
      let starts = polled.history.events.filter { $0.eventType == .timerFired }
      return starts.isEmpty && polled.history.events.contains { $0.eventType == .timerStarted }
        ? .completed([]) : .failed("the task would run the local activity")
    }
    XCTAssertEqual(verdict.verdict, .passed, verdict.failure?.message ?? "")
    XCTAssertEqual(
      verdict.warnings.map(\.message),
      ["the commands of the last task were not compared, because it has local activities"])
  }

  func testGoGetsAQueryWhereTheOnlyTaskHasLocalActivities() async throws {
    let history = try recording([.complete("1")]).recordingMarker("LocalActivity")
    let verdict = try await verdict(on: history, client: "temporal-go") { polled in
      polled.hasQuery && polled.history.events == history.events ? .answered : .failed("the task would run it")
    }
    XCTAssertEqual(verdict.verdict, .passed, verdict.failure?.message ?? "")
    XCTAssertEqual(verdict.warnings.count, 1)
  }

  func testGoGetsATaskWithoutNewsAfterTheLastOneOfAnOpenRun() async throws {
    let history = try recording(Self.steps, holdsTimers: true)
    let verdict = try await verdict(on: history, client: "temporal-go") { polled in
      let types = polled.history.events.suffix(3).map(\.eventType)
      let ids = polled.history.events.map(\.eventID)
      return types == [.timerStarted, .workflowTaskScheduled, .workflowTaskStarted]
        && ids == Array(1...Int64(ids.count))
        ? .completed([]) : .failed("\(types)")
    }
    XCTAssertEqual(verdict.verdict, .passed, verdict.failure?.message ?? "")
  }

  func testTheEventOfAGoMessageIsFoundByTaskAndName() async throws {
    let steps: [Step] = [
      .timer(3), .parallel([.activity("charge"), .activity("ship"), .activity("tell")]), .complete("1"),
    ]
    let history = try recording(steps)
    let wanted = history.events.first { $0.activityTaskScheduledEventAttributes.activityType.name == "ship" }
    let message =
      "[TMPRL1100] nondeterministic workflow: history event is ActivityTaskScheduled: (ActivityId:\(wanted?.activityTaskScheduledEventAttributes.activityID ?? ""), "
      + "ActivityType:(Name:ship), TaskQueue:(Name:queue, Kind:Normal)), replay command is ScheduleActivityTask: (ActivityId:9, ActivityType:(Name:refund))"
    let verdict = try await verdict(on: history, client: "temporal-go") { polled in
      // As Go does: what comes before the task that it is given is compared.
      polled.history.events.contains { $0.eventID == wanted?.eventID }
        ? .failed(message, .nonDeterministicError) : .completed([])
    }
    XCTAssertEqual(verdict.failure?.message, message)
    XCTAssertEqual(verdict.failure?.eventID, wanted?.eventID)
  }
}

/// Texts that several tasks gather.
actor Seen {
  private(set) var texts: [String] = []

  func add(_ text: String) { texts.append(text) }
}
