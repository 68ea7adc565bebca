import XCTest

@testable import HindcastLua

/// Hostile programs: each ends in its fault, soon, and leaves the machine usable.
final class LuaLimitTests: XCTestCase {
  private static let budget: Int64 = 1_500_000

  func testEachEndsInItsFault() throws {
    let cases: [(String, Set<LuaFault.Kind>)] = [
      ("while true do end", [.instructionBudget]),
      ("while true do pcall(function() while true do end end) end", [.instructionBudget]),
      (
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        [.instructionBudget]
      ),
      ("local function f() return pcall(f) end while true do f() end", [.instructionBudget]),
      ("local s = 'x' while true do s = s .. s end", [.memory]),
      ("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", [.memory]),
      ("return ('x'):rep(1e10)", [.memory]), ("return ('x'):rep(1e18)", [.memory]),
      ("local s = ('x'):rep(1e7) while true do s = s:upper() .. s end", [.memory]),
      ("local t = {} while true do t = {t} end", [.memory, .instructionBudget]),
      ("while true do pcall(string.rep, 'x', 1e10) end", [.memory]),
      (
        "local t = {} while true do pcall(function() while true do t[#t + 1] = ('y'):rep(1e6) .. #t end end) end",
        [.memory]
      ),
      ("local function f(n) return 1 + f(n + 1) end return f(1)", [.stackOverflow, .memory]),
      ("local function f() return coroutine.wrap(f)() end return f()", [.error, .memory]),
      (
        "local t = {} setmetatable(t, {__index = function(t, k) return t[k .. 'x'] end}) return t.x",
        [.error, .stackOverflow, .memory]
      ),
      ("local s = ('a'):rep(30) return (s .. 'b'):find(('a*'):rep(20) .. 'c')", [.instructionBudget]),
      ("local s = ('a'):rep(1e6) return s:find(('.-'):rep(5) .. 'b')", [.instructionBudget]),
      ("local s = ('a'):rep(1e5) return s:find('(.*)%1b')", [.instructionBudget]),
      ("local s, p = ('a'):rep(1e6), ('a'):rep(5e5) .. 'b' while true do s:find(p, 1, true) end", [.instructionBudget]),
      ("local t = {} for i = 1, 1e5 do t[i] = i end while true do table.sort(t) end", [.instructionBudget]),
      ("local t = {} for i = 1, 1e5 do t[i] = 1 end while true do table.insert(t, 1, 1) end", [.instructionBudget]),
      (
        "local t = {} for i = 1, 1e5 do t[i] = ('x'):rep(100) end while true do local s = table.concat(t) end",
        [.instructionBudget, .memory]
      ),
      ("while true do string.format('%999999d', 1) end", [.instructionBudget]),
      (
        "local t = {} for i = 1, 1e5 do t['k' .. i] = i end while true do for k in pairs(t) do break end end",
        [.instructionBudget]
      ),
      ("local t = {} for i = 1, 1e5 do t['k' .. i] = i end while true do next(t) end", [.instructionBudget]),
      ("for i = 1, math.huge do coroutine.wrap(function() end)() end", [.instructionBudget]),
      ("local t = {} while true do t[#t + 1] = coroutine.create(print) end", [.memory, .instructionBudget]),
      ("return unpack({}, 1, 1e8)", [.error]), ("return string.byte(('x'):rep(1e7), 1, -1)", [.error]),
      ("return table.create(1e9)", [.memory, .error]),
      ("return table.concat({}, ('x'):rep(1000), 1, 1e9)", [.error]),
      ("return ('%s'):rep(1e6):format(1)", [.instructionBudget, .memory, .error]),
    ]
    for (text, kinds) in cases {
      let rig = try LuaRig(memoryLimit: 32 << 20)
      rig.machine.beginSlice(instructions: Self.budget)
      let (thread, count) = try rig.thread(text)
      switch thread.resume(arguments: count) {
      case .failed(let fault): XCTAssertTrue(kinds.contains(fault.kind), "\(text): \(fault.kind) \(fault.message)")
      case .finished: XCTAssertTrue(text.hasPrefix("return ('%s')"), text)
      default: XCTFail(text)
      }
      rig.machine.beginSlice(instructions: Self.budget)
      XCTAssertEqual(try rig.results("return 1"), ["1"], "the machine is lost after \(text)")
    }
  }

