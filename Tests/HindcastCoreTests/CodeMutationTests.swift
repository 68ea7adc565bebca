import HindcastCore
import HindcastHistory
import HindcastTestSupport
import TemporalAPI
import XCTest

/// The operators of spec/replay.md 10.1: a history is recorded with one script and replayed with a changed one.
final class CodeMutationTests: XCTestCase {
  private struct Mutation {
    var operation: String
    var recorded: [Step]
    var changed: [Step]
    var verdict: Verdict
    /// The rule of the failure, or of a warning where the verdict is passed; nil: no finding at all.
    var rule: RuleCode?
    var eventID: Int64?
    /// Whether the Go SDK's replayer accepts it, as spec/replay.md observed; nil where it was not observed for this shape.
    var goAccepts: Bool?
    var incidents: [Int: [RecordingServer.Incident]] = [:]
  }

  private static let base: [Step] = [.activity("say_hello"), .timer(10), .complete("\"done\"")]

  private let mutations: [Mutation] = [
    .init(
      operation: "M01 delete an activity call", recorded: base, changed: [.timer(10), .complete("\"done\"")],
      verdict: .nondeterministic, rule: .missingCommand, eventID: 5, goAccepts: false),
    .init(
      operation: "M02 delete a timer", recorded: base, changed: [.activity("say_hello"), .complete("\"done\"")],
      verdict: .nondeterministic, rule: .completedEarly, eventID: 11, goAccepts: false),
    .init(
      operation: "M03 add an activity before the first command", recorded: base, changed: [.activity("new")] + base,
      verdict: .nondeterministic, rule: .activityTypeChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M04 add a timer before the first command", recorded: base, changed: [.timer(3)] + base,
      verdict: .nondeterministic, rule: .commandKindChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M05 add an activity parallel to the first one", recorded: base,
      changed: [.parallel([.activity("say_hello"), .activity("new")]), .timer(10), .complete("\"done\"")],
      verdict: .nondeterministic, rule: .extraCommand, goAccepts: false),
    .init(
      operation: "M06 add an unawaited activity just before return", recorded: base,
      changed: [.activity("say_hello"), .timer(10), .unawaited(.activity("new")), .complete("\"done\"")],
      verdict: .nondeterministic, rule: .extraCommand, goAccepts: false),
    .init(
      operation: "M07 swap activity and timer", recorded: [.parallel([.activity("a"), .timer(1)])],
      changed: [.parallel([.timer(1), .activity("a")])], verdict: .nondeterministic, rule: .commandsReordered,
      eventID: 5,
      goAccepts: false),
    .init(
      operation: "M08 swap two activities of different type", recorded: [.parallel([.activity("a"), .activity("b")])],
      changed: [.parallel([.activity("b"), .activity("a")])], verdict: .nondeterministic, rule: .commandsReordered,
      eventID: 5, goAccepts: false),
    .init(
      operation: "M09 swap inputs of two same-type activities",
      recorded: [.parallel([.activity("a", input: "1"), .activity("a", input: "2")])],
      changed: [.parallel([.activity("a", input: "2"), .activity("a", input: "1")])], verdict: .passed,
      rule: .inputChanged, goAccepts: true),
    .init(
      operation: "M10 rename activity type", recorded: base,
      changed: [.activity("say_goodbye"), .timer(10), .complete("\"done\"")], verdict: .nondeterministic,
      rule: .activityTypeChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M11 add a package prefix to the type", recorded: base,
      changed: [.activity("pkg.say_hello"), .timer(10), .complete("\"done\"")], verdict: .passed,
      rule: .typePrefixChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "M12 change the explicit activity id", recorded: [.activity("a", id: "one")],
      changed: [.activity("a", id: "two")], verdict: .nondeterministic, rule: .activityIDChanged, eventID: 5,
      goAccepts: false),
    .init(
      operation: "M13 change activity input", recorded: [.activity("a", input: "1")],
      changed: [.activity("a", input: "2")], verdict: .passed, rule: .inputChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "M15 change timer duration", recorded: base,
      changed: [.activity("say_hello"), .timer(11), .complete("\"done\"")], verdict: .passed, rule: .durationChanged,
      eventID: 11, goAccepts: true),
    .init(
      operation: "M16 swap durations of two parallel timers", recorded: [.parallel([.timer(1), .timer(2)])],
      changed: [.parallel([.timer(2), .timer(1)])], verdict: .passed, rule: .durationChanged, goAccepts: true),
    .init(
      operation: "M17 change child workflow id", recorded: [.child("c", id: "one")], changed: [.child("c", id: "two")],
      verdict: .nondeterministic, rule: .childIDChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M18 change child workflow type", recorded: [.child("c")], changed: [.child("d")],
      verdict: .nondeterministic, rule: .childTypeChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M19 change child input", recorded: [.child("c", input: "1")], changed: [.child("c", input: "2")],
      verdict: .passed, rule: .inputChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "M20 change external signal name", recorded: [.signal("s", to: "w")], changed: [.signal("t", to: "w")],
      verdict: .nondeterministic, rule: .signalChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M20 change external signal target", recorded: [.signal("s", to: "w")],
      changed: [.signal("s", to: "v")], verdict: .nondeterministic, rule: .signalChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "I10 change external cancel target", recorded: [.cancelExternal("w")], changed: [.cancelExternal("v")],
      verdict: .nondeterministic, rule: .cancelTargetChanged, eventID: 5, goAccepts: false),
    .init(
      operation: "M21 change external signal run id", recorded: [.signal("s", to: "w", runID: "1")],
      changed: [.signal("s", to: "w", runID: "2")], verdict: .passed, rule: .runIDChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "V05 change external signal input", recorded: [.signal("s", to: "w", input: "1")],
      changed: [.signal("s", to: "w", input: "2")], verdict: .passed, rule: .signalInputChanged, eventID: 5,
      goAccepts: true),
    .init(
      operation: "M22 change a search attribute value", recorded: [.upsert("Key", "1")],
      changed: [.upsert("Key", "2")], verdict: .passed, rule: .searchAttributesChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "M22 change a memo value", recorded: [.memo("key", "1")], changed: [.memo("key", "2")],
      verdict: .passed, rule: .memoChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "M23 add a memo upsert", recorded: base, changed: [.memo("key", "1")] + base,
      verdict: .nondeterministic, rule: .extraCommand, eventID: 5, goAccepts: false),
    .init(
      operation: "M24 add a side effect", recorded: base, changed: [.sideEffect("1")] + base,
      verdict: .nondeterministic, rule: .sideEffectAdded, goAccepts: false),
    .init(
      operation: "S02 one side effect fewer", recorded: [.sideEffect("1")] + base, changed: base,
      verdict: .nondeterministic, rule: .missingCommand, eventID: 5, goAccepts: false),
    .init(
      operation: "M25 add a mutable side effect", recorded: base,
      changed: [.mutableSideEffect("id", value: "1")] + base, verdict: .nondeterministic, rule: .mutableSideEffectAdded,
      goAccepts: false),
    .init(
      operation: "S05 remove a mutable side effect", recorded: [.mutableSideEffect("id", value: "1")] + base,
      changed: base, verdict: .nondeterministic, rule: .activityIDChanged, goAccepts: false),
    .init(
      operation: "M26 add an awaited local activity", recorded: base, changed: [.localActivity("l")] + base,
      verdict: .nondeterministic, rule: .missingCommand, eventID: 5, goAccepts: false),
    .init(
      operation: "M27 add an unawaited local activity", recorded: base,
      changed: [.unawaited(.localActivity("l"))] + base, verdict: .passed, rule: .localActivityUnawaited,
      goAccepts: true),
    .init(
      operation: "M29 new version gate, old branch kept", recorded: base,
      changed: [.version("change", new: [.activity("new")], old: [])] + base, verdict: .passed, goAccepts: true),
    .init(
      operation: "M30 raise the minimum version above the default", recorded: base,
      changed: [.version("change", minimum: 1, new: [.activity("new")], old: [])] + base, verdict: .nondeterministic,
      rule: .versionUnsupported, goAccepts: false),
    .init(
      operation: "M31 remove the gate and keep only the new branch", recorded: base,
      changed: [.activity("new")] + base, verdict: .nondeterministic, rule: .activityTypeChanged, eventID: 5,
      goAccepts: false),
    .init(
      operation: "M32 remove the version call, history has the marker",
      recorded: [.version("change", new: [.activity("new")], old: [])] + base, changed: [.activity("new")] + base,
      verdict: .passed, rule: .versionUnused, goAccepts: true),
    .init(
      operation: "M33 lower the maximum version below the recorded one",
      recorded: [.version("change", maximum: 2, new: [.activity("new")], old: [])] + base,
      changed: [.version("change", maximum: 1, new: [.activity("new")], old: [])] + base, verdict: .nondeterministic,
      rule: .versionUnsupported, goAccepts: false),
    .init(
      operation: "M34 complete early", recorded: base, changed: [.complete("\"done\"")], verdict: .nondeterministic,
      rule: .completedEarly, eventID: 5, goAccepts: false),
    .init(
      operation: "M35 change the result value", recorded: base,
      changed: [.activity("say_hello"), .timer(10), .complete("\"other\"")], verdict: .passed, rule: .resultChanged,
      goAccepts: true),
    .init(
      operation: "M36 return an error instead", recorded: base,
      changed: [.activity("say_hello"), .timer(10), .fail("no")], verdict: .nondeterministic, rule: .closeKindChanged,
      goAccepts: false),
    .init(
      operation: "M37 continue as new instead of return", recorded: base,
      changed: [.activity("say_hello"), .timer(10), .continueAsNew("workflow")], verdict: .nondeterministic,
      rule: .closeKindChanged, goAccepts: false),
    .init(
      operation: "M38 continue as new to another type", recorded: [.continueAsNew("one")],
      changed: [.continueAsNew("two")], verdict: .passed, rule: .continueAsNewChanged, eventID: 5, goAccepts: true),
    .init(
      operation: "M39 wait for a signal at the end", recorded: base,
      changed: [.activity("say_hello"), .timer(10), .receive("never")], verdict: .nondeterministic, rule: .notCompleted,
      goAccepts: false),
    .init(
      operation: "M41 throw in the middle", recorded: base, changed: [.activity("say_hello"), .raise("oops")],
      verdict: .failed, rule: .codeError, eventID: 11, goAccepts: false),
    .init(
      operation: "M42 wait on what nobody sends", recorded: base, changed: [.activity("say_hello"), .stuck],
      verdict: .deadlocked, rule: .logicalDeadlock, eventID: 11, goAccepts: false),
    .init(
      operation: "M45 remove a signal handler", recorded: [.receive("go"), .complete("1")], changed: [.complete("1")],
      verdict: .nondeterministic, rule: .completedEarly, goAccepts: nil, incidents: [2: [.signal("go", .json("1"))]]),
    .init(
      operation: "M45 rename a signal", recorded: [.receive("go"), .complete("1")],
      changed: [.receive("start"), .complete("1")], verdict: .nondeterministic, rule: .notCompleted, goAccepts: false,
      incidents: [2: [.signal("go", .json("1"))]]),
    .init(
      operation: "M46 cancel a timer in the task that starts it", recorded: [.unawaited(.timer(5)), .activity("a")],
      changed: [.canceledTimer(5), .activity("a")], verdict: .nondeterministic, rule: .extraCommand, goAccepts: false),
    .init(
      operation: "M46 cancel a timer in the task that starts it, as recorded",
      recorded: [.canceledTimer(5), .activity("a")], changed: [.canceledTimer(5), .activity("a")], verdict: .passed,
      goAccepts: true),
    .init(
      operation: "4.3 cancel an activity in the task that schedules it, as recorded",
      recorded: [.canceledActivity("b"), .timer(1)], changed: [.canceledActivity("b"), .timer(1)], verdict: .passed,
      goAccepts: true),
    .init(
      operation: "V11 change the result of an update", recorded: [.timer(1), .handleUpdate(result: "1")],
      changed: [.timer(1), .handleUpdate(result: "2")], verdict: .passed, rule: .updateResultChanged, goAccepts: true,
      incidents: [2: [.update(id: "u", name: "change", .json("1"))]]),
    .init(
      operation: "M47 the update is no longer handled", recorded: [.timer(1), .handleUpdate(), .timer(1)],
      changed: [.timer(1), .timer(1)], verdict: .nondeterministic, rule: .updateUnanswered, goAccepts: false,
      incidents: [2: [.update(id: "u", name: "change", .json("1"))]]),
  ]

