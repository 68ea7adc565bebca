import HindcastHistory
import HindcastSwift
import HindcastTesting
import HindcastWorker
import TemporalAPI
import XCTest

final class ActivityMockTests: XCTestCase {
  private struct Order: Codable, Sendable, Equatable { var id: String }

  private static func workflows(_ options: ActivityOptions = .startToClose(.seconds(30))) -> SwiftWorkflows {
    SwiftWorkflows()
      .workflow("Ship") { (context, order: Order) async throws -> String in
        try await context.executeActivity("ship", order, options: options)
      }
      .workflow("Twice") { (context) async throws -> [Int] in
        let first: Int = try await context.executeActivity("add", 1, 2, options: options)
        let second: Int = try await context.executeActivity("add", first, 4, options: options)
        return [first, second]
      }
      .workflow("Impatient") { (context) async throws -> String in
        let work = context.startActivity("work", options: options, returning: String.self)
        try await context.sleep(for: .seconds(60))
        work.cancel()
        do {
          return try await work.get()
        } catch let failure as ActivityFailure where failure.cause is CanceledFailure {
          return "canceled"
        }
      }
  }

  private static func retried(_ maximumAttempts: Int = 0) -> ActivityOptions {
    var options = ActivityOptions.startToClose(.seconds(30))
    options.retryPolicy = RetryPolicy(
      initialInterval: .seconds(10), backoffCoefficient: 2, maximumAttempts: maximumAttempts)
    return options
  }

  func testAResultIsTheSameForEveryCall() async throws {
    let environment = TestEnvironment(workflows: Self.workflows())
    environment.activities.mock("ship", returning: "T-1")
    for id in ["1", "2"] {
      let result: String = try await environment.start("Ship", Order(id: id)).result()
      XCTAssertEqual(result, "T-1")
    }
    let orders = try environment.activities.calls(of: "ship").map { try $0.argument(Order.self) }
    XCTAssertEqual(orders, [Order(id: "1"), Order(id: "2")])
    XCTAssertEqual(environment.activities.calls.map(\.workflowID), ["Ship-1", "Ship-2"])
  }

  func testAClosureTakesTheArguments() async throws {
    let environment = TestEnvironment(workflows: Self.workflows())
    environment.activities.mock("add") { (a: Int, b: Int) in a + b }
    environment.activities.mock("ship") { "no argument" }
    let sums: [Int] = try await environment.start("Twice").result()
    XCTAssertEqual(sums, [3, 7])
    let shipped: String = try await environment.start("Ship", Order(id: "1")).result()
    XCTAssertEqual(shipped, "no argument")
  }

  func testFailuresAreRetriedInWorkflowTime() async throws {
    let environment = TestEnvironment(workflows: Self.workflows(Self.retried()))
    environment.activities.mock("ship", sequence: [.failure("down"), .failure("still down"), try .value("T-1")])
    let begin = await environment.now
    let run = try await environment.start("Ship", Order(id: "1"))
    let result: String = try await run.result()
    XCTAssertEqual(result, "T-1")
    let passed = await environment.now - begin
    XCTAssertEqual(passed, 30_000_000_000, "10 s and 20 s")
    XCTAssertEqual(environment.activities.calls.map(\.attempt), [1, 2, 3])
    let started = try await run.history().require(.activityTaskStarted, count: 1)
    XCTAssertEqual(started[0].activityTaskStartedEventAttributes.attempt, 3)
    XCTAssertEqual(started[0].activityTaskStartedEventAttributes.lastFailure.message, "still down")
  }

  func testWhatAMockThrowsIsTheFailure() async throws {
    struct Broken: Error {}
    let cases: [(name: String, throwing: any Error & Sendable, attempts: Int, text: String)] = [
      ("an outcome", MockOutcome.failure("declined", type: "Declined", isRetryable: false), 1, "declined (Declined)"),
      ("a failure", ApplicationFailure("declined", type: "Declined", isNonRetryable: true), 1, "declined (Declined)"),
      ("any error", Broken(), 2, "Broken() (Broken)"),
    ]
    for (name, error, attempts, text) in cases {
      let environment = TestEnvironment(workflows: Self.workflows(Self.retried(2)))
      environment.activities.mock("ship") { (_: Order) -> String in throw error }
      do {
        try await environment.start("Ship", Order(id: "1")).result()
        XCTFail("\(name): nothing failed")
      } catch let failure as TestEnvironmentError {
        XCTAssertTrue("\(failure)".hasSuffix(text), "\(name): \(failure)")
      }
      XCTAssertEqual(environment.activities.calls.count, attempts, name)
    }
  }

