import ArgumentParser
import Foundation
import HindcastCore
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import XCTest

@testable import hindcast

/// `--format` and `--output`: which reports there are, and where they go.
final class ReportArgumentsTests: XCTestCase {
  private struct Outcome {
    var status: ExitStatus
    var output: String
    var errors: String
  }

  private func replay(
    _ arguments: [String], _ steps: [Step] = Samples.steps, in folder: String = "/nowhere",
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let command = try XCTUnwrap(try Hindcast.parseAsRoot(["replay"] + arguments) as? ReplayCommand)
    let console = Console(
      output: output, errors: errors, isOutputTerminal: false, isErrorTerminal: false, environment: environment,
      workingDirectory: folder, readStandardInput: { [] })
    let app = AppCode(ScriptedCode(steps, type: "order"))
    let status = command.replay(with: SingleApp(app), in: console)
    return Outcome(status: status, output: output.text, errors: errors.text)
  }

  func testWhatCannotBe() {
    let cases: [(arguments: [String], words: String)] = [
      (["--format", "xml"], "'xml' is no report format; there are text, json, junit, sarif, github and html."),
      (["--format", "junit="], "--format junit= names no file"),
      (["--format", "junit", "--format", "sarif"], "Only one format can go to standard output"),
      (
        ["--format", "text", "--format", "json"],
        "not text, json: name a file for the others, as in --format junit=report.xml"
      ),
      (["--format", "github", "--format", "github"], "Only one format can go to standard output"),
      (["--format", "text", "--format", "github", "--format", "html"], "Only one format"),
      (["--format", "text", "--format", "junit=a", "--output", "b"], "each names its file"),
      (["--format", "junit=a", "--output", "b"], "exclude each other"),
      (["--format", "junit=a", "--format", "html=a"], "cannot go to the same file, a"),
    ]
    for (arguments, words) in cases {
      XCTAssertThrowsError(try Hindcast.parseAsRoot(["replay", "x"] + arguments), "\(arguments)") { error in
        let message = Hindcast.fullMessage(for: error).replacing(/\s+/, with: " ")
        XCTAssertTrue(message.contains(words), "\(arguments): \(message)")
      }
    }
  }

  func testSeveralReportsInOneCall() throws {
    let folder = try TemporaryFolder()
    let history = try folder.write(Samples.json(), to: "a.json")
    let files = ["junit": "r.xml", "sarif": "r.sarif", "html": "r.html", "json": "r.jsonl", "github": "r.log"]
    var arguments = [history, "--format", "text"]
    for (format, file) in files.sorted(by: { $0.key < $1.key }) {
      arguments += ["--format", "\(format)=\(folder[file])"]
    }
    let outcome = try replay(arguments, [.activity("refund")], in: folder.path)
    XCTAssertEqual(outcome.status, .failure)
    XCTAssertTrue(outcome.output.hasPrefix("FAIL  "), outcome.output)
    for (file, start) in [
      ("r.xml", "<?xml version=\"1.0\""), ("r.sarif", "{\"$schema\":"), ("r.html", "<!DOCTYPE html>"),
      ("r.jsonl", "{\"history\":"), ("r.log", "::group::FAIL"),
    ] {
      let text = try String(contentsOfFile: folder[file], encoding: .utf8)
      XCTAssertTrue(text.hasPrefix(start), "\(file): \(text.prefix(80))")
      XCTAssertTrue(text.contains("activity-type-changed"), file)
      // Without a clock nothing says when.
      XCTAssertFalse(text.contains("startTimeUtc"), file)
    }
  }

  func testTheFileOfTheOnlyFormat() throws {
    let folder = try TemporaryFolder()
    let history = try folder.write(Samples.json(), to: "a.json")
    for (arguments, start) in [
      (["--output", folder["r"]], "PASS  "), (["--format", "junit", "-o", folder["r"]], "<?xml"),
      (["--format", "junit=\(folder["r"])"], "<?xml"),
    ] {
      let outcome = try replay([history] + arguments)
      XCTAssertEqual(outcome.status, .success)
      XCTAssertEqual(outcome.output, "")
      XCTAssertTrue(try String(contentsOfFile: folder["r"], encoding: .utf8).hasPrefix(start), "\(arguments)")
    }
    XCTAssertTrue(try replay([history, "--format", "html"]).output.hasPrefix("<!DOCTYPE html>"))
  }

  func testAnnotationsAndTextShareTheLog() throws {
    let folder = try TemporaryFolder()
    let history = try folder.write(Samples.json(), to: "a.json")
    let summary = try folder.write("before\n", to: "summary.md")
    for arguments in [["--format", "github", "--format", "text"], ["--format", "text", "--format", "github"]] {
      let outcome = try replay(
        [history] + arguments, [.activity("\n::error::refund")], in: folder.path,
        environment: ["GITHUB_STEP_SUMMARY": summary, "GITHUB_WORKSPACE": folder.path])
      XCTAssertTrue(outcome.output.contains("\nFAIL  ") || outcome.output.hasPrefix("FAIL  "), outcome.output)
      XCTAssertFalse(outcome.output.contains("::group::"), "the text is there already")
      let commands = outcome.output.split(separator: "\n").filter { $0.drop(while: \.isWhitespace).hasPrefix("::") }
      XCTAssertEqual(commands.count, 1, outcome.output)
    }
    let text = try String(contentsOfFile: summary, encoding: .utf8)
    XCTAssertTrue(text.hasPrefix("before\n### ❌ Hindcast: 1 of 1 history failed\n"), text)
    XCTAssertEqual(text.components(separatedBy: "### ").count, 3, "each call appends")
  }

  func testInputsThatCannotBeReadAreInEveryReport() throws {
    let folder = try TemporaryFolder()
    try folder.write(Samples.json(), to: "a.json")
    try folder.write("a.json: {verdict: nonsense}\n", to: "expected.yaml")
    var arguments = [folder.path, folder["missing"]]
    for format in ["junit", "sarif", "html", "github"] { arguments += ["--format", "\(format)=\(folder[format])"] }
    let outcome = try replay(arguments, in: folder.path)
    XCTAssertEqual(outcome.status, .unusable)
    for format in ["junit", "sarif", "html", "github"] {
      let text = try String(contentsOfFile: folder[format], encoding: .utf8)
      XCTAssertTrue(text.contains("there is no such file or folder"), "\(format): \(text)")
      XCTAssertTrue(text.contains("nonsense"), "\(format): \(text)")
    }
  }

  func testAFileThatCannotBeWrittenEndsTheCallBeforeItReplays() throws {
    let folder = try TemporaryFolder()
    let history = try folder.write(Samples.json(), to: "a.json")
    for format in ReportFormat.allCases {
      let outcome = try replay([history, "--format", "\(format.rawValue)=\(folder["no/such/folder"])"])
      XCTAssertEqual(outcome.status, .unusable, format.rawValue)
      XCTAssertTrue(outcome.errors.contains("no/such/folder: "), outcome.errors)
      XCTAssertEqual(outcome.output, "")
    }
  }

  func testHelpNamesEveryFormat() {
    let help = ReplayCommand.helpMessage(columns: 100)
    for format in ReportFormat.allCases {
      XCTAssertTrue(help.contains(" \(format.rawValue) "), "\(format): \(help)")
    }
  }
}
