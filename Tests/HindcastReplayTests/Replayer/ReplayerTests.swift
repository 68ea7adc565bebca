import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import TemporalAPI
import XCTest

final class ReplayerTests: XCTestCase {
  private func replayer(_ steps: [Step] = Samples.steps, _ change: (inout ReplayOptions) -> Void = { _ in }) -> Replayer
  {
    var options = ReplayOptions()
    change(&options)
    return Replayer(code: ScriptedCode(steps, type: "order"), options: options)
  }

  func testEqualCodePasses() throws {
    let verdict = replayer().verdict(on: try Samples.history())
    XCTAssertEqual(verdict.verdict, .passed)
    XCTAssertNil(verdict.failure)
    XCTAssertEqual(verdict.workflowType, "order")
    XCTAssertEqual(verdict.workflowID, "workflow-1")
    XCTAssertEqual(verdict.events, 16)
    XCTAssertEqual(verdict.tasks, 3)
    XCTAssertTrue(verdict.isAcceptable)
  }

  func testADivergenceIsReportedWithItsStackAndWhatTheSDKSays() throws {
    for shakes in [true, false] {
      let changed: [Step] = [.activity("refund"), .timer(10), .complete("\"done\"")]
      let verdict = replayer(changed) { $0.shakes = shakes }.verdict(on: try Samples.history())
      XCTAssertEqual(verdict.verdict, .nondeterministic)
      XCTAssertEqual(verdict.code, "TMPRL1100")
      XCTAssertEqual(verdict.failure?.rule, .activityTypeChanged)
      XCTAssertEqual(verdict.failure?.eventID, 5)
      XCTAssertEqual(verdict.failure?.location, SourceLocation(file: "script", line: 1))
      XCTAssertEqual(verdict.failure?.stack.count, 1, "the report is of a replay that captured stacks")
      XCTAssertEqual(verdict.sdkVerdict?.contains("[TMPRL1100]"), true)
      XCTAssertFalse(verdict.isAcceptable)
    }
  }

  func testAnInvalidHistoryIsNotReplayed() throws {
    var history = try Samples.history()
    history.events.remove(at: 4)
    let verdict = replayer().verdict(on: history)
    XCTAssertEqual(verdict.verdict, .invalid)
    XCTAssertEqual(verdict.failure?.rule, .invalidHistory)
    XCTAssertEqual(verdict.failure?.eventID, 6)
    XCTAssertEqual(verdict.failure?.message.contains("/events/4"), true, verdict.failure?.message ?? "")
    XCTAssertNil(verdict.sdkVerdict)
  }

  func testStrictnessMakesTheFirstWarningTheFailure() throws {
    let slower: [Step] = [.activity("charge", input: "{\"amount\":10}"), .timer(11), .complete("\"done\"")]
    let history = try Samples.history()
    let lenient = replayer(slower).verdict(on: history)
    XCTAssertEqual(lenient.verdict, .passed)
    XCTAssertEqual(lenient.warnings.map(\.rule), [.durationChanged])
    let strict = replayer(slower) { $0.isStrict = true }.verdict(on: history)
    XCTAssertEqual(strict.verdict, .nondeterministic)
    XCTAssertEqual(strict.failure?.rule, .durationChanged)
    XCTAssertEqual(strict.failure?.eventID, 11)
    XCTAssertNil(strict.code, "no SDK fails on a warning")
    XCTAssertFalse(strict.isAcceptable)
  }

  func testDoubtsAboutTheFileAreSummedUpAndNoFailures() throws {
    // As the time-skipping test server writes it: command events name the start of their task.
    var history = try Samples.history()
    history.events[4].activityTaskScheduledEventAttributes.workflowTaskCompletedEventID = 3
    history.events[10].timerStartedEventAttributes.workflowTaskCompletedEventID = 9
    let verdict = replayer { $0.isStrict = true }.verdict(on: history)
    XCTAssertEqual(verdict.verdict, .passed)
    XCTAssertEqual(verdict.warnings.map(\.rule), [.historyNote])
    XCTAssertEqual(verdict.warnings.first?.eventID, 5)
    XCTAssertEqual(verdict.warnings.first?.message.hasSuffix(", and 1 more of this kind"), true)
    XCTAssertEqual(verdict.faults.count, 2)
  }

  func testTheSDKsVerdictReplacesTheAnalysis() throws {
    // The Go SDK's replayer looks at how a run ends only where it completed or continued as new.
    let history = try Samples.history([.activity("a"), .fail("no")])
    let completing: [Step] = [.activity("a"), .complete("null")]
    XCTAssertEqual(replayer(completing).verdict(on: history).failure?.rule, .closeKindChanged)
    let emulated = replayer(completing) { $0.verdicts = .goSDK }.verdict(on: history)
    XCTAssertEqual(emulated.verdict, .passed)
    XCTAssertNil(emulated.failure)
    XCTAssertEqual(emulated.warnings.map(\.rule), [.closeKindChanged])
    XCTAssertEqual(emulated.warnings.map(\.severity), [.warning])
    // What both see is explained by the analysis.
    let both = replayer([.timer(1)]) { $0.verdicts = .goSDK }.verdict(on: history)
    XCTAssertEqual(both.verdict, .nondeterministic)
    XCTAssertEqual(both.failure?.eventID, 5)
    XCTAssertEqual(both.sdkVerdict?.contains("[TMPRL1100]"), true)
  }

  func testWhatTheSDKMakesOfABrokenHistory() throws {
    var gap = try Samples.history()
    gap.events.remove(at: 4)
    let refused = replayer { $0.verdicts = .goSDK }.verdict(on: gap)
    XCTAssertEqual(refused.verdict, .invalid)
    XCTAssertEqual(refused.sdkVerdict?.hasPrefix("missing history events"), true, refused.sdkVerdict ?? "accepted")
    // The SDK does not look where a completed task says it was started.
    var dangling = try Samples.history()
    dangling.events[3].workflowTaskCompletedEventAttributes.startedEventID = 99
    XCTAssertEqual(replayer().verdict(on: dangling).verdict, .invalid)
    let accepted = replayer { $0.verdicts = .goSDK }.verdict(on: dangling)
    XCTAssertEqual(accepted.verdict, .passed)
    XCTAssertEqual(accepted.warnings.first?.rule, .invalidHistory)
  }

  func testATypeThatNobodyDefines() throws {
    let history = try Samples.history(type: "other")
    let code = ScriptedCode(Samples.steps, type: "order")
    let explicit = Replayer(SingleApp(AppCode(code))).verdict(on: history)
    XCTAssertEqual(explicit.verdict, .failed)
    XCTAssertEqual(explicit.failure?.rule, .unregisteredType)
    let inferred = Replayer(SingleApp(AppCode(code, directory: "app", isInferred: true))).verdict(on: history)
    XCTAssertEqual(inferred.verdict, .skipped)
    XCTAssertTrue(inferred.isAcceptable)
  }

  func testCodeThatDoesNotLoad() throws {
    struct Broken: WorkflowCodeProvider {
      func code(forFile file: String) throws(WorkflowLoadError) -> AppCode {
        throw WorkflowLoadError(
          .invalidCode, "unexpected end", location: SourceLocation(file: "a.lua", line: 3), hint: "close it")
      }
    }
    let verdict = Replayer(Broken()).verdict(on: try Samples.history())
    XCTAssertEqual(verdict.verdict, .failed)
    XCTAssertEqual(verdict.failure?.rule, .loadError)
    XCTAssertEqual(verdict.failure?.location?.line, 3)
    XCTAssertEqual(verdict.failure?.hint, "close it")
  }
}
