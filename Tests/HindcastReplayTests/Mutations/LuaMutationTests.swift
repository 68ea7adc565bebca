import Foundation
import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastReplay
import HindcastTestSupport
import TemporalAPI
import XCTest

/// The operators of spec/replay.md 10.1 as a Lua author makes them: one text is replaced by another.
final class LuaMutationTests: XCTestCase {
  private static let base = """
    local funcs = require("funcs")
    local time = require("time")
    local workflow = require("workflow")

    local function main(input)
      local options = funcs.new():with_options({["activity.start_to_close_timeout"] = "30s"})
      local hello = options:call("app:say_hello", {name = "ann", count = 2})
      local left = funcs.async("app:left", 1)
      local right = funcs.async("app:right", 2)
      local a = left:response():receive():data()
      local b = right:response():receive():data()
      time.sleep("10s")
      local child = workflow.exec("app:child", {n = 1})
      workflow.attrs({memo = {stage = "end"}})
      return {hello = hello, a = a, b = b}
    end

    return main
    """

  private struct Mutation {
    var operation: String
    var replacing: String
    var by: String
    var verdict: Verdict
    var rule: RuleCode?
    /// The line of the change, which the finding must name within two lines.
    var line: Int?
  }

  private let mutations: [Mutation] = [
    .init(
      operation: "M01", replacing: "options:call(\"app:say_hello\", {name = \"ann\", count = 2})", by: "nil",
      verdict: .nondeterministic, rule: .missingCommand, line: 8),
    .init(
      operation: "M02", replacing: "time.sleep(\"10s\")", by: "", verdict: .nondeterministic, rule: .missingCommand,
      line: 13),
    .init(
      operation: "M03", replacing: "local hello =", by: "funcs.call(\"app:new\"); local hello =",
      verdict: .nondeterministic,
      rule: .activityTypeChanged, line: 7),
    .init(
      operation: "M04", replacing: "local hello =", by: "time.sleep(\"3s\"); local hello =", verdict: .nondeterministic,
      rule: .commandKindChanged, line: 7),
    .init(
      operation: "M05", replacing: "local a =", by: "funcs.async(\"app:new\"); local a =", verdict: .nondeterministic,
      rule: .extraCommand, line: 10),
    .init(
      operation: "M06", replacing: "return {hello", by: "funcs.async(\"app:new\"); return {hello",
      verdict: .nondeterministic,
      rule: .extraCommand, line: 15),
    .init(
      operation: "M08",
      replacing: "local left = funcs.async(\"app:left\", 1)\n  local right = funcs.async(\"app:right\", 2)",
      by: "local right = funcs.async(\"app:right\", 2)\n  local left = funcs.async(\"app:left\", 1)",
      verdict: .nondeterministic,
      rule: .commandsReordered, line: 8),
    .init(
      operation: "M10", replacing: "app:say_hello", by: "app:say_bye", verdict: .nondeterministic,
      rule: .activityTypeChanged, line: 7),
    .init(
      operation: "M11", replacing: "\"app:say_hello\"", by: "\"pkg.app:say_hello\"", verdict: .passed,
      rule: .typePrefixChanged),
    .init(operation: "M13", replacing: "\"ann\"", by: "\"bob\"", verdict: .passed, rule: .inputChanged, line: 7),
    .init(operation: "M14", replacing: "\"30s\"", by: "\"31s\"", verdict: .passed, rule: .optionsChanged, line: 7),
    .init(operation: "M15", replacing: "\"10s\"", by: "\"11s\"", verdict: .passed, rule: .durationChanged, line: 12),
    .init(
      operation: "M18", replacing: "app:child", by: "app:other", verdict: .nondeterministic, rule: .childTypeChanged,
      line: 13),
    .init(operation: "M19", replacing: "{n = 1}", by: "{n = 2}", verdict: .passed, rule: .inputChanged, line: 13),
    .init(
      operation: "M22", replacing: "stage = \"end\"", by: "stage = \"over\"", verdict: .passed, rule: .memoChanged,
      line: 14),
    .init(
      operation: "M24", replacing: "local left", by: "require(\"uuid\").v4(); local left", verdict: .nondeterministic,
      rule: .sideEffectAdded, line: 8),
    .init(
      operation: "M29", replacing: "local left",
      by: "if workflow.version(\"new\", -1, 1) > 0 then funcs.call(\"app:new\") end; local left", verdict: .passed,
      rule: nil),
    .init(
      operation: "M30", replacing: "local left", by: "workflow.version(\"new\", 1, 2); local left",
      verdict: .nondeterministic,
      rule: .versionUnsupported, line: 8),
    .init(
      operation: "M34", replacing: "time.sleep(\"10s\")", by: "if a == nil then return 1 end",
      verdict: .nondeterministic, rule: .completedEarly, line: 12),
    .init(operation: "M35", replacing: "{hello = hello,", by: "{", verdict: .passed, rule: .resultChanged, line: nil),
    .init(
      operation: "M36", replacing: "return {hello", by: "return nil, \"no\" or {hello", verdict: .nondeterministic,
      rule: .closeKindChanged, line: nil),
    .init(
      operation: "M37", replacing: "return {hello", by: "process.upgrade(\"app:flow\"); return {hello",
      verdict: .nondeterministic,
      rule: .closeKindChanged, line: nil),
    .init(
      operation: "M39", replacing: "return {hello", by: "process.listen(\"go\"):receive(); return {hello",
      verdict: .nondeterministic,
      rule: .notCompleted, line: 15),
    .init(
      operation: "M40", replacing: "local a =", by: "while true do end; local a =", verdict: .deadlocked,
      rule: .deadlock, line: 10),
    .init(
      operation: "M41", replacing: "local a =", by: "error(\"oops\"); local a =", verdict: .failed, rule: .codeError,
      line: nil),
    .init(
      operation: "M42", replacing: "time.sleep(\"10s\")", by: "channel.new():receive()", verdict: .deadlocked,
      rule: .logicalDeadlock, line: 12),
    .init(
      operation: "M43", replacing: "time.sleep(\"10s\")",
      by:
        "local x, y = channel.new(0), channel.new(0); coroutine.spawn(function() x:receive(); y:send(1) end); y:receive()",
      verdict: .deadlocked, rule: .logicalDeadlock, line: 12),
  ]

