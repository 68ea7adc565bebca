import HindcastCore
import XCTest

@testable import HindcastLua

/// What keeps code from going on: budgets, memory, channels nobody writes.
final class DeadlockTests: XCTestCase {
  private func failure(
    _ source: String, limits: RunLimits = RunLimits(cpuTime: nil, instructions: 200_000), input: [String] = []
  ) throws -> TaskFailure? {
    do {
      let run = try LuaTestRun(source, input: input, options: RuntimeOptions(limits: limits))
      try run.task()
      return nil
    } catch let failure as TaskFailure {
      return failure
    }
  }

  func testEndlessLoopIsADeadlock() throws {
    let failure = try XCTUnwrap(
      failure(
        """
        return function()
          coroutine.spawn(function()
            channel.new():receive()
          end)
          time.now()
          while true do end
        end
        """))
    XCTAssertEqual(failure.kind, .deadlock)
    XCTAssertEqual(
      failure.message,
      #"[TMPRL1101] Potential deadlock detected: workflow goroutine "main" didn't yield for over 200000 instructions"#)
    XCTAssertEqual(failure.location, SourceLocation(file: "test.lua", line: 6))
    XCTAssertEqual(failure.coroutines.map(\.name), ["main", "coroutine 2"])
    XCTAssertEqual(failure.coroutines.map(\.waitingFor), [nil, "channel receive"])
    XCTAssertEqual(failure.coroutines.map { $0.frames.first { $0.location != nil }?.location?.line }, [6, 3])
  }

  func testEndlessLoopCannotBeCaught() throws {
    XCTAssertEqual(
      try failure("return function() while true do pcall(function() while true do end end) end end")?.kind, .deadlock)
    XCTAssertEqual(try failure("while true do end")?.kind, .deadlock)
  }

  func testEndlessLoopByTheClock() throws {
    let limits = RunLimits(cpuTime: 20_000_000)
    let failure = try XCTUnwrap(failure("return function() while true do end end", limits: limits))
    XCTAssertEqual(failure.kind, .deadlock)
    XCTAssertTrue(failure.message.hasSuffix("didn't yield for over 20ms"), failure.message)
  }

  func testMemoryIsLimited() throws {
    let limits = RunLimits(cpuTime: nil, memory: 16 << 20)
    for source in [
      "return function() local s = 'x' while true do s = s .. s end end",
      "return function() local t = {} while true do t[#t + 1] = {} end end",
      "return function() return string.rep('x', 1e9) end",
    ] {
      XCTAssertEqual(try failure(source, limits: limits)?.kind, .resourceExhausted, source)
    }
  }

  func testRecursionFailsTheWorkflow() throws {
    let run = try LuaTestRun("local function f(n) return 1 + f(n + 1) end return function() return f(1) end")
    try run.task()
    let outcome = try XCTUnwrap(run.outcome)
    XCTAssertTrue(outcome.hasPrefix("Internal: app:test:1: stack overflow"), outcome)
  }

  func testBytecodeDoesNotLoad() {
    XCTAssertThrowsError(try LuaTestRun("\u{1B}Lua")) { error in
      XCTAssertEqual((error as? WorkflowLoadError)?.kind, .invalidCode)
    }
  }

  /// A runtime outlives the runs that break its limits.
  func testOtherRunsGoOn() throws {
    let code = LuaWorkflowCode(
      workflows: ["app:bad": "return function() while true do end end", "app:good": "return function() return 1 end"])
    let runtime = try code.makeRuntime(RuntimeOptions(limits: RunLimits(cpuTime: nil, instructions: 100_000)))
    for (type, fails) in [("app:good", false), ("app:bad", true), ("app:good", false)] {
      let run = try LuaTestRun(runtime, type: type)
      if fails {
        XCTAssertThrowsError(try run.task())
      } else {
        try run.task()
        XCTAssertEqual(run.outcome, "1")
      }
      run.run.close()
    }
  }

  // MARK: Blocked for good

  func testWakeSources() throws {
    let cases: [(String, operations: Int, subscriptions: [String])] = [
      ("channel.new():receive()", 0, []),
      ("channel.new():send(1)", 0, []),
      ("channel.select({ channel.new():case_receive(), channel.new():case_send(1) })", 0, []),
      ("time.sleep('1s')", 1, []),
      ("time.sleep(0)", 1, []),
      ("time.after('1s'):receive()", 1, []),
      ("time.ticker('1s'):channel():receive()", 1, []),
      (
        "local t = time.timer('1s') local c = t:channel() t:stop() channel.select({ channel.new():case_receive() })", 0,
        []
      ),
      ("funcs.call('app:x')", 1, []),
      ("funcs.async('app:x'):channel():receive()", 1, []),
      ("funcs.async('app:x') channel.new():receive()", 0, []),
      ("process.exec('app:w', 'q')", 1, []),
      ("process.spawn('app:w', 'q')", 1, []),
      ("process.inbox():receive()", 0, ["inbox"]),
      ("process.events():receive()", 0, ["events"]),
      ("process.listen('go'):receive()", 0, ["topic go"]),
      (
        "channel.select({ process.listen('b'):case_receive(), process.listen('a'):case_receive() })", 0,
        ["topic a", "topic b"]
      ),
      ("process.listen('go') channel.new():receive()", 0, []),
      ("coroutine.spawn(function() time.sleep('1s') end) channel.new():receive()", 1, []),
    ]
    for (body, operations, subscriptions) in cases {
      let run = try LuaTestRun("return function() \(body) end")
      try run.task()
      XCTAssertEqual(run.run.wakeSources, WakeSources(operations: operations, subscriptions: subscriptions), body)
    }
  }

  func testWhatCoroutinesWaitFor() throws {
    let run = try LuaTestRun(
      """
      return function()
        coroutine.spawn(function() time.sleep("1s") end)
        coroutine.spawn(function() funcs.call("app:charge") end)
        coroutine.spawn(function() process.exec("app:child", "q") end)
        coroutine.spawn(function() channel.new():send(1) end)
        coroutine.spawn(function()
          channel.select({ process.inbox():case_receive(), time.after("1s"):case_receive(), channel.new():case_receive() })
        end)
        process.listen("go"):receive()
      end
      """)
    try run.task()
    XCTAssertEqual(
      run.run.coroutines.map { "\($0.name): \($0.waitingFor ?? "-")" },
      [
        "main: channel receive (topic go)", "coroutine 2: timer (id 5)", "coroutine 3: activity app:charge (id 6)",
        "coroutine 4: child workflow app:child (id run_7)", "coroutine 5: channel send",
        "coroutine 6: channel select of inbox, timer, channel",
      ])
  }

  func testNothingAtAllFailsTheWorkflow() throws {
    let run = try LuaTestRun("return function() channel.select({}) end")
    try run.task()
    XCTAssertEqual(
      run.outcome, "Internal: deadlock: all coroutines blocked with no pending operations (threads=0)")
  }
}
