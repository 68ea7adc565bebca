import Foundation
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReplay
import XCTest

/// Redacted histories against the code that the originals are replayed against.
final class RedactedReplayTests: XCTestCase {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Histories")

  private struct Sample {
    var name: String
    var history: WorkflowHistory
    var replayer: Replayer
  }

  private func samples() throws -> [Sample] {
    let files = FileManager.default
    var samples: [Sample] = []
    for suite in try files.contentsOfDirectory(atPath: Self.folder.path).sorted() {
      let path = Self.folder.appendingPathComponent(suite).path
      guard files.fileExists(atPath: "\(path)/_index.yaml") else { continue }
      let code = LuaWorkflowCode(try Registry.load(directory: path))
      for file in try files.contentsOfDirectory(atPath: path).sorted() where file.hasSuffix(".json") {
        for history in try HistoryReader.histories(inFile: "\(path)/\(file)") {
          samples.append(Sample(name: "\(suite)/\(file)", history: history, replayer: Replayer(code: code)))
        }
      }
    }
    return samples
  }

  private func differences(_ level: Redaction.Level) throws -> (count: Int, different: [String]) {
    var generator = SeededGenerator(state: 17)
    let redaction = Redaction(level, using: &generator)
    var different: [String] = []
    let samples = try samples()
    for sample in samples {
      let before = sample.replayer.verdict(on: sample.history)
      let after = sample.replayer.verdict(on: try redaction.redacted(sample.history))
      if (before.verdict, before.failure?.rule) != (after.verdict, after.failure?.rule) {
        different.append("\(sample.name): \(before.verdict) -> \(after.verdict) \(after.failure?.message ?? "")")
      }
    }
    return (samples.count, different)
  }

  func testVerdictsStayWhenStringsAreRedacted() throws {
    let (count, different) = try differences(.strings)
    print("strings: \(count - different.count) of \(count) histories keep their verdict")
    XCTAssertEqual(different, [], "of \(count)")
  }

  /// Code that counts by its input, or reads a field of what is null, goes another way; the histories themselves stay sound.
  func testFewerVerdictsStayWhenMoreIsRedacted() throws {
    for (level, least) in [(Redaction.Level.values, 0.6), (.all, 0.3)] {
      let (count, different) = try differences(level)
      print("\(level): \(count - different.count) of \(count) histories keep their verdict")
      XCTAssertEqual(different.filter { $0.contains("invalid") }, [], "\(level)")
      XCTAssertGreaterThan(Double(count - different.count), Double(count) * least, "\(level)")
    }
  }
}

/// Numbers that are the same in every run of the tests.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}