  func testEveryOperatorIsCaughtUnderItsRule() throws {
    for mutation in mutations {
      let history = try record(mutation.recorded, mutation.incidents)
      let outcome = replay(history, mutation.changed)
      let finding = outcome.failure ?? outcome.warnings.first
      XCTAssertEqual(outcome.verdict, mutation.verdict, "\(mutation.operation): \(finding?.message ?? "no finding")")
      XCTAssertEqual(finding?.rule, mutation.rule, "\(mutation.operation): \(finding?.message ?? "no finding")")
      if let eventID = mutation.eventID { XCTAssertEqual(finding?.eventID, eventID, mutation.operation) }
      if outcome.verdict != .passed { XCTAssertNotNil(finding?.location, mutation.operation) }
    }
  }

  /// What the cause must name, and the first edit, by operator; what is not here is no divergence.
  private static let causes: [String: (kind: CommandEdit.Kind, words: [String])] = [
    "M01 delete an activity call": (.removed, ["no longer", "activity say_hello (event 5)", "timer of 10s"]),
    "M02 delete a timer": (.removed, ["no longer", "timer of 10s (event 11)", "before it completes"]),
    "M03 add an activity before the first command": (.inserted, ["new activity new", "before activity say_hello"]),
    "M04 add a timer before the first command": (.inserted, ["new timer of 3s", "before activity say_hello"]),
    "M05 add an activity parallel to the first one": (.inserted, ["new activity new"]),
    "M06 add an unawaited activity just before return": (.inserted, ["new activity new", "before it completes"]),
    "M07 swap activity and timer": (.swapped, ["order", "timer of 1s before activity a"]),
    "M08 swap two activities of different type": (.swapped, ["order", "activity b before activity a"]),
    "M10 rename activity type": (.renamed, ["activity say_goodbye where", "activity say_hello (event 5)"]),
    "M12 change the explicit activity id": (.renamed, ["activity a the ID two", "one (event 5)"]),
    "M17 change child workflow id": (.renamed, ["child workflow c the ID two", "one (event 5)"]),
    "M18 change child workflow type": (.renamed, ["child workflow d where", "child workflow c (event 5)"]),
    "M20 change external signal name": (.renamed, ["signal t to workflow w where", "signal s to workflow w"]),
    "M20 change external signal target": (.renamed, ["signal s to workflow v where", "signal s to workflow w"]),
    "I10 change external cancel target": (.renamed, ["cancel workflow v where", "workflow w (event 5)"]),
    "M23 add a memo upsert": (.inserted, ["new memo field key", "before activity say_hello"]),
    "M24 add a side effect": (.inserted, ["new side effect", "before activity say_hello"]),
    "S02 one side effect fewer": (.removed, ["no longer records the side effect (event 5)"]),
    "M25 add a mutable side effect": (.inserted, ["new mutable side effect id"]),
    "S05 remove a mutable side effect": (.removed, ["no longer records mutable side effect id (event 5)"]),
    "M26 add an awaited local activity": (.inserted, ["new local activity l", "before activity say_hello"]),
    "M30 raise the minimum version above the default": (
      .versionMarkerMissing, ["no longer supports runs from before the change \"change\"", "asks for version 1"]
    ),
    "M31 remove the gate and keep only the new branch": (.inserted, ["new activity new"]),
    "M33 lower the maximum version below the recorded one": (
      .versionMarkerMissing, ["older than this run", "version -1 to 1", "\"change\"", "follows version 2 (event 5)"]
    ),
    "M34 complete early": (.endChanged, ["ends early", "activity say_hello (event 5)"]),
    "M36 return an error instead": (.endChanged, ["fails the workflow where the history completes"]),
    "M37 continue as new instead of return": (.endChanged, ["continues as new where the history completes"]),
    "M39 wait for a signal at the end": (.endChanged, ["does not end", "waits for never"]),
    "M45 remove a signal handler": (.endChanged, ["earlier", "does not wait for signal go (event 5)"]),
    "M45 rename a signal": (.endChanged, ["does not end", "waits for start", "nobody received the signal go"]),
    "M46 cancel a timer in the task that starts it": (.inserted, ["cancels a timer"]),
    "M47 the update is no longer handled": (.removed, ["no longer handles update change (event 10)"]),
  ]

