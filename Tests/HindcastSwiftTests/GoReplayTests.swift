import HindcastCore
import HindcastHistory
import HindcastSwift
import TemporalAPI
import XCTest

/// Replays the histories that the Go SDK's own replay tests use against ports of their workflows, and expects what those
/// tests expect.
final class GoReplayTests: XCTestCase {
  /// Histories that the Go SDK's tests replay without an error.
  private static let accepted = [
    "activity-same-time-as-cancel", "await-with-timeout-no-timer-cancel",
    "cancel-activity-completion-before-workflow-task-started", "cancel-timer-after-activity",
    "channel-worker-blocked-selector", "child-workflow-cancel-with-update", "continue-as-new",
    "duplicate-child-workflow",
    "gogoproto-payload-workflow", "local-activity", "local-activity-serialization-context", "memo-json",
    "memo-schedule-json", "multiple-updates", "multiple-updates-canceled", "mutable-side-effect",
    "mutable-side-effect-legacy", "parallel-local-activities", "parallel-side-effect",
    "partial-replay-non-command-event", "replay-tests-cancel-order", "replay-tests-cancel-order-timer-resolved",
    "replay-tests-version-and-mutable-side-effect", "reset-workflow-after-child-complete",
    "reset-workflow-before-child-init", "search-attribute", "selector-blocking-default", "selector-non-blocking",
    "side-effect", "unhandled_cmd_timer_cancel", "update-reset-accepted", "update-reset-rejected",
    "update_accept_and_complete_and_exit", "update_before_protocol_message_command", "update_complete_and_exit",
    "update_with_protocol_message_command", "upsert-memo-workflow", "version-loop-workflow-10",
    "version-loop-workflow-256", "version-loop-workflow-legacy-10", "workflow1", "workflow2", "workflow_loop_task",
    "workflow_with_unknown_event",
  ]

  /// Histories that they expect an error for, and the parts of it that they check, in the engine's words where it prints attributes.
  private static let refused: [String: [String]] = [
    "bad-continue-as-new": ["replay workflow doesn't return the same result"],
    "bad-continue-as-new-2": ["replay workflow doesn't return the same result"],
    "bad-empty-workflow": ["lookup failed for scheduledEventID to activityID: scheduleEventID: 7"],
    "bad-history": ["[TMPRL1100]"],
    "bad-history-2": ["nondeterministic workflow: history event is ActivityTaskScheduled", "19", "BAD ACTIVITY"],
    "bad-local-activity": ["replay workflow doesn't return the same result as the last event"],
    "bad-local-activity-2": ["nondeterministic workflow: missing replay command for MarkerRecorded"],
    "bad-search-attribute": ["nondeterministic workflow: extra replay command for UpsertWorkflowSearchAttributes"],
    "bad-search-attribute-2": ["lookup failed for scheduledEventID to activityID: scheduleEventID: 5"],
    "bad-upsert-memo-workflow": ["nondeterministic workflow: extra replay command for ModifyWorkflowProperties"],
    "bad-upsert-memo-workflow-2": ["lookup failed for scheduledEventID to activityID: scheduleEventID: 5"],
    "non_deterministic_update": ["[TMPRL1100]"],
    "version-loop-workflow-unkown-version-flag": ["unknown SDK flag"],
    "workflow_with_bad_unknown_event": ["unknown history event"],
  ]

  func testAcceptsWhatTheGoSDKAccepts() throws {
    let runtime = try GoPorts.all.makeRuntime(RuntimeOptions())
    for name in Self.accepted {
      let history = try SharedHistories.goSDK("\(name).json")
      XCTAssertNil(GoReplay.failure(of: history, in: runtime), name)
      let outcome = HistoryReplay(history).run(in: runtime)
      XCTAssertEqual(outcome.verdict, .passed, "\(name): \(outcome.failure.map { "\($0)" } ?? "")")
    }
  }

  func testRefusesWhatTheGoSDKRefuses() throws {
    let runtime = try GoPorts.all.makeRuntime(RuntimeOptions())
    for (name, parts) in Self.refused.sorted(by: { $0.key < $1.key }) {
      let history = try SharedHistories.goSDK("\(name).json")
      let failure = try XCTUnwrap(GoReplay.failure(of: history, in: runtime), "\(name) is accepted")
      for part in parts { XCTAssertTrue(failure.contains(part), "\(name): \(failure)") }
      let outcome = HistoryReplay(history).run(in: runtime)
      // A flag that is unknown here says nothing against the code, so the analysis only warns.
      let isRemark = outcome.warnings.contains { $0.rule == .unknownFlag }
      XCTAssertTrue(outcome.verdict != .passed || isRemark, name)
    }
  }

  /// The values that the Go SDK's tests expect of mutable side effects, the broken ones of old histories included.
  func testMutableSideEffectsHaveTheRecordedValues() throws {
    let results = [
      "mutable-side-effect": "[0,0,0,1,1,2,3,3,4,4,5]", "mutable-side-effect-legacy": "[2,2,2,2,2,2,4,4,4,5,5]",
    ]
    for (name, expected) in results {
      let commands = try GoPorts.all.commands(for: SharedHistories.goSDK("\(name).json"))
      let result = commands.last?.command.completeWorkflowExecutionCommandAttributes.result.payloads.first
      XCTAssertEqual(result.map { String(decoding: $0.data, as: UTF8.self) }, expected, name)
    }
  }

  func testDeadlockDetectionCanBeTurnedOff() throws {
    let history = try SharedHistories.goSDK("deadlocked-workflow.json")
    let strict = try GoPorts.all.makeRuntime(RuntimeOptions(limits: RunLimits(cpuTime: 10_000_000)))
    XCTAssertEqual(GoReplay.failure(of: history, in: strict)?.hasPrefix("[TMPRL1101]"), true)
    let patient = try GoPorts.all.makeRuntime(RuntimeOptions(limits: RunLimits(cpuTime: nil)))
    XCTAssertNil(GoReplay.failure(of: history, in: patient))
  }
}
