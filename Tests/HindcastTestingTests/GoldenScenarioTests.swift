import Foundation
import HindcastHistory
import HindcastReport
import HindcastTesting
import TemporalAPI
import XCTest

/// The golden scenarios, recorded anew on the server in this process, are what the real server recorded.
final class GoldenScenarioTests: XCTestCase {
  /// What cannot be the same, and why: the recording is one of several that the real server gives, or another server's.
  private static let exceptions: [String: String] = [
    "cancellation/expired.json": "recorded on the time-skipping test server, which writes other attributes",
    "orders/day-long-window.json": "recorded on the time-skipping test server, which writes other attributes",
    "signals/expired-after-a-week.json": "recorded on the time-skipping test server, which writes other attributes",
    "coroutines/effects.json": "its result holds the time and a random text",
    "coroutines/futures.json": "three activities run side by side and end in any order",
    "coroutines/timers.json": "timers that are due within milliseconds of each other fire together or apart",
    "children/side-by-side.json": "two children run side by side and end before or after a workflow task",
    "signals/inbox.json": "four signals race with the first workflow task",
    "updates/refused.json": "its first update came while the first workflow task was in flight",
    "continued/batch.run-2.json":
      "the run before took more than a second, here it takes none: the server fills that up",
    "continued/batch.run-3.json":
      "the run before took more than a second, here it takes none: the server fills that up",
  ]

  func testEveryGoldenScenarioRecordedAnewIsTheSame() async throws {
    var compared: Set<String> = []
    for suite in try GoldenScenario.suites() {
      for scenario in try GoldenScenario.all(of: suite) {
        var differences: [String: String] = [:]
        for pace in scenario.hasSteps ? GoldenScenario.Pace.allCases : [.settled] {
          differences = [:]
          for (file, history) in try await scenario.play(pace) {
            let name = "\(suite)/\(file)"
            compared.insert(name)
            let recorded = try HistoryReader.histories(inFile: "\(Folders.suite(suite))/\(file)")[0]
            if Self.exceptions[name] != nil {
              XCTAssertEqual(Self.outline(of: history), Self.outline(of: recorded), name)
            } else if !HistoryDiff(recorded, history).isEmpty {
              differences[name] = Self.text(DiffReport(recorded, history))
            }
          }
          if differences.isEmpty { break }
        }
        for (name, text) in differences.sorted(by: { $0.key < $1.key }) { XCTFail("\(name): \(text)") }
      }
    }
    XCTAssertEqual(compared.count, 81)
    XCTAssertTrue(compared.isSuperset(of: Self.exceptions.keys))
  }

  /// What a history holds whatever the timing: its events without those of workflow tasks and timers, in no order.
  private static func outline(of history: WorkflowHistory) -> [String] {
    history.events.map { "\($0.eventType)" }.filter { !$0.hasPrefix("workflowTask") && !$0.hasPrefix("timer") }.sorted()
  }

  private static func text(_ report: DiffReport) -> String {
    let output = MemoryOutput()
    try? report.write(to: output)
    return output.text
  }
}