  func testTheCauseNamesTheMutation() throws {
    var unused = Set(Self.causes.keys)
    for mutation in mutations where mutation.verdict == .nondeterministic {
      let operation = mutation.operation
      let history = try record(mutation.recorded, mutation.incidents)
      let finding = try XCTUnwrap(replay(history, mutation.changed).failure, operation)
      let expected = try XCTUnwrap(Self.causes[operation], "no cause is expected of \(operation)")
      unused.remove(operation)
      let result = Explainer(history).explain(
        finding, in: ScriptedCode(mutation.changed).makeRuntime(RuntimeOptions()))
      let explanation = try XCTUnwrap(result.explanation, operation)
      for word in expected.words {
        XCTAssertTrue(explanation.cause.contains(word), "\(operation): '\(word)' is not in: \(explanation.cause)")
      }
      XCTAssertEqual(explanation.edits.first?.kind, expected.kind, "\(operation): \(explanation.cause)")
      XCTAssertTrue(explanation.isComplete, "\(operation): \(explanation.cause)")
      XCTAssertNotNil(explanation.edits.first?.location, "\(operation): no place")
      XCTAssertNotNil(explanation.fix, "\(operation): no fix")
      XCTAssertFalse(explanation.rows.isEmpty && operation.hasPrefix("S05") == false, "\(operation): no rows")
    }
    XCTAssertEqual(unused, [], "operators that are gone, or no divergence")
  }

