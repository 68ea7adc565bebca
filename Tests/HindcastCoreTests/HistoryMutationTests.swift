import HindcastCore
import HindcastHistory
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

/// The operators of spec/replay.md 10.2: the code stays, the history is edited.
final class HistoryMutationTests: XCTestCase {
  private static let base: [Step] = [.activity("say_hello"), .timer(10), .complete("\"done\"")]

  private func record(_ steps: [Step] = base, _ incidents: [Int: [RecordingServer.Incident]] = [:]) throws
    -> WorkflowHistory
  {
    var server = RecordingServer(type: "workflow")
    server.incidents = incidents
    return try server.record(ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }

  private func replay(_ history: WorkflowHistory, _ steps: [Step] = base) -> ReplayOutcome {
    HistoryReplay(history).run(in: ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }

  private func goVerdict(_ history: WorkflowHistory, _ steps: [Step] = base) -> String? {
    GoReplay.failure(of: history, in: ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }

  /// Gives the events ids from 1 again, and answers the new ids of what they answer; ids that code predicts stay.
  private func renumber(_ events: [HistoryEvent]) -> [HistoryEvent] {
    var ids: [Int64: Int64] = [:]
    for (index, event) in events.enumerated() where ids[event.eventID] == nil { ids[event.eventID] = Int64(index + 1) }
    return events.enumerated().map { index, event in
      var event = event
      event.eventID = Int64(index + 1)
      func renumber(_ id: inout Int64) { id = ids[id] ?? id }
      switch event.attributes {
      case .activityTaskStartedEventAttributes?:
        renumber(&event.activityTaskStartedEventAttributes.scheduledEventID)
      case .activityTaskCompletedEventAttributes?:
        renumber(&event.activityTaskCompletedEventAttributes.scheduledEventID)
      case .timerFiredEventAttributes?: renumber(&event.timerFiredEventAttributes.startedEventID)
      case .childWorkflowExecutionStartedEventAttributes?:
        renumber(&event.childWorkflowExecutionStartedEventAttributes.initiatedEventID)
      case .childWorkflowExecutionCompletedEventAttributes?:
        renumber(&event.childWorkflowExecutionCompletedEventAttributes.initiatedEventID)
      default: break
      }
      return event
    }
  }

  private func expect(
    _ history: WorkflowHistory, _ verdict: Verdict, _ rule: RuleCode?, steps: [Step] = base, _ operation: String,
    cause words: [String] = [], line: UInt = #line
  ) {
    let outcome = replay(history, steps)
    let finding = outcome.failure ?? outcome.warnings.first
    XCTAssertEqual(outcome.verdict, verdict, "\(operation): \(finding?.message ?? "no finding")", line: line)
    XCTAssertEqual(finding?.rule, rule, "\(operation): \(finding?.message ?? "no finding")", line: line)
    guard outcome.verdict == .nondeterministic, let finding else { return }
    let code = ScriptedCode(steps).makeRuntime(RuntimeOptions())
    let explanation = Explainer(history).explain(finding, in: code).explanation
    XCTAssertFalse(words.isEmpty, "\(operation): no cause is expected", line: line)
    for word in words {
      let cause = explanation?.cause ?? "nothing"
      XCTAssertTrue(cause.contains(word), "\(operation): '\(word)' is not in: \(cause)", line: line)
    }
    XCTAssertNotNil(explanation?.fix, operation, line: line)
  }

  func testEditedCommandEvents() throws {
    var history = try record()
    history.events[4].activityTaskScheduledEventAttributes.activityType.name = "renamed"
    expect(
      history, .nondeterministic, .activityTypeChanged, "M48 rename the recorded activity type",
      cause: ["activity say_hello where", "activity renamed (event 5)"])

    history = try record()
    history.events[4].activityTaskScheduledEventAttributes.activityID = "other"
    expect(
      history, .nondeterministic, .activityIDChanged, "M49 edit the recorded activity id",
      cause: ["activity say_hello the ID", "other (event 5)"])

    history = try record()
    history.events[6].activityTaskCompletedEventAttributes.scheduledEventID = 3
    expect(
      history, .nondeterministic, .unexpectedResolution, "M50 edit a resolution's scheduledEventId",
      cause: ["contradicts itself", "ActivityTaskCompleted (event 7)", "event 3"])

    history = try record([.parallel([.activity("a"), .activity("b")])])
    history.events.remove(at: 5)
    history.events = renumber(history.events)
    expect(
      history, .nondeterministic, .extraCommand, steps: [.parallel([.activity("a"), .activity("b")])],
      "M51 delete a command event",
      cause: ["new activity b", "before it completes"])

    history = try record()
    history.events.insert(history.events[4], at: 5)
    history.events = renumber(history.events)
    expect(
      history, .nondeterministic, .missingCommand, "M53 duplicate a command event",
      cause: ["activity say_hello fewer times", "once, not twice (event 6)"])
  }

  func testAHistoryCutAnywherePasses() throws {
    let scripts: [[Step]] = [
      Self.base, [.parallel([.activity("a"), .timer(1), .child("c")]), .sideEffect("1"), .upsert("Key", "1")],
      [.version("change", new: [.activity("new")], old: []), .sideEffect("7"), .activity("a")],
      [.mutableSideEffect("id", value: "1"), .canceledTimer(5), .activity("a")], [.activity("a"), .raise("oops")],
      [.timer(1), .handleUpdate(), .timer(2)],
    ]
    for steps in scripts {
      let whole = try record(steps, [2: [.update(id: "u", name: "n", .json("1")), .signal("s", .json("1"))]])
      for count in 1...whole.events.count {
        var cut = whole
        cut.events = Array(whole.events.prefix(count))
        let outcome = replay(cut, steps)
        XCTAssertEqual(outcome.verdict, .passed, "M54 cut after \(count): \(outcome.failure?.message ?? "")")
      }
    }
  }

  func testWhatSDKsIgnoreIsIgnored() throws {
    var history = try record()
    var failed = Array(history.events[1...2])
    var failure = HistoryEvent()
    failure.eventType = .workflowTaskFailed
    failure.workflowTaskFailedEventAttributes.scheduledEventID = 2
    failed.append(failure)
    // Ids that code predicts would shift, so the triple goes before the last task.
    history.events.insert(contentsOf: failed, at: history.events.count - 3)
    history.events = renumber(history.events)
    expect(history, .passed, nil, "M55 insert a failed workflow task")

    history = try record()
    var unknown = HistoryEvent()
    unknown.eventType = .UNRECOGNIZED(999)
    unknown.workerMayIgnore = true
    history.events.insert(unknown, at: history.events.count - 4)
    history.events = renumber(history.events)
    expect(history, .passed, nil, "M56 insert an unknown event that may be ignored")

    history.events[history.events.count - 5].workerMayIgnore = false
    expect(history, .invalid, .unknownEvent, "M57 insert an unknown event that may not")

    history = try record()
    history.events[3].workflowTaskCompletedEventAttributes.sdkMetadata.langUsedFlags.append(4242)
    expect(history, .passed, .unknownFlag, "M58 add an unknown flag")
    XCTAssertEqual(goVerdict(history), "unknown SDK flag: 4242")

    history = try record()
    history.events[3].workflowTaskCompletedEventAttributes.sdkMetadata.sdkName = "temporal-java"
    expect(history, .passed, .profileMismatch, "M72 recorded by another SDK")

    history = try record()
    history.events[8].eventTime.seconds -= 100
    expect(history, .passed, nil, "M73 a task's start moved back")
  }

  func testVersionMarkers() throws {
    let steps: [Step] = [.version("change", new: [.activity("new")], old: [.activity("old")])]
    var history = try record(steps)
    let marker = try XCTUnwrap(history.events.firstIndex { $0.eventType == .markerRecorded })
    var edited = history
    edited.events.removeSubrange(marker...marker + 1)
    edited.events = renumber(edited.events)
    expect(
      edited, .nondeterministic, .activityTypeChanged, steps: steps, "M59 delete a version marker and its upsert",
      cause: ["no version marker", "\"change\"", "missing"])

    edited = history
    edited.events.remove(at: marker + 1)
    edited.events = renumber(edited.events)
    expect(
      edited, .nondeterministic, .versionUpsertMissing, steps: steps, "M60 delete only the upsert",
      cause: ["contradicts itself", "version marker (event 5)", "TemporalChangeVersion"])

    history.events[marker].markerRecordedEventAttributes.markerName = "Mystery"
    expect(history, .invalid, .unknownMarker, steps: steps, "M62 change the marker name")
  }

  func testAnOpenRunThatNothingCanWakeIsAWarning() throws {
    let steps: [Step] = [.activity("a"), .stuck]
    let history = try record(steps)
    XCTAssertFalse(history.isClosed)
    expect(history, .passed, .logicalDeadlock, steps: steps, "an open run that is stuck")
    let waits: [Step] = [.activity("a"), .receive("go")]
    expect(try record(waits), .passed, nil, steps: waits, "an open run that waits for a signal")
  }

  func testEditedResults() throws {
    var history = try record([.sideEffect("1"), .activity("a")])
    history.events[4].markerRecordedEventAttributes.details["data"] = .json("2")
    expect(history, .passed, nil, steps: [.sideEffect("1"), .activity("a")], "M61 change a side effect's value")

    history = try record()
    history.events[6].activityTaskCompletedEventAttributes.result = .json("\"else\"")
    expect(history, .passed, nil, "M63 edit the activity result")

    let waits: [Step] = [.receive("go"), .complete("1")]
    history = try record(waits, [2: [.signal("go", .json("1"))]])
    history.events.removeAll { $0.eventType == .workflowExecutionSignaled }
    history.events = renumber(history.events)
    expect(
      history, .nondeterministic, .notCompleted, steps: waits, "M64 remove a signal",
      cause: ["does not end", "waits for go"])
  }

  func testClosing() throws {
    var history = try record()
    var late = HistoryEvent()
    late.eventType = .workflowExecutionSignaled
    late.workflowExecutionSignaledEventAttributes.signalName = "late"
    history.events.append(late)
    history.events = renumber(history.events)
    expect(history, .passed, .eventsAfterClose, "M66 append events after the close")

    history = try record()
    history.events.removeFirst()
    expect(history, .invalid, .invalidHistory, "M67 drop the first event")

    history = try record()
    let last = history.events.count - 1
    history.events[last].eventType = .workflowExecutionFailed
    history.events[last].workflowExecutionFailedEventAttributes.failure.message = "no"
    expect(
      history, .nondeterministic, .closeKindChanged, "M71 change the recorded close event",
      cause: ["completes the workflow where the history fails"])
    XCTAssertNil(goVerdict(history), "the Go SDK does not check how a failed workflow ends")
  }

  func testAResetSwitchesTheSeedOfGeneratedIDs() throws {
    let steps: [Step] = [.timer(1), .child("c")]
    var history = try record(steps)
    let child = try XCTUnwrap(history.events.firstIndex { $0.eventType == .startChildWorkflowExecutionInitiated })
    let started = history.events[..<child].lastIndex { $0.eventType == .workflowTaskStarted } ?? 0
    var failed = HistoryEvent()
    failed.eventType = .workflowTaskFailed
    failed.workflowTaskFailedEventAttributes.cause = .resetWorkflow
    failed.workflowTaskFailedEventAttributes.newRunID = "new-run-id"
    let triple = Array(history.events[started - 1...started]) + [failed]
    history.events.insert(contentsOf: triple, at: started - 1)
    history.events = renumber(history.events)
    expect(
      history, .nondeterministic, .childIDChanged, steps: steps, "M74 insert a reset",
      cause: ["child workflow c the ID", "(event 13)"])

    let moved = child + 3
    let id = "new-run-id_\(history.events[moved].eventID)"
    history.events[moved].startChildWorkflowExecutionInitiatedEventAttributes.workflowID = id
    for index in history.events.indices.dropFirst(moved) {
      switch history.events[index].eventType {
      case .childWorkflowExecutionStarted:
        history.events[index].childWorkflowExecutionStartedEventAttributes.workflowExecution.workflowID = id
      case .childWorkflowExecutionCompleted:
        history.events[index].childWorkflowExecutionCompletedEventAttributes.workflowExecution.workflowID = id
      default: break
      }
    }
    expect(history, .passed, nil, steps: steps, "M74 insert a reset, ids as the new run's")
  }
}
