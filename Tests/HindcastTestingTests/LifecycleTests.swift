import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTesting
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Children, chains of runs, and what a workflow is started with.
final class LifecycleTests: XCTestCase {
  private static let workflows = SwiftWorkflows()
    .workflow("Parent") { (context, names: [String]) async throws -> [String] in
      var greetings: [String] = []
      for name in names {
        var options = ChildWorkflowOptions()
        options.workflowID = "child-\(name)"
        greetings.append(try await context.executeChildWorkflow("Child", name, options: options))
      }
      return greetings
    }
    .workflow("Child") { (context, name: String) async throws -> String in
      try await context.sleep(for: .seconds(3_600))
      return "hello \(name)"
    }
    .workflow("Countdown") { (context, count: Int) async throws -> String in
      try await context.sleep(for: .seconds(60))
      if count > 0 { throw ContinueAsNewError("Countdown", count - 1) }
      return "lift-off"
    }
    .workflow("Flaky") { (context) async throws -> Int in
      let attempt = Int(context.info.attempt)
      if attempt < 3 { throw ApplicationFailure("attempt \(attempt)") }
      return attempt
    }
    .workflow("Tick") { (context) async throws -> String in
      try await context.executeActivity("tick", options: .startToClose(.seconds(5)))
    }
    .workflow("Described") { (context) async throws -> [String?] in
      [
        try context.memo("note", as: String.self),
        try context.searchAttribute("Customer", as: String.self),
      ]
    }

  private let environment = TestEnvironment(workflows: LifecycleTests.workflows)

  func testChildrenRunAndHaveHistoriesOfTheirOwn() async throws {
    let run = try await environment.start("Parent", ["Ada", "Bob"])
    let begin = await environment.now
    let result: [String] = try await run.result()
    XCTAssertEqual(result, ["hello Ada", "hello Bob"])
    let passed = await environment.now - begin
    XCTAssertEqual(passed, 7_200_000_000_000)
    let history = try await run.history()
    XCTAssertEqual(history.childWorkflowTypes, ["Child", "Child"])
    let child: String = try await environment.run(workflowID: "child-Ada").result()
    XCTAssertEqual(child, "hello Ada")
  }

  func testRunsThatContinueAsNewCountAsOne() async throws {
    let run = try await environment.start("Countdown", 5)
    let result: String = try await run.result()
    XCTAssertEqual(result, "lift-off")
    let runs = try await environment.workflows(matching: "WorkflowId = '\(run.workflowID)'")
    XCTAssertEqual(runs.count, 6)
    let first = try await run.history(runID: run.firstRunID)
    try first.require(.workflowExecutionContinuedAsNew, count: 1)
  }

  func testAFailedRunIsRetriedAsItsPolicySays() async throws {
    var options = StartOptions()
    options.retryPolicy = .with {
      $0.initialInterval.seconds = 30
      $0.maximumAttempts = 3
    }
    let begin = await environment.now
    let result: Int = try await environment.start("Flaky", options: options).result()
    XCTAssertEqual(result, 3)
    let passed = await environment.now - begin
    XCTAssertEqual(passed, 90_000_000_000, "30 s and 60 s")
    options.retryPolicy?.maximumAttempts = 2
    do {
      try await environment.start("Flaky", options: options).result()
      XCTFail("there is a result")
    } catch TestEnvironmentError.notCompleted(_, .failed(let failure)) {
      XCTAssertEqual(failure.message, "attempt 2")
    }
  }

  func testACronWorkflowRunsAsTimePasses() async throws {
    environment.activities.mock("tick", returning: "tock")
    var options = StartOptions()
    options.cronSchedule = "0 * * * *"
    let run = try await environment.start("Tick", options: options)
    try await environment.advance(by: .seconds(24 * 3_600))
    XCTAssertEqual(environment.activities.calls.count, 24)
    try await run.terminate()
  }

  func testAStartDelayIsWaitedOut() async throws {
    environment.activities.mock("tick", returning: "tock")
    var options = StartOptions()
    options.startDelay = .seconds(600)
    let run = try await environment.start("Tick", options: options)
    try await environment.advance(by: .seconds(599))
    XCTAssertTrue(environment.activities.calls.isEmpty)
    try await environment.advance(by: .seconds(1))
    XCTAssertEqual(environment.activities.calls.count, 1)
    try await run.result()
  }

  func testAWorkflowSeesItsMemoAndSearchAttributes() async throws {
    var options = StartOptions()
    options.memo = ["note": "fragile"]
    options.searchAttributes = ["Customer": "acme"]
    do {
      _ = try await environment.start("Described", options: options)
      XCTFail("an unknown search attribute was accepted")
    } catch TestEnvironmentError.refused(let error) {
      XCTAssertTrue(error.message.contains("Customer"), error.message)
    }
    try await environment.addSearchAttributes(["Customer": .keyword])
    let run = try await environment.start("Described", options: options)
    let result: [String?] = try await run.result()
    XCTAssertEqual(result, ["fragile", "acme"])
    let found = try await environment.workflows(matching: "Customer = 'acme'").map(\.execution.workflowID)
    XCTAssertEqual(found, [run.workflowID])
  }

  func testARunThatTakesTooLongTimesOut() async throws {
    var options = StartOptions()
    options.runTimeout = .seconds(1_800)
    do {
      try await environment.start("Child", "Ada", options: options).result()
      XCTFail("there is a result")
    } catch TestEnvironmentError.notCompleted(_, .timedOut) {}
  }

  func testAnIDIsUsedAgainAsItsPolicySays() async throws {
    var options = StartOptions.id("only-one")
    let first = try await environment.start("Child", "Ada", options: options)
    do {
      _ = try await environment.start("Child", "Ada", options: options)
      XCTFail("a second one was started")
    } catch TestEnvironmentError.refused(let error) {
      XCTAssertEqual(error.code, .alreadyExists)
    }
    options.idConflictPolicy = .useExisting
    let same = try await environment.start("Child", "Ada", options: options)
    XCTAssertEqual(same.firstRunID, first.firstRunID)
  }
}
