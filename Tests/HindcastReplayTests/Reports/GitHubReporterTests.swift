import HindcastCore
import HindcastReplay
import HindcastReport
import XCTest

/// What a runner reads from the log of a step.
final class GitHubReporterTests: XCTestCase {
  private func log(
    _ verdicts: [HistoryVerdict], problems: [InputProblem] = [], workspace: String? = nil,
    directory: String = "/nowhere", summary: MemoryOutput? = nil, showsGroups: Bool = true
  ) throws -> String {
    var context = ReportSamples.context
    context.workingDirectory = directory
    return try ReportSamples.report(verdicts, problems: problems) {
      GitHubReporter(
        to: $0, context: context,
        surroundings: GitHubReporter.Surroundings(workspace: workspace, summary: summary), showsGroups: showsGroups)
    }
  }

  private func commands(_ log: String) -> [String] {
    log.split(separator: "\n").filter { $0.drop(while: \.isWhitespace).hasPrefix("::") || $0.contains("##[") }
      .map(String.init)
  }

  func testAnnotations() throws {
    let text = try log(
      try ReportSamples.verdicts(), problems: [InputProblem("gone", file: "x.json", line: 2)], showsGroups: false)
    let lines = text.split(separator: "\n").map { String($0.prefix(while: { $0 != "\u{0}" })) }
    let heads = lines.map { line in line.split(separator: "::", maxSplits: 1).first.map(String.init) ?? "" }
    XCTAssertEqual(
      heads,
      [
        "error file=script,line=2,title=command-kind-changed · orders/b.json event 11",
        "error file=others/e.json,title=others/e.json",
        "error file=others/g.json,title=result-changed · others/g.json event 16",
        "error file=b.lua,line=3,col=7,title=load-error · others/h.json",
        "error file=a.lua,line=9,title=logical-deadlock · i.json event 10",
        "error file=j.json,title=invalid-history · j.json",
        "error file=x.json,line=2,title=Hindcast cannot replay this",
        "warning file=a.lua,line=2,title=duration-changed · orders/c.json event 11",
      ])
    XCTAssertTrue(lines[1].hasSuffix("%0AExpected: nondeterministic, missing-command, event 5"), lines[1])
  }

  func testGroupsHoldTheTextReport() throws {
    let text = try log([try ReportSamples.verdicts()[1]])
    XCTAssertTrue(text.hasPrefix("::group::FAIL  orders/b.json  order  16 events\n  nondeterministic · "), text)
    XCTAssertTrue(text.contains("\n::endgroup::\n::error file=script,line=2,"), text)
    XCTAssertTrue(text.hasSuffix("\n1 history: 1 nondeterministic · 16 events in 1.5 s\n"), text)
  }

  func testOneMistakeIsOneAnnotation() throws {
    let verdict = try ReportSamples.verdicts()[1]
    let verdicts = (0..<500).map { index in
      var copy = verdict
      copy.file = "\(index).json"
      return copy
    }
    let text = try log(verdicts, showsGroups: false)
    XCTAssertEqual(commands(text).count, 1)
    XCTAssertTrue(text.contains("%0AThe same in 499 more histories."), text)
  }

  func testPathsAreRelativeToTheCheckout() throws {
    var verdict = try ReportSamples.verdicts()[9]
    for (file, workspace, directory, path) in [
      ("a.json", nil, "/repo/app", "a.json"), ("a.json", "/repo", "/repo/app", "app/a.json"),
      ("./a.json", "/repo", "/repo", "a.json"), ("/repo/b/a.json", "/repo", "/repo/app", "b/a.json"),
      ("a.json", "/repo", "/else", "a.json"), ("/repo/a.json", nil, "/repo", "a.json"),
    ] as [(String, String?, String, String)] {
      verdict.file = file
      let text = try log([verdict], workspace: workspace, directory: directory, showsGroups: false)
      XCTAssertTrue(text.hasPrefix("::error file=\(path),title="), "\(file): \(text)")
    }
  }

  func testNothingThatAHistoryHoldsIsACommand() throws {
    for name in ReportSamples.hostileNames + ["\n::stop-commands::x", "\n  ::add-mask::1", "x ##[error]y"] {
      let text = try log([try ReportSamples.hostile(name)])
      for command in commands(text) {
        // In a command of its own the runner looks for no other.
        let known = ["::group::FAIL", "::endgroup::", "::error file=", "::warning file="]
        XCTAssertTrue(known.contains { command.hasPrefix($0) }, "\(name): \(command)")
      }
      // One line each, whatever is in the name.
      XCTAssertEqual(commands(text).count { $0.hasPrefix("::error") }, 1, name)
      XCTAssertEqual(commands(text).count { $0.hasPrefix("::warning") }, 1, name)
    }
    let text = try log([try ReportSamples.hostile("50% a:b,c\nd")], showsGroups: false)
    XCTAssertTrue(
      text.hasPrefix(
        "::error file=50%25 a%3Ab%2Cc%0Ad,line=1,title=activity-type-changed · 50%25 a%3Ab%2Cc%0Ad event 5::"),
      text)
    XCTAssertTrue(text.contains("event 5::50%25 a:b,c%0Ad%0AFound: 50%25 a:b,c%0Ad%0AFix: "), text)
  }

  func testTheStepSummaryIsATable() throws {
    let summary = MemoryOutput()
    _ = try log(
      try ReportSamples.verdicts(), problems: [InputProblem("x.json: *gone*", file: "x.json")], summary: summary)
    let text = summary.text
    XCTAssertTrue(text.hasPrefix("### ❌ Hindcast: 6 of 10 histories failed\n"), text)
    XCTAssertTrue(text.contains("| 10 | 3 | 3 | 1 | 1 | 1 | 1 | 144 | 1.5 s |\n"), text)
    XCTAssertTrue(
      text.contains("| <code>orders/b.json</code> | nondeterministic | <code>command-kind-changed</code> | 11 | "), text
    )
    XCTAssertTrue(text.contains("| <code>others/e.json</code> | passed |  |  |  | "), text)
    XCTAssertTrue(text.contains("\nNot replayed:\n\n- x.json: \\*gone\\*\n"), text)
    XCTAssertFalse(text.contains("others/d.json"), "what is expected is no failure")
  }

  func testTheStepSummaryHoldsWhatItMust() throws {
    let summary = MemoryOutput()
    _ = try log(try (0..<300).map { try ReportSamples.hostile("\($0)|`<b>\n") }, summary: summary)
    let rows = summary.text.split(separator: "\n").filter { $0.hasPrefix("| <code>") }
    XCTAssertEqual(rows.count, 200)
    for row in rows { XCTAssertEqual(row.count { $0 == "|" }, 7, String(row)) }
    XCTAssertTrue(summary.text.contains("\nand 100 more histories\n"))
    XCTAssertFalse(summary.text.contains("<b>"))

    let good = MemoryOutput()
    _ = try log([try ReportSamples.verdicts()[0]], summary: good)
    XCTAssertTrue(good.text.hasPrefix("### ✅ Hindcast: 1 history, none failed\n"), good.text)
  }
}
