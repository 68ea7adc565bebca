import Foundation
import HindcastCore
import HindcastLua
import HindcastRegistry
import HindcastReplay
import XCTest

/// The histories that come with the project, each against the app beside it.
final class BundledHistoriesTests: XCTestCase {
  /// The app of a suite is the folder of the history.
  private struct Suites: WorkflowCodeProvider {
    func code(forFile file: String) throws(WorkflowLoadError) -> AppCode {
      let folder = (file as NSString).deletingLastPathComponent
      do {
        return AppCode(LuaWorkflowCode(try Registry.load(directory: folder)), directory: folder)
      } catch {
        throw WorkflowLoadError(.invalidCode, "\(error)")
      }
    }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Histories").path

  private func verdicts() throws -> [HistoryVerdict] {
    var options = ReplayOptions()
    options.jobs = 2
    return try Replayer(Suites(), options: options).results(of: Corpus([Self.root])).map { result in
      guard case .verdict(let verdict) = result else { throw Unexpected(description: "\(result)") }
      return verdict
    }
  }

  private struct Unexpected: Error, CustomStringConvertible {
    let description: String
  }

  func testEveryBundledHistoryHasTheVerdictItShould() throws {
    let verdicts = try verdicts()
    for verdict in verdicts where !verdict.isAcceptable {
      XCTFail("\(verdict.file): \(verdict.verdict), \(verdict.failure?.message ?? "nothing found")")
    }
    let suites = Set(verdicts.map { ($0.file as NSString).deletingLastPathComponent })
    XCTAssertGreaterThanOrEqual(verdicts.filter { $0.expectation == nil && $0.verdict == .passed }.count, 25)
    XCTAssertGreaterThanOrEqual(suites.count, 6)
    let negatives = verdicts.filter { $0.asExpected == true && $0.verdict != .passed }
    XCTAssertGreaterThanOrEqual(negatives.count, 15)
    for negative in negatives where negative.verdict == .nondeterministic {
      XCTAssertNotNil(negative.expectation?.rule, "\(negative.file) names no rule")
      XCTAssertNotNil(negative.expectation?.eventID, "\(negative.file) names no event")
      XCTAssertNotNil(negative.failure?.location, "\(negative.file) names no line")
    }
  }
}
