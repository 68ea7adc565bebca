import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestSupport
import TemporalAPI
import XCTest

@testable import HindcastReport

/// The page as text; `BrowserTests` opens it.
final class HTMLReporterTests: XCTestCase {
  private func page(
    _ verdicts: [HistoryVerdict], problems: [InputProblem] = [], directory: String = "/nowhere"
  ) throws -> String {
    var context = ReportSamples.context
    context.workingDirectory = directory
    return try ReportSamples.report(verdicts, problems: problems) { try HTMLReporter(to: $0, context: context) }
  }

  /// The items of the list: which history, and its class.
  private func items(_ page: String) -> [String] {
    page.matches(of: /<li id="(h\d+)" class="history ([a-z]+)"/).map { "\($0.1) \($0.2)" }
  }

  func testWhatDidNotPassComesFirst() throws {
    let page = try page(try ReportSamples.verdicts())
    XCTAssertTrue(page.contains("<h1>6 of 10 histories did not pass</h1>"))
    XCTAssertEqual(
      items(page),
      [
        "h2 failing", "h5 failing", "h7 failing", "h8 failing", "h9 failing", "h10 failing", "h3 warned", "h1 fine",
        "h4 expected", "h6 fine",
      ])
    XCTAssertTrue(page.contains("144 events in 1.5 s · 2026-01-02 03:04:05 UTC · Hindcast 1.2.3"))
    XCTAssertEqual(
      page.matches(of: /<span class="state [a-z-]+">([a-z ]+)<\/span> (\d+)<\/li>/).map { "\($0.1) \($0.2)" },
      ["passed 3", "nondeterministic 2", "deadlocked 1", "failed 1", "invalid 1", "skipped 1", "as expected 1"])
    for option in ["nondeterministic", "order", "logical-deadlock"] {
      XCTAssertTrue(page.contains("<option>\(option)</option>"), option)
    }
  }

  func testAFailureShowsSidesCodeTimelineAndFix() throws {
    let folder = try TemporaryFolder()
    try folder.write("activity charge\n\ttimer <12> seconds\nrest\n", to: "script")
    var verdict = try ReportSamples.verdicts()[1]
    verdict.failure?.explanation = nil
    XCTAssertTrue(
      try page([verdict], directory: folder.path).contains("<td class=\"mono\">TimerStarted 10s (id 11)</td>"))
    verdict.failure?.explanation = Explanation(
      edits: [], isComplete: true, cause: "the timer became an activity",
      fix: Fix(advice: "gate it", snippet: "if version > 1 then"),
      rows: [
        AlignedRow(.matched, event: "first", eventID: 5, command: "first"),
        AlignedRow(.onlyHistory, event: "second", eventID: 11),
        AlignedRow(.onlyCode, command: "third", location: SourceLocation(file: "script", line: 2)),
      ])
    let page = try page([verdict], directory: folder.path)
    for words in [
      "<p class=\"cause\">the timer became an activity ", "<tr class=\"matched\">", "<tr class=\"only-history\">",
      "<tr class=\"only-code\">", "<pre tabindex=\"0\">if version &gt; 1 then</pre>", "<strong>Fix</strong> gate it",
      "<div class=\"it\"><span>2</span>\ttimer &lt;12&gt; seconds</div>", "script:2", "Workflow task 3<",
      "<div class=\"event command diverged\" id=\"h1-event-11\">", "href=\"#h1-event-5\"", "[TMPRL1100] said",
    ] { XCTAssertTrue(page.contains(words), words) }
    let events = page.matches(of: /id="h1-event-(\d+)"/).compactMap { Int($0.1) }
    XCTAssertEqual(events, Array(1...16))
  }

  func testOnlyWhatDidNotPassCarriesATimeline() throws {
    let page = try page(try ReportSamples.verdicts())
    XCTAssertTrue(page.contains("id=\"h2-event-1\""))
    XCTAssertFalse(page.contains("id=\"h4-event-1\""), "it turned out as expected")
    XCTAssertFalse(page.contains("id=\"h1-event-1\""))
  }