  func testABudgetIsForTheSliceAndTheSameEverywhere() throws {
    func spent(seed: UInt64) throws -> Int64 {
      let rig = try LuaRig(seed: seed)
      rig.machine.beginSlice()
      _ = try rig.results(
        "local t = {} for i = 1, 20000 do t['k' .. i % 100] = i end for k in pairs(t) do k:upper() end")
      return rig.machine.sliceInstructions
    }
    XCTAssertEqual(try spent(seed: 0), try spent(seed: 5))
    XCTAssertGreaterThan(try spent(seed: 0), 20_000)

    let rig = try LuaRig()
    let (thread, count) = try rig.thread(
      "for i = 1, 10 do local n = 0 for j = 1, 20000 do n = n + j end coroutine.yield() end")
    var outcome = thread.resume(arguments: count)
    for _ in 0..<10 {
      guard case .yielded = outcome else { return XCTFail("\(outcome)") }
      rig.machine.beginSlice(instructions: 100_000)
      outcome = thread.resume()
    }
    guard case .finished = outcome else { return XCTFail("\(outcome)") }
  }

  func testHostFunctionsCanChargeForTheirWork() throws {
    let rig = try LuaRig()
    rig.machine.setGlobalFunction("work") { call in
      call.charge(instructions: 60_000)
      return .nothing
    }
    rig.machine.beginSlice(instructions: 100_000)
    XCTAssertEqual(try rig.results("work() return 'once'"), ["once"])
    XCTAssertEqual(try rig.fault("pcall(work)").kind, .instructionBudget)
  }

  func testCPUTimeIsMeasuredByTheGivenClock() throws {
    var now: Int64 = 0
    let rig = try LuaRig(cpuClock: {
      now += 1_000_000
      return now
    })
    rig.machine.beginSlice(cpuTime: 50_000_000)
    let fault = try rig.fault("while true do pcall(function() while true do end end) end")
    XCTAssertEqual(fault.kind, .cpuBudget)
    XCTAssertLessThan(now, 60_000_000)
    let real = try LuaRig()
    real.machine.beginSlice(cpuTime: 20_000_000)
    XCTAssertEqual(try real.fault("while true do end").kind, .cpuBudget)
  }

  func testALimitedRunLeavesNothingBehind() throws {
    let rig = try LuaRig(memoryLimit: 8 << 20)
    rig.machine.collectGarbage()
    let before = rig.machine.usedMemory
    for _ in 0..<20 {
      rig.machine.beginSlice()
      XCTAssertEqual(try rig.fault("local t = {} while true do t[#t + 1] = {} end").kind, .memory)
      rig.machine.beginSlice()
      XCTAssertEqual(try rig.results("local t = {} for i = 1, 50000 do t[i] = i end return #t"), ["50000"])
    }
    rig.machine.collectGarbage()
    XCTAssertLessThan(rig.machine.usedMemory, before + 100_000)
  }

  func testHostMadeTablesCountToo() throws {
    let rig = try LuaRig(memoryLimit: 4 << 20)
    rig.machine.setGlobalFunction("flood") { call in
      call.pushTable()
      for index in 1...200_000 {
        call.push("element \(index)")
        call.setElement(index, of: -2)
      }
      return .results(1)
    }
    XCTAssertEqual(try rig.fault("keep = flood()").kind, .memory)
    rig.machine.beginSlice()
    XCTAssertEqual(try rig.fault("while true do pcall(flood) end").kind, .memory)
  }

  func testBytecodeAndBrokenTextAreRefused() throws {
    for text in [
      [0x1B] + Array("Lua".utf8), Array("return (".utf8), Array("end function f()".utf8), Array("x = = 1".utf8),
    ] {
      XCTAssertThrowsError(try LuaProgram(text: text, chunkName: "app:bad")) { error in
        XCTAssertEqual((error as? LuaFault)?.kind, .syntax)
      }
    }
    XCTAssertThrowsError(try LuaProgram(text: "\n\nx = = 1", chunkName: "app:bad")) { error in
      XCTAssertEqual((error as? LuaFault)?.message, "app:bad:3: unexpected symbol near '='")
    }
    XCTAssertNoThrow(try LuaProgram(text: "", chunkName: "empty"))
    XCTAssertNoThrow(try LuaProgram(text: "return 1 -- comment", chunkName: "comment"))
  }
}