  func testADelayedOutcomeTakesWorkflowTimeOrTimesOut() async throws {
    let cases: [(delay: Int64, result: String?)] = [(29, "T-1"), (31, nil)]
    for (delay, expected) in cases {
      let environment = TestEnvironment(workflows: Self.workflows(Self.retried(1)))
      environment.activities.mock("ship", outcome: try .value("T-1").delayed(by: .seconds(delay)))
      let run = try await environment.start("Ship", Order(id: "1"))
      let begin = await environment.now
      let result: String? = try? await run.result()
      XCTAssertEqual(result, expected)
      let passed = await environment.now - begin
      XCTAssertEqual(passed, min(delay, 30) * 1_000_000_000)
      try await run.history().require(.activityTaskTimedOut, count: expected == nil ? 1 : 0)
    }
  }

  func testAWaitingMockIsCancelledWhenItTellsThatItIsAlive() async throws {
    var options = ActivityOptions.startToClose(.seconds(600))
    options.heartbeatTimeout = .seconds(15)
    options.waitsForCancellation = true
    let environment = TestEnvironment(workflows: Self.workflows(options))
    environment.activities.mock(
      "work",
      raw: { activity in
        for _ in 0..<60 {
          activity.heartbeat()
          if await activity.sleep(for: .seconds(10)) != nil { throw ActivityError.canceled(details: nil) }
        }
        return nil
      })
    let run = try await environment.start("Impatient")
    let begin = await environment.now
    let result: String = try await run.result()
    XCTAssertEqual(result, "canceled")
    let passed = await environment.now - begin
    XCTAssertLessThanOrEqual(passed, 70_000_000_000)
    try await run.history().require(inOrder: .activityTaskCancelRequested, .activityTaskCanceled)
  }

  func testAMockThatFallsSilentTimesOutAndTheNextTryKnowsHowFarItCame() async throws {
    var options = Self.retried(2)
    options.startToCloseTimeout = .seconds(3_600)
    options.heartbeatTimeout = .seconds(15)
    let environment = TestEnvironment(workflows: Self.workflows(options))
    environment.activities.mock(
      "ship",
      raw: { activity in
        if let details = activity.info.heartbeatDetails { return details }
        activity.heartbeat(try PayloadText.payloads("half"))
        await activity.sleep(for: .seconds(1_000))
        return try PayloadText.payloads("never seen")
      })
    let result: String = try await environment.start("Ship", Order(id: "1")).result()
    XCTAssertEqual(result, "half")
  }

  func testActivitiesOfTheWorkerRunWhereNoMockStandsIn() async throws {
    let table = ActivityTable([
      "ship": { _ in try PayloadText.payloads("real") }, "add": { _ in try PayloadText.payloads("real") },
    ])
    let environment = TestEnvironment(workflows: Self.workflows(), activities: table)
    let real: String = try await environment.start("Ship", Order(id: "1")).result()
    environment.activities.mock("ship", returning: "mocked")
    let mocked: String = try await environment.start("Ship", Order(id: "1")).result()
    XCTAssertEqual([real, mocked], ["real", "mocked"])
  }

  func testAMockMaySignalButNotWaitForItsWorkflow() async throws {
    let workflows = SwiftWorkflows()
      .workflow("Signalled") { (context) async throws -> String in
        let channel = context.signalChannel(named: "word", of: String.self)
        let refusal: String = try await context.executeActivity("tell", options: .startToClose(.seconds(30)))
        return try await channel.receive() + ", " + refusal
      }
    let environment = TestEnvironment(workflows: workflows)
    environment.activities.mock("tell") { [unowned environment] () async throws -> String in
      let run = environment.run(workflowID: "it")
      try await run.signal("word", "hello")
      do {
        let _: String = try await run.query("state")
        return "answered"
      } catch TestEnvironmentError.calledFromMock {
        return "refused"
      }
    }
    let result: String = try await environment.start("Signalled", options: .id("it")).result()
    XCTAssertEqual(result, "hello, refused")
  }
}

/// Values as JSON payloads.
enum PayloadText {
  static func payloads(_ text: String) throws -> Payloads {
    guard case .result(let payloads) = try MockOutcome.value(text) else { return Payloads() }
    return payloads
  }
}
