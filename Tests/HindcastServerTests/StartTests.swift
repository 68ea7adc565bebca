import Foundation
import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// StartWorkflowExecution and SignalWithStartWorkflowExecution (`server.md` 9).
final class StartTests: XCTestCase {
  func testWhatAStartMayNotBe() {
    let cases: [(String, (inout StartWorkflowRequest) -> Void)] = [
      ("Namespace is empty.", { $0.namespace = "" }),
      ("WorkflowId is not set on request.", { $0.workflowID = "" }),
      (
        "WorkflowId exceeds maximum allowed length (1001/1000)",
        { $0.workflowID = String(repeating: "x", count: 1_001) }
      ),
      ("WorkflowType is not set on request.", { $0.clearWorkflowType() }),
      ("taskQueue is not set", { $0.clearTaskQueue() }),
      ("task queue name cannot start with reserved prefix /_sys/", { $0.taskQueue.name = "/_sys/x" }),
      ("invalid CronSchedule.", { $0.cronSchedule = "often" }),
      (
        "invalid CronSchedule, no time can be found to satisfy the schedule",
        { $0.cronSchedule = "0 0 30 2 *" }
      ),
      (
        "CronSchedule and WorkflowStartDelay may not be used together.",
        {
          $0.cronSchedule = "@daily"
          $0.workflowStartDelay = .init(seconds: 1)
        }
      ),
      (
        "An invalid WorkflowRunTimeoutSeconds is set on request. cause: negative duration",
        { $0.workflowRunTimeout = .init(seconds: -1) }
      ),
      (
        "BackoffCoefficient cannot be less than 1 on retry policy.", { $0.retryPolicy.backoffCoefficient = 0.5 }
      ),
      (
        "MaximumInterval cannot be less than InitialInterval on retry policy.",
        {
          $0.retryPolicy.initialInterval = .init(seconds: 2)
          $0.retryPolicy.maximumInterval = .init(seconds: 1)
        }
      ),
      ("MaximumAttempts cannot be negative on retry policy.", { $0.retryPolicy.maximumAttempts = -1 }),
      (
        "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy",
        {
          $0.workflowIDReusePolicy = .terminateIfRunning
          $0.workflowIDConflictPolicy = .fail
        }
      ),
      (
        "Namespace default has no mapping defined for search attribute Nobody",
        { $0.searchAttributes.indexedFields["Nobody"] = Payload(text: "x") }
      ),
      (
        "RunId attribute can't be set in SearchAttributes",
        { $0.searchAttributes.indexedFields["RunId"] = Payload(text: "x") }
      ),
      (
        "invalid value for search attribute TemporalSchedulePaused of type Bool: x",
        { $0.searchAttributes.indexedFields["TemporalSchedulePaused"] = Payload(text: "x") }
      ),
      ("priority key can't be negative", { $0.priority.priorityKey = -1 }),
      ("Blob data size exceeds limit.", { $0.input = Payloads(text: String(repeating: "x", count: 2 << 20)) }),
      (
        "Memo size exceeds limit.",
        { $0.memo.fields["m"] = Payload(text: String(repeating: "x", count: 2 << 20)) }
      ),
      ("unsupported link variant", { $0.links = [.init()] }),
    ]
    for (message, change) in cases {
      var rig = ServerRig()
      XCTAssertThrowsError(try rig.start("w", change), message) {
        XCTAssertEqual(($0 as? ServiceError)?.code, .invalidArgument)
        XCTAssertEqual(($0 as? ServiceError)?.message, message)
      }
      XCTAssertTrue(rig.machine.executions.isEmpty, message)
    }
  }

