import Foundation
import HindcastLint
import HindcastReport
import XCTest

@testable import hindcast

/// `hindcast lint` on files: what the paths mean, the reports, and the exit status.
final class LintCommandTests: XCTestCase {
  private var folder = ""

  override func setUpWithError() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hindcast-\(UUID().uuidString)").path
    try write(LintSamples.files, to: "shop")
    try write(
      LintSamples.files.merging(["main.lua": "return function() return math.random() end\n"]) { $1 }, to: "apps/bad")
    try write(
      ["helper.lua": "return {f = function(t) return tostring({}) end}\n"], to: "apps/odd", over: LintSamples.files)
    try write(["loose.lua": "return function() return os.clock() end\n"], to: "loose")
  }

  override func tearDown() { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ files: [String: String], to name: String, over others: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    for (file, text) in others.merging(files, uniquingKeysWith: { $1 }) {
      try text.write(toFile: "\(folder)/\(name)/\(file)", atomically: true, encoding: .utf8)
    }
  }

  private func lint(_ arguments: String...) async -> (status: ExitStatus, output: String, errors: String) {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let console = Console(
      output: output, errors: errors, isOutputTerminal: false, isErrorTerminal: false, environment: [:],
      workingDirectory: folder, readStandardInput: { [] })
    let arguments = arguments.map {
      $0.hasPrefix("-") || ["json", "sarif", "github"].contains($0) ? $0 : "\(folder)/\($0)"
    }
    let status = await Hindcast.run(["lint"] + arguments, console: console)
    return (status, output.text.replacing(folder + "/", with: ""), errors.text.replacing(folder + "/", with: ""))
  }

  func testStatusAndText() async {
    let good = await lint("shop")
    XCTAssertEqual(good.status, .success)
    XCTAssertEqual(good.output, "0 errors, 0 warnings, 0 remarks\n")
    let bad = await lint("apps/bad")
    XCTAssertEqual(bad.status, .failure)
    XCTAssertEqual(
      bad.output,
      """
      apps/bad/main.lua:1:26: error: math.random gives other numbers on replay, as the history does not record them  \
      lint-random
          hint: crypto.random and uuid are recorded
      1 error, 0 warnings, 0 remarks

      """)
    let odd = await lint("apps/odd")
    XCTAssertEqual(odd.status, .success)
    XCTAssertTrue(odd.output.hasSuffix("0 errors, 1 warning, 0 remarks\n"), odd.output)
    let strict = await lint("apps/odd", "--strict")
    XCTAssertEqual(strict.status, .failure)
  }

  func testPaths() async {
    let cases: [(paths: [String], files: [String])] = [
      (["apps"], ["apps/bad/main.lua", "apps/odd/helper.lua"]), (["apps/odd/main.lua"], []),
      (["apps/bad/main.lua", "apps/bad/helper.lua"], ["apps/bad/main.lua"]),
      (["apps/odd/helper.lua"], ["apps/odd/helper.lua"]),
      (["loose/loose.lua"], ["loose/loose.lua"]), (["apps/bad", "apps/bad/helper.lua"], ["apps/bad/main.lua"]),
      (["--app", "apps/odd"], ["apps/odd/helper.lua"]), (["--app", "apps/bad", "apps/bad"], ["apps/bad/main.lua"]),
    ]
    for (paths, files) in cases {
      let (_, output, errors): (ExitStatus, String, String)
      switch paths.count {
      case 1: (_, output, errors) = await lint(paths[0])
      case 2: (_, output, errors) = await lint(paths[0], paths[1])
      default: (_, output, errors) = await lint(paths[0], paths[1], paths[2])
      }
      XCTAssertEqual(errors, "")
      let found = output.split(separator: "\n").filter { $0.contains(".lua:") }.map { String($0.prefix { $0 != ":" }) }
      XCTAssertEqual(found, files, "\(paths)")
    }
  }

  func testJSON() async throws {
    let (status, output, _) = await lint("apps/bad", "--format", "json")
    XCTAssertEqual(status, .failure)
    let lines = try output.split(separator: "\n").map {
      try XCTUnwrap(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    XCTAssertEqual(lines.count, 2)
    XCTAssertEqual(lines[0]["rule"] as? String, "lint-random")
    XCTAssertEqual(lines[0]["severity"] as? String, "error")
    let location = try XCTUnwrap(lines[0]["location"] as? [String: Any])
    XCTAssertEqual(location["file"] as? String, "apps/bad/main.lua")
    XCTAssertEqual(location["line"] as? Int, 1)
    XCTAssertEqual(location["column"] as? Int, 26)
    XCTAssertEqual(lines[1]["summary"] as? [String: Int], ["error": 1, "warning": 0, "info": 0])
  }

  func testSARIF() async throws {
    let (status, output, _) = await lint("apps", "--format", "sarif")
    XCTAssertEqual(status, .failure)
    let log = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    let run = try XCTUnwrap((log["runs"] as? [[String: Any]])?.first)
    let driver = try XCTUnwrap((run["tool"] as? [String: [String: Any]])?["driver"])
    let rules = try XCTUnwrap(driver["rules"] as? [[String: Any]]).map { $0["id"] as? String }
    XCTAssertEqual(rules, LintRule.allCases.map(\.rawValue))
    let results = try XCTUnwrap(run["results"] as? [[String: Any]])
    XCTAssertEqual(results.map { $0["ruleId"] as? String }, ["lint-random", "lint-address"])
    XCTAssertEqual(results.map { $0["level"] as? String }, ["error", "warning"])
    let location = try XCTUnwrap((results[0]["locations"] as? [[String: [String: Any]]])?.first?["physicalLocation"])
    XCTAssertEqual((location["artifactLocation"] as? [String: String])?["uri"], "apps/bad/main.lua")
    XCTAssertEqual(location["region"] as? [String: Int], ["startLine": 1, "startColumn": 26])
  }

  func testGitHub() async {
    let (status, output, _) = await lint("apps", "--format", "github")
    XCTAssertEqual(status, .failure)
    let lines = output.split(separator: "\n")
    XCTAssertEqual(
      lines[0],
      "::error file=apps/bad/main.lua,line=1,col=26,title=lint-random::math.random gives other numbers on replay, as the "
        + "history does not record them%0AHint: crypto.random and uuid are recorded")
    XCTAssertTrue(
      lines[1].hasPrefix("::warning file=apps/odd/helper.lua,line=1,col=32,title=lint-address::"), "\(lines[1])")
    XCTAssertEqual(lines[2], "1 error, 1 warning, 0 remarks")
  }

  func testRulesAreListed() async {
    let (status, output, _) = await lint("--rules")
    XCTAssertEqual(status, .success)
    for rule in LintRule.allCases {
      XCTAssertTrue(output.contains("\(rule.rawValue)  \(rule.severity)\n"), rule.rawValue)
    }
  }

  func testWrongUsage() async {
    let nothing = await lint()
    XCTAssertEqual(nothing.status, .unusable)
    let missing = await lint("nowhere")
    XCTAssertEqual(missing.status, .unusable)
    XCTAssertEqual(missing.errors, "error: nowhere: there is no such file or folder\n")
    let empty = await lint("loose")
    XCTAssertEqual(empty.status, .unusable)
    XCTAssertEqual(empty.errors, "error: loose: no app was found in it\n")
    let app = await lint("--app", "nowhere")
    XCTAssertEqual(app.errors, "error: nowhere: there is no such folder\n")
    let format = await lint("shop", "--format", "--verbose")
    XCTAssertEqual(format.status, .unusable)
  }
}
