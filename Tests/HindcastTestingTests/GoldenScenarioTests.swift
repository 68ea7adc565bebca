import Foundation
import HindcastHistory
import HindcastReport
import HindcastTesting
import XCTest

/// The golden scenarios, recorded anew on the server in this process, are what the real server recorded.
final class GoldenScenarioTests: XCTestCase {
  func testEveryGoldenScenarioRecordedAnewIsTheSame() async throws {
    var compared = 0
    for suite in try GoldenScenario.suites() {
      for scenario in try GoldenScenario.all(of: suite) {
        do {
          for (file, history) in try await scenario.play() {
            let recorded = try HistoryReader.histories(inFile: "\(Folders.suite(suite))/\(file)")[0]
            compared += 1
            let diff = HistoryDiff(recorded, history)
            if !diff.isEmpty {
              XCTFail(
                "\(suite)/\(file): \(Self.text(DiffReport(recorded, history, palette: Palette(isColored: false))))")
            }
          }
        } catch {
          XCTFail("\(suite)/\(scenario.name): \(error)")
        }
      }
    }
    XCTAssertEqual(compared, 81)
  }

  private static func text(_ report: DiffReport) -> String {
    let output = Gathered()
    try? report.write(to: output)
    return output.text
  }
}

private final class Gathered: ReportOutput, @unchecked Sendable {
  private(set) var text = ""
  func write(_ text: String) throws(OutputError) { self.text += text }
}
