import Foundation
import HindcastHistory
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

/// The recordings of other SDKs and of the real server.
final class CorpusTests: XCTestCase {
  /// The findings above `info` of every file that has some; all other recordings are sound.
  ///
  /// `workflow_with_bad_unknown_event` and `testUnknownHistoryEventMayNotIgnore` are malformed on purpose, the others were
  /// edited by hand in fields that no replayer looks at.
  private static let expected: [String: [String]] = [
    "sdk-go/workflow_with_bad_unknown_event.json": ["error H004 at 23"],
    "sdk-java/testUnknownHistoryEventMayNotIgnore.json": ["warning H007 at 5", "error H004 at 6"],
    "sdk-java/testUnknownHistoryEventMayIgnore.json": ["warning H007 at 5"],
    "sdk-java/testUnknownHistoryEventClean.json": ["warning H007 at 5", "warning H007 at 6"],
    "sdk-java/testGetHistoryLength.json": ["warning H007 at 11", "warning H007 at 12"],
    "sdk-java/testGetHistorySize.json": ["warning H007 at 11", "warning H007 at 12"],
    "sdk-java/testGetVersionInterleavedUpdateReplayWaitForMarkerHistory.json": [
      "warning H007 at 5", "warning H007 at 6", "warning H007 at 14",
    ],
    "sdk-go/child-workflow-cancel-with-update.json": ["warning H007 at 12"],
    "sdk-go/replay-tests-cancel-order-timer-resolved.json": ["warning H007 at 11"],
    "sdk-go/version-loop-workflow-unkown-version-flag.json": ["warning H016 at 4"],
  ]

  func testEveryFileIsReadAndJudged() throws {
    let paths = try SharedFiles.histories()
    var seen: Set<String> = []
    for path in paths {
      let name = path.split(separator: "/").suffix(2).joined(separator: "/")
      let findings = try HistoryReader.histories(inFile: path).flatMap { history in
        XCTAssertNotNil(history.workflowTypeName, name)
        return HistoryValidator.findings(in: history)
      }
      let judged = findings.filter { $0.severity != .info }.map {
        "\($0.severity) \($0.code.rawValue) at \($0.eventID ?? 0)"
      }
      XCTAssertEqual(judged, Self.expected[name] ?? [], name)
      seen.insert(name)
    }
    XCTAssertEqual(Set(Self.expected.keys).subtracting(seen), [], "files that are no longer there")
  }

  func testEveryHistoryWritesBackAsTheSameHistory() throws {
    for path in try SharedFiles.histories() {
      for history in try HistoryReader.histories(inFile: path) {
        let json = HistoryWriter.json(history)
        let again = try HistoryReader.histories(from: json, named: path)
        XCTAssertEqual(again.map(\.events), [history.events], path)
        XCTAssertEqual(again.flatMap(\.notes), [], path)
        XCTAssertEqual(HistoryWriter.json(again[0]), json, path)
        let binary = try HistoryReader.histories(from: HistoryWriter.protobuf(history), named: path)
        XCTAssertEqual(binary.map(\.events), [history.events], path)
      }
    }
  }

  /// Where SwiftProtobuf's own reader takes a file, both readers agree; and it takes what we write.
  func testSwiftProtobufAgrees() throws {
    var compared = 0
    for path in try SharedFiles.histories() {
      let histories = try HistoryReader.histories(inFile: path)
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      if let strict = try? Temporal_Api_History_V1_History(jsonUTF8Bytes: data) {
        XCTAssertEqual(histories.map(\.events), [strict.events], path)
        compared += 1
      }
      for history in histories {
        let ours = try Temporal_Api_History_V1_History(jsonUTF8Bytes: HistoryWriter.json(history))
        XCTAssertEqual(ours.events, history.events, path)
      }
    }
    XCTAssertGreaterThan(compared, 100)
  }

  func testARecordingDoesNotDifferFromItself() throws {
    for path in try SharedFiles.histories() {
      for history in try HistoryReader.histories(inFile: path) {
        XCTAssertTrue(HistoryDiff(history, history).isEmpty, path)
      }
    }
  }

  /// The Python SDK and protobuf's reference reader take what we write.
  func testPythonReadsWhatWeWrite() throws {
    let python = try pythonWithTemporal()
    let folder = try TemporaryFolder()
    var count = 0
    for path in try SharedFiles.histories() {
      for history in try HistoryReader.histories(inFile: path) {
        try folder.write(HistoryWriter.json(history), to: "\(count).json")
        try folder.write(HistoryWriter.protobuf(history), to: "\(count).bin")
        count += 1
      }
    }
    let script = """
      import pathlib, sys
      from google.protobuf import json_format
      from temporalio.api.history.v1 import History
      from temporalio.client import WorkflowHistory
      count = 0
      for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
          expected = History.FromString(path.with_suffix(".bin").read_bytes())
          text = path.read_text(encoding="utf-8")
          assert json_format.Parse(text, History()) == expected, path
          assert list(WorkflowHistory.from_json("w", text).events) == list(expected.events), path
          count += 1
      print(count)
      """
    let (status, output) = try run(python, ["-c", script, folder.path])
    XCTAssertEqual(status, 0, output)
    XCTAssertEqual(output.split(separator: "\n").last.map(String.init), "\(count)", output)
  }

  private func pythonWithTemporal() throws -> String {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["HINDCAST_PYTHON"]
    let candidates: [String?] = [
      named, package.appending(path: ".venv/bin/python3").path,
      package.deletingLastPathComponent().appending(path: ".venv/bin/python3").path,
    ]
    for candidate in candidates.compactMap({ $0 }) where FileManager.default.isExecutableFile(atPath: candidate) {
      if try run(candidate, ["-c", "import temporalio.client"]).status == 0 { return candidate }
    }
    throw XCTSkip("no Python with temporalio; Tools/setup makes one, or set HINDCAST_PYTHON")
  }

  private func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}
