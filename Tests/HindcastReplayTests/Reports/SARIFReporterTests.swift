import Foundation
import HindcastCore
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import XCTest

/// SARIF as code scanning reads it: parsed again.
final class SARIFReporterTests: XCTestCase {
  private typealias Object = [String: Any]

  private func run(
    _ verdicts: [HistoryVerdict], problems: [InputProblem] = [], directory: String = "/nowhere"
  ) throws -> Object {
    var context = ReportSamples.context
    context.workingDirectory = directory
    let text = try ReportSamples.report(verdicts, problems: problems) { SARIFReporter(to: $0, context: context) }
    let log = try XCTUnwrap(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object)
    XCTAssertEqual(log["version"] as? String, "2.1.0")
    return try XCTUnwrap((log["runs"] as? [Object])?.first)
  }

  private func results(_ verdicts: [HistoryVerdict], directory: String = "/nowhere") throws -> [Object] {
    try XCTUnwrap(try run(verdicts, directory: directory)["results"] as? [Object])
  }

  private func at(_ object: Any?, _ path: String) -> Any? {
    path.split(separator: ".").reduce(object) { value, name in
      if let index = Int(name) { return (value as? [Any]).flatMap { $0.indices.contains(index) ? $0[index] : nil } }
      return (value as? Object)?[String(name)]
    }
  }

  func testEveryRuleIsDescribed() throws {
    let rules = try XCTUnwrap(at(try run([]), "tool.driver.rules") as? [Object])
    XCTAssertEqual(
      rules.compactMap { $0["id"] as? String }, RuleCode.allCases.map(\.rawValue) + ["unexpected-verdict"])
    for rule in rules {
      for path in ["name", "shortDescription.text", "fullDescription.text", "help.text"] {
        XCTAssertEqual((at(rule, path) as? String)?.isEmpty, false, "\(path) of \(rule["id"] ?? "")")
      }
      let level = at(rule, "defaultConfiguration.level") as? String
      XCTAssertTrue(["note", "warning", "error"].contains(level), "\(rule)")
    }
    XCTAssertEqual(at(rules.first, "name") as? String, "MissingCommand")
  }

  func testOutcomes() throws {
    let results = try results(try ReportSamples.verdicts())
    let summary = results.map { result in
      let uri = at(result, "locations.0.physicalLocation.artifactLocation.uri") as? String ?? ""
      let line = at(result, "locations.0.physicalLocation.region.startLine") as? Int ?? 0
      return "\(result["level"] ?? "") \(result["ruleId"] ?? "") \(uri):\(line)"
    }
    XCTAssertEqual(
      summary,
      [
        "error command-kind-changed script:2", "warning duration-changed a.lua:2", "note history-note orders/c.json:1",
        "error unexpected-verdict others/e.json:1", "error result-changed others/g.json:1", "error load-error b.lua:3",
        "error logical-deadlock a.lua:9", "error invalid-history j.json:1",
      ])
    for result in results {
      let index = try XCTUnwrap(result["ruleIndex"] as? Int)
      let rules = RuleCode.allCases.map(\.rawValue) + ["unexpected-verdict"]
      XCTAssertEqual(rules[index], result["ruleId"] as? String)
      XCTAssertEqual(at(result, "locations.0.physicalLocation.artifactLocation.uriBaseId") as? String, "%SRCROOT%")
    }
  }

  func testAResultNamesHistoryEventAndCommandsBefore() throws {
    var verdict = try ReportSamples.verdicts()[1]
    verdict.failure?.explanation = Explanation(
      edits: [], isComplete: true, cause: "a timer became an activity",
      fix: Fix(advice: "gate it", snippet: "if v > 1", location: SourceLocation(file: "a.lua", line: 4)))
    let result = try results([verdict])[0]
    let message = try XCTUnwrap(at(result, "message.text") as? String)
    XCTAssertTrue(message.hasPrefix("a timer became an activity\nFound: the history has "), message)
    XCTAssertTrue(message.hasSuffix("\nFix: gate it\nif v > 1\nHistory: orders/b.json, event 11"), message)
    let related = try XCTUnwrap(result["relatedLocations"] as? [Object])
    XCTAssertEqual(
      related.map { at($0, "message.text") as? String },
      [
        "event 11  TimerStarted 10s (id 11)", "matched before: event 5  ScheduleActivityTask charge (id 5)",
        "gate it\nif v > 1",
      ])
    XCTAssertEqual(at(related[0], "logicalLocations.0.fullyQualifiedName") as? String, "orders/b.json/events/11")
    XCTAssertEqual(at(related[1], "physicalLocation.region.startLine") as? Int, 1)
    let steps = try XCTUnwrap(at(result, "codeFlows.0.threadFlows.0.locations") as? [Object])
    XCTAssertEqual(
      steps.map { at($0, "location.physicalLocation.region.startLine") as? Int }, [1, 2], "one match, then the finding")
    XCTAssertEqual(at(result, "properties.workflowId") as? String, "workflow-1")
  }

