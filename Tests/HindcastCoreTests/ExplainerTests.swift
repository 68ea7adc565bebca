import HindcastCore
import HindcastHistory
import HindcastTestSupport
import TemporalAPI
import XCTest

/// Explanations of more than one change, of long histories, and of whatever chance makes of a script.
final class ExplainerTests: XCTestCase {
  private func record(
    _ steps: [Step], _ incidents: [Int: [RecordingServer.Incident]] = [:]
  ) throws -> WorkflowHistory {
    var server = RecordingServer(type: "workflow")
    server.incidents = incidents
    return try server.record(ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }

  /// What was done between two scripts; nil where the second one replays the first one's history.
  private func explanation(_ recorded: [Step], _ changed: [Step]) throws -> Explanation? {
    try explanation(of: record(recorded), changed)
  }

  private func explanation(of history: WorkflowHistory, _ changed: [Step]) throws -> Explanation? {
    let code = ScriptedCode(changed)
    let outcome = HistoryReplay(history).run(in: code.makeRuntime(RuntimeOptions()))
    guard outcome.verdict == .nondeterministic, let finding = outcome.failure else { return nil }
    return Explainer(history).explain(finding, in: code.makeRuntime(RuntimeOptions())).explanation
  }

  private func kinds(_ explanation: Explanation?) -> [CommandEdit.Kind] { explanation?.edits.map(\.kind) ?? [] }

  func testSeveralChanges() throws {
    let recorded: [Step] = [
      .activity("a"), .timer(60), .activity("b"), .child("c"), .activity("d"), .complete("1"),
    ]
    let cases: [(name: String, changed: [Step], kinds: [CommandEdit.Kind])] = [
      (
        "one new, one gone",
        [.activity("new"), .activity("a"), .timer(60), .activity("b"), .activity("d"), .complete("1")],
        [.inserted, .removed]
      ),
      (
        "one renamed, one new",
        [.activity("z"), .timer(60), .activity("b"), .timer(5), .child("c"), .activity("d"), .complete("1")],
        [.renamed, .inserted]
      ),
      (
        "three in different places",
        [.timer(60), .activity("b"), .sideEffect("1"), .child("e"), .activity("d"), .complete("1")],
        [.removed, .inserted, .renamed]
      ),
      (
        "another thing in its place",
        [.activity("a"), .timer(60), .localActivity("b"), .child("c"), .activity("d"), .complete("1")], [.replaced]
      ),
      (
        "two in a row gone", [.activity("a"), .timer(60), .activity("d"), .complete("1")], [.removed, .removed]
      ),
      (
        "gone, and the end is another",
        [.activity("a"), .timer(60), .activity("b"), .child("c"), .fail("no")], [.removed, .endChanged]
      ),
    ]
    for (name, changed, expected) in cases {
      let explanation = try explanation(recorded, changed)
      XCTAssertEqual(kinds(explanation), expected, "\(name): \(explanation?.cause ?? "nothing")")
      XCTAssertEqual(explanation?.isComplete, true, "\(name): \(explanation?.cause ?? "nothing")")
    }
  }

  func testWhatOnlyWaitsForSomethingElseHasMoved() throws {
    let together: [Step] = [.parallel([.activity("a"), .activity("b")]), .complete("1")]
    let apart: [Step] = [.activity("a"), .activity("b"), .complete("1")]
    let earlier = try explanation(apart, together)
    XCTAssertEqual(kinds(earlier), [.moved])
    XCTAssertEqual(
      earlier?.cause,
      "the code runs activity b earlier than the history (event 11): it does not wait for activity a (event 7)")
    let later = try explanation(together, apart)
    XCTAssertEqual(kinds(later), [.moved])
    XCTAssertTrue(later?.cause.contains("activity b later than the history (event 6)") ?? false, later?.cause ?? "")
  }

  func testAChangeIDIsNotOneOfTheHistory() throws {
    let gate = Step.version("add-new", new: [], old: [])
    let fix = try explanation([gate, .activity("a")], [gate, .activity("new"), .activity("a")])?.fix
    XCTAssertEqual(fix?.snippet?.split(separator: "\n").first, "if workflow.version(\"add-new-2\", -1, 1) >= 1 then")
  }

  func testALoopIsCounted() throws {
    func steps(_ count: Int) -> [Step] { Array(repeating: .activity("a"), count: count) + [.complete("1")] }
    XCTAssertEqual(
      try explanation(steps(5), steps(7))?.cause,
      "the code runs activity a more times than the history: 7 times, not 5 times")
    XCTAssertEqual(
      try explanation(steps(5), steps(1))?.cause,
      "the code runs activity a fewer times than the history: once, not 5 times (event 11)")
  }

  func testTheSameThingInTwoPlacesIsToldOnce() throws {
    let steps: [Step] = [.activity("a"), .timer(5), .activity("b")]
    let changed: [Step] = [.activity("a"), .activity("new"), .timer(5), .activity("new"), .activity("b")]
    XCTAssertEqual(
      try explanation(steps, changed)?.cause,
      "the code runs a new activity new before the timer of 5s (event 11), and once more")
  }

  func testCallsOneAfterTheOtherSwapAsSuch() throws {
    let explanation = try explanation(
      [.activity("a"), .timer(5), .complete("1")], [.timer(5), .activity("a"), .complete("1")])
    XCTAssertEqual(kinds(explanation), [.swapped])
    XCTAssertEqual(
      explanation?.fix?.snippet?.split(separator: "\n").prefix(2),
      ["if workflow.version(\"reorder-a\", -1, 1) >= 1 then", "  time.sleep(\"5s\")"])
  }

  func testALongHistoryIsExplainedInAFewRehearsals() throws {
    var steps: [Step] = []
    for index in 0..<300 { steps += [.activity("a\(index % 7)"), .timer(Int64(index % 5 + 1))] }
    var changed = steps
    changed.insert(.activity("new"), at: 500)
    changed.remove(at: 40)
    let history = try record(steps)
    let start = ContinuousClock.now
    let explanation = try explanation(of: history, changed)
    XCTAssertEqual(kinds(explanation), [.removed, .inserted], explanation?.cause ?? "")
    XCTAssertEqual(explanation?.isComplete, true)
    XCTAssertLessThan(ContinuousClock.now - start, .seconds(20))
    XCTAssertLessThan(explanation?.rows.count ?? 0, 20, "only what is near is shown")
  }

  /// An open run has no end to reach, and what the code does behind its last event is nobody's change.
  func testAnOpenHistory() throws {
    let whole = try record([.activity("a"), .timer(1), .activity("b")])
    var open = whole
    open.events = Array(whole.events.prefix { $0.eventType != .workflowExecutionCompleted }.dropLast(6))
    let explanation = try explanation(of: open, [.activity("new"), .activity("a"), .timer(1), .activity("c")])
    XCTAssertEqual(kinds(explanation), [.inserted], explanation?.cause ?? "")
    XCTAssertEqual(explanation?.isComplete, true)
  }

  /// What the code does not get to in the last task of an open run may be gone, or only later.
  func testTheEndOfAnOpenHistory() throws {
    let open = try record([.activity("a"), .sideEffect("1"), .stuck])
    let explanation = try explanation(of: open, [.activity("a"), .localActivity("b"), .activity("c")])
    XCTAssertEqual(kinds(explanation), [.removed], explanation?.cause ?? "")
    XCTAssertEqual(explanation?.isComplete, true)
  }

  func testWhoHasNoTimeLeftGetsNoExplanation() throws {
    let history = try record([.activity("a")])
    let code = ScriptedCode([.activity("b")])
    let finding = try XCTUnwrap(HistoryReplay(history).run(in: code.makeRuntime(RuntimeOptions())).failure)
    let result = Explainer(history).explain(finding, in: code.makeRuntime(RuntimeOptions())) { true }
    XCTAssertNil(result.explanation)
    XCTAssertFalse(result.usedUpRuntime)
  }

  /// Scripts that chance changes in one to three places are explained with no more edits than commands were changed.
  func testRandomChangesAreFound() throws {
    var random = Random(state: 20_240_601)
    var explained = 0
    for round in 0..<150 {
      let recorded = (0..<8).map { _ in Self.step(&random) }
      var changed = recorded
      // How many commands were put in or taken out.
      var touched = 0
      for _ in 0..<1 + random.next(3) {
        let place = random.next(changed.count)
        let (old, new) = (changed[place], Self.step(&random))
        switch random.next(3) {
        case 0:
          changed.insert(new, at: place)
          touched += Self.commands(new)
        case 1:
          changed.remove(at: place)
          touched += Self.commands(old)
        default:
          changed[place] = new
          touched += Self.commands(old) + Self.commands(new)
        }
      }
      let history = try record(recorded)
      guard let explanation = try explanation(of: history, changed) else { continue }
      explained += 1
      let text = "round \(round): \(recorded) became \(changed): \(explanation.cause)"
      XCTAssertTrue(explanation.isComplete, text)
      XCTAssertLessThanOrEqual(explanation.edits.count, touched, text)
      XCTAssertFalse(explanation.edits.isEmpty, text)
      let again = try self.explanation(of: history, changed)
      XCTAssertEqual(again?.cause, explanation.cause, "another explanation of the same")
    }
    XCTAssertGreaterThan(explained, 90)
  }

  private static func commands(_ step: Step) -> Int {
    if case .parallel(let parts) = step { return parts.count }
    return 1
  }

  private static func step(_ random: inout Random) -> Step {
    let name = ["a", "b", "c", "d", "e"][random.next(5)]
    return switch random.next(7) {
    case 0: .timer(Int64(1 + random.next(3)))
    case 1: .child(name)
    case 2: .sideEffect("1")
    case 3: .parallel([.activity(name), .timer(Int64(1 + random.next(3)))])
    case 4: .memo(name, "1")
    default: .activity(name)
    }
  }
}

/// A generator that gives the same numbers on every run (Knuth's multiplier).
private struct Random {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