  func testTheStartedEvent() throws {
    var rig = ServerRig()
    let run = try rig.start {
      $0.workflowExecutionTimeout = .init(seconds: 10)
      $0.workflowRunTimeout = .init(seconds: 60)
      $0.workflowTaskTimeout = .init(seconds: 300)
      $0.retryPolicy = .init()
      $0.memo.fields = [
        "kept": Payload(text: "x"), "null": .with { $0.metadata["encoding"] = Data("binary/null".utf8) },
      ]
      $0.searchAttributes.indexedFields["BatcherUser"] = Payload(text: "me")
      $0.userMetadata.summary = Payload(text: "summary")
    }
    let event = try XCTUnwrap(rig.history(run).first)
    let started = event.workflowExecutionStartedEventAttributes
    XCTAssertEqual(started.workflowRunTimeout, .init(seconds: 10))
    XCTAssertEqual(started.workflowTaskTimeout, .init(seconds: 10))
    XCTAssertEqual(started.workflowExecutionExpirationTime.seconds, event.eventTime.seconds + 10)
    XCTAssertEqual(started.retryPolicy.maximumInterval, .init(seconds: 100))
    XCTAssertEqual(started.retryPolicy.backoffCoefficient, 2)
    XCTAssertEqual(Array(started.memo.fields.keys), ["kept"])
    XCTAssertEqual(started.searchAttributes.indexedFields["BatcherUser"]?.metadata["type"], Data("Keyword".utf8))
    XCTAssertEqual(started.originalExecutionRunID, run)
    XCTAssertEqual(started.firstExecutionRunID, run)
    XCTAssertTrue(started.hasFirstWorkflowTaskBackoff)
    XCTAssertFalse(started.hasHeader)
    XCTAssertEqual(event.userMetadata.summary, Payload(text: "summary"))
    XCTAssertEqual(rig.eventTypes(run), [.workflowExecutionStarted, .workflowTaskScheduled])
    rig.checkRebuild()
  }

  // MARK: Ids and policies

