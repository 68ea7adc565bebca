import Foundation
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReport
import HindcastTestSupport
import TemporalAPI
import XCTest

@testable import hindcast

/// `hindcast redact` on files.
final class RedactCommandTests: XCTestCase {
  private static let entries = AppEntries.yaml(workflows: ["order": ["time"]])
  private static let order = """
    local time = require("time")

    local function main(order)
      if order.tier == "gold" then
        time.sleep("1h")
      end
      return {customer = order.customer}
    end

    return {main = main}

    """

  /// An app, and a history for each input.
  private func makeApp(_ inputs: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.entries, to: "app/_index.yaml")
    try folder.write(Self.order, to: "app/order.lua")
    let runtime = try LuaWorkflowCode(try Registry.load(directory: folder["app"])).makeRuntime(RuntimeOptions())
    for (name, input) in inputs {
      var server = RecordingServer(type: "app:order", input: .json(input))
      try folder.write(HistoryWriter.json(try server.record(runtime)), to: "app/recorded/\(name).json")
    }
    return folder
  }

  private func redact(
    _ folder: TemporaryFolder, _ arguments: [String]
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(["redact"] + arguments, in: folder.path)
  }

  private func text(_ path: String) throws -> String {
    let history = try HistoryReader.histories(inFile: path)[0]
    return String(decoding: history.events.flatMap { $0.allData }, as: UTF8.self)
  }

  func testAFolderIsWrittenBesideTheOther() async throws {
    let folder = try makeApp([
      "a": #"{"customer": "Ann Smith", "tier": "silver"}"#, "sub/b": #"{"customer": "Bob", "tier": "silver"}"#,
    ])
    let before = try text(folder["app/recorded/a.json"])
    XCTAssertTrue(before.contains("Ann Smith"))
    let (status, output, errors) = await redact(
      folder, [folder["app/recorded"], "--output", folder["app/clean"]])
    XCTAssertEqual(status, .success, errors)
    XCTAssertEqual(output, "2 redacted: 2 replay as before\n")
    XCTAssertEqual(try text(folder["app/recorded/a.json"]), before)
    for file in ["a.json", "sub/b.json"] {
      let clean = try text(folder["app/clean/\(file)"])
      XCTAssertFalse(clean.contains("Ann") || clean.contains("Bob"), clean)
      XCTAssertTrue(clean.contains("customer"), clean)
    }
  }

  func testAHistoryThatTakesAnotherWayIsNoticed() async throws {
    let folder = try makeApp([
      "gold": #"{"customer": "Ann", "tier": "gold"}"#, "silver": #"{"customer": "Bob", "tier": "silver"}"#,
    ])
    let gold = try text(folder["app/recorded/gold.json"])
    let (status, output, errors) = await redact(folder, [folder["app/recorded"], "--in-place"])
    XCTAssertEqual(status, .failure)
    XCTAssertTrue(errors.contains("gold.json: its verdict was passed and is nondeterministic"), errors)
    XCTAssertEqual(output, "1 redacted: 1 replay as before, 1 would not, and stay as they are\n")
    XCTAssertEqual(try text(folder["app/recorded/gold.json"]), gold)
    XCTAssertFalse(try text(folder["app/recorded/silver.json"]).contains("Bob"))

    let kept = await redact(folder, [folder["app/recorded"], "--in-place", "--keep", "tier"])
    XCTAssertEqual(kept.status, .success, kept.errors)
    let text = try text(folder["app/recorded/gold.json"])
    XCTAssertTrue(text.contains("gold") && !text.contains("Ann"), text)
  }

  func testWithoutAnAppNothingIsVerified() async throws {
    let folder = try makeApp(["a": #"{"customer": "Ann", "tier": "gold"}"#])
    let history = try Data(contentsOf: URL(filePath: folder["app/recorded/a.json"]))
    try folder.write(Array(history), to: "elsewhere/a.json")
    try folder.write(
      HistoryWriter.protobuf(try HistoryReader.histories(inFile: folder["elsewhere/a.json"])[0]),
      to: "elsewhere/b.binpb")
    let (status, output, errors) = await redact(folder, [folder["elsewhere"], "-o", folder["out"]])
    XCTAssertEqual(status, .success, errors)
    XCTAssertEqual(output, "2 redacted: 0 replay as before, 2 could not be replayed, for lack of an app\n")
    XCTAssertFalse(try text(folder["out/b.json"]).contains("Ann"))
    let refused = await redact(folder, [folder["elsewhere/b.binpb"], "--in-place"])
    XCTAssertEqual(refused.status, .unusable)
    XCTAssertTrue(refused.errors.contains("use --output"), refused.errors)
  }

  func testWrongUsage() async throws {
    let folder = try makeApp([:])
    try folder.write("{\"events\": [", to: "broken.json")
    let cases: [(arguments: [String], words: String)] = [
      ([folder.path], "--output DIR or --in-place"), ([folder.path, "-o", "x", "--in-place"], "exclude each other"),
      ([folder.path, "--in-place", "--level", "some"], "'some' is no level"), (["-", "--in-place"], "Standard input"),
      ([folder["app"], "--in-place"], "no history found"), ([folder["missing"], "--in-place"], "no such file"),
      ([folder["broken.json"], "--in-place"], "broken.json: "),
    ]
    for (arguments, words) in cases {
      let (status, output, errors) = await redact(folder, arguments)
      XCTAssertEqual(status, .unusable, "\(arguments)")
      XCTAssertTrue(errors.contains(words), "\(arguments): \(errors)")
      XCTAssertEqual(output, "", "\(arguments)")
    }
    XCTAssertEqual(try String(contentsOfFile: folder["broken.json"], encoding: .utf8), "{\"events\": [")
  }
}

extension HistoryEvent {
  /// The data of the payloads of the arguments and results that the tests look at.
  fileprivate var allData: [UInt8] {
    (workflowExecutionStartedEventAttributes.input.payloads + workflowExecutionCompletedEventAttributes.result.payloads)
      .flatMap { $0.data }
  }
}
