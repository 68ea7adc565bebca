import XCTest

@testable import HindcastLua

final class LuaThreadTests: XCTestCase {
  /// A rig whose `wait(x)` suspends the scheduler thread and whose `fail(m)` raises.
  private func rig() throws -> LuaRig {
    let rig = try LuaRig()
    rig.machine.setGlobalFunction("wait") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      guard call.canWait else { throw .message("cannot wait here") }
      return .wait
    }
    rig.machine.setGlobalFunction("blindwait") { _ in .wait }
    rig.machine.setGlobalFunction("fail") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      throw .message(try call.checkString(1))
    }
    return rig
  }

  /// Runs text, answering the n-th wait with n, and gives the results.
  private func drive(_ rig: LuaRig, _ text: String) throws -> [String] {
    let (thread, arguments) = try rig.thread(text)
    var outcome = thread.resume(arguments: arguments)
    var waits = 0
    while case .waiting = outcome {
      waits += 1
      thread.push(waits)
      outcome = thread.resume(arguments: 1)
    }
    switch outcome {
    case .finished(let count): return (0..<count).map { thread.text($0 + 1) }
    case .failed(let fault): throw fault
    default: throw LuaFault(kind: .error, message: "\(outcome)")
    }
  }

  func testAWaitSuspendsEverythingInBetween() throws {
    let cases = [
      ("return wait() + wait()", "3"),
      (
        "return select(2, pcall(function() return wait() end)), select(2, xpcall(function() return wait() end, print))",
        "1 2"
      ),
      ("local co = coroutine.create(function() return 'in' .. wait() end)\nreturn coroutine.resume(co)", "true in1"),
      (
        """
        local function deep(n)
          if n == 0 then return wait() end
          return select(2, assert(coroutine.resume(coroutine.create(function() return select(2, pcall(deep, n - 1)) end))))
        end
        return deep(3), deep(5), wait()
        """, "1 2 3"
      ),
      (
        """
        local co = coroutine.wrap(function(a)
          local b = coroutine.yield(a + wait())
          return b * wait()
        end)
        local first = co(10)
        local held = wait()
        return first, co(100), held
        """, "11 300 2"
      ),
      (
        "local s = 0 for v in function(_, last) if (last or 0) < 3 then return wait() end end do s = s + v end return s",
        "6"
      ),
      ("local t = setmetatable({}, {__index = function(_, k) return k .. wait() end}) return t.a .. t.b", "a1b2"),
      ("local m = {__concat = function(a, b) return 'c' .. wait() end} return setmetatable({}, m) .. 'x' .. 1", "c1"),
      ("local m = {__tostring = function() return 't' .. wait() end} return tostring(setmetatable({}, m))", "t1"),
      ("local m = {__len = function() return wait() end} return #setmetatable({}, m)", "1"),
      ("local m = {__lt = function() return wait() == 1 end} local a = setmetatable({}, m) return a < a", "true"),
      (
        """
        local co = coroutine.create(function() wait() end)
        local other = coroutine.create(function() return coroutine.resume(co) end)
        local status = coroutine.status(co)
        coroutine.resume(other)
        return status, coroutine.status(co), coroutine.status(other)
        """, "suspended dead dead"
      ),
    ]
    for (text, expected) in cases {
      XCTAssertEqual(try drive(rig(), text).joined(separator: " "), expected, text)
    }
  }

  func testAWaitWhereLuaCannotSuspendIsAnError() throws {
    for text in [
      "table.sort({2, 1}, function(a, b) return WAIT() < 1 end)", "('x'):gsub('x', function() return WAIT() end)",
      "table.sort({2, 1}, function(a, b) return coroutine.wrap(function() return WAIT() end)() end)",
      "return string.format('%s', setmetatable({}, {__tostring = function() return WAIT() end}))",
    ] {
      for name in ["wait", "blindwait"] {
        let rig = try rig()
        let (thread, count) = try rig.thread(text.replacing("WAIT", with: name))
        guard case .failed(let fault) = thread.resume(arguments: count) else { return XCTFail(text) }
        XCTAssertTrue(fault.message.contains("cannot wait here"), fault.message)
      }
    }
  }

  func testRaisingAtAWait() throws {
    let rig = try rig()
    let (thread, count) = try rig.thread("local ok, e = pcall(wait) return ok, e, wait()")
    guard case .waiting = thread.resume(arguments: count) else { return XCTFail("waits") }
    thread.push("closed")
    guard case .waiting = thread.resumeRaising() else { return XCTFail("waits again") }
    thread.push("end")
    guard case .finished(3) = thread.resume(arguments: 1) else { return XCTFail("finishes") }
    XCTAssertEqual((1...3).map { thread.text($0) }, ["false", "closed", "end"])
    thread.pop(3)
    guard case .failed(let fault) = thread.resume() else { return XCTFail("dead") }
    XCTAssertEqual(fault.kind, .refused)
  }

  func testUserYieldAtTheTopReachesTheScheduler() throws {
    let rig = try rig()
    let (thread, count) = try rig.thread("local a = coroutine.yield(1, 2) return a")
    guard case .yielded(2) = thread.resume(arguments: count) else { return XCTFail("yields") }
    XCTAssertEqual(thread.integer(-1), 2)
    thread.pop(2)
    thread.push("back")
    guard case .finished(1) = thread.resume(arguments: 1) else { return XCTFail("finishes") }
    XCTAssertEqual(thread.string(1), "back")
  }

  func testSchedulerThreadsAreNotTheUsersToResume() throws {
    let rig = try rig()
    let environment = rig.machine.makeEnvironment()
    let (waiting, count) = try rig.thread("me = coroutine.running() wait()", environment: environment)
    guard case .waiting = waiting.resume(arguments: count) else { return XCTFail("waits") }
    XCTAssertEqual(
      try rig.results("return coroutine.resume(me)", environment: environment),
      ["false", "cannot resume non-suspended coroutine"])
    XCTAssertEqual(
      try rig.results("local co co = coroutine.wrap(function() return co() end) return pcall(co)")[1],
      "app:test:1: cannot resume non-suspended coroutine")
    XCTAssertEqual(
      try rig.results("local co = coroutine.create(print) coroutine.resume(co) return coroutine.resume(co)"),
      ["false", "cannot resume dead coroutine"])
  }

  func testLocationsAndTracebacks() throws {
    let rig = try rig()
    var seen: [LuaLocation?] = []
    var stack: [LuaFrame] = []
    rig.machine.setGlobalFunction("mark") { call in
      seen.append(call.machine.currentLocation)
      stack = call.machine.currentTraceback
      return .nothing
    }
    let text = """
      local function charge(order)
        mark()
        return wait()
      end
      local co = coroutine.wrap(function()
        return pcall(charge, 1)
      end)
      return co()
      """
    let (thread, count) = try rig.thread(text)
    guard case .waiting = thread.resume(arguments: count) else { return XCTFail("waits") }
    XCTAssertEqual(seen, [LuaLocation(file: "test.lua", line: 2)])
    let lines = stack.compactMap { $0.location?.line }
    XCTAssertEqual(lines, [2, 6, 8])
    XCTAssertEqual(thread.traceback.compactMap { $0.location?.line }, [3, 6, 8])
    XCTAssertEqual(thread.traceback.last?.function, "main chunk")
    XCTAssertEqual(thread.location, LuaLocation(file: "test.lua", line: 3))

    let fault = try rig.fault(
      "local function inner()\n  local x = nil\n  return x.field\nend\nlocal function outer()\n  inner()\nend\nouter()")
    XCTAssertEqual(fault.message, "app:test:3: attempt to index a nil value (local 'x')")
    XCTAssertEqual(fault.location, LuaLocation(file: "test.lua", line: 3))
    XCTAssertEqual(fault.frames.compactMap { $0.location?.line }, [3, 6, 8])
  }

  func testLoopsWithoutAPromisedOrderAreSeen() throws {
    let rig = try rig()
    var seen: [Int?] = []
    rig.machine.setGlobalFunction("mark") { call in
      seen.append(call.machine.unorderedLoop?.line)
      return .nothing
    }
    let text = """
      mark()
      for _ in pairs({1, 2, 3}) do mark() end
      for _ in pairs({only = 1}) do mark() end
      for _ in pairs({a = 1, b = 2}) do
        coroutine.wrap(function() mark() end)()
      end
      for _ in next, {a = 1, b = 2} do mark() break end
      mark()
      """
    _ = try rig.results(text)
    XCTAssertEqual(seen, [nil, nil, nil, nil, nil, 5, 5, 7, nil])
  }

  func testAFinishedThreadTellsWhereItReturned() throws {
    let rig = try rig()
    let text =
      "local function inner()\n  return 1\nend\nlocal co = coroutine.wrap(inner)\nco()\nlocal x = (inner())\nreturn (x)"
    _ = try rig.results(text)
    XCTAssertNil(rig.machine.lastLine)
    rig.machine.tracksLines = true
    _ = try rig.results(text)
    XCTAssertEqual(rig.machine.lastLine, LuaLocation(file: "test.lua", line: 7))
    XCTAssertEqual(rig.machine.lastFrame?.function, "main chunk")
    _ = try rig.results("local function f()\n  return tostring(2)\nend\nreturn f()")
    XCTAssertEqual(rig.machine.lastLine?.line, 2)
    _ = try rig.results("local a = 1\nif a then\n  tostring(a)\nend\n")
    XCTAssertEqual(rig.machine.lastLine?.line, 5)
  }

  func testHostErrorsReadLikeLuas() throws {
    let rig = try rig()
    XCTAssertEqual(try rig.results("return pcall(function() fail('no') end)"), ["false", "app:test:1: no"])
    XCTAssertEqual(
      try rig.results("return pcall(function() fail() end)"),
      ["false", "app:test:1: bad argument #1 to 'fail' (string expected, got no value)"])
  }

  func testNestedCallsFromTheHost() throws {
    let rig = try rig()
    rig.machine.setGlobalFunction("call") { (call: inout LuaCall) throws(LuaRaise) -> LuaReply in
      guard let environment = call.machine.context as? LuaEnvironment else { throw .message("no run") }
      let thread = environment.makeThread()
      thread.push(call.reference(1))
      switch thread.resume() {
      case .finished(let count):
        thread.move(count, to: call)
        return .results(count)
      case .failed:
        thread.move(1, to: call)
        throw .value
      default: throw .message("the function waits")
      }
    }
    let environment = rig.machine.makeEnvironment()
    rig.machine.context = environment
    for (text, expected) in [
      ("return call(function() return 1, 2 end)", "1 2"),
      ("return pcall(call, function() error('inside', 0) end)", "false inside"),
      ("return pcall(call, function() return wait() end)", "false app:test:1: cannot wait here"),
      (
        "local function dive(n) if n == 0 then return 'bottom' end return call(function() return dive(n - 1) end) end\nreturn dive(50)",
        "bottom"
      ),
      ("local function dive() return call(function() return dive() end) end\nreturn (pcall(dive))", "false"),
    ] {
      XCTAssertEqual(try rig.results(text, environment: environment).joined(separator: " "), expected, text)
    }
  }
}
