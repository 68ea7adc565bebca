import Foundation
import HindcastReplay
import HindcastReport
import XCTest

#if canImport(FoundationXML)
import FoundationXML
#endif

/// JUnit XML as CI systems read it: parsed again, and compared with what went in.
final class JUnitReporterTests: XCTestCase {
  private struct Case: Equatable {
    var suite: String
    var name: String
    var className: String
    /// `failure missing-command`.
    var result: String
  }

  private func xml(_ verdicts: [HistoryVerdict], problems: [InputProblem] = []) throws -> String {
    try ReportSamples.report(verdicts, problems: problems) { JUnitReporter(to: $0, context: ReportSamples.context) }
  }

  func testOutcomes() throws {
    let document = try Document(
      try xml(try ReportSamples.verdicts(), problems: [InputProblem("gone", file: "x/y.json")]))
    let cases = document.elements.filter { $0.name == "testcase" }.map { element in
      Case(
        suite: element.parent?.attributes["name"] ?? "", name: element.attributes["name"] ?? "",
        className: element.attributes["classname"] ?? "",
        result: element.children.map { "\($0.name) \($0.attributes["type"] ?? "")" }.joined())
    }
    XCTAssertEqual(
      cases,
      [
        Case(suite: "orders", name: "orders/a.json", className: "order", result: ""),
        Case(suite: "orders", name: "orders/b.json", className: "order", result: "failure command-kind-changed"),
        Case(suite: "orders", name: "orders/c.json", className: "order", result: ""),
        Case(suite: "others", name: "others/d.json", className: "order", result: ""),
        Case(suite: "others", name: "others/e.json", className: "order", result: "failure unexpected-verdict"),
        Case(suite: "others", name: "others/f.json", className: "order", result: "skipped "),
        Case(suite: "others", name: "others/g.json", className: "order", result: "failure result-changed"),
        Case(suite: "others", name: "others/h.json", className: "order", result: "error load-error"),
        Case(suite: ".", name: "i.json", className: "order", result: "failure logical-deadlock"),
        Case(suite: ".", name: "j.json", className: "(no workflow type)", result: "error invalid-history"),
        Case(suite: "(inputs)", name: "x/y.json", className: "(inputs)", result: "error unreadable"),
      ])
  }

  func testSuitesCountTheirCases() throws {
    let document = try Document(try xml(try ReportSamples.verdicts()))
    let suites = document.elements.filter { $0.name == "testsuite" }
    XCTAssertEqual(suites.map { $0.attributes["id"] }, ["0", "1", "2"])
    for suite in suites {
      let cases = suite.children.filter { $0.name == "testcase" }
      XCTAssertEqual(suite.attributes["tests"], "\(cases.count)")
      for (attribute, child) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
        let count = cases.count { $0.children.contains { $0.name == child } }
        XCTAssertEqual(suite.attributes[attribute], "\(count)", "\(attribute) of \(suite.attributes)")
      }
      // What Ant's schema asks for, in its order.
      XCTAssertEqual(suite.attributes["timestamp"], "2026-01-02T03:04:05")
      XCTAssertEqual(suite.attributes["hostname"], "localhost")
      XCTAssertEqual(suite.attributes["package"], suite.attributes["name"])
      XCTAssertEqual(suite.children.first?.name, "properties")
      XCTAssertEqual(suite.children.suffix(2).map(\.name), ["system-out", "system-err"])
    }
    XCTAssertEqual(suites[0].children.first { $0.name == "system-out" }?.text.contains("orders/c.json: warning"), true)
  }

  func testAFailureHoldsTheTextOfTheReport() throws {
    let document = try Document(try xml([try ReportSamples.verdicts()[1]]))
    let failure = try XCTUnwrap(document.elements.first { $0.name == "failure" })
    XCTAssertTrue(failure.text.contains("~    11  timer of 10s       activity refund    script:2\n"), failure.text)
    XCTAssertTrue(failure.text.contains("[TMPRL1100] said"), failure.text)
    XCTAssertEqual(failure.attributes["message"]?.isEmpty, false)
  }

  func testHostileNamesStayTextAndXML() throws {
    let verdicts = try ReportSamples.hostileNames.map(ReportSamples.hostile)
    let document = try Document(
      try xml(verdicts, problems: ReportSamples.hostileNames.map { InputProblem($0, file: $0) }))
    XCTAssertEqual(document.elements.count { $0.name == "testcase" }, verdicts.count * 2)
    let names = Set(document.elements.filter { $0.name == "testcase" }.compactMap { $0.attributes["name"] })
    XCTAssertTrue(names.contains("a]]>b.json"))
    XCTAssertTrue(names.contains("</script><script>alert(1)</script>.json"))
    XCTAssertTrue(names.contains("a\nb\\r\n::error::c.json"))
    XCTAssertTrue(names.contains { $0.hasPrefix("\\u{0}\\u{1}") && $0.contains("\\u{fffe}\\u{ffff}") }, "\(names)")
    let messages = document.elements.filter { $0.name == "failure" }.compactMap { $0.attributes["message"] }
    XCTAssertTrue(messages.contains("日本 é 👩‍👩‍👧.json"))
  }

  func testTimesHaveNoExponent() throws {
    var verdict = try ReportSamples.verdicts()[0]
    for (seconds, text) in [(0.000_000_1, "0.000"), (12.0345, "12.035"), (.infinity, "0"), (-1, "0"), (1e300, "0")] {
      verdict.seconds = seconds
      XCTAssertTrue(
        try xml([verdict]).contains("<testcase classname=\"order\" name=\"orders/a.json\" time=\"\(text)\"/>"))
    }
  }

  func testNothingIsAReportAsWell() throws {
    XCTAssertEqual(try xml([]), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n</testsuites>\n")
  }
}

/// XML as a parser reads it.
private final class Document: NSObject, XMLParserDelegate {
  final class Element {
    let name: String
    let attributes: [String: String]
    weak var parent: Element?
    var children: [Element] = []
    var text = ""

    init(_ name: String, _ attributes: [String: String], parent: Element?) {
      self.name = name
      self.attributes = attributes
      self.parent = parent
    }
  }

  private(set) var elements: [Element] = []
  private var open: [Element] = []

  init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    if !parser.parse() { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let element = Element(name, attributes, parent: open.last)
    open.last?.children.append(element)
    elements.append(element)
    open.append(element)
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
}
