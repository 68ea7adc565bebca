import HindcastCore
import HindcastReplay
import HindcastTestSupport
import XCTest

/// Each history is replayed twice, and code that does not do the same twice is found whatever the history says.
final class UnstableCodeTests: XCTestCase {
  private func verdict(first: [Step], second: [Step], shakes: Bool = true) throws -> HistoryVerdict {
    var options = ReplayOptions()
    options.shakes = shakes
    return Replayer(code: MoodyCode(first: first, second: second), options: options)
      .verdict(on: try Samples.history())
  }

  func testAnotherCommand() throws {
    let verdict = try verdict(first: Samples.steps, second: [Samples.steps[0], .activity("extra"), .complete("null")])
    XCTAssertEqual(verdict.verdict, .nondeterministic)
    XCTAssertEqual(verdict.code, "TMPRL1100")
    XCTAssertEqual(verdict.failure?.rule, .unstableCode)
    XCTAssertEqual(
      verdict.failure?.message,
      "two replays of this history differ at command 2: StartTimer 10s (id 11) the first time, "
        + "ScheduleActivityTask extra (id 11) the second")
    XCTAssertEqual(verdict.failure?.location, SourceLocation(file: "script", line: 2))
  }

  func testAnotherValueOfTheSameCommand() throws {
    let other: [Step] = [.activity("charge", input: "{\"amount\":11}"), Samples.steps[1], Samples.steps[2]]
    let verdict = try verdict(first: Samples.steps, second: other)
    XCTAssertEqual(verdict.failure?.rule, .unstableCode)
    XCTAssertEqual(
      verdict.failure?.differences,
      [FieldDifference(field: "input[0]", expected: "{\"amount\":10}", actual: "{\"amount\":11}")])
    XCTAssertEqual(verdict.failure?.location?.line, 1)
  }

  func testTheHistoryDoesNotHideIt() throws {
    // Both differ from the history as well, and in different ways.
    let verdict = try verdict(first: [.activity("a")], second: [.activity("b")])
    XCTAssertEqual(verdict.failure?.rule, .unstableCode)
  }

  func testWithoutShakingItPasses() throws {
    let verdict = try verdict(first: Samples.steps, second: [.activity("b")], shakes: false)
    XCTAssertEqual(verdict.verdict, .passed)
  }

  func testStableCodeIsNotUnstable() throws {
    let verdict = try verdict(first: [.activity("a")], second: [.activity("a")])
    XCTAssertEqual(verdict.failure?.rule, .activityTypeChanged)
  }
}
