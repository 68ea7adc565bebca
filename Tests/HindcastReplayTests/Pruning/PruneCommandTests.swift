import Foundation
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastRegistry
import HindcastReport
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import hindcast

/// `hindcast prune` on files.
final class PruneCommandTests: XCTestCase {
  private static let entries = AppEntries.yaml(
    workflows: ["order": ["funcs", "time", "workflow"]], activities: ["step"])
  private static let order = """
    local funcs = require("funcs")
    local time = require("time")
    local workflow = require("workflow")

    local function discount(order)
      if order.total > 90 then
        return 10
      elseif order.total > 50 then
        return 5
      end
      return 0
    end

    local function main(order)
      if order.express then
        workflow.version("express", -1, 2)
      else
        time.sleep("1h")
      end
      for i = 1, order.items do
        local _, err = funcs.call("app:step", i)
        if err then
          return nil, err
        end
      end
      if order.gift and order.items > 3 then
        funcs.call("app:step", "wrap")
      end
      return {discount = discount(order)}
    end

    return {main = main}

    """

  /// A folder with the app and so many histories of `app:order`, of all kinds and lengths.
  private func makeCorpus(_ count: Int) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.entries, to: "_index.yaml")
    try folder.write(Self.order, to: "order.lua")
    try folder.write("return {main = function() return 1 end}\n", to: "step.lua")
    let runtime = try LuaWorkflowCode(try Registry.load(directory: folder.path)).makeRuntime(RuntimeOptions())
    var state: UInt64 = 7
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for number in 0..<count {
      var server = RecordingServer(
        type: "app:order",
        input: .json(
          """
          {"items": \(random(6)), "total": \(random(100)), "gift": \(random(8) == 0), "express": \(random(3) == 0)}
          """))
      if random(10) == 0 { server.answers["app:step"] = .failed(.with { $0.message = "out of stock" }) }
      if random(20) == 0 { server.incidents[1] = [.signal("nobody listens", .json("1"))] }
      var history = try server.record(runtime)
      if random(20) == 0, let call = history.events.firstIndex(where: { $0.eventType == .activityTaskScheduled }) {
        // Code that was changed since: a warning, whatever lines it runs.
        history.events[call].activityTaskScheduledEventAttributes.input = .json("99")
      }
      try folder.write(HistoryWriter.json(history), to: "recorded/h\(1000 + number).json")
    }
    return folder
  }

  private func run(
    _ folder: TemporaryFolder, _ arguments: [String], answer: String? = nil
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(arguments, in: folder.path, answer: answer)
  }

  private func files(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder["recorded"]).sorted()
  }

  /// What the histories run and what is found in them, as other commands tell it.
  private func shown(_ folder: TemporaryFolder) async throws -> Set<String> {
    var shown: Set<String> = []
    _ = await run(folder, ["coverage", folder["recorded"], "--lcov", folder["a.info"]])
    let lcov = String(decoding: try Data(contentsOf: URL(filePath: folder["a.info"])), as: UTF8.self)
    for line in lcov.split(separator: "\n") where !line.hasSuffix(",0") {
      let parts = line.split(separator: ",")
      if line.hasPrefix("DA:") || line.hasPrefix("BRDA:") { shown.insert(parts.dropLast().joined(separator: ",")) }
    }
    let coverage = await run(folder, ["coverage", folder["recorded"], "--format", "json"]).output
    let json = try JSONSerialization.jsonObject(with: Data(coverage.utf8)) as? [String: Any]
    for type in json?["eventTypes"] as? [[String: Any]] ?? [] { shown.insert("event \(type["name"] ?? "")") }
    let replay = await run(folder, ["replay", folder["recorded"], "--format", "json"]).output
    for match in replay.matches(of: /"rule":"[^"]*"|"verdict":"[^"]*"/) { shown.insert(String(match.output)) }
    return shown
  }

  func testFiveHundredHistoriesOfOneWorkflow() async throws {
    let folder = try makeCorpus(500)
    let before = try await shown(folder)
    XCTAssertTrue(before.contains(#""rule":"input-changed""#), "\(before)")

    let (status, output, errors) = await run(folder, ["prune", folder["recorded"], "--yes"])
    XCTAssertEqual(status, .success, errors)
    let kept = try files(folder)
    XCTAssertLessThan(kept.count, 10, output)
    XCTAssertGreaterThan(kept.count, 1)
    XCTAssertTrue(output.contains("500 files: \(kept.count) kept, \(500 - kept.count) to delete"), output)
    let after = try await shown(folder)
    XCTAssertEqual(after, before)

    let again = await run(folder, ["prune", folder["recorded"]])
    XCTAssertEqual(again.status, .success, "nothing is left to do")
    XCTAssertEqual(try files(folder), kept)
  }

  func testNothingIsDeletedUnlessSomebodyAgrees() async throws {
    let folder = try makeCorpus(12)
    let all = try files(folder)
    let cases: [(arguments: [String], answer: String?, status: ExitStatus, words: String)] = [
      (["--dry-run"], nil, .success, ""), ([], nil, .failure, "nothing was deleted; --yes deletes"),
      ([], "n", .failure, "[y/N] nothing was deleted"), ([], "", .failure, "nothing was deleted"),
      (["--dry-run", "--yes"], nil, .unusable, "exclude each other"), (["-"], nil, .unusable, "cannot be pruned"),
      ([folder["missing"]], nil, .unusable, "there is no such file"),
    ]
    for (arguments, answer, status, words) in cases {
      let result = await run(folder, ["prune", folder["recorded"]] + arguments, answer: answer)
      XCTAssertEqual(result.status, status, "\(arguments): \(result.errors)")
      XCTAssertTrue(words.isEmpty || result.errors.contains(words), "\(arguments): \(result.errors)")
      XCTAssertEqual(try files(folder), all, "\(arguments)")
    }
    let agreed = await run(folder, ["prune", folder["recorded"]], answer: " Yes")
    XCTAssertEqual(agreed.status, .success)
    XCTAssertLessThan(try files(folder).count, all.count)
  }

  func testWhatDoesNotPassOrIsExpectedStays() async throws {
    let folder = try makeCorpus(1)
    let text = try Data(contentsOf: URL(filePath: folder["recorded/h1000.json"]))
    let failing = String(decoding: text, as: UTF8.self).replacing("app:order", with: "app:gone")
    for name in ["copy", "named", "other"] { try text.write(to: URL(filePath: folder["recorded/\(name).json"])) }
    for name in ["x1", "x2"] { try folder.write(failing, to: "recorded/\(name).json") }
    try folder.write("named.json: passed\n", to: "recorded/expected.yaml")
    // Two ways to one file are not two files.
    let (_, output, errors) = await run(
      folder, ["prune", "--app", folder.path, folder["recorded"], folder["recorded/../recorded/named.json"], "--yes"])
    XCTAssertEqual(try files(folder), ["expected.yaml", "named.json", "x1.json"], output + errors)
    XCTAssertTrue(output.contains("expected.yaml names it"), output)
    XCTAssertTrue(output.contains("the same as \(folder["recorded/x1.json"])"), output)
  }
}
