import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTesting
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import XCTest

/// Local activities in workflow time.
final class LocalActivityTests: XCTestCase {
  private static let workflows = SwiftWorkflows()
    .workflow("Greet") { (context, name: String) async throws -> String in
      try await context.executeLocalActivity("greet", name, options: .startToClose(.seconds(60)))
    }
    .workflow("Two") { (context) async throws -> [String] in
      let options = LocalActivityOptions.startToClose(.seconds(60))
      let first = context.startLocalActivity("greet", "Ada", options: options, returning: String.self)
      let second = context.startLocalActivity("greet", "Bob", options: options, returning: String.self)
      return [try await second.get(), try await first.get()]
    }
    .workflow("Retried") { (context, policy: [Int]) async throws -> String in
      var options = LocalActivityOptions(scheduleToCloseTimeout: .seconds(600), startToCloseTimeout: .seconds(5))
      options.retryPolicy = RetryPolicy(
        initialInterval: .seconds(policy[0]), backoffCoefficient: 2, maximumAttempts: policy[1])
      return try await context.executeLocalActivity("greet", "Ada", options: options)
    }
    .workflow("Canceled") { (context) async throws -> String in
      let child = context.cancellable()
      let greeting = child.startLocalActivity(
        "greet", "Ada", options: .startToClose(.seconds(60)), returning: String.self)
      try await context.sleep(for: .seconds(1))
      child.scope.cancel()
      do {
        return try await greeting.get()
      } catch is CanceledFailure {
        return "canceled"
      }
    }

  private func environment(cachesRuns: Bool = true) -> TestEnvironment {
    var options = TestEnvironmentOptions()
    options.cachesRuns = cachesRuns
    return TestEnvironment(workflows: Self.workflows, options: options)
  }

  func testResultsAreRecordedInTheTask() async throws {
    let environment = environment()
    environment.activities.mock("greet") { (name: String) in "hello \(name)" }
    let run = try await environment.start("Two")
    let result: [String] = try await run.result()
    XCTAssertEqual(result, ["hello Bob", "hello Ada"])
    let history = try await run.history()
    XCTAssertEqual(
      history.events.map(\.eventType),
      [
        .workflowExecutionStarted, .workflowTaskScheduled, .workflowTaskStarted, .workflowTaskCompleted,
        .markerRecorded, .markerRecorded, .workflowExecutionCompleted,
      ])
    let marker = history.events[4].markerRecordedEventAttributes
    XCTAssertEqual(marker.markerName, "LocalActivity")
    XCTAssertEqual(marker.details["result"]?.payloads.first?.text, "\"hello Ada\"")
    XCTAssertEqual(
      marker.details["data"]?.payloads.first?.text,
      #"{"ActivityID":"1","ActivityType":"greet","ReplayTime":"2025-01-01T00:00:00Z","Attempt":1,"Backoff":0}"#)
  }

  /// The mock takes longer than the task may: the task is prolonged, and the activity goes on.
  func testTasksAreProlongedForActivitiesThatTakeLong() async throws {
    for cachesRuns in [true, false] {
      let environment = environment(cachesRuns: cachesRuns)
      let calls = Mutex(0)
      environment.mockGreet { activity in
        calls.withLock { $0 += 1 }
        await activity.sleep(for: .seconds(20))
        return "hello"
      }
      let begin = await environment.now
      let run = try await environment.start("Greet", "Ada")
      let result: String = try await run.result()
      XCTAssertEqual(result, "hello")
      let passed = await environment.now - begin
      XCTAssertEqual(passed, 20_000_000_000)
      XCTAssertEqual(calls.withLock(\.self), 1)
      let history = try await run.history()
      // 8 s, 16 s and the end.
      XCTAssertEqual(history.events.count { $0.eventType == .workflowTaskCompleted }, 3)
      XCTAssertEqual(history.events.count { $0.eventType == .markerRecorded }, 1)
      XCTAssertEqual(history.events.count { $0.eventType == .workflowTaskTimedOut }, 0)
    }
  }

  func testFailuresAreTriedAgainInTheTaskOrAfterATimer() async throws {
    // The first interval, attempts that are allowed, seconds that pass, timers, markers.
    let cases = [(1, 3, 3, 0, 1), (6, 3, 18, 1, 2), (30, 3, 90, 2, 3)]
    for (interval, attempts, seconds, timers, markers) in cases {
      let environment = environment()
      let seen = Mutex<[Int32]>([])
      environment.mockGreet { activity in
        seen.withLock { $0.append(activity.info.attempt) }
        if activity.info.attempt < 3 { throw ApplicationFailure("not yet") }
        return "hello"
      }
      let begin = await environment.now
      let run = try await environment.start("Retried", [interval, attempts])
      let result: String = try await run.result()
      XCTAssertEqual(result, "hello")
      XCTAssertEqual(seen.withLock(\.self), [1, 2, 3])
      let passed = await environment.now - begin
      XCTAssertEqual(passed, Int64(seconds) * 1_000_000_000, "\(interval) s")
      let history = try await run.history()
      XCTAssertEqual(history.events.count { $0.eventType == .timerStarted }, timers, "\(interval) s")
      XCTAssertEqual(history.events.count { $0.eventType == .markerRecorded }, markers, "\(interval) s")
    }
  }

  func testActivitiesTimeOutAndMayBeTriedAgain() async throws {
    let environment = environment()
    environment.mockGreet { activity in
      if activity.info.attempt == 1 { await activity.sleep(for: .seconds(3_600)) }
      return "attempt \(activity.info.attempt)"
    }
    let begin = await environment.now
    let run = try await environment.start("Retried", [1, 2])
    let result: String = try await run.result()
    XCTAssertEqual(result, "attempt 2")
    let passed = await environment.now - begin
    XCTAssertEqual(passed, 6_000_000_000, "five for the attempt, one before the next")
  }

  func testACancelledActivityStops() async throws {
    let environment = environment()
    let reasons = Mutex<[ActivityCancellation?]>([])
    environment.mockGreet { activity in
      let reason = await activity.sleep(for: .seconds(30))
      reasons.withLock { $0.append(reason) }
      return "too late"
    }
    let run = try await environment.start("Canceled")
    let result: String = try await run.result()
    XCTAssertEqual(result, "canceled")
    XCTAssertEqual(reasons.withLock(\.self), [.requested])
  }
}

extension Temporal_Api_Common_V1_Payload {
  fileprivate var text: String { String(decoding: data, as: UTF8.self) }
}

extension TestEnvironment {
  fileprivate nonisolated func mockGreet(_ body: @escaping @Sendable (ActivityContext) async throws -> String) {
    activities.mock(
      "greet",
      raw: { activity in
        let greeting = try await body(activity)
        return .with { $0.payloads = [JSONPayload.payload(greeting)] }
      })
  }
}