  func testTheSameRequestGetsTheSameRun() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let count = rig.history(run).count
    XCTAssertEqual(try rig.start(), run)
    XCTAssertEqual(rig.history(run).count, count)
  }

  func testWhatARunningRunMeansToAStart() throws {
    for (conflict, reuse) in [(ConflictPolicy.unspecified, ReusePolicy.unspecified), (.fail, .allowDuplicate)] {
      var rig = ServerRig()
      let run = try rig.start()
      XCTAssertThrowsError(
        try rig.start {
          $0.requestID = "other"
          $0.workflowIDConflictPolicy = conflict
          $0.workflowIDReusePolicy = reuse
        }
      ) {
        XCTAssertEqual(($0 as? ServiceError)?.code, .alreadyExists)
        XCTAssertEqual(
          ($0 as? ServiceError)?.message, "Workflow execution is already running. WorkflowId: w, RunId: \(run).")
      }
    }
    for (conflict, reuse) in [
      (ConflictPolicy.terminateExisting, ReusePolicy.unspecified), (.unspecified, .terminateIfRunning),
    ] {
      var rig = ServerRig()
      let run = try rig.start()
      let other = try rig.start {
        $0.requestID = "other"
        $0.workflowIDConflictPolicy = conflict
        $0.workflowIDReusePolicy = reuse
      }
      XCTAssertNotEqual(other, run)
      let last = try XCTUnwrap(rig.history(run).last)
      XCTAssertEqual(
        last.workflowExecutionTerminatedEventAttributes.reason, "TerminateIfRunning WorkflowIdReusePolicy")
      XCTAssertEqual(
        last.workflowExecutionTerminatedEventAttributes.details, Payloads(text: "terminated by new runID: \(other)"))
    }
  }

  func testAnExistingRunTakesNoteOfWhoWantedIt() throws {
    var rig = ServerRig()
    let run = try rig.start()
    let request = StartWorkflowRequest.with {
      $0.namespace = "default"
      $0.workflowID = "w"
      $0.workflowType.name = "Type"
      $0.taskQueue.name = "queue"
      $0.requestID = "other"
      $0.workflowIDConflictPolicy = .useExisting
      $0.onConflictOptions.attachRequestID = true
    }
    let response = try rig.call(WorkflowService.startWorkflowExecution, request)
    XCTAssertEqual(response.runID, run)
    XCTAssertFalse(response.started)
    XCTAssertEqual(response.link.workflowEvent.requestIDRef.requestID, "other")
    XCTAssertEqual(rig.eventTypes(run).last, .workflowExecutionOptionsUpdated)
    // Again, it is known.
    let count = rig.history(run).count
    XCTAssertFalse(try rig.call(WorkflowService.startWorkflowExecution, request).started)
    XCTAssertEqual(rig.history(run).count, count)
    rig.checkRebuild()
  }

  func testWhatAClosedRunMeansToAStart() throws {
    let success = "Workflow execution already finished successfully. WorkflowId: w, RunId: "
    let cases: [(ReusePolicy, fails: Bool, String?)] = [
      (.allowDuplicate, false, nil), (.allowDuplicate, true, nil), (.allowDuplicateFailedOnly, false, success),
      (.allowDuplicateFailedOnly, true, nil), (.terminateIfRunning, false, nil),
      (.rejectDuplicate, true, "Workflow execution already finished. WorkflowId: w, RunId: "),
    ]
    for (policy, fails, message) in cases {
      var rig = ServerRig()
      let run = try rig.start()
      try rig.complete(rig.pollTask(), fails ? .failWorkflow("no") : .completeWorkflow())
      let again = Result {
        try rig.start {
          $0.requestID = "other"
          $0.workflowIDReusePolicy = policy
        }
      }
      switch again {
      case .success(let other):
        XCTAssertNil(message)
        XCTAssertNotEqual(other, run)
      case .failure(let error):
        let error = try XCTUnwrap(error as? ServiceError)
        XCTAssertEqual(error.code, .alreadyExists)
        XCTAssertTrue(error.message.hasPrefix(message ?? "nothing was expected"), error.message)
      }
    }
  }

  // MARK: Delays and eager starts

  func testAnEagerStartBringsTheFirstTask() throws {
    var rig = ServerRig()
    let response = try rig.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowID = "w"
        $0.workflowType.name = "Type"
        $0.taskQueue.name = "queue"
        $0.requestEagerExecution = true
      })
    XCTAssertEqual(
      response.eagerWorkflowTask.history.events.map(\.eventType),
      [.workflowExecutionStarted, .workflowTaskScheduled, .workflowTaskStarted])
    try rig.complete(response.eagerWorkflowTask, .completeWorkflow())
    XCTAssertEqual(rig.eventTypes(response.runID).last, .workflowExecutionCompleted)
    rig.checkRebuild()
  }

  func testADelayWaitsWhateverIsSignalled() throws {
    var rig = ServerRig()
    let run = try rig.start { $0.workflowStartDelay = .init(seconds: 60) }
    try rig.signal()
    XCTAssertEqual(rig.eventTypes(run), [.workflowExecutionStarted, .workflowExecutionSignaled])
    rig.advance(by: .seconds(60))
    XCTAssertEqual(rig.eventTypes(run).last, .workflowTaskScheduled)
    rig.checkRebuild()
  }

  // MARK: Signal with start

  private func signalWithStart(
    _ rig: inout ServerRig, _ change: (inout SignalWithStartRequest) -> Void = { _ in }
  ) throws -> SignalWithStartResponse {
    var request = SignalWithStartRequest.with {
      $0.namespace = "default"
      $0.workflowID = "w"
      $0.workflowType.name = "Type"
      $0.taskQueue.name = "queue"
      $0.signalName = "go"
      $0.requestID = "request"
    }
    change(&request)
    return try rig.call(WorkflowService.signalWithStartWorkflowExecution, request)
  }

  func testSignalWithStartStartsOrSignals() throws {
    var rig = ServerRig()
    let first = try signalWithStart(&rig)
    XCTAssertTrue(first.started)
    XCTAssertEqual(
      rig.eventTypes(first.runID), [.workflowExecutionStarted, .workflowExecutionSignaled, .workflowTaskScheduled])
    XCTAssertFalse(try signalWithStart(&rig).started)
    XCTAssertEqual(rig.history(first.runID).count, 3)
    XCTAssertEqual(try signalWithStart(&rig) { $0.requestID = "other" }.runID, first.runID)
    XCTAssertEqual(rig.eventTypes(first.runID).last, .workflowExecutionSignaled)
    let third = try signalWithStart(&rig) {
      $0.requestID = "third"
      $0.workflowIDConflictPolicy = .terminateExisting
    }
    XCTAssertTrue(third.started)
    XCTAssertEqual(rig.eventTypes(first.runID).last, .workflowExecutionTerminated)
    rig.checkRebuild()
  }

  func testSignalWithStartAfterAClosedRun() throws {
    var rig = ServerRig()
    try rig.start()
    try rig.complete(rig.pollTask(), .completeWorkflow())
    XCTAssertThrowsError(try signalWithStart(&rig) { $0.workflowIDReusePolicy = .rejectDuplicate }) {
      XCTAssertEqual(($0 as? ServiceError)?.code, .alreadyExists)
    }
    XCTAssertTrue(try signalWithStart(&rig).started)
  }

  func testSignalWithStartEndsADelay() throws {
    var rig = ServerRig()
    let run = try rig.start { $0.workflowStartDelay = .init(seconds: 60) }
    _ = try signalWithStart(&rig)
    XCTAssertEqual(rig.eventTypes(run).last, .workflowTaskScheduled)
  }
}
