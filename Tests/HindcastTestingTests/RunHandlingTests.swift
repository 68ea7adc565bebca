import HindcastCalls
import HindcastHistory
import HindcastSwift
import HindcastTesting
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// What a test does to a workflow that runs.
final class RunHandlingTests: XCTestCase {
  private final class Box<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
  }

  private static let workflows = SwiftWorkflows()
    .workflow("Counter") { (context) async throws -> Int in
      let count = Box(0)
      let isDone = Box(false)
      context.setQueryHandler("count") { () -> Int in count.value }
      context.setQueryHandler("broken") { () throws -> Int in throw ApplicationFailure("cannot say") }
      try await context.setUpdateHandler(
        "add", validator: { (amount: Int) in if amount < 0 { throw ApplicationFailure("negative") } }
      ) { (context: WorkflowContext, amount: Int) async throws -> Int in
        if amount > 100 { throw ApplicationFailure("too much", type: "Limit", isNonRetryable: true) }
        try await context.sleep(for: .seconds(10))
        count.value += amount
        return count.value
      }
      let finish = context.signalChannel(named: "finish")
      try await finish.receive()
      isDone.value = true
      return count.value
    }
    .workflow("Greeter") { (context, name: String) async throws -> String in
      let words = context.signalChannel(named: "word", of: String.self)
      return try await words.receive() + " " + name
    }
    .workflow("Step") { (context) async throws -> String in
      try await context.sleep(for: .seconds(60))
      return try await context.executeActivity("answer", options: .startToClose(.seconds(5)))
    }

  private let environment = TestEnvironment(workflows: RunHandlingTests.workflows)

  func testQueriesAnswerWhileItRunsAndAfterIt() async throws {
    let run = try await environment.start("Counter")
    let before: Int = try await run.query("count")
    let updated: Int = try await run.update("add", 3)
    try await run.signal("finish")
    let result: Int = try await run.result()
    let after: Int = try await run.query("count")
    XCTAssertEqual([before, updated, result, after], [0, 3, 3, 3])
  }

  func testQueriesThatCannotBeAnsweredSayWhy() async throws {
    let run = try await environment.start("Counter")
    for (name, text) in [("broken", "cannot say"), ("nonesuch", "nonesuch")] {
      do {
        let _: Int = try await run.query(name)
        XCTFail("\(name) was answered")
      } catch TestEnvironmentError.refused(let error) {
        XCTAssertEqual(error.method, "QueryWorkflow")
        XCTAssertTrue(error.message.contains(text), error.message)
      }
    }
  }

  func testUpdatesAreAcceptedRejectedAndFail() async throws {
    let run = try await environment.start("Counter")
    try await run.update("add", 3)
    for (amount, text) in [(-1, "negative"), (101, "too much (Limit)")] {
      do {
        try await run.update("add", amount)
        XCTFail("add \(amount) went well")
      } catch TestEnvironmentError.updateFailed(let name, let id, let failure) {
        XCTAssertEqual([name, id], ["add", run.workflowID])
        XCTAssertTrue(text.hasPrefix(failure.message), failure.message)
      }
    }
    let history = try await run.history()
    XCTAssertEqual(history.updateNames, ["add", "add"], "a rejected update leaves nothing")
    try history.require(.workflowExecutionUpdateCompleted, count: 2)
  }

  func testSignalsReachItAndAreInItsHistory() async throws {
    let run = try await environment.start("Greeter", "Ada")
    try await run.signal("word", "hello")
    let result: String = try await run.result()
    XCTAssertEqual(result, "hello Ada")
    let started = try await environment.signalWithStart(
      "Greeter", "Bob", signal: "word", "bye", options: .id("bob"))
    let other: String = try await started.result()
    XCTAssertEqual(other, "bye Bob")
    let names = try await started.history().signalNames
    XCTAssertEqual(names, ["word"])
  }

  func testItEndsAsItIsAskedTo() async throws {
    let ways: [(@Sendable (TestRun) async throws -> Void, EventType, String)] = [
      ({ try await $0.cancel(reason: "late") }, .workflowExecutionCanceled, "was cancelled"),
      ({ try await $0.terminate(reason: "enough") }, .workflowExecutionTerminated, "was terminated: enough"),
    ]
    for (end, type, text) in ways {
      let run = try await environment.start("Step")
      try await environment.settle()
      try await end(run)
      do {
        try await run.result()
        XCTFail("there is a result")
      } catch let error as TestEnvironmentError {
        XCTAssertEqual("\(error)", "workflow \(run.workflowID) \(text)")
      }
      try await run.history().require(type, count: 1)
    }
  }

  func testCallsToAWorkflowThatIsNotThereAreRefused() async throws {
    let run = environment.run(workflowID: "nobody")
    let calls: [(String, @Sendable () async throws -> Void)] = [
      ("SignalWorkflowExecution", { try await run.signal("word", "x") }),
      ("RequestCancelWorkflowExecution", { try await run.cancel() }),
      ("TerminateWorkflowExecution", { try await run.terminate() }),
      ("QueryWorkflow", { let _: Int = try await run.query("count") }),
      ("UpdateWorkflowExecution", { try await run.update("add", 1) }),
      ("GetWorkflowExecutionHistory", { _ = try await run.history() }),
      ("GetWorkflowExecutionHistory", { try await run.result() }),
    ]
    for (name, call) in calls {
      do {
        try await call()
        XCTFail("\(name) was accepted")
      } catch TestEnvironmentError.refused(let error) {
        XCTAssertEqual(error.code, .notFound, name)
        XCTAssertEqual(error.method, name)
      }
    }
  }

  func testAResetRunGoesOnFromTheTask() async throws {
    environment.activities.mock("answer", sequence: [try .value("first"), try .value("second")])
    let run = try await environment.start("Step")
    let first: String = try await run.result()
    let firstTask = try await run.history().require(.workflowTaskCompleted)[0]
    let again = try await run.reset(to: firstTask.eventID, reason: "once more")
    let second: String = try await again.result()
    XCTAssertEqual([first, second], ["first", "second"])
    try await again.history().require(.workflowTaskFailed, count: 1)
  }

  func testWorkflowsAreListed() async throws {
    let one = try await environment.start("Greeter", "Ada")
    let two = try await environment.start("Step")
    try await two.terminate()
    let all = try await environment.workflows().map(\.execution.workflowID)
    XCTAssertEqual(Set(all), [one.workflowID, two.workflowID])
    let running = try await environment.workflows(matching: "ExecutionStatus = 'Running'").map(\.type.name)
    XCTAssertEqual(running, ["Greeter"])
    do {
      _ = try await environment.workflows(matching: "Nonsense = ")
      XCTFail("the query was accepted")
    } catch TestEnvironmentError.refused(let error) {
      XCTAssertEqual(error.code, .invalidArgument)
    }
  }

  func testSchedulesStartWorkflowsAsTimePasses() async throws {
    environment.activities.mock("answer", returning: "yes")
    _ = try await environment.call(
      WorkflowService.createSchedule,
      .with {
        $0.namespace = environment.options.namespace
        $0.scheduleID = "hourly"
        $0.requestID = "once"
        $0.schedule.spec.interval = [.with { $0.interval.seconds = 3_600 }]
        $0.schedule.action.startWorkflow = .with {
          $0.workflowID = "step"
          $0.workflowType.name = "Step"
          $0.taskQueue.name = "test"
        }
      })
    try await environment.advance(by: .seconds(3 * 3_600 + 120))
    XCTAssertEqual(environment.activities.calls.count, 3)
    let closed = try await environment.workflows(matching: "WorkflowType = 'Step' AND ExecutionStatus = 'Completed'")
    XCTAssertEqual(closed.count, 3)
  }
}
