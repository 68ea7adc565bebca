import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// Signals to and cancel requests for other workflows (`server.md` 8, 11).
final class ExternalTests: XCTestCase {
  private func sender(_ commands: Command..., prepare: (inout ServerRig) throws -> Void = { _ in }) throws -> (
    ServerRig, String
  ) {
    var rig = ServerRig()
    try prepare(&rig)
    let run = try rig.start("w") { $0.taskQueue.name = "senders" }
    try rig.complete(rig.pollTask(queue: "senders")) { $0.commands = commands }
    return (rig, run)
  }

  func testSignalReachesItsTarget() throws {
    let (rig, run) = try sender(.signalExternal("target")) { try $0.start("target") }
    XCTAssertEqual(rig.news(run).eventType, .externalWorkflowExecutionSignaled)
    let signaled = rig.news(rig.currentRun("target")).workflowExecutionSignaledEventAttributes
    XCTAssertEqual(signaled.identity, "history-service")
    XCTAssertEqual(signaled.externalWorkflowExecution.runID, run)
    XCTAssertFalse(signaled.requestID.isEmpty)
    rig.checkRebuild()
  }

  func testCancelReachesItsTarget() throws {
    let (rig, run) = try sender(.cancelExternal("target") { $0.reason = "why" }) { try $0.start("target") }
    XCTAssertEqual(rig.news(run).eventType, .externalWorkflowExecutionCancelRequested)
    let requested = rig.news(rig.currentRun("target")).workflowExecutionCancelRequestedEventAttributes
    XCTAssertEqual(requested.cause, "why")
    XCTAssertEqual(requested.externalInitiatedEventID, 5)
    rig.checkRebuild()
  }

  func testTargetsThatCannotBeReached() throws {
    let stranger: (inout ServerRig) throws -> Void = { try $0.start("stranger") }
    let signals: [(Command, (inout ServerRig) throws -> Void)] = [
      (.signalExternal("nobody"), { _ in }), (.signalExternal("w"), { _ in }),
      (.signalExternal("stranger") { $0.childWorkflowOnly = true }, stranger),
    ]
    for (command, prepare) in signals {
      let (rig, run) = try sender(command, prepare: prepare)
      XCTAssertEqual(
        rig.news(run).signalExternalWorkflowExecutionFailedEventAttributes.cause, .externalWorkflowExecutionNotFound)
      rig.checkRebuild()
    }
    let cancels: [(Command, (inout ServerRig) throws -> Void)] = [
      (.cancelExternal("nobody"), { _ in }), (.cancelExternal("w"), { _ in }),
      (.cancelExternal("stranger") { $0.childWorkflowOnly = true }, stranger),
    ]
    for (command, prepare) in cancels {
      let (rig, run) = try sender(command, prepare: prepare)
      XCTAssertEqual(
        rig.news(run).requestCancelExternalWorkflowExecutionFailedEventAttributes.cause,
        .externalWorkflowExecutionNotFound)
      rig.checkRebuild()
    }
  }

  func testSignalBeyondTheTargetsLimitIsRefused() throws {
    var limits = Limits()
    limits.signals = 1
    var rig = ServerRig(limits: limits)
    try rig.start("target") { $0.taskQueue.name = "targets" }
    try rig.signal("target")
    let run = try rig.start()
    try rig.complete(rig.pollTask(), .signalExternal("target"))
    XCTAssertEqual(rig.news(run).signalExternalWorkflowExecutionFailedEventAttributes.cause, .signalCountLimitExceeded)
  }

  func testRefusedCommands() throws {
    let cases: [([Command], WorkflowTaskFailedCause)] = [
      ([.signalExternal("")], .badSignalWorkflowExecutionAttributes),
      ([.signalExternal("x") { $0.signalName = "" }], .badSignalWorkflowExecutionAttributes),
      ([.signalExternal("x") { $0.execution.runID = "no uuid" }], .badSignalWorkflowExecutionAttributes),
      ([.cancelExternal("")], .badRequestCancelExternalWorkflowExecutionAttributes),
      ([.startChild("c"), .cancelExternal("c")], .badRequestCancelExternalWorkflowExecutionAttributes),
    ]
    for (commands, cause) in cases {
      var rig = ServerRig()
      let run = try rig.start()
      let task = try rig.pollTask()
      _ = refusal { try rig.complete(task) { $0.commands = commands } }
      XCTAssertEqual(rig.history(run)[3].workflowTaskFailedEventAttributes.cause, cause)
      rig.checkRebuild()
    }
  }
}
