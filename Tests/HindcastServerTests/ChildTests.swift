import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Children (`server.md` 11).
final class ChildTests: XCTestCase {
  func testStartTellsTheParentBeforeTheFirstTask() throws {
    var rig = ServerRig()
    let parent = try rig.startParent()
    XCTAssertEqual(
      rig.eventTypes(parent).dropFirst(4),
      [.startChildWorkflowExecutionInitiated, .childWorkflowExecutionStarted, .workflowTaskScheduled])
    let initiated = rig.history(parent)[4].startChildWorkflowExecutionInitiatedEventAttributes
    XCTAssertEqual(initiated.namespace, "default")
    XCTAssertEqual(initiated.parentClosePolicy, .terminate)
    XCTAssertEqual(initiated.workflowIDReusePolicy, .allowDuplicate)
    XCTAssertTrue(initiated.hasWorkflowRunTimeout)
    let child = rig.currentRun("child")
    XCTAssertEqual(rig.eventTypes(child), [.workflowExecutionStarted, .workflowTaskScheduled])
    let started = rig.history(child)[0].workflowExecutionStartedEventAttributes
    XCTAssertEqual(started.parentWorkflowExecution.runID, parent)
    XCTAssertEqual(started.rootWorkflowExecution.workflowID, "w")
    XCTAssertEqual(started.parentInitiatedEventID, 5)
    XCTAssertEqual(started.identity, "")
    rig.checkRebuild()
  }

  func testRefusedCommands() throws {
    let cases: [((inout StartChildCommand) -> Void, String)] = [
      ({ $0.workflowID = "" }, "Required field WorkflowId is not set"),
      ({ $0.workflowType.name = "" }, "Required field WorkflowType is not set"),
      ({ $0.workflowRunTimeout = .init(seconds: -1) }, "Invalid WorkflowRunTimeout"),
      ({ $0.retryPolicy.backoffCoefficient = 0.5 }, "invalid WorkflowRetryPolicy"),
      ({ $0.cronSchedule = "never" }, "invalid CronSchedule"),
      ({ $0.workflowID = String(repeating: "x", count: 1_001) }, "exceeds length limit"),
      ({ $0.taskQueue.name = "/_sys/queue" }, "invalid TaskQueue"),
    ]
    for (change, text) in cases {
      var rig = ServerRig()
      let run = try rig.start()
      let task = try rig.pollTask()
      let error = refusal { try rig.complete(task, .startChild("child", change)) }
      XCTAssertTrue(error?.message.contains(text) == true, "\(String(describing: error))")
      XCTAssertEqual(rig.history(run)[3].workflowTaskFailedEventAttributes.cause, .badStartChildExecutionAttributes)
      rig.checkRebuild()
    }
  }

  func testUnknownNamespaceRefusesTheAnswerAndLeavesTheTask() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let task = try rig.pollTask()
    let error = refusal { try rig.complete(task, .startChild("child") { $0.namespace = "nowhere" }) }
    XCTAssertEqual(error?.code, .notFound)
    XCTAssertEqual(rig.history(run).count, 3)
    try rig.complete(task, .completeWorkflow())
    rig.checkRebuild()
  }

  func testEndsAreToldToTheParent() throws {
    let cases: [(Command, EventType)] = [
      (.completeWorkflow("done"), .childWorkflowExecutionCompleted),
      (.failWorkflow("no"), .childWorkflowExecutionFailed),
      (.cancelWorkflow, .childWorkflowExecutionCanceled),
    ]
    for (command, type) in cases {
      var rig = ServerRig()
      let parent = try rig.startParent()
      try rig.complete(rig.pollTask(queue: "children"), command)
      XCTAssertEqual(rig.news(parent).eventType, type)
      XCTAssertEqual(rig.machine.executions[parent]?.children.count, 0)
      rig.checkRebuild()
    }
  }

  func testTimeoutAndTerminationAreToldToTheParent() throws {
    var rig = ServerRig()
    let parent = try rig.startParent { $0.workflowRunTimeout = .init(seconds: 5) }
    rig.advance(by: .seconds(6))
    XCTAssertEqual(rig.news(parent).childWorkflowExecutionTimedOutEventAttributes.retryState, .retryPolicyNotSet)
    try rig.complete(rig.pollTask(), .startChild("other"))
    try rig.call(
      WorkflowService.terminateWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "other"
      })
    XCTAssertEqual(rig.news(parent).eventType, .childWorkflowExecutionTerminated)
    rig.checkRebuild()
  }

  func testIDThatIsTakenFailsTheStart() throws {
    var rig = ServerRig()
    try rig.start("child")
    let parent = try rig.start()
    _ = try rig.pollTask()
    try rig.complete(rig.pollTask(), .startChild())
    XCTAssertEqual(
      rig.news(parent).startChildWorkflowExecutionFailedEventAttributes.cause, .workflowAlreadyExists)
    rig.checkRebuild()
  }

  func testParentThatClosesInTheSameTaskStartsNoChild() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask(), .startChild { $0.parentClosePolicy = .abandon }, .completeWorkflow())
    XCTAssertEqual(rig.currentRun("child"), "")
    rig.checkRebuild()
  }

  func testClosePoliciesAtTheParentsEnd() throws {
    let cases: [(Temporal_Api_Enums_V1_ParentClosePolicy, EventType)] = [
      (.terminate, .workflowExecutionTerminated), (.requestCancel, .workflowExecutionCancelRequested),
      (.abandon, .workflowExecutionStarted),
    ]
    for (policy, type) in cases {
      var rig = ServerRig()
      try rig.startParent { $0.parentClosePolicy = policy }
      try rig.complete(rig.pollTask(), .completeWorkflow())
      XCTAssertEqual(rig.news(rig.currentRun("child")).eventType, type)
      rig.checkRebuild()
    }
  }

  func testGrandchildrenKnowTheRoot() throws {
    var rig = ServerRig()
    let root = try rig.startParent()
    try rig.complete(rig.pollTask(queue: "children"), .startChild("grandchild"))
    let started = rig.history(rig.currentRun("grandchild"))[0].workflowExecutionStartedEventAttributes
    XCTAssertEqual(started.rootWorkflowExecution.runID, root)
    XCTAssertEqual(started.parentWorkflowExecution.workflowID, "child")
    rig.checkRebuild()
  }

  func testResetParentKeepsItsChildAndHearsOfItsEnd() throws {
    var rig = ServerRig()
    try rig.startParent()
    try rig.complete(rig.pollTask())
    let reset = try rig.call(
      WorkflowService.resetWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w"
        $0.workflowTaskFinishEventID = 9
        $0.requestID = "reset"
      })
    XCTAssertEqual(rig.machine.executions[rig.currentRun("child")]?.isRunning, true)
    try rig.complete(rig.pollTask(queue: "children"), .completeWorkflow("done"))
    XCTAssertEqual(rig.news(reset.runID).eventType, .childWorkflowExecutionCompleted)
  }
}
