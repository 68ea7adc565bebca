import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastReplay
import HindcastReport
import HindcastTestSupport
import TemporalAPI
import XCTest

/// What replaying and reporting make of changed Lua code.
final class LuaMutationTests: XCTestCase {
  private func history(_ base: LuaMutation.Base = .flow) throws -> WorkflowHistory {
    var server = RecordingServer(type: "app:flow")
    server.answers = ["app:say_hello": .completed(.json("\"hi\""))]
    server.incidents = base.incidents
    return try server.record(try LuaWorkflowCode(workflows: ["app:flow": base.source]).makeRuntime(RuntimeOptions()))
  }

  private func replay(_ history: WorkflowHistory, _ source: String) -> HistoryVerdict {
    var options = ReplayOptions()
    options.limits.cpuTime = 100_000_000
    return Replayer(code: LuaWorkflowCode(workflows: ["app:flow": source]), options: options).verdict(on: history)
  }

  /// The paragraph of the text report that says why, in one line.
  private func cause(in verdict: HistoryVerdict) throws -> String {
    let output = MemoryOutput()
    var reporter = TextReporter(to: output, workingDirectory: "/nowhere")
    try reporter.report(verdict)
    let lines = output.text.split(separator: "\n", omittingEmptySubsequences: false)
    let paragraph = lines.drop { !$0.hasPrefix("  cause ") }.prefix { !$0.isEmpty }
    return paragraph.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
  }

  func testTheCodeThatRecordedPasses() throws {
    for base in LuaMutation.Base.allCases {
      let verdict = replay(try history(base), base.source)
      XCTAssertEqual(verdict.verdict, .passed, "\(base): \(verdict.failure?.message ?? "")")
      XCTAssertTrue(verdict.warnings.isEmpty, "\(base): \(verdict.warnings.map(\.message))")
    }
  }

  func testEveryMutationIsCaughtAtItsLine() throws {
    for mutation in LuaMutation.all {
      let source = mutation.source
      XCTAssertNotEqual(source, mutation.base.source, "\(mutation.operation) changes nothing")
      let verdict = replay(try history(mutation.base), source)
      let finding = verdict.failure ?? verdict.warnings.first
      let text = "\(mutation.operation): \(finding?.message ?? "nothing found")"
      XCTAssertEqual(verdict.verdict, mutation.verdict, text)
      XCTAssertEqual(finding?.rule, mutation.rule, text)
      if let line = mutation.line {
        let location = finding?.explanation?.edits.first?.location ?? finding?.location
        XCTAssertLessThanOrEqual(
          abs((location?.line ?? -9) - line), 2, "\(text) at \(location?.description ?? "no line")")
      }
      if verdict.verdict == .nondeterministic {
        XCTAssertFalse(finding?.stack.isEmpty ?? true, "\(text): no stack")
      }
    }
  }

  func testTheReportNamesTheCause() throws {
    for mutation in LuaMutation.all where mutation.verdict == .nondeterministic {
      XCTAssertFalse(mutation.cause.isEmpty, "\(mutation.operation) expects no cause")
      XCTAssertNotNil(mutation.line, "\(mutation.operation) expects no line")
      let verdict = replay(try history(mutation.base), mutation.source)
      let cause = try cause(in: verdict)
      for words in mutation.cause {
        XCTAssertTrue(cause.contains(words), "\(mutation.operation): '\(words)' is not in '\(cause)'")
      }
      XCTAssertNotNil(verdict.failure?.explanation?.fix, "\(mutation.operation): no fix")
    }
  }

  func testAWarningIsAFailureWhenStrict() throws {
    var options = ReplayOptions()
    options.isStrict = true
    let source = LuaMutation.Base.flow.source.replacing("\"ann\"", with: "\"bob\"")
    let verdict = Replayer(code: LuaWorkflowCode(workflows: ["app:flow": source]), options: options).verdict(
      on: try history())
    XCTAssertEqual(verdict.verdict, .nondeterministic)
    XCTAssertEqual(verdict.failure?.rule, .inputChanged)
  }
}
