import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Queries (`server.md` 12).
final class QueryTests: XCTestCase {
  /// A run that has completed its first task and is idle.
  private func idleRun(_ rig: inout ServerRig, sticky: Bool = false) throws -> String {
    let run = try rig.start()
    try rig.complete(rig.pollTask()) {
      guard sticky else { return }
      $0.stickyAttributes.workerTaskQueue.name = "sticky"
      $0.stickyAttributes.scheduleToStartTimeout = .init(seconds: 5)
    }
    return run
  }

  func testQueryOfIdleRunIsATaskOfItsOwn() throws {
    var rig = ServerRig()
    let run = try idleRun(&rig)
    let before = rig.history(run)
    let question = rig.ask()
    let task = try rig.pollTask()
    XCTAssertEqual(task.query.queryType, "q")
    XCTAssertEqual(task.startedEventID, 0)
    XCTAssertEqual(task.history.events.count, 4)
    try rig.answerQuery(task)
    XCTAssertEqual(try rig.queryResult(question), Payloads(text: "answer"))
    XCTAssertEqual(rig.history(run), before)
    XCTAssertEqual(refusal { try rig.answerQuery(task) }?.message, "query task not found, or already expired")
    rig.checkRebuild()
  }

  func testQueryRidesOnAWaitingTask() throws {
    var rig = ServerRig()
    try rig.start()
    let question = rig.ask()
    let task = try rig.pollTask()
    let id = try XCTUnwrap(task.queries.keys.first)
    try rig.complete(task) {
      $0.queryResults[id] = .with {
        $0.resultType = .failed
        $0.errorMessage = "no such query"
      }
    }
    let error = refusal { _ = try rig.queryResult(question) }
    XCTAssertEqual(error?.code, .invalidArgument)
    XCTAssertEqual(error?.message, "no such query")
  }

  func testOneQueryMayRide() throws {
    var rig = ServerRig()
    try rig.start()
    _ = rig.ask()
    let second = rig.ask()
    XCTAssertEqual(refusal { _ = try rig.queryResult(second) }?.code, .resourceExhausted)
  }

  func testQueryGoesItsOwnWayWhenTheTaskLeavesItOut() throws {
    var rig = ServerRig()
    try rig.start()
    let task = try rig.pollTask()
    let question = rig.ask()
    try rig.complete(task)
    try rig.answerQuery(rig.pollTask())
    XCTAssertEqual(try rig.queryResult(question), Payloads(text: "answer"))
  }

  func testQueryOutlivesItsRun() throws {
    var rig = ServerRig()
    try rig.start()
    let task = try rig.pollTask()
    let question = rig.ask()
    try rig.complete(task, .completeWorkflow())
    try rig.answerQuery(rig.pollTask())
    XCTAssertEqual(try rig.queryResult(question), Payloads(text: "answer"))
  }

  func testRunThatClosesBeforeItsFirstTaskCannotAnswer() throws {
    var rig = ServerRig()
    try rig.start()
    let question = rig.ask()
    try rig.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w"
      })
    for asked in [question, rig.ask()] {
      XCTAssertEqual(
        refusal { _ = try rig.queryResult(asked) }?.message,
        "Workflow execution closed before WorkflowTaskStarted event")
    }
  }

  func testStickyWorkerThatDoesNotAnswerIsPassedOver() throws {
    var rig = ServerRig()
    let run = try idleRun(&rig, sticky: true)
    let poll = rig.beginPoll(sticky: "sticky")
    let question = rig.ask()
    let lost = try XCTUnwrap(rig.task(poll))
    XCTAssertEqual(lost.history.events.count, 0)
    rig.advance(by: .seconds(5))
    XCTAssertEqual(rig.machine.executions[run]?.record.hasSticky, false)
    let task = try rig.pollTask()
    XCTAssertEqual(task.history.events.count, 4)
    XCTAssertEqual(refusal { try rig.answerQuery(lost) }?.code, .notFound)
    try rig.answerQuery(task)
    XCTAssertEqual(try rig.queryResult(question), Payloads(text: "answer"))
  }

  func testStickyQueueThatNobodyPollsIsPassedOver() throws {
    var rig = ServerRig()
    _ = try idleRun(&rig, sticky: true)
    let question = rig.ask()
    try rig.answerQuery(rig.pollTask())
    XCTAssertEqual(try rig.queryResult(question), Payloads(text: "answer"))
  }

  /// A worker whose poll lasted longer than the window is no stranger when it ends.
  func testLongPollCountsUntilItsEnd() throws {
    var rig = ServerRig()
    _ = try idleRun(&rig, sticky: true)
    let poll = rig.beginPoll(sticky: "sticky")
    rig.advance(by: .seconds(50))
    rig.expire(poll)
    rig.advance(by: .seconds(5))
    let question = rig.ask()
    let again = rig.beginPoll(sticky: "sticky")
    try rig.answerQuery(XCTUnwrap(rig.task(again)))
    XCTAssertNotNil(try rig.queryResult(question))
  }

  func testSilence() throws {
    var rig = ServerRig()
    _ = try idleRun(&rig)
    let question = rig.ask()
    rig.expire(question)
    XCTAssertEqual(
      refusal { _ = try rig.queryResult(question) }?.message, "query timed out before a worker could process it")
    rig.advance(by: .seconds(21))
    let another = rig.ask()
    rig.expire(another)
    XCTAssertEqual(
      refusal { _ = try rig.queryResult(another) }?.message,
      "no poller seen for task queue recently, worker may be down")
    let poll = rig.beginPoll()
    XCTAssertNil(try rig.task(poll), "nobody waits for the answers any more")
  }

  func testQueriesThatAreRefusedOrRejected() throws {
    var rig = ServerRig()
    _ = try idleRun(&rig)
    try rig.start("closed")
    try rig.complete(rig.pollTask(), .completeWorkflow())
    let refused: [(String, (inout Temporal_Api_Workflowservice_V1_QueryWorkflowRequest) -> Void)] = [
      ("Execution is not set on request.", { $0.clearExecution() }),
      ("WorkflowQuery is not set on request.", { $0.clearQuery() }),
      ("QueryType is not set on request.", { $0.query.queryType = "" }),
      ("workflow not found for ID: none", { $0.execution.workflowID = "none" }),
    ]
    for (message, change) in refused {
      let question = rig.ask(change: change)
      XCTAssertEqual(refusal { _ = try rig.queryResult(question) }?.message, message)
    }
    let rejected = rig.ask("closed") { $0.queryRejectCondition = .notOpen }
    XCTAssertEqual(
      try rig.answer(rejected, of: WorkflowService.queryWorkflow)?.queryRejected.status, .completed)
    let accepted = rig.ask("closed") { $0.queryRejectCondition = .notCompletedCleanly }
    try rig.answerQuery(rig.pollTask())
    XCTAssertNotNil(try rig.queryResult(accepted))
  }

  func testQueryOfFailingRunIsRefused() throws {
    var rig = ServerRig()
    try rig.start()
    for _ in 0..<2 { try rig.fail(rig.pollTask()) }
    let question = rig.ask()
    XCTAssertEqual(
      refusal { _ = try rig.queryResult(question) }?.message,
      "Unable to query workflow due to Workflow Task in failed state.")
  }
}
