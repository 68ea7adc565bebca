import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastVerify

/// What SDKs say, in their own words, and what it means.
final class WorkerFailureTests: XCTestCase {
  private func failure(_ message: String, type: String = "") -> WorkerFailure {
    WorkerFailure(
      Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedRequest.with {
        $0.errorMessage = message
        $0.failure.message = message
        $0.failure.applicationFailureInfo.type = type
      })
  }

  func testMessagesTellWhatTheyAreAbout() {
    let query = "__temporal_workflow_metadata"
    let cases: [(String, String, FailureKind)] = [
      (
        "[TMPRL1100] Nondeterminism error: No command scheduled for event HistoryEvent(id: 5, TimerStarted)", "",
        .nondeterminism
      ),
      ("nondeterministic workflow: missing replay command for TimerStarted", "", .nondeterminism),
      (
        "Failure handling event 5 of type 'EVENT_TYPE_TIMER_STARTED'", "io.temporal.worker.NonDeterministicException",
        .nondeterminism
      ),
      ("[TMPRL1101] Potential deadlock detected: workflow didn't yield within 2 second(s).", "", .deadlock),
      (
        "Workflow class Order is not registered on this worker, available workflows: Refund", "NotFoundError",
        .unregisteredType
      ),
      ("unable to find workflow type: Order. Supported types: [Refund]", "", .unregisteredType),
      (
        "Failed to initialize workflow of type 'Order': no such function is exported by the workflow bundle",
        "TypeError", .unregisteredType
      ),
      (#"Unknown workflow type "Order". Known types are [Refund]"#, "", .unregisteredType),
      ("Query handler for '\(query)' expected but not found, known queries: [count]", "RuntimeError", .unknownQuery),
      ("boom", "RuntimeError", .codeError),
    ]
    for (message, type, kind) in cases {
      XCTAssertEqual(failure(message, type: type).kind(query: query), kind, message)
    }
  }

  func testTheCauseCountsMoreThanTheWords() {
    let failed = WorkerFailure(
      Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedRequest.with {
        $0.cause = .nonDeterministicError
        $0.failure.message = "it does not fit"
      })
    XCTAssertEqual(failed.kind(query: "q"), .nondeterminism)
  }

  func testEventsThatMessagesName() throws {
    let history = try recording([.activity("a"), .timer(1), .complete("1")])
    let cases: [(String, Int64?)] = [
      ("Activity machine does not handle this event: HistoryEvent(id: 11, TimerStarted)", 11),
      ("Failure handling event 5 of type 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED' during replay", 5),
      ("[TMPRL1100] 3: activity type changed (event 5), rule activity-type-changed", 5),
      ("eventId: 5 does not match", 5),
      ("WorkflowTaskStartedEventId:4", nil),
      ("Activity type of scheduled event 'a' does not match activity type of activity command 'b'", nil),
      ("HistoryEvent(id: 500, TimerStarted)", nil),
    ]
    for (message, id) in cases { XCTAssertEqual(EventNaming.eventID(in: message, of: history), id, message) }
  }

  func testStackTracesGiveThePlace() {
    let python = """
        File "/srv/.venv/lib/python3.11/site-packages/temporalio/worker/_workflow_instance.py", line 1022, in run_workflow
          result = await self._inbound.execute_workflow(input)

        File "/srv/orders.py", line 59, in run
          raise RuntimeError("boom")
      """
    XCTAssertEqual(StackTraceReader.frames(in: python).first?.description, "/srv/orders.py:59 in run")
    XCTAssertEqual(StackTraceReader.frames(in: python).count, 2)
    let typescript = """
      Error: boom
          at orders (/srv/src/workflows.ts:12:9)
          at async execute (/srv/node_modules/@temporalio/workflow/src/internals.ts:99:3)
      """
    XCTAssertEqual(
      StackTraceReader.frames(in: typescript).map(\.description),
      [
        "/srv/src/workflows.ts:12:9 in orders",
        "/srv/node_modules/@temporalio/workflow/src/internals.ts:99:3 in execute",
      ])
    XCTAssertEqual(StackTraceReader.frames(in: "process event for queue [panic]:"), [])
  }
}