  func testFingerprintsStayWhenLinesMove() throws {
    let folder = try TemporaryFolder()
    var verdict = try ReportSamples.verdicts()[1]
    verdict.failure = Finding(
      .missingCommand, .error, "gone", eventID: 5, location: SourceLocation(file: "a.lua", line: 1))
    func fingerprints(_ code: String, line: Int) throws -> [String: String] {
      try folder.write(code, to: "a.lua")
      verdict.failure?.location?.line = line
      let result = try results([verdict], directory: folder.path)[0]
      let snippet = at(result, "locations.0.physicalLocation.region.snippet.text") as? String
      XCTAssertEqual(snippet?.contains("charge"), true)
      return try XCTUnwrap(result["partialFingerprints"] as? [String: String])
    }
    let before = try fingerprints("  charge()\n", line: 1)
    XCTAssertEqual(before, try fingerprints("-- new\n-- lines\n\tcharge()\r\n", line: 3))
    let other = try fingerprints("charge(2)\n", line: 1)
    XCTAssertNotEqual(before["primaryLocationLineHash"], other["primaryLocationLineHash"])
    // Another history at the same place is the same alert, and another result.
    verdict.file = "other.json"
    let same = try fingerprints("charge()\n", line: 1)
    XCTAssertEqual(before["primaryLocationLineHash"], same["primaryLocationLineHash"])
    XCTAssertNotEqual(before["hindcastHistory/v1"], same["hindcastHistory/v1"])
  }

  func testAddressesAreEscaped() throws {
    for (file, uri) in [
      ("a b/#1.json", "a%20b/%231.json"), ("./x.json", "x.json"), ("/nowhere/y.json", "y.json"),
      ("/else/z%.json", "file:///else/z%25.json"), ("é.json", "%C3%A9.json"), ("a:b.json", "a%3Ab.json"),
    ] {
      var verdict = try ReportSamples.verdicts()[9]
      verdict.file = file
      let result = try results([verdict])[0]
      XCTAssertEqual(at(result, "locations.0.physicalLocation.artifactLocation.uri") as? String, uri)
      let base = at(result, "locations.0.physicalLocation.artifactLocation.uriBaseId") as? String
      XCTAssertEqual(base, uri.hasPrefix("file:") ? nil : "%SRCROOT%")
    }
  }

  func testInputsThatCannotBeReadAreNotifications() throws {
    let run = try run([], problems: [InputProblem("a.json: gone", file: "a.json", line: 3), InputProblem("stopped")])
    XCTAssertEqual(at(run, "invocations.0.executionSuccessful") as? Bool, false)
    let notifications = try XCTUnwrap(at(run, "invocations.0.toolExecutionNotifications") as? [Object])
    XCTAssertEqual(notifications.map { at($0, "message.text") as? String }, ["a.json: gone", "stopped"])
    XCTAssertEqual(at(notifications[0], "locations.0.physicalLocation.region.startLine") as? Int, 3)
    XCTAssertEqual(at(try self.run([]), "invocations.0.executionSuccessful") as? Bool, true)
  }

  func testHostileNamesStayJSON() throws {
    for name in ReportSamples.hostileNames {
      let result = try results([try ReportSamples.hostile(name)])[0]
      XCTAssertTrue((at(result, "message.text") as? String)?.hasPrefix(name) == true, name)
    }
  }

  func testAStringOfTheSameVerdictsIsTheSame() throws {
    let verdicts = try ReportSamples.verdicts()
    let texts = try (0..<2).map { _ in
      try ReportSamples.report(verdicts) { SARIFReporter(to: $0, context: ReportSamples.context) }
    }
    XCTAssertEqual(texts[0], texts[1])
  }
}
