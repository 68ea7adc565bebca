import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Resets (`server.md` 8.4).
final class ResetTests: XCTestCase {
  private func reset(
    _ rig: inout ServerRig, to eventID: Int64, change: (inout ResetRequest) -> Void = { _ in }
  ) throws -> String {
    var request = ResetRequest.with {
      $0.namespace = "default"
      $0.workflowExecution.workflowID = "w"
      $0.reason = "because"
      $0.workflowTaskFinishEventID = eventID
      $0.requestID = "reset"
    }
    change(&request)
    return try rig.call(WorkflowService.resetWorkflowExecution, request).runID
  }

  private static let timer = Command.with {
    $0.commandType = .startTimer
    $0.startTimerCommandAttributes = .with {
      $0.timerID = "t"
      $0.startToFireTimeout = .init(seconds: 60)
    }
  }

  func testTheNewRunTakesOverTheHistoryAndTheTimers() throws {
    var rig = ServerRig()
    let base = try rig.start()
    try rig.complete(rig.pollTask(), Self.timer) { $0.forceCreateNewWorkflowTask = true }
    _ = try rig.pollTask()
    let run = try reset(&rig, to: 7)
    XCTAssertEqual(rig.eventTypes(base).suffix(2), [.workflowTaskFailed, .workflowExecutionTerminated])
    XCTAssertEqual(rig.history(base).last?.workflowExecutionTerminatedEventAttributes.identity, "history-resetter")
    XCTAssertEqual(Array(rig.history(run).prefix(6)), Array(rig.history(base).prefix(6)))
    XCTAssertEqual(
      rig.eventTypes(run).suffix(3), [.workflowTaskStarted, .workflowTaskFailed, .workflowTaskScheduled])
    let failed = rig.history(run)[7].workflowTaskFailedEventAttributes
    XCTAssertEqual(failed.cause, .resetWorkflow)
    XCTAssertEqual(failed.baseRunID, base)
    XCTAssertEqual(failed.newRunID, run)
    XCTAssertEqual(failed.failure.message, "because")
    rig.checkRebuild()
    try rig.complete(rig.pollTask())
    rig.advance(by: .seconds(60))
    XCTAssertTrue(rig.eventTypes(run).contains(.timerFired))
    rig.checkRebuild()
  }

  func testEventsThatAreNoResetPoint() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask())
    let range = "Workflow task finish ID must be > 1 && <= workflow last event ID."
    for (eventID, message) in [
      (0, range), (1, range), (5, range), (Int64.max, range), (-1, range),
      (
        2,
        "StateRebuilder unable to Rebuild mutable state to event ID: 1, version: 0, this event must be at the boundary"
      ),
    ] {
      let error = refusal { _ = try reset(&rig, to: eventID) }
      XCTAssertEqual(error?.code, .invalidArgument)
      XCTAssertEqual(error?.message, message)
    }
    try rig.signal()
    XCTAssertEqual(
      refusal { _ = try reset(&rig, to: 5) }?.message,
      "Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: 5")
    XCTAssertEqual(
      refusal { _ = try reset(&rig, to: 4) { $0.requestID = "" } }?.message, "RequestId is not set on request.")
  }

  func testSignalsComeAgainUnlessTheyAreExcluded() throws {
    let cases: [(Int, (inout ResetRequest) -> Void)] = [
      (2, { _ in }),
      (2, { $0.resetReapplyType = .signal }),
      (0, { $0.resetReapplyType = .none }),
      (0, { $0.resetReapplyExcludeTypes = [.signal] }),
      (2, { $0.resetReapplyExcludeTypes = [.update] }),
    ]
    for (count, change) in cases {
      var rig = ServerRig()
      try rig.start()
      try rig.complete(rig.pollTask())
      try rig.signal()
      _ = try rig.pollTask()
      try rig.signal()
      let run = try reset(&rig, to: 4, change: change)
      XCTAssertEqual(rig.eventTypes(run).filter { $0 == .workflowExecutionSignaled }.count, count)
      XCTAssertEqual(rig.eventTypes(run).last, .workflowTaskScheduled)
      rig.checkRebuild()
    }
  }

  func testCancelRequestsDoNotComeAgain() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask())
    try rig.call(
      WorkflowService.requestCancelWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w"
      })
    let run = try reset(&rig, to: 4)
    XCTAssertFalse(rig.eventTypes(run).contains(.workflowExecutionCancelRequested))
  }

  func testAClosedRunIsRunAgain() throws {
    var rig = ServerRig()
    let base = try rig.start()
    try rig.complete(rig.pollTask(), .completeWorkflow())
    let before = rig.history(base)
    let run = try reset(&rig, to: 4)
    XCTAssertEqual(rig.history(base), before)
    try rig.complete(rig.pollTask(), .completeWorkflow())
    XCTAssertEqual(rig.eventTypes(run).last, .workflowExecutionCompleted)
    rig.checkRebuild()
  }

  /// A reset run keeps the request id of the start and forgets that of the reset: so do runs of the real server.
  func testOnlyTheRequestIDOfTheStartIsKnownAgain() throws {
    var rig = ServerRig()
    let base = try rig.start()
    try rig.complete(rig.pollTask())
    XCTAssertEqual(try reset(&rig, to: 4) { $0.requestID = "start w" }, base)
    let first = try reset(&rig, to: 4) { $0.workflowExecution.runID = base }
    let second = try reset(&rig, to: 4) { $0.workflowExecution.runID = base }
    XCTAssertNotEqual(first, second)
    XCTAssertEqual(rig.eventTypes(first).last, .workflowExecutionTerminated)
    rig.checkRebuild()
  }

  func testOptionsAreChangedAfterwards() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask())
    let run = try reset(&rig, to: 4) {
      $0.postResetOperations = [
        .with {
          $0.updateWorkflowOptions.workflowExecutionOptions.priority.priorityKey = 3
          $0.updateWorkflowOptions.updateMask.paths = ["priority"]
        }
      ]
    }
    XCTAssertEqual(rig.machine.executions[run]?.record.priority.priorityKey, 3)
    XCTAssertTrue(rig.eventTypes(run).contains(.workflowExecutionOptionsUpdated))
    rig.checkRebuild()
  }
}
