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

/// `hindcast coverage` and `hindcast replay --coverage`, from files to the report.
final class CoverageCommandTests: XCTestCase {
  private static let entries = AppEntries.yaml(
    workflows: ["order": ["funcs", "time", "workflow"], "forgotten": []], activities: ["charge"],
    more: """
        - name: inline
          kind: workflow.lua
          source: |
            local function main()
              return 1
            end
            return {main = main}
          method: main
          meta: {temporal: {workflow: {worker: app:worker}}}

      """)
  private static let order = """
    local workflow = require("workflow")
    local time = require("time")

    local function undo(step)
      return nil, step
    end

    local function main(input)
      local version = workflow.version("tax", -1, 1)
      if input == "bad" then
        return undo("bad")
      end
      time.sleep("10s")
      return {version = version}
    end

    return {main = main}

    """
  private static let forgotten = "local function main()\n  return 1\nend\nreturn {main = main}\n"
  private static let charge = "local function main(input) return 1 end\nreturn {main = main}\n"

  /// A folder with the app, and a history of `app:order` that it recorded.
  private func makeApp() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Self.entries, to: "_index.yaml")
    try folder.write(Self.order, to: "order.lua")
    try folder.write(Self.forgotten, to: "forgotten.lua")
    try folder.write(Self.charge, to: "charge.lua")
    let code = LuaWorkflowCode(try Registry.load(directory: folder.path))
    var server = RecordingServer(type: "app:order")
    let history = try server.record(try code.makeRuntime(RuntimeOptions()))
    XCTAssertEqual(history.closeEvent?.eventType, .workflowExecutionCompleted)
    for name in ["a", "b", "c"] { try folder.write(HistoryWriter.json(history), to: "recorded/\(name).json") }
    return folder
  }

  private func run(
    _ folder: TemporaryFolder, _ arguments: [String]
  ) async -> (status: ExitStatus, output: String, errors: String) {
    await Hindcast.run(arguments, in: folder.path)
  }

  func testTheReport() async throws {
    let folder = try makeApp()
    let (status, output, errors) = await run(folder, ["coverage", folder["recorded"]])
    XCTAssertEqual(status, .success, errors)
    XCTAssertEqual(errors, "")
    let expected = [
      "_index.yaml                   0.0 % (0/2)                -      0.0 % (0/1)",
      "    lines that did not run  32-34",
      "forgotten.lua                 0.0 % (0/2)                -      0.0 % (0/1)",
      "order.lua                    77.7 % (7/9)     50.0 % (1/2)     50.0 % (1/2)",
      "    lines that did not run  5, 11",
      "    ways not taken  10 then", "    functions not called  undo",
      "total                       53.8 % (7/13)     50.0 % (1/2)     25.0 % (1/4)",
      "  tax  -1: none, 1: 3 histories  order.lua:9",
      "  TimerFired                      3 events in 3 histories",
    ]
    for line in expected { XCTAssertTrue(output.contains(line + "\n"), "\(line)\n\(output)") }
    XCTAssertFalse(output.contains("charge.lua"), output)
  }

  func testTheSameForAnyNumberOfJobsAndFromReplay() async throws {
    let folder = try makeApp()
    var files: [String] = []
    for (number, arguments) in [
      ["coverage", folder["recorded"], "--jobs", "1", "--lcov"],
      ["coverage", folder["recorded"], "--jobs", "3", "--lcov"],
      ["coverage", folder["recorded"], "--app", folder.path, "--lcov"], ["replay", folder["recorded"], "--coverage"],
    ].enumerated() {
      let (status, output, errors) = await run(folder, arguments + [folder["\(number).info"]])
      XCTAssertEqual(status, .success, output + errors)
      files.append(String(decoding: try Data(contentsOf: URL(filePath: folder["\(number).info"])), as: UTF8.self))
    }
    for file in files { XCTAssertEqual(file, files[0]) }
    let record = files[0].components(separatedBy: "end_of_record\n").first { $0.contains("SF:order.lua") }
    XCTAssertEqual(
      record,
      """
      TN:
      SF:order.lua
      FN:4,undo
      FN:8,main
      FNDA:0,undo
      FNDA:3,main
      FNF:2
      FNH:1
      BRDA:10,0,0,0
      BRDA:10,0,1,3
      BRF:2
      BRH:1
      DA:1,3
      DA:2,3
      DA:5,0
      DA:9,3
      DA:10,3
      DA:11,0
      DA:13,3
      DA:14,3
      DA:17,3
      LF:9
      LH:7

      """)
  }

  func testJSON() async throws {
    let folder = try makeApp()
    let (_, output, _) = await run(folder, ["coverage", folder["recorded"], "--format", "json"])
    let json = try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    XCTAssertEqual(json["histories"] as? Int, 3)
    let files = try XCTUnwrap(json["files"] as? [[String: Any]])
    XCTAssertEqual(files.map { $0["file"] as? String }, ["_index.yaml", "forgotten.lua", "order.lua"])
    XCTAssertEqual(files[2]["uncoveredLines"] as? [Int], [5, 11])
    XCTAssertEqual(files[2]["uncalledFunctions"] as? [String], ["undo"])
  }

  func testExitStatus() async throws {
    let folder = try makeApp()
    let recorded = folder["recorded"]
    try folder.write("{\"events\": [", to: "broken/a.json")
    let cases: [(arguments: [String], status: ExitStatus, words: String)] = [
      ([recorded, "--fail-under", "50"], .success, ""),
      ([recorded, "--fail-under", "90"], .failure, "% of the lines are covered, fewer than 90 %"),
      ([recorded, "--fail-under", "101"], .unusable, "fail-under"),
      ([folder["nowhere"]], .unusable, "there is no such file or folder"),
      ([folder["broken"]], .unusable, "none of 1 histories ran any code"),
      ([recorded, "--app", folder["broken"]], .unusable, ""), ([recorded, "--format", "xml"], .unusable, "format"),
    ]
    for (arguments, status, words) in cases {
      let result = await run(folder, ["coverage"] + arguments)
      XCTAssertEqual(result.status, status, "\(arguments): \(result.errors)")
      XCTAssertTrue(words.isEmpty || result.errors.contains(words), "\(arguments): \(result.errors)")
    }
  }

  func testAHistoryThatDoesNotPassIsCountedAndNoticed() async throws {
    let folder = try makeApp()
    try folder.write(Self.order.replacing("\"10s\"", with: "\"10x\""), to: "order.lua")
    let (status, output, errors) = await run(folder, ["coverage", folder["recorded"]])
    XCTAssertEqual(status, .success)
    XCTAssertTrue(errors.contains("3 of 3 histories did not pass"), errors)
    XCTAssertTrue(output.contains("order.lua"), output)
  }
}
