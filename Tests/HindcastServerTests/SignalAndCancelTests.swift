import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Signals, cancel requests and terminations (`server.md` 8.1 to 8.3), deletion (8.5).
final class SignalAndCancelTests: XCTestCase {
  private func signal(
    _ rig: inout ServerRig, change: (inout SignalRequest) -> Void = { _ in }
  ) throws -> SignalResponse {
    var request = SignalRequest.with {
      $0.namespace = "default"
      $0.workflowExecution.workflowID = "w"
      $0.signalName = "note"
    }
    change(&request)
    return try rig.call(WorkflowService.signalWorkflowExecution, request)
  }

  private func cancel(
    _ rig: inout ServerRig, requestID: String = "", firstRunID: String = ""
  ) throws {
    try rig.call(
      WorkflowService.requestCancelWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w"
        $0.requestID = requestID
        $0.firstExecutionRunID = firstRunID
        $0.reason = "because"
      })
  }

  private func terminate(
    _ rig: inout ServerRig, change: (inout TerminateRequest) -> Void = { _ in }
  ) throws {
    var request = TerminateRequest.with {
      $0.namespace = "default"
      $0.workflowExecution.workflowID = "w"
    }
    change(&request)
    try rig.call(WorkflowService.terminateWorkflowExecution, request)
  }

  func testASignalWithARequestIDThatWasSeenIsDropped() throws {
    var rig = ServerRig()
    let run = try rig.start()
    for id in ["one", "one", "two", "", ""] { _ = try signal(&rig) { $0.requestID = id } }
    XCTAssertEqual(
      rig.history(run).filter { $0.eventType == .workflowExecutionSignaled }
        .map(\.workflowExecutionSignaledEventAttributes.requestID),
      ["one", "two", "", ""])
    rig.checkRebuild()
  }

  func testTheAnswerToASignalPointsToItsEventByTheRequest() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let link = try signal(&rig) { $0.requestID = "one" }.link.workflowEvent
    XCTAssertEqual(link.runID, run)
    XCTAssertEqual(link.requestIDRef.requestID, "one")
    XCTAssertEqual(link.requestIDRef.eventType, .workflowExecutionSignaled)
  }

  func testSignalsThatAreRefused() throws {
    let cases: [(String, (inout SignalRequest) -> Void)] = [
      ("Execution is not set on request.", { $0.clearWorkflowExecution() }),
      ("WorkflowId is not set on request.", { $0.workflowExecution.workflowID = "" }),
      ("Invalid RunId.", { $0.workflowExecution.runID = "x" }),
      ("SignalName is not set on request.", { $0.signalName = "" }),
      ("SignalName length exceeds limit.", { $0.signalName = String(repeating: "x", count: 1_001) }),
      ("RequestId length exceeds limit.", { $0.requestID = String(repeating: "x", count: 1_001) }),
      ("cannot attach more than 10 links per request, got 11", { $0.links = Array(repeating: .init(), count: 11) }),
      ("unsupported link variant", { $0.links = [.init()] }),
      (
        "workflow link must not have an empty workflow ID field", { $0.links = [.with { $0.workflow.namespace = "n" }] }
      ),
      ("Blob data size exceeds limit.", { $0.input.payloads = [.with { $0.data = Data(count: 2 << 20) }] }),
    ]
    var rig = ServerRig()
    try rig.start()
    for (message, change) in cases {
      let error = refusal { _ = try signal(&rig, change: change) }
      XCTAssertEqual(error?.code, .invalidArgument, message)
      XCTAssertEqual(error?.message, message)
    }
  }

  func testARunTakesSoManySignalsAndNoMore() throws {
    var limits = Limits()
    limits.signals = 2
    var rig = ServerRig(limits: limits)
    try rig.start()
    for _ in 0..<2 { _ = try signal(&rig) }
    let error = refusal { _ = try signal(&rig) }
    XCTAssertEqual(error?.message, "exceeded workflow execution limit for signal events")
  }

  func testSignallingAndTerminatingAClosedRunFailsAndCancellingItDoesNot() throws {
    var rig = ServerRig()
    try rig.start()
    try terminate(&rig)
    XCTAssertEqual(refusal { _ = try signal(&rig) }?.message, "workflow execution already completed")
    XCTAssertEqual(refusal { try terminate(&rig) }?.message, "workflow execution already completed")
    XCTAssertNoThrow(try cancel(&rig))
  }

  func testARunIsAskedToCancelOnce() throws {
    var rig = ServerRig()
    let run = try rig.start()
    for id in ["one", "one", "two"] { try cancel(&rig, requestID: id) }
    XCTAssertEqual(rig.eventTypes(run).filter { $0 == .workflowExecutionCancelRequested }.count, 1)
    rig.checkRebuild()
  }

  func testTheFirstRunOfTheChainMustBeTheOneNamed() throws {
    var rig = ServerRig()
    let run = try rig.start()
    XCTAssertEqual(
      refusal { try cancel(&rig, firstRunID: "other") }?.message, "workflow execution not found")
    XCTAssertEqual(
      refusal { try terminate(&rig) { $0.firstExecutionRunID = "other" } }?.message, "workflow execution not found")
    try terminate(&rig) { $0.firstExecutionRunID = run }
    XCTAssertEqual(rig.eventTypes(run).last, .workflowExecutionTerminated)
  }

  func testTerminationEndsTheTaskInFlightFirstAndKeepsWhatWaitedBehindIt() throws {
    var rig = ServerRig()
    let run = try rig.start()
    _ = try rig.pollTask()
    _ = try signal(&rig)
    try terminate(&rig)
    XCTAssertEqual(
      rig.eventTypes(run).suffix(3), [.workflowTaskFailed, .workflowExecutionSignaled, .workflowExecutionTerminated])
    let ended = try XCTUnwrap(rig.history(run).last?.workflowExecutionTerminatedEventAttributes)
    XCTAssertEqual(ended.reason, "terminated by user via frontend")
    XCTAssertEqual(ended.identity, "frontend-service")
    rig.checkRebuild()
  }

  func testADeletedRunIsGone() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let request = Temporal_Api_Workflowservice_V1_DeleteWorkflowExecutionRequest.with {
      $0.namespace = "default"
      $0.workflowExecution.workflowID = "w"
    }
    try rig.call(WorkflowService.deleteWorkflowExecution, request)
    XCTAssertTrue(rig.history(run).isEmpty)
    XCTAssertNil(rig.machine.executions[run])
    XCTAssertEqual(
      refusal { try rig.call(WorkflowService.deleteWorkflowExecution, request) }?.message,
      "workflow not found for ID: w")
  }
}
