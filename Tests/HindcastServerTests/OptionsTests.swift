import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Changing the options of running runs, pausing them (`server.md` 5).
final class OptionsTests: XCTestCase {
  private func update(
    _ rig: inout ServerRig, _ paths: [String], _ change: (inout WorkflowOptions) -> Void = { _ in }
  ) throws -> WorkflowOptions {
    try rig.call(
      WorkflowService.updateWorkflowExecutionOptions,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = "w"
        $0.updateMask.paths = paths
        $0.workflowExecutionOptions = .init()
        change(&$0.workflowExecutionOptions)
      }
    ).workflowExecutionOptions
  }

  func testOnlyWhatTheMaskNamesChangesAndNoTaskComesOfIt() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask())
    _ = try update(&rig, ["priority"]) { $0.priority.priorityKey = 3 }
    let options = try update(&rig, ["priority.fairness_key"]) {
      $0.priority.priorityKey = 5
      $0.priority.fairnessKey = "fair"
    }
    XCTAssertEqual(options.priority.priorityKey, 3)
    XCTAssertEqual(options.priority.fairnessKey, "fair")
    XCTAssertEqual(rig.eventTypes(run).suffix(2), [.workflowExecutionOptionsUpdated, .workflowExecutionOptionsUpdated])
    let event = try XCTUnwrap(rig.history(run).last)
    XCTAssertTrue(event.workerMayIgnore)
    XCTAssertTrue(event.workflowExecutionOptionsUpdatedEventAttributes.unsetVersioningOverride)
    rig.checkRebuild()
  }

  func testOptionsThatStayAsTheyAreLeaveNoEvent() throws {
    var rig = ServerRig()
    let run = try rig.start()
    _ = try update(&rig, ["priority"]) { $0.priority.priorityKey = 3 }
    let before = rig.history(run)
    _ = try update(&rig, ["priority"]) { $0.priority.priorityKey = 3 }
    XCTAssertEqual(rig.history(run), before)
  }

  func testChangesThatAreRefused() throws {
    let cases: [([String], String, (inout WorkflowOptions) -> Void)] = [
      (
        ["colour"],
        "error parsing UpdateMask: proto: invalid path \"colour\" for message "
          + "\"temporal.api.workflow.v1.WorkflowExecutionOptions\"", { _ in }
      ),
      (["priority"], "priority key can't be negative", { $0.priority.priorityKey = -1 }),
      (
        ["versioning_override.pinned"],
        "error applying update_options: versioning_override doesn't support partial updates", { _ in }
      ),
      (
        ["time_skipping_config.enabled"],
        "error applying update_options: time_skipping_config doesn't support partial update", { _ in }
      ),
      (
        ["time_skipping_config"], "Time skipping config invalid: fast_forward duration must be positive",
        { $0.timeSkippingConfig.fastForwardConfig = .init() }
      ),
    ]
    var rig = ServerRig()
    try rig.start()
    for (paths, message, change) in cases {
      let error = refusal { _ = try update(&rig, paths, change) }
      XCTAssertEqual(error?.code, .invalidArgument)
      XCTAssertEqual(error?.message, message)
    }
  }

  func testNothingIsHandedOutWhileARunIsPaused() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try rig.complete(rig.pollTask())
    try pause(&rig, "one")
    XCTAssertNoThrow(try pause(&rig, "one"))
    XCTAssertEqual(refusal { try pause(&rig, "two") }?.message, "workflow is already paused.")
    try rig.signal()
    XCTAssertEqual(rig.eventTypes(run).last, .workflowExecutionSignaled)
    try unpause(&rig)
    XCTAssertEqual(
      rig.eventTypes(run).suffix(4),
      [.workflowExecutionPaused, .workflowExecutionSignaled, .workflowExecutionUnpaused, .workflowTaskScheduled])
    XCTAssertEqual(refusal { try unpause(&rig) }?.message, "workflow is not paused.")
    try rig.complete(rig.pollTask(), .completeWorkflow())
    rig.checkRebuild()
  }

  func testATaskThatNobodyHasIsTakenBackWhenTheRunIsPaused() throws {
    var rig = ServerRig()
    let run = try rig.start()
    try pause(&rig, "one")
    XCTAssertEqual(
      rig.history(run).suffix(2).first?.workflowTaskFailedEventAttributes.cause,
      .workflowPauseRequestedBeforeTaskStarted)
    try unpause(&rig)
    XCTAssertEqual(rig.history(run).last?.workflowTaskScheduledEventAttributes.attempt, 1)
    rig.checkRebuild()
  }

  private func pause(_ rig: inout ServerRig, _ requestID: String) throws {
    try rig.call(
      WorkflowService.pauseWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
        $0.requestID = requestID
      })
  }

  private func unpause(_ rig: inout ServerRig) throws {
    try rig.call(
      WorkflowService.unpauseWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
      })
  }
}