  func testALongHistoryIsCutToWhatSurroundsTheFailure() throws {
    let steps = (0..<60).map { _ in Step.activity("charge") } + [.timer(1), .activity("charge"), .complete("1")]
    let history = try Samples.history(steps)
    var changed = steps
    changed[60] = .activity("refund")
    let verdict = Replayer(code: ScriptedCode(changed, type: "order")).verdict(on: history)
    let at = try XCTUnwrap(verdict.failure?.eventID)
    let page = try page([verdict])
    let events = page.matches(of: /id="h1-event-(\d+)"/).compactMap { Int64($0.1) }
    XCTAssertEqual(events, Array(at - 60...min(at + 25, history.lastEventID)))
    XCTAssertTrue(
      page.contains("\((at - 61).formatted(.number.locale(Locale(identifier: "en_US")))) events are left out"))
  }

  func testManyFailuresStaySmall() throws {
    let verdict = try ReportSamples.verdicts()[1]
    let page = try page(
      (0..<800).map { index in
        var copy = verdict
        copy.file = "\(index).json"
        return copy
      })
    XCTAssertEqual(items(page).count, 800)
    XCTAssertLessThan(page.utf8.count, 6_000_000)
    XCTAssertEqual(page.components(separatedBy: "<td>800</td>").count, 2, "one cause for all")
  }

  func testAFullPageTakesALineEach() throws {
    let verdicts = try ReportSamples.verdicts()
    let page = try ReportSamples.report((0..<5).flatMap { _ in verdicts[0...1] }) {
      try HTMLReporter(
        to: $0, context: ReportSamples.context, limits: .init(events: 20, bytes: 22_000, plainRows: 2))
    }
    XCTAssertEqual(items(page).count { $0.hasSuffix("failing") }, 5)
    XCTAssertEqual(items(page).count { $0.hasSuffix("fine") }, 2)
    XCTAssertTrue(page.contains("<p class=\"faint\">and 3 histories more that passed</p>"))
    let events = (1...5).map { page.components(separatedBy: "id=\"h\($0 * 2)-event-").count - 1 }
    XCTAssertEqual(Array(events.prefix(2)), [16, 16])
    XCTAssertEqual(events[2], 13, "eight before the failure, and four behind")
    XCTAssertEqual(events.last, 0)
    XCTAssertTrue(page.contains("<h1>5 of 10 histories did not pass</h1>"))
  }

  func testNothingThatAHistoryHoldsIsMarkup() throws {
    let verdicts = try ReportSamples.hostileNames.map(ReportSamples.hostile)
    let page = try page(verdicts, problems: ReportSamples.hostileNames.map { InputProblem($0) })
    // What there is of these is the page's own.
    XCTAssertEqual(page.components(separatedBy: "<script").count, 2)
    XCTAssertEqual(page.components(separatedBy: "</script").count, 2)
    XCTAssertFalse(page.contains("<!--"))
    XCTAssertFalse(page.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
    // A combining mark behind a quote does not save the quote.
    XCTAssertFalse(page.unicodeScalars.contains("\u{202e}"))
    let scalars = Array(page.unicodeScalars)
    XCTAssertFalse(zip(scalars, scalars.dropFirst()).contains { $0 == "\"" && $1 == "\u{301}" })
  }

  func testInputsThatCannotBeRead() throws {
    let page = try page([], problems: [InputProblem("a.json: gone")])
    XCTAssertTrue(page.contains("<h1>No history was replayed</h1>"))
    XCTAssertTrue(page.contains("<li class=\"mono\">a.json: gone</li>"))
    let passed = try self.page([try ReportSamples.verdicts()[0]], problems: [InputProblem("a.json: gone")])
    XCTAssertTrue(passed.contains("none failed, but not everything was replayed"))
  }

  func testThePageNeedsNothingElse() throws {
    let page = try page(try ReportSamples.verdicts())
    XCTAssertNil(page.firstMatch(of: /(src|href)="(?!#|data:,)/))
    XCTAssertFalse(page.contains("http:"))
    XCTAssertFalse(page.contains("https:"))
  }
}