  private func history() throws -> WorkflowHistory {
    var server = RecordingServer(type: "app:flow")
    server.answers = ["app:say_hello": .completed(.json("\"hi\""))]
    return try server.record(try LuaWorkflowCode(workflows: ["app:flow": Self.base]).makeRuntime(RuntimeOptions()))
  }

  private func replay(_ history: WorkflowHistory, _ source: String) -> HistoryVerdict {
    var options = ReplayOptions()
    options.limits.cpuTime = 100_000_000
    return Replayer(code: LuaWorkflowCode(workflows: ["app:flow": source]), options: options).verdict(on: history)
  }

  func testTheCodeThatRecordedPasses() throws {
    let verdict = replay(try history(), Self.base)
    XCTAssertEqual(verdict.verdict, .passed, verdict.failure?.message ?? "")
    XCTAssertTrue(verdict.warnings.isEmpty, "\(verdict.warnings.map(\.message))")
  }

  func testEveryMutationIsCaughtAtItsLine() throws {
    let history = try history()
    for mutation in mutations {
      let source = Self.base.replacingOccurrences(of: mutation.replacing, with: mutation.by)
      XCTAssertNotEqual(source, Self.base, "\(mutation.operation) changes nothing")
      let verdict = replay(history, source)
      let finding = verdict.failure ?? verdict.warnings.first
      let text = "\(mutation.operation): \(finding?.message ?? "nothing found")"
      XCTAssertEqual(verdict.verdict, mutation.verdict, text)
      XCTAssertEqual(finding?.rule, mutation.rule, text)
      if let line = mutation.line {
        XCTAssertLessThanOrEqual(
          abs((finding?.location?.line ?? -9) - line), 2, "\(text) at \(finding?.location?.description ?? "no line")")
      }
      if verdict.verdict == .nondeterministic {
        XCTAssertFalse(finding?.stack.isEmpty ?? true, "\(text): no stack")
      }
    }
  }

  func testAWarningIsAFailureWhenStrict() throws {
    var options = ReplayOptions()
    options.isStrict = true
    let source = Self.base.replacingOccurrences(of: "\"ann\"", with: "\"bob\"")
    let verdict = Replayer(code: LuaWorkflowCode(workflows: ["app:flow": source]), options: options).verdict(
      on: try history())
    XCTAssertEqual(verdict.verdict, .nondeterministic)
    XCTAssertEqual(verdict.failure?.rule, .inputChanged)
  }
}
