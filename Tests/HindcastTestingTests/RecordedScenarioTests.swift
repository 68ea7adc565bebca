import Foundation
import HindcastHistory
import HindcastReport
import HindcastTesting
import SwiftProtobuf
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
    for file in ["orders/day-long-window", "signals/approved", "updates/counted"] {
      let parts = file.split(separator: "/").map(String.init)
      let path = "\(Folders.suite(parts[0]))/\(parts[1]).json"
      let recorded = try HistoryReader.histories(inFile: path)[0]
      let (first, second) = (try await record(recorded, parts[0]), try await record(recorded, parts[0]))
      XCTAssertEqual(HistoryWriter.json(first), HistoryWriter.json(second), file)
      let again = try await record(first, parts[0])
      XCTAssertEqual(HistoryWriter.json(first), HistoryWriter.json(again), "\(file), from the new recording")
    }
  }

  func testDamagedHistoriesAreRefusedOrTaken() async throws {
    var state: UInt64 = 99
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var (taken, refused) = (0, 0)
    for file in ["orders/stuck", "updates/counted", "children/family", "signals/approved"] {
      let path = "\(Folders.package)/Histories/\(file).json"
      let history = try HistoryReader.histories(inFile: path)[0]
      for _ in 0..<200 {
        var damaged = history
        for _ in 0...random(3) {
          let place = random(damaged.events.count)
          switch random(4) {
          case 0: damaged.events.remove(at: place)
          case 1: damaged.events[place].eventTime.seconds = Int64.max / Int64(1 + random(9)) * (random(2) == 0 ? 1 : -1)
          case 2: damaged.events[place].attributes = history.events[random(history.events.count)].attributes
          default: damaged.events.swapAt(place, random(damaged.events.count))
          }
          if damaged.events.isEmpty { break }
        }
        do {
          let scenario = try RecordedScenario(damaged)
          taken += 1
          // Whatever comes of it, it comes to an end.
          let suite = String(file.prefix { $0 != "/" })
          let environment = try TestEnvironment(app: Folders.suite(suite), options: scenario.options())
          _ = try? await scenario.record(in: environment)
        } catch {
          refused += 1
        }
      }
    }
    XCTAssertGreaterThan(taken, 20)
    XCTAssertGreaterThan(refused, 20)
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
