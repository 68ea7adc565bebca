import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Runs whose clocks skip idle time (`server.md` 18.2).
final class TimeSkippingTests: XCTestCase {
  private let day: Int64 = 86_400 * 1_000_000_000

  private func timer(_ id: String, seconds: Int64) -> Command {
    .with {
      $0.commandType = .startTimer
      $0.startTimerCommandAttributes = .with {
        $0.timerID = id
        $0.startToFireTimeout = .init(seconds: seconds)
      }
    }
  }

  private func start(
    _ rig: inout ServerRig, _ change: (inout StartWorkflowRequest) -> Void = { _ in }
  ) throws -> String {
    try rig.start {
      $0.timeSkippingConfig.enabled = true
      change(&$0)
    }
  }

  func testATimerOfADayFiresAtOnceOnTheRunsOwnClock() throws {
    var rig = ServerRig()
    let run = try start(&rig)
    let began = rig.now.nanoseconds
    try rig.complete(rig.pollTask(), timer("day", seconds: 86_400))
    rig.advance(by: .zero)
    XCTAssertEqual(
      rig.eventTypes(run).suffix(4),
      [.timerStarted, .workflowExecutionTimeSkippingTransitioned, .timerFired, .workflowTaskScheduled])
    let events = rig.history(run)
    let jump = events[5].workflowExecutionTimeSkippingTransitionedEventAttributes
    XCTAssertEqual(jump.targetTime.nanoseconds, began + day)
    XCTAssertEqual(jump.wallClockTime.nanoseconds, began)
    XCTAssertEqual(events[6].eventTime.nanoseconds, began + day)
    XCTAssertEqual(rig.now.nanoseconds, began)
    rig.checkRebuild()
  }

  func testNothingIsSkippedWhileATaskIsThere() throws {
    var rig = ServerRig()
    let run = try start(&rig)
    try rig.complete(rig.pollTask(), timer("day", seconds: 86_400)) { $0.forceCreateNewWorkflowTask = true }
    rig.advance(by: .zero)
    XCTAssertFalse(rig.eventTypes(run).contains(.workflowExecutionTimeSkippingTransitioned))
  }

  func testADelayedStartAndARunTimeoutAreTargets() throws {
    var rig = ServerRig()
    let run = try start(&rig) {
      $0.workflowStartDelay = .init(seconds: 86_400)
      $0.workflowRunTimeout = .init(seconds: 86_400)
    }
    rig.advance(by: .zero)
    XCTAssertEqual(
      rig.eventTypes(run),
      [.workflowExecutionStarted, .workflowExecutionTimeSkippingTransitioned, .workflowTaskScheduled])
    try rig.complete(rig.pollTask())
    rig.advance(by: .zero)
    XCTAssertEqual(
      rig.eventTypes(run).suffix(2), [.workflowExecutionTimeSkippingTransitioned, .workflowExecutionTimedOut])
  }

  func testAFastForwardGoesAsFarAsItSaysAndTellsWhoWaits() throws {
    var rig = ServerRig()
    let run = try start(&rig) {
      $0.timeSkippingConfig.fastForwardConfig.id = "hour"
      $0.timeSkippingConfig.fastForwardConfig.duration = .init(seconds: 3_600)
    }
    let task = try rig.pollTask()
    let poll = rig.begin(WorkflowService.pollWorkflowExecutionTimeSkipping, pollRequest("hour"))
    XCTAssertNil(try rig.answer(poll, of: WorkflowService.pollWorkflowExecutionTimeSkipping))
    try rig.complete(task, timer("day", seconds: 86_400))
    let answer = try XCTUnwrap(rig.answer(poll, of: WorkflowService.pollWorkflowExecutionTimeSkipping))
    XCTAssertEqual(answer.fastForwardPollingResult, .fastForwardCompleted)
    let jump = try XCTUnwrap(rig.history(run).last?.workflowExecutionTimeSkippingTransitionedEventAttributes)
    XCTAssertTrue(jump.disabledAfterFastForward)
    XCTAssertEqual(jump.targetTime.nanoseconds, rig.now.nanoseconds + 3_600 * 1_000_000_000)
    XCTAssertEqual(rig.machine.executions[run]?.record.timeSkipping.enabled, false)
    let other = try rig.call(WorkflowService.pollWorkflowExecutionTimeSkipping, pollRequest("other"))
    XCTAssertEqual(other.fastForwardPollingResult, .fastForwardFailed)
    rig.checkRebuild()
  }

  func testSkippingStopsAfterAsManyJumpsAsItMayMake() throws {
    var rig = ServerRig()
    let run = try start(&rig) { $0.timeSkippingConfig.maxSessionSkipCount = 2 }
    try rig.complete(rig.pollTask(), timer("1", seconds: 60), timer("2", seconds: 120), timer("3", seconds: 180))
    for _ in 0..<2 {
      rig.advance(by: .zero)
      try rig.complete(rig.pollTask())
    }
    rig.advance(by: .zero)
    XCTAssertEqual(rig.eventTypes(run).filter { $0 == .workflowExecutionTimeSkippingTransitioned }.count, 2)
    XCTAssertEqual(rig.machine.executions[run]?.record.timeSkipping.enabled, false)
    rig.checkRebuild()
  }

  private func pollRequest(_ id: String) -> TimeSkippingPollRequest {
    .with {
      $0.namespace = "default"
      $0.workflowExecution.workflowID = "w"
      $0.fastForwardID = id
    }
  }
}
