import HindcastCore
import HindcastHistory
import HindcastReplay
import TemporalAPI
import XCTest

@testable import HindcastReport

/// A field that a view forgets to name would be missing on every page.
final class FieldViewTests: XCTestCase {
  func testViewsNameAllTheirFields() throws {
    var sources = SourceFiles(workingDirectory: "/nowhere")
    let verdict = try ReportSamples.verdicts()[1]
    let history = try XCTUnwrap(verdict.history)
    let view = HistoryView(history, verdict: verdict, style: .whole, sources: &sources)
    let event = try XCTUnwrap(view.tasks.first?.events.first)
    try check(event)
    try check(try XCTUnwrap(view.tasks.flatMap(\.events).flatMap(\.details).first))
    try check(try XCTUnwrap(view.spans.first))
    try check(try XCTUnwrap(view.verdicts.first?.findings.first?.sides.first))
    try check(FindingView.Line(number: 1, text: "", isIt: true))
  }

  private func check<View: FieldView>(_ view: View) throws {
    let labels = Mirror(reflecting: view).children.compactMap(\.label)
    XCTAssertEqual(Set(labels), Set(View.fields.keys), "\(View.self)")
    for child in Mirror(reflecting: view).children {
      let name = try XCTUnwrap(child.label)
      XCTAssertEqual("\(try XCTUnwrap(view.child(named: name)))", "\(child.value)", "\(View.self).\(name)")
    }
  }
}
