import Foundation
import HindcastHistory
import HindcastReport
import HindcastTesting
import TemporalAPI
import XCTest

/// Histories recorded anew from nothing but themselves.
final class RecordedScenarioTests: XCTestCase {
  /// Recorded on the time-skipping test server, which writes other attributes than the real server.
  private static let otherServer: Set = [
    "cancellation/expired.json", "orders/day-long-window.json", "signals/expired-after-a-week.json",
  ]
  /// Values that are drawn anew each time, and a signal that another workflow sent.
  private static let chance = [
    "peers/delivered.json": ["externalWorkflowExecution"],
    "coroutines/effects.json": ["details.data[0]", "result[0].at", "result[0].token"],
    "effects/crypto.json": ["details.data[0]", "details.data[0].data"],
  ]

  private func record(_ history: WorkflowHistory, _ suite: String) async throws -> WorkflowHistory {
    let scenario = try RecordedScenario(history)
    let environment = try TestEnvironment(app: Folders.suite(suite), options: scenario.options())
    return try await scenario.record(in: environment)
  }

  /// Every bundled history that is meant to fit its code, recorded anew, is the same; what is refused is so for a reason.
  func testBundledHistoriesRecordedAnewAreTheSame() async throws {
    var (same, refused) = (0, [RecordingRefusal.Kind: Int]())
    for suite in try FileManager.default.contentsOfDirectory(atPath: "\(Folders.package)/Histories").sorted()
    where suite != "changes" && !suite.contains(".") {
      for file in try FileManager.default.contentsOfDirectory(atPath: Folders.suite(suite)).sorted()
      where file.hasSuffix(".json") {
        let recorded = try HistoryReader.histories(inFile: "\(Folders.suite(suite))/\(file)")[0]
        do {
          let anew = try await record(recorded, suite)
          let name = "\(suite)/\(file)"
          // The worker that recorded this suite had a queue of its own.
          let ignored = suite == "document" ? ["taskQueue.name", "taskQueue.kind", "taskQueue.normalName"] : []
          if Self.otherServer.contains(name)
            ? recorded.eventTypes == anew.eventTypes
            : Self.isSame(HistoryDiff(recorded, anew), except: ignored + (Self.chance[name] ?? []))
          {
            same += 1
          } else {
            XCTFail("\(suite)/\(file): \(Self.text(DiffReport(recorded, anew)))")
          }
        } catch let refusal as RecordingRefusal {
          refused[refusal.kind, default: 0] += 1
        } catch {
          XCTFail("\(suite)/\(file): \(error)")
        }
      }
    }
    XCTAssertGreaterThan(same, 80)
    XCTAssertGreaterThan(refused[.belongsToAnotherRun] ?? 0, 5)
    XCTAssertEqual(refused[.invalid], nil)
  }

  func testTheSameToTheByte() async throws {
    for file in ["orders/day-long-window", "signals/approved", "updates/counter"] {
      let parts = file.split(separator: "/").map(String.init)
      let path = "\(Folders.suite(parts[0]))/\(parts[1]).json"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let recorded = try HistoryReader.histories(inFile: path)[0]
      let (first, second) = (try await record(recorded, parts[0]), try await record(recorded, parts[0]))
      XCTAssertEqual(HistoryWriter.json(first), HistoryWriter.json(second), file)
      let again = try await record(first, parts[0])
      XCTAssertEqual(HistoryWriter.json(first), HistoryWriter.json(again), "\(file), from the new recording")
    }
  }

  private static func isSame(_ diff: HistoryDiff, except paths: [String]) -> Bool {
    diff.entries.allSatisfy { entry in
      guard case .both(_, _, let differences) = entry else { return false }
      return differences.allSatisfy { paths.contains($0.path) }
    }
  }

  private static func text(_ report: DiffReport) -> String {
    let output = MemoryOutput()
    try? report.write(to: output)
    return output.text
  }
}
