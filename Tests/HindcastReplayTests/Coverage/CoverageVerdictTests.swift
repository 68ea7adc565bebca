import Foundation
import HindcastCore
import HindcastLua
import HindcastRegistry
import HindcastReplay
import HindcastReport
import XCTest

/// Counting changes nothing that anyone can see of a replay.
final class CoverageVerdictTests: XCTestCase {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Histories").path

  func testEveryBundledHistoryHasItsVerdictWhenItIsCounted() throws {
    let suites = try XCTUnwrap(FileManager.default.contentsOfDirectory(atPath: Self.root)).sorted()
    var (covered, total) = (0, 0)
    for suite in suites where !suite.contains(".") {
      let folder = "\(Self.root)/\(suite)"
      let app = AppCode(
        LuaWorkflowCode(try Registry.load(directory: folder), countsCoverage: true), directory: folder)
      var options = ReplayOptions()
      options.collectsCoverage = true
      var totals = CoverageTotals()
      for result in Replayer(SingleApp(app), options: options).results(of: Corpus([folder])) {
        guard case .verdict(let verdict) = result else { continue }
        XCTAssertTrue(verdict.isAcceptable, "\(verdict.file): \(verdict.failure?.message ?? "\(verdict.verdict)")")
        totals.add(verdict)
      }
      let report = CoverageReport(totals, of: [app], workingDirectory: Self.root)
      covered += report.lines.covered
      total += report.lines.total
    }
    // The histories were recorded to show what the code does, so most of it runs.
    XCTAssertGreaterThan(covered * 100, total * 85)
    XCTAssertGreaterThan(total, 800)
  }
}
