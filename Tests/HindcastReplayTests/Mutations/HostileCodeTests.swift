import HindcastCore
import HindcastHistory
import HindcastLua
import HindcastReplay
import HindcastTestSupport
import TemporalAPI
import XCTest

/// Code that does not go on, or takes all there is, ends in its verdict, and the histories beside it get theirs.
final class HostileCodeTests: XCTestCase {
  private static let good = """
    local time = require("time")
    local function main() time.sleep("1s") return "done" end
    return main
    """

  private let hostile: [(name: String, source: String, verdict: Verdict, rule: RuleCode)] = [
    ("busy loop", "local function main() while true do end end return main", .deadlocked, .deadlock),
    (
      "busy loop that catches its end",
      "local function main() while true do pcall(function() while true do end end) end end return main", .deadlocked,
      .deadlock
    ),
    ("busy chunk", "while true do end", .deadlocked, .deadlock),
    (
      "waits on nobody", "local function main() channel.new(0):receive() end return main", .deadlocked, .logicalDeadlock
    ),
    (
      "two wait on each other",
      """
      local function main()
        local a, b = channel.new(0), channel.new(0)
        coroutine.spawn(function() b:receive() a:send(1) end)
        a:receive()
        b:send(1)
      end
      return main
      """, .deadlocked, .logicalDeadlock
    ),
    (
      "a gigabyte of string",
      """
      local function main()
        local parts = {}
        for i = 1, 1024 do parts[i] = string.rep("x", 1048576) end
        return #table.concat(parts)
      end
      return main
      """, .failed, .memoryLimit
    ),
    (
      "doubling string", "local function main() local s = 'x' while true do s = s .. s end end return main", .failed,
      .memoryLimit
    ),
    (
      "recursion without end",
      "local function f(n) return 1 + f(n + 1) end local function main() return f(1) end return main",
      .failed, .codeError
    ),
    ("bytecode", "\u{1B}Lua not really", .failed, .loadError),
    ("nesting without end", "return " + String(repeating: "(", count: 100_000), .failed, .loadError),
    (
      "pattern that takes for ever",
      "local function main() return string.find(string.rep('a', 40), string.rep('a?', 40) .. string.rep('a', 40)) end return main",
      .deadlocked, .deadlock
    ),
  ]

  func testEachEndsInItsVerdictAndTheOthersGetTheirs() throws {
    // On a busy machine, taking memory can use up the time as well: only what is to run out of time has little of it.
    try check(hostile.filter { $0.verdict == .deadlocked }, cpuTime: 100_000_000)
    try check(hostile.filter { $0.verdict != .deadlocked }, cpuTime: nil)
  }

  private func check(
    _ hostile: [(name: String, source: String, verdict: Verdict, rule: RuleCode)], cpuTime: Int64?
  ) throws {
    var sources = ["app:good": Self.good]
    for (index, code) in hostile.enumerated() { sources["app:hostile_\(index)"] = code.source }
    let code = LuaWorkflowCode(workflows: sources)

    var server = RecordingServer(type: "app:good")
    let good = try server.record(try LuaWorkflowCode(workflows: ["app:good": Self.good]).makeRuntime(RuntimeOptions()))
    var histories: [WorkflowHistory] = []
    for index in hostile.indices {
      var changed = good
      changed.events[0].workflowExecutionStartedEventAttributes.workflowType.name = "app:hostile_\(index)"
      histories += [good, changed]
    }
    var options = ReplayOptions()
    options.shakes = false
    options.limits.cpuTime = cpuTime
    options.limits.memory = 64 << 20
    let results = Replayer(code: code, options: options).results(
      of: histories.map { HistorySource(name: "history", content: .histories([$0])) })
    let verdicts = results.compactMap { result -> HistoryVerdict? in
      if case .verdict(let verdict) = result { return verdict }
      return nil
    }
    XCTAssertEqual(verdicts.count, histories.count)
    for (index, expected) in hostile.enumerated() {
      guard verdicts.count > 2 * index + 1 else { break }
      XCTAssertEqual(verdicts[2 * index].verdict, .passed, "the history before '\(expected.name)'")
      let verdict = verdicts[2 * index + 1]
      let text = "\(expected.name): \(verdict.failure?.message ?? "nothing found")"
      XCTAssertEqual(verdict.verdict, expected.verdict, text)
      XCTAssertEqual(verdict.failure?.rule, expected.rule, text)
      if expected.verdict == .deadlocked {
        XCTAssertFalse(verdict.failure?.coroutines.isEmpty ?? true, "no coroutines: \(text)")
      }
    }
  }

  func testAnInstructionBudgetGivesTheSameEndOnEveryMachine() throws {
    var server = RecordingServer(type: "app:good")
    let good = try server.record(try LuaWorkflowCode(workflows: ["app:good": Self.good]).makeRuntime(RuntimeOptions()))
    let spin = LuaWorkflowCode(workflows: [
      "app:good": "local function main() local n = 0 while true do n = n + 1 end end return main"
    ])
    let limits = RunLimits(cpuTime: nil, instructions: 100_000)
    let ends = try (1...2).map { seed in
      HistoryReplay(good).run(in: try spin.makeRuntime(RuntimeOptions(seed: UInt64(seed), limits: limits))).failure
    }
    XCTAssertEqual(ends[0]?.rule, .deadlock)
    XCTAssertEqual(ends[0]?.message, ends[1]?.message)
    XCTAssertEqual(ends[0]?.location, ends[1]?.location)
  }
}
