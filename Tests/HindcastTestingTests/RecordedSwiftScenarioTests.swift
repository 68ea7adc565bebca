import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTesting
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Recordings played to workflows written in Swift, which have no activities of their own here.
final class RecordedSwiftScenarioTests: XCTestCase {
  private static let workflows = SwiftWorkflows()
    .workflow("Local") { (context) async throws -> [String] in
      let options = LocalActivityOptions.startToClose(.seconds(60))
      let first = context.startLocalActivity("greet", "Ada", options: options, returning: String.self)
      let second = context.startLocalActivity("greet", "Bob", options: options, returning: String.self)
      return [try await second.get(), try await first.get()]
    }
    .workflow("Slow") { (context) async throws -> String in
      do {
        return try await context.executeActivity("greet", "Ada", options: .startToClose(.seconds(5)))
      } catch {
        return "gave up"
      }
    }
    .workflow("Steps") { (context, count: Int) async throws -> Int in
      var sum = 0
      for number in 0..<count {
        let next: Int = try await context.executeActivity("add", number, options: .startToClose(.seconds(60)))
        sum += next
        try await context.sleep(for: .seconds(60))
      }
      return sum
    }

  private func record(_ history: WorkflowHistory) async throws -> WorkflowHistory {
    let scenario = try RecordedScenario(history)
    return try await scenario.record(in: TestEnvironment(workflows: Self.workflows, options: scenario.options()))
  }

  func testLocalActivities() async throws {
    let environment = TestEnvironment(workflows: Self.workflows)
    environment.activities.mock("greet") { (name: String) in "hello \(name)" }
    let run = try await environment.start("Local")
    try await run.waitUntilClosed()
    let history = try await run.history()
    let anew = try await record(history)
    XCTAssertTrue(HistoryDiff(history, anew).isEmpty, anew.timeline)
  }

  func testAnActivityThatTimedOutTimesOutAgain() async throws {
    let environment = TestEnvironment(workflows: Self.workflows)
    environment.activities.mock("greet", outcome: try .value("late").delayed(by: .seconds(60)))
    let run = try await environment.start("Slow")
    // Without a retry policy of its own it is tried for ever: so it is cut off where it waits.
    try await environment.advance(by: .seconds(20))
    try await run.terminate(reason: "enough")
    let history = try await run.history()
    let anew = try await record(history)
    XCTAssertTrue(HistoryDiff(history, anew).isEmpty, "\(history.timeline)\n\(anew.timeline)")
    XCTAssertEqual(anew.closeEvent?.eventType, .workflowExecutionTerminated)
  }

  func testWhatAStartSaysIsSaidAgain() async throws {
    let environment = TestEnvironment(workflows: Self.workflows)
    environment.activities.mock("add") { (number: Int) in number }
    try await environment.addSearchAttributes(["Customer": .keyword])
    var options = StartOptions.id("steps-17")
    options.searchAttributes = ["Customer": "acme"]
    options.memo = ["note": "urgent"]
    options.runTimeout = .seconds(3_600)
    options.executionTimeout = .seconds(7_200)
    options.taskTimeout = .seconds(20)
    options.startDelay = .seconds(30)
    options.retryPolicy = .with { $0.maximumAttempts = 3 }
    let run = try await environment.start("Steps", 2, options: options)
    try await environment.advance(by: .seconds(45))
    try await run.cancel(reason: "no longer wanted")
    try await run.waitUntilClosed()
    let history = try await run.history(runID: run.firstRunID)
    let anew = try await record(history)
    XCTAssertTrue(HistoryDiff(history, anew).isEmpty, "\(history.timeline)\n\(anew.timeline)")
    let started = anew.startedAttributes
    XCTAssertEqual(anew.workflowID, "steps-17")
    XCTAssertEqual(started?.searchAttributes.indexedFields["Customer"]?.jsonText, "\"acme\"")
    XCTAssertEqual(started?.memo.fields["note"]?.jsonText, "\"urgent\"")
    XCTAssertEqual(started?.workflowTaskTimeout.seconds, 20)
  }

  /// An open run is recorded as far as it goes, however far that is.
  func testAnOpenRunStaysOpen() async throws {
    let environment = TestEnvironment(workflows: Self.workflows)
    environment.activities.mock("add") { (number: Int) in number * 10 }
    let run = try await environment.start("Steps", 50)
    for minutes in [0, 1, 20] {
      try await environment.advance(by: .seconds(60 * minutes))
      let history = try await run.history()
      let anew = try await record(history)
      XCTAssertTrue(HistoryDiff(history, anew).isEmpty, "\(minutes): \(history.timeline)\n\(anew.timeline)")
      XCTAssertEqual(anew.events.map(\.eventTime), history.events.map(\.eventTime))
    }
  }
}
