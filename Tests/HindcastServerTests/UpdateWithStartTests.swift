import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

final class UpdateWithStartTests: XCTestCase {
  private func request(
    policy: ConflictPolicy = .fail,
    _ change: (inout StartWorkflowRequest, inout UpdateWorkflowRequest) -> Void = { _, _ in }
  ) -> MultiOperationRequest {
    var start = StartWorkflowRequest.with {
      $0.workflowID = "w"
      $0.workflowType.name = "Type"
      $0.taskQueue.name = "queue"
      $0.workflowIDConflictPolicy = policy
    }
    var update = UpdateWorkflowRequest.update("u", of: "w")
    change(&start, &update)
    return .with {
      $0.namespace = "default"
      $0.operations = [.with { $0.startWorkflow = start }, .with { $0.updateWorkflow = update }]
    }
  }

  func testStartsARunAndUpdatesIt() throws {
    var rig = ServerRig()
    let call = rig.begin(WorkflowService.executeMultiOperation, request())
    let task = try rig.pollTask()
    XCTAssertEqual(task.messages.map(\.eventID), [2])
    try rig.complete(task, messages: [.accept("u", at: 2), .complete("u")])
    let answer = try XCTUnwrap(rig.answer(call, of: WorkflowService.executeMultiOperation))
    XCTAssertTrue(answer.responses[0].startWorkflow.started)
    XCTAssertEqual(answer.responses[1].updateWorkflow.stage, .completed)
    // The same update again is answered from the run, whatever the policy says.
    let again = try rig.call(WorkflowService.executeMultiOperation, request())
    XCTAssertFalse(again.responses[0].startWorkflow.started)
    XCTAssertEqual(again.responses[1].updateWorkflow.outcome.success, Payloads(text: "done"))
    XCTAssertFalse(again.responses[1].updateWorkflow.hasLink)
    rig.checkRebuild()
  }

  func testUpdatesTheRunThatThereIs() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let call = rig.begin(WorkflowService.executeMultiOperation, request(policy: .useExisting))
    try rig.complete(rig.pollTask(), messages: [.accept("u"), .complete("u")])
    let answer = try XCTUnwrap(rig.answer(call, of: WorkflowService.executeMultiOperation))
    XCTAssertEqual(answer.responses[0].startWorkflow.runID, runID)
    XCTAssertFalse(answer.responses[0].startWorkflow.started)
  }

  func testARunThatClosesUnderTheUpdateIsFollowedByANewOne() throws {
    var rig = ServerRig()
    let first = try rig.start()
    let task = try rig.pollTask()
    let call = rig.begin(WorkflowService.executeMultiOperation, request(policy: .useExisting))
    try rig.complete(task, .completeWorkflow())
    try rig.complete(rig.pollTask(), messages: [.accept("u"), .complete("u")])
    let answer = try XCTUnwrap(rig.answer(call, of: WorkflowService.executeMultiOperation))
    XCTAssertNotEqual(answer.responses[0].startWorkflow.runID, first)
    XCTAssertTrue(answer.responses[0].startWorkflow.started)
    rig.checkRebuild()
  }

  func testErrorsTellOfEachOperation() throws {
    let aborted = "Operation was aborted."
    let cases: [(request: MultiOperationRequest, code: ServiceError.Code, start: String, update: String)] = [
      (
        request { start, _ in start.cronSchedule = "* * * * *" }, .invalidArgument, "CronSchedule is not allowed.",
        aborted
      ),
      (
        request { _, update in update.request.input.name = "" }, .invalidArgument, aborted,
        "Update name is not set on request."
      ),
      (
        request { start, _ in start.workflowID = "other" }, .invalidArgument, aborted,
        "WorkflowId is not consistent with previous operation(s)."
      ),
      (
        request {
          $0.workflowID = ""
          $1.request.input.name = ""
        }, .invalidArgument, "WorkflowId is not set on request.", "Update name is not set on request."
      ),
    ]
    for (request, code, start, update) in cases {
      var rig = ServerRig()
      let error = refusal { _ = try rig.call(WorkflowService.executeMultiOperation, request) }
      XCTAssertEqual(error?.code, code)
      XCTAssertEqual(error?.message, "Update-with-Start could not be executed.")
      let detail = error?.detail(Temporal_Api_Errordetails_V1_MultiOperationExecutionFailure.self)
      XCTAssertEqual(detail?.statuses.map(\.message), [start, update])
    }
  }

  func testARunningRunIsAnErrorOfTheStart() throws {
    var rig = ServerRig()
    let runID = try rig.startIdle()
    let error = refusal { _ = try rig.call(WorkflowService.executeMultiOperation, request()) }
    XCTAssertEqual(error?.code, .alreadyExists)
    let statuses = error?.detail(Temporal_Api_Errordetails_V1_MultiOperationExecutionFailure.self)?.statuses ?? []
    XCTAssertEqual(statuses.map(\.code), [6, 10])
    let started = try Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure(
      unpackingAny: try XCTUnwrap(statuses.first?.details.first))
    XCTAssertEqual(started.runID, runID)
    XCTAssertTrue(
      try XCTUnwrap(statuses.last?.details.first).isA(Temporal_Api_Failure_V1_MultiOperationExecutionAborted.self))
  }
}
