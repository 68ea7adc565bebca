import Foundation
import HindcastHistory
import HindcastReport
import HindcastTesting
import TemporalAPI
import XCTest

/// The golden scenarios, recorded anew on the server in this process, are what the real server recorded.
final class GoldenScenarioTests: XCTestCase {
  /// Recorded on the time-skipping test server, since nobody waits so long: it writes other attributes than the real server.
  private static let otherServer: Set = [
    "cancellation/expired.json", "orders/day-long-window.json", "signals/expired-after-a-week.json",
  ]
  /// Values that are of the moment or of chance, by their paths.
  private static let chance = [
    "coroutines/effects.json": ["details.data[0]", "result[0].at", "result[0].token"],
    "effects/crypto.json": ["details.data[0]", "details.data[0].data"],
    "effects/children.child-1.json": ["details.data[0]", "details.data[0].data"],
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
            if Self.otherServer.contains(name) {
              XCTAssertEqual(Self.outline(of: history), Self.outline(of: recorded), name)
            } else if !Self.isSame(HistoryDiff(recorded, history), except: Self.chance[name] ?? []) {
              differences[name] = Self.text(DiffReport(recorded, history))
            }
          }
          if differences.isEmpty { break }
        }
        for (name, text) in differences.sorted(by: { $0.key < $1.key }) { XCTFail("\(name): \(text)") }
      }
    }
    XCTAssertEqual(compared.count, 133)
    XCTAssertTrue(compared.isSuperset(of: Self.otherServer.union(Self.chance.keys)))
  }

  /// Whether runs go on where they stopped or are rebuilt for every task, the same comes of it.
  func testEveryScenarioGivesTheSameEventsWithoutACache() async throws {
    var compared = 0
    for suite in try GoldenScenario.suites() {
      for scenario in try GoldenScenario.all(of: suite) {
        let kept = try await scenario.play(.settled)
        let rebuilt = try await scenario.play(.settled, cachesRuns: false)
        XCTAssertEqual(kept.map(\.file), rebuilt.map(\.file), "\(suite)/\(scenario.name)")
        for (one, other) in zip(kept, rebuilt) {
          XCTAssertEqual(one.history.events, other.history.events, "\(suite)/\(one.file)")
          compared += 1
        }
      }
    }
    XCTAssertGreaterThan(compared, 100)
  }

  private static func isSame(_ diff: HistoryDiff, except paths: [String]) -> Bool {
    diff.entries.allSatisfy { entry in
      guard case .both(_, _, let differences) = entry else { return false }
      return differences.allSatisfy { paths.contains($0.path) }
    }
  }

  /// The types of a history's events, in their order.
  private static func outline(of history: WorkflowHistory) -> [String] { history.events.map { "\($0.eventType)" } }

  private static func text(_ report: DiffReport) -> String {
    let output = MemoryOutput()
    try? report.write(to: output)
    return output.text
  }
}
