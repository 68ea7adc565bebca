import Foundation
import HindcastReplay
import HindcastTestSupport
import XCTest

@testable import HindcastLua
@testable import HindcastReport

/// The page as people see it: opened in headless Chromium, where that is installed.
final class BrowserTests: XCTestCase {
  private func browser() throws -> Browser {
    guard let browser = Browser() else { throw XCTSkip("no Chromium on the PATH, and none named by HINDCAST_CHROMIUM") }
    return browser
  }

  private func page(_ verdicts: [HistoryVerdict], problems: [InputProblem] = []) throws -> String {
    try ReportSamples.report(verdicts, problems: problems) {
      try HTMLReporter(to: $0, context: ReportSamples.context)
    }
  }

  /// The page, with a script at its end that does what a person would.
  private func page(
    _ verdicts: [HistoryVerdict], problems: [InputProblem] = [], doing script: String
  ) throws -> String {
    // The page's policy would not let it.
    try page(verdicts, problems: problems).replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "")
      .replacing("</body>", with: "<script>{\(script)}</script></body>")
  }

  private func count(_ document: String) -> String? {
    document.firstMatch(of: /<output[^>]*>([^<]*)<\/output>/).map { String($0.1) }
  }

  private func title(_ sight: Browser.Sight) -> String? {
    sight.document.firstMatch(of: /<title>([^<]*)<\/title>/).map { String($0.1) }
  }

  func testThePageOpensWithoutAWord() throws {
    let browser = try browser()
    let hostile = try ReportSamples.hostileNames.map(ReportSamples.hostile)
    // Nothing that a history holds became an element, or part of one.
    let script = """
      const elements = [...document.querySelectorAll('*')];
      const handlers = elements.filter(element => [...element.attributes].some(a => a.name.startsWith('on')));
      document.title = `${handlers.length} handlers, ${document.scripts.length} scripts`;
      """
    for verdicts in [[], try ReportSamples.verdicts(), hostile] {
      let problems = [InputProblem("</li><script>alert(1)</script>")]
      let sight = try browser.open(try page(verdicts, problems: problems, doing: script))
      XCTAssertEqual(sight.console, [])
      XCTAssertEqual(count(sight.document), "\(verdicts.count) of \(verdicts.count)")
      // The page's own, and this one.
      XCTAssertEqual(title(sight), "0 handlers, 2 scripts")
    }
  }

  func testThePolicyLetsNoOtherScriptRun() throws {
    let page = try page(try ReportSamples.verdicts())
    let digest = Digest.hash(.sha256, Array(ReportStyle.script.utf8))
    XCTAssertTrue(page.contains("script-src 'sha256-\(Data(digest).base64EncodedString())'"), "the script has changed")
    let browser = try browser()
    // A script, an image from elsewhere, and the handler of its failure.
    let injected = "<script>document.title = 'seized'</script><img src=x onerror=\"document.title = 'seized'\"></body>"
    let sight = try browser.open(page.replacing("</body>", with: injected))
    XCTAssertEqual(title(sight), "6 of 10 histories did not pass · Hindcast")
    XCTAssertEqual(count(sight.document), "10 of 10", "the page's own script runs")
    XCTAssertEqual(sight.console.count { $0.contains("Content Security Policy") }, 3, "\(sight.console)")
  }

  func testFilters() throws {
    let browser = try browser()
    let verdicts = try ReportSamples.verdicts()
    let cases = [
      ("{verdict: 'failing'}", 6), ("{verdict: 'passed'}", 3), ("{verdict: 'warned'}", 1),
      ("{rule: 'logical-deadlock'}", 1), ("{rule: 'duration-changed'}", 1), ("{type: 'order'}", 9),
      ("{text: 'ORDERS/b.json'}", 1), ("{text: 'refund charge'}", 2), ("{text: 'nobody'}", 0),
      ("{verdict: 'failing', text: 'others'}", 3), ("{}", 10),
    ]
    let script = """
      const form = document.querySelector('.filters'), fields = form.elements, shown = [];
      for (const values of [\(cases.map(\.0).joined(separator: ", "))]) {
        for (const name of ['text', 'verdict', 'rule', 'type']) fields[name].value = values[name] || '';
        form.dispatchEvent(new Event('input'));
        const items = document.querySelectorAll('.history:not([hidden])').length;
        shown.push(`${form.querySelector('output').textContent}/${items}`);
      }
      document.title = shown.join();
      """
    let sight = try browser.open(try page(verdicts, doing: script))
    XCTAssertEqual(sight.console, [])
    XCTAssertEqual(title(sight), cases.map { "\($0.1) of 10/\($0.1)" }.joined(separator: ","))
  }

  func testDetailsOpen() throws {
    let browser = try browser()
    let verdicts = try ReportSamples.verdicts()
    func open(_ sight: Browser.Sight) -> [String] {
      sight.document.matches(of: /<li id="(h\d+)"[^>]*>\s*<details open="">/).map { String($0.1) }
    }
    let linked = try browser.open(try page(verdicts), fragment: "h2-event-11")
    XCTAssertEqual(linked.console, [])
    XCTAssertEqual(open(linked), ["h2"])
    XCTAssertTrue(linked.document.contains("<details class=\"timeline\" open=\"\">"))
    let nonsense = try browser.open(try page(verdicts), fragment: "%zz")
    XCTAssertEqual(nonsense.console, [])
    XCTAssertEqual(open(nonsense), [])
    let script = "document.querySelector('.filters').elements.open.click()"
    let all = try browser.open(try page(verdicts, doing: script))
    XCTAssertEqual(open(all).count, 9, "all that have something to show")
  }

  /// WCAG 2.1 asks for 4.5 between text and what is behind it.
  func testColoursCanBeToldApart() throws {
    let schemes = StyleSheet.text.components(separatedBy: "@media (prefers-color-scheme: dark)")
    XCTAssertEqual(schemes.count, 2)
    for scheme in schemes {
      var colours: [String: Colour] = [:]
      for match in scheme.matches(of: /--([a-z]+): #([0-9a-f]{3,6});/) where colours[String(match.1)] == nil {
        colours[String(match.1)] = Colour(String(match.2))
      }
      for behind in ["back", "card"] {
        let back = try XCTUnwrap(colours[behind])
        for text in ["text", "faint", "link", "good", "bad", "warn"] {
          let colour = try XCTUnwrap(colours[text])
          XCTAssertGreaterThanOrEqual(colour.contrast(to: back), 4.5, "\(text) on \(behind)")
        }
        // On the tints of verdicts and of the divergence.
        for text in ["good", "bad", "warn"] {
          let colour = try XCTUnwrap(colours[text])
          XCTAssertGreaterThanOrEqual(colour.contrast(to: back.tinted(colour, 0.12)), 4.5, "\(text) as a state")
        }
        let tint = back.tinted(try XCTUnwrap(colours["bad"]), 0.08)
        for text in ["text", "faint", "bad"] {
          XCTAssertGreaterThanOrEqual(try XCTUnwrap(colours[text]).contrast(to: tint), 4.5, "\(text) at the divergence")
        }
      }
      XCTAssertGreaterThanOrEqual(
        try XCTUnwrap(colours["text"]).contrast(to: try XCTUnwrap(colours["it"])), 4.5, "the line of code")
    }
  }
}

private struct Colour {
  var channels: [Double]

  init?(_ hex: String) {
    let digits = hex.count == 3 ? hex.map { "\($0)\($0)" }.joined() : hex
    guard digits.count == 6, let number = Int(digits, radix: 16) else { return nil }
    channels = [number >> 16, number >> 8 & 0xff, number & 0xff].map { Double($0) / 255 }
  }

  func tinted(_ other: Colour, _ share: Double) -> Colour {
    var result = self
    result.channels = zip(channels, other.channels).map { $0 * (1 - share) + $1 * share }
    return result
  }

  private var luminance: Double {
    let linear = channels.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  func contrast(to other: Colour) -> Double {
    let (bright, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
    return (bright + 0.05) / (dark + 0.05)
  }
}