  func testTheUnchangedCodeAlwaysPasses() throws {
    for mutation in mutations {
      let history = try record(mutation.recorded, mutation.incidents)
      let outcome = replay(history, mutation.recorded)
      XCTAssertEqual(outcome.verdict, .passed, "\(mutation.operation): \(outcome.failure?.message ?? "")")
      XCTAssertTrue(outcome.warnings.isEmpty, "\(mutation.operation): \(outcome.warnings.map(\.message))")
    }
  }

  func testTheGoReplayersVerdictIsEmulated() throws {
    for mutation in mutations {
      guard let accepts = mutation.goAccepts else { continue }
      let history = try record(mutation.recorded, mutation.incidents)
      let runtime = ScriptedCode(mutation.changed).makeRuntime(RuntimeOptions())
      let failure = GoReplay.failure(of: history, in: runtime)
      XCTAssertEqual(failure == nil, accepts, "\(mutation.operation): \(failure ?? "accepted")")
    }
  }

  private func record(
    _ steps: [Step], _ incidents: [Int: [RecordingServer.Incident]]
  ) throws -> WorkflowHistory {
    var server = RecordingServer(type: "workflow")
    server.incidents = incidents
    return try server.record(ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }

  private func replay(_ history: WorkflowHistory, _ steps: [Step]) -> ReplayOutcome {
    HistoryReplay(history).run(in: ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }
}
