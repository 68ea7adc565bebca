import Foundation
import HindcastCore
import HindcastLua
import HindcastRegistry
import HindcastReplay
import HindcastReport
import XCTest

/// The reports on the histories of `Histories/changes`, whose code was changed after they were recorded.
final class ChangeReportTests: XCTestCase {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Histories").path

  /// What the cause of each divergence must name.
  private static let causes: [String: [String]] = [
    "activity-added": ["new activity app:welcome", "before activity app:greet (event 5)"],
    "activity-removed": ["no longer runs activity app:greet (event 5)"],
    "activity-renamed": ["activity app:welcome where", "activity app:greet (event 5)"],
    "child-id-changed": ["child workflow app:kid the ID child-of-ann", "kid-of-ann (event 5)"],
    "child-renamed": ["child workflow app:cousin where", "child workflow app:kid (event 5)"],
    "completed-early": ["no longer starts the timer of 30ms (event 11)"],
    "continues-instead": ["continues as new where the history completes"],
    "fails-instead": ["fails the workflow where the history completes"],
    "loop-longer": ["activity app:greet more times", "3 times, not twice"],
    "loop-shorter": ["activity app:greet fewer times", "twice, not 3 times (event 17)"],
    "memo-added": ["new memo field name"],
    "never-completes": ["does not end", "waits for topic go"],
    "order-swapped": ["order", "activity app:farewell before activity app:greet"],
    "parallel-added": ["new activity app:welcome"],
    "side-effect-added": ["new side effect"],
    "side-effect-removed": ["no longer records the side effect (event 5)"],
    "signal-renamed": ["signal remark to workflow", "where the history has signal note to workflow"],
    "timer-added": ["new timer of 30ms", "before activity app:greet (event 5)"],
    "timer-removed": ["no longer starts the timer of 30ms (event 11)"],
    "update-renamed": ["no longer handles update set (event 8)", "waits for topic assign"],
    "version-dropped": ["no longer supports version 1 of the change \"politeness\" (event 5)", "version 2 to 3"],
  ]

  private struct App: WorkflowCodeProvider {
    let folder: String

    func code(forFile file: String) throws(WorkflowLoadError) -> AppCode {
      do {
        return AppCode(LuaWorkflowCode(try Registry.load(directory: folder)), directory: folder)
      } catch {
        throw WorkflowLoadError(.invalidCode, "\(error)")
      }
    }
  }

  func testEachReportNamesTheChangeAndItsLine() throws {
    let folder = Self.root + "/changes"
    let results = Replayer(App(folder: folder)).results(of: Corpus([folder]))
    var missing = Set(Self.causes.keys)
    for case .verdict(let verdict) in results where verdict.verdict == .nondeterministic {
      let name = URL(fileURLWithPath: verdict.file).deletingPathExtension().lastPathComponent
      missing.remove(name)
      let words = try XCTUnwrap(Self.causes[name], "no cause is expected of \(name)")
      let explanation = try XCTUnwrap(verdict.failure?.explanation, name)
      let report = try report(on: verdict)
      for word in words { XCTAssertTrue(report.contains(word), "\(name): '\(word)' is not in\n\(report)") }
      let edit = try XCTUnwrap(explanation.edits.first, name)
      let place = try XCTUnwrap(edit.location ?? verdict.failure?.location, "\(name): no place")
      let changed = try changedLines(name)
      XCTAssertLessThanOrEqual(changed.lowerBound - 2, place.line, "\(name): \(place), but \(changed) changed")
      XCTAssertGreaterThanOrEqual(changed.upperBound + 2, place.line, "\(name): \(place), but \(changed) changed")
      XCTAssertTrue(
        report.contains("> \(place.line) | ") || report.contains(">  \(place.line) | "), "\(name):\n\(report)")
      XCTAssertNotNil(explanation.fix?.snippet, "\(name): no code for the fix")
    }
    XCTAssertEqual(missing, [], "not nondeterministic")
  }

  private func report(on verdict: HistoryVerdict) throws -> String {
    let output = MemoryOutput()
    // Wide, so that no line of the cause is broken.
    var reporter = TextReporter(to: output, workingDirectory: Self.root, width: 1000)
    var verdict = verdict
    verdict.expectation = nil
    try reporter.report(verdict)
    return output.text
  }

  /// The lines of the changed file that are not those from before the change; where some are gone, the line in their place.
  private func changedLines(_ name: String) throws -> ClosedRange<Int> {
    let file = name.replacingOccurrences(of: "-", with: "_") + ".lua"
    let lines = try ["changes-before", "changes"].map { folder in
      // The first line says what was changed, in both.
      try String(contentsOfFile: "\(Self.root)/\(folder)/\(file)", encoding: .utf8).components(separatedBy: "\n")
        .dropFirst()
    }
    let common = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
    let commonEnd = zip(lines[0].reversed(), lines[1].reversed()).prefix { $0 == $1 }.count
    let first = common + 2
    return first...max(first, lines[1].count + 1 - commonEnd)
  }
}
