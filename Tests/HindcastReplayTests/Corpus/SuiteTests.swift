import HindcastCore
import HindcastRegistry
import HindcastReplay
import HindcastTestSupport
import XCTest

final class SuiteTests: XCTestCase {
  private func suite(_ text: String, files: Set<String> = ["a.json", "b#1.json", "export.binpb"]) -> Suite {
    Suite(Array(text.utf8), named: "s/expected.yaml") { files.contains($0) }
  }

  func testExpectations() {
    let suite = suite(
      """
      a.json:
        verdict: nondeterministic
        rule: missing-command
        event: 11
      b#1.json: {verdict: deadlocked}
      export.binpb#2: invalid
      """)
    XCTAssertEqual(suite.errors, [])
    XCTAssertEqual(
      suite.expectations,
      [
        "a.json": Expectation(verdict: .nondeterministic, rule: .missingCommand, eventID: 11),
        "b#1.json": Expectation(verdict: .deadlocked), "export.binpb#2": Expectation(verdict: .invalid),
      ])
  }

  func testNothingIsNoError() {
    for text in ["", "# nothing yet\n", "null\n", "{}\n"] { XCTAssertEqual(suite(text), Suite(), text) }
  }

  func testMistakesAreReportedWithTheirPlace() {
    let cases: [(text: String, error: String)] = [
      ("- a.json\n", "s/expected.yaml:1:1: error: a mapping of files to verdicts is expected, not a list"),
      ("gone.json: passed\n", "s/expected.yaml:1:1: error: there is no history 'gone.json' in this folder"),
      ("../a.json: passed\n", "s/expected.yaml:1:1: error: '../a.json' is no file of this folder"),
      ("a.json: {verdict: pased}\n", "s/expected.yaml:1:19: error: 'pased' is no verdict"),
      ("a.json: {rule: missing-command}\n", "s/expected.yaml:1:1: error: a.json has no verdict"),
      ("a.json: {verdict: passed, rule: nope}\n", "s/expected.yaml:1:33: error: 'nope' is no rule"),
      ("a.json: {verdict: passed, event: 0}\n", "s/expected.yaml:1:34: error: '0' is no event ID"),
      ("a.json: {verdict: passed, even: 1}\n", "s/expected.yaml:1:27: error: unknown field 'even'"),
      ("a.json: [passed]\n", "s/expected.yaml:1:9: error: what is expected of a.json must be a mapping, not a list"),
      ("a.json: passed\na.json: failed\n", "s/expected.yaml:2:1: error: "),
      ("a.json: {verdict: passed\n", "s/expected.yaml:"),
    ]
    for (text, error) in cases {
      let errors = suite(text).errors
      XCTAssertEqual(errors.count, 1, text)
      XCTAssertEqual(errors.first?.description.hasPrefix(error), true, "\(errors.first?.description ?? "nothing")")
    }
  }

  func testWhetherAnExpectationIsMet() throws {
    var divergent = HistoryVerdict(of: try Samples.history())
    divergent.verdict = .nondeterministic
    divergent.failure = Finding(.missingCommand, .error, "", eventID: 11)
    var warned = HistoryVerdict(of: try Samples.history())
    warned.warnings = [Finding(.inputChanged, .warning, "", eventID: 5)]
    let cases: [(Expectation, HistoryVerdict, Bool)] = [
      (Expectation(verdict: .nondeterministic), divergent, true),
      (Expectation(verdict: .nondeterministic, rule: .missingCommand, eventID: 11), divergent, true),
      (Expectation(verdict: .nondeterministic, rule: .extraCommand), divergent, false),
      (Expectation(verdict: .nondeterministic, eventID: 12), divergent, false),
      (Expectation(verdict: .passed), divergent, false),
      (Expectation(verdict: .passed), warned, true),
      (Expectation(verdict: .passed, rule: .inputChanged, eventID: 5), warned, true),
      (Expectation(verdict: .passed, rule: .inputChanged, eventID: 6), warned, false),
      (Expectation(verdict: .nondeterministic), warned, false),
    ]
    for (expectation, verdict, isMet) in cases {
      var verdict = verdict
      verdict.expectation = expectation
      XCTAssertEqual(verdict.asExpected, isMet, "\(expectation)")
      XCTAssertEqual(verdict.isAcceptable, isMet, "\(expectation)")
    }
  }

  func testSuitesAreFoundBesideTheHistories() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.json(), to: "a.json")
    try folder.write(Samples.json(), to: "b.json")
    try folder.write("b.json: {verdict: nondeterministic}\nc.json: passed\n", to: "expected.yaml")
    let code = ScriptedCode(Samples.steps, type: "order")
    let results = Array(Replayer(code: code).results(of: Corpus([folder.path])))
    XCTAssertEqual(results.count, 3)
    guard case .suiteError(let error) = results[0] else { return XCTFail("\(results[0])") }
    XCTAssertEqual(error.position?.line, 2)
    let verdicts = results.compactMap { result -> HistoryVerdict? in
      if case .verdict(let verdict) = result { verdict } else { nil }
    }
    XCTAssertEqual(verdicts.map(\.asExpected), [nil, false])
    XCTAssertEqual(verdicts.map(\.isAcceptable), [true, false], "one that passes though it should not is a failure")
  }
}
