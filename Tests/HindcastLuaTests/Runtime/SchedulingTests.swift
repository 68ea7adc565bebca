import HindcastCore
import TemporalAPI
import XCTest

@testable import HindcastLua

/// The order in which coroutines run and operations are carried out (spec/wippy.md 7.4, 7.5, 7.8, 7.9).
final class SchedulingTests: XCTestCase {
  private func outcome(_ source: String) throws -> String? {
    let run = try LuaTestRun(source)
    try run.task()
    return run.outcome
  }

  /// Runs `body` with a `log` function; the result is the log, joined by blanks.
  private func log(_ body: String) throws -> String? {
    try outcome(
      """
      return function()
        local lines = {}
        local function log(...) table.insert(lines, table.concat({ ... }, "")) end
        \(body)
        return table.concat(lines, " ")
      end
      """)
  }

  func testChildRunsBeforeItsSpawner() throws {
    XCTAssertEqual(
      try log(
        """
        coroutine.spawn(function() log("a1") coroutine.spawn(function() log("b1") end) log("a2") end)
        log("main")
        """), #""a1 main""#)
    // Both stand behind what is queued already.
    XCTAssertEqual(
      try log(
        """
        local gate = channel.new()
        coroutine.spawn(function() log("a1") coroutine.spawn(function() log("b1") end) log("a2") gate:send(true) end)
        log("m1")
        gate:receive()
        """), #""a1 m1 b1 a2""#)
  }

  func testOrderOfHandoffs() throws {
    let cases = [
      // The receiver waits: sender first, then receiver.
      (
        """
        local ch, done = channel.new(), channel.new(1)
        coroutine.spawn(function() log("r", (ch:receive())) done:send(1) end)
        ch:send("v") log("s")
        done:receive()
        """, #""s rv""#
      ),
      // The sender waits: receiver first.
      (
        """
        local ch, done = channel.new(), channel.new(1)
        coroutine.spawn(function() ch:send("v") log("s") done:send(1) end)
        log("r", (ch:receive()))
        done:receive()
        """, #""rv s""#
      ),
      // A freed place in the buffer is filled by the first sender that waits.
      (
        """
        local ch, done = channel.new(1), channel.new(2)
        for i = 1, 3 do coroutine.spawn(function() ch:send(i) log("s", i) done:send(1) end) end
        for _ = 1, 3 do log("r", (ch:receive())) end
        for _ = 1, 2 do done:receive() end
        """, #""s1 r1 s2 r2 r3""#
      ),
      // Close wakes senders, then receivers, then the caller.
      (
        """
        local a, b = channel.new(), channel.new()
        coroutine.spawn(function() local ok, err = a:send(1) log("s", tostring(ok), tostring(err)) end)
        coroutine.spawn(function() local v, ok = b:receive() log("r", tostring(v), tostring(ok)) end)
        a:close() log("c1")
        b:close() log("c2")
        a:close()
        """, #""snilsend on closed channel c1 rnilfalse c2""#
      ),
    ]
    for (body, expected) in cases { XCTAssertEqual(try log(body), expected, body) }
  }

  func testClosedChannels() throws {
    XCTAssertEqual(
      try log(
        """
        local ch = channel.new(2)
        ch:send(1)
        ch:close()
        log(pcall(ch.send, ch, 2) and "sent" or "raised")
        local v, ok = ch:receive() log(v, tostring(ok))
        v, ok = ch:receive() log(tostring(v), tostring(ok))
        local r = channel.select({ ch:case_receive() }) log(tostring(r.value), tostring(r.ok), tostring(r.channel == ch))
        """), #""raised 1true nilfalse nilfalsetrue""#)
  }

  func testSelect() throws {
    let cases = [
      (
        "local a, b = channel.new(1), channel.new(1) a:send(1) b:send(2) log(channel.select({ b:case_receive(), a:case_receive() }).value)",
        #""2""#
      ),
      (
        "local a = channel.new() local r = channel.select({ a:case_receive() }, true) log(tostring(r.default), tostring(r.ok))",
        #""truetrue""#
      ),
      (
        "local a = channel.new() local r = channel.select({ a:case_receive(), default = true }) log(tostring(r.default))",
        #""true""#
      ),
      (
        "local a = channel.new(1) local r = channel.select({ a:case_send('x') }) log(r.value, tostring(r.ok), (a:receive()))",
        #""xtruex""#
      ),
      (
        """
        local a, b = channel.new(), channel.new()
        coroutine.spawn(function() b:send("late") log("sent") end)
        local r = channel.select({ a:case_receive(), b:case_receive() })
        log(r.value)
        """, #""late""#
      ),
      // What has lost is withdrawn: nobody takes the value any more.
      (
        """
        local a, b = channel.new(), channel.new()
        coroutine.spawn(function() b:send(1) end)
        channel.select({ a:case_receive(), b:case_receive() })
        log(tostring(channel.select({ a:case_send(1) }, true).default))
        """, #""true""#
      ),
    ]
    for (body, expected) in cases {
      XCTAssertEqual(try log(body), expected, body)
    }
  }

  /// The three markers of the first coroutine come before those of the second.
  func testSynchronousOperationsGoDeepFirst() throws {
    let run = try LuaTestRun(
      """
      return function()
        local done = channel.new(2)
        for _, name in ipairs({ "a", "b" }) do
          coroutine.spawn(function()
            for i = 1, 3 do workflow.version(name .. i, 1, 1) end
            done:send(name)
          end)
        end
        return { done:receive(), done:receive() }
      end
      """)
    XCTAssertEqual(
      try run.task().map(\.brief).filter { $0.hasPrefix("marker") },
      ["a1", "a2", "a3", "b1", "b2", "b3"].map { "marker Version \"\($0)\"" })
  }

  /// A nested step runs whatever can run, not just the coroutine that goes on.
  func testNestedStepsRunEverybody() throws {
    let run = try LuaTestRun(
      """
      return function()
        local gate = channel.new()
        coroutine.spawn(function()
          gate:receive()
          funcs.call("app:woken")
        end)
        coroutine.spawn(function()
          uuid.v4()
          gate:send(1)
          funcs.call("app:waker")
        end)
        funcs.call("app:main")
      end
      """)
    XCTAssertEqual(
      try run.task().map(\.brief),
      ["marker SideEffect 1", "activity 6 app:waker", "activity 7 app:woken", "activity 8 app:main"])
  }

  func testManySynchronousCallsInARow() throws {
    let run = try LuaTestRun(
      "return function() for i = 1, 20000 do time.after('1h') end return 'done' end")
    XCTAssertEqual(try run.task().count, 20001)
    XCTAssertEqual(run.outcome, #""done""#)
  }

  func testSignalsComeAfterResultsOfTheSameTask() throws {
    let run = try LuaTestRun(
      """
      return function()
        local lines, done = {}, channel.new(2)
        coroutine.spawn(function() process.listen("s"):receive() table.insert(lines, "signal") done:send(1) end)
        coroutine.spawn(function() funcs.call("app:x") table.insert(lines, "result") done:send(1) end)
        done:receive() done:receive()
        return lines
      end
      """)
    try run.task()
    try run.signal("s")
    try run.complete(activity: "5", "1")
    try run.task()
    XCTAssertEqual(run.outcome, #"["result","signal"]"#)
  }

  func testChildExitsComeAfterSignals() throws {
    let run = try LuaTestRun(
      """
      return function()
        local events, inbox = process.events(), process.listen("s")
        process.spawn("app:child", "q")
        local lines = {}
        for i = 1, 2 do
          local r = channel.select({ events:case_receive(), inbox:case_receive() })
          lines[i] = r.channel == events and "exit" or "signal"
        end
        return lines
      end
      """)
    try run.task()
    try run.start(child: "run_5")
    try run.complete(child: "run_5", nil)
    try run.signal("s")
    try run.task()
    XCTAssertEqual(run.outcome, #"["signal","exit"]"#)
  }

  /// `time.sleep(0)` gives no command and goes on with the next task, whatever starts it.
  func testSleepOfNoTimeWaitsForTheNextTask() throws {
    for duration in ["0", "-5", "'0s'"] {
      let run = try LuaTestRun("return function() return select('#', time.sleep(\(duration))) end")
      XCTAssertEqual(try run.task().map(\.brief), [])
      try run.signal("wake")
      XCTAssertEqual(try run.task().map(\.brief), ["complete"])
      XCTAssertEqual(run.outcome, "0")
    }
  }

  func testMainEndsEverything() throws {
    let run = try LuaTestRun(
      """
      return function()
        coroutine.spawn(function() funcs.call("app:lost") end)
        coroutine.spawn(function() while true do channel.new():receive() end end)
        return 1
      end
      """)
    // The call was asked for in the round in which main returned, so it is lost.
    XCTAssertEqual(try run.task().map(\.brief), ["complete"])
  }

  func testAnErrorOfAnyCoroutineFailsTheWorkflow() throws {
    let run = try LuaTestRun(
      """
      return function()
        funcs.async("app:sent")
        coroutine.spawn(function() uuid.v4() error("broken") end)
        time.sleep("1h")
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["activity 5 app:sent", "marker SideEffect 1", "fail Internal"])
    XCTAssertEqual(run.outcome, "Internal: app:test:3: broken")
    XCTAssertEqual(run.environment.completionLocation, SourceLocation(file: "test.lua", line: 3))
  }

  func testYieldOfACoroutineItself() throws {
    XCTAssertEqual(
      try log(
        """
        coroutine.spawn(function() log("a1") coroutine.yield(1) log("a2") end)
        log("m1") coroutine.yield(1) log("m2") coroutine.yield(2) log("m3")
        """), #""a1 m1 a2 m2 m3""#)
  }

  func testOperationsInsideUserCoroutines() throws {
    let run = try LuaTestRun(
      """
      return function()
        local produce = coroutine.wrap(function()
          coroutine.yield(funcs.call("app:one"))
          coroutine.yield(funcs.call("app:two"))
        end)
        return { produce(), produce() }
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["activity 5 app:one"])
    try run.complete(activity: "5", "1")
    XCTAssertEqual(try run.task().map(\.brief), ["activity 10 app:two"])
    try run.complete(activity: "10", "2")
    try run.task()
    XCTAssertEqual(run.outcome, "[1,2]")
  }

  func testOperationsWhereNothingMayWait() throws {
    XCTAssertEqual(
      try outcome(
        """
        return function()
          local ok, err = pcall(table.sort, { 2, 1 }, function() time.sleep(1) end)
          return tostring(err)
        end
        """)?.contains("attempt to yield across a C-call boundary"), true)
    let run = try LuaTestRun("funcs.call('app:x')")
    XCTAssertEqual(
      run.outcome,
      "wrapError: failed to start workflow: failed to execute script: app:test:1: can not yield from outside of a coroutine"
    )
  }

  func testUpgrade() throws {
    let run = try LuaTestRun(
      """
      return function()
        coroutine.spawn(function() process.upgrade("", { n = 2 }, 3) end)
        time.sleep("1h")
      end
      """)
    XCTAssertEqual(try run.task().map(\.brief), ["continue as app:test"])
    guard case .continuedAsNew(let attributes)? = run.environment.completion else { return XCTFail("not continued") }
    XCTAssertEqual(attributes.input.payloads.map { String(decoding: $0.data, as: UTF8.self) }, [#"{"n":2}"#, "3"])
    XCTAssertEqual(attributes.taskQueue.name, "test-queue")
    XCTAssertTrue(attributes.inheritBuildID)

    let other = try LuaTestRun("return function() process.upgrade('app:next') end")
    XCTAssertEqual(try other.task().map(\.brief), ["continue as app:next"])
    guard case .continuedAsNew(let plain)? = other.environment.completion else { return XCTFail("not continued") }
    XCTAssertFalse(plain.hasInput)
  }
}
