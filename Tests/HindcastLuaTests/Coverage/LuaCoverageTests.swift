import HindcastCore
import XCTest

@testable import HindcastLua

/// What is counted of a workflow's code, and what of it there is to count.
final class LuaCoverageTests: XCTestCase {
  /// A unit of code beside what ran of it.
  private struct Measured {
    var unit: CoverageMap.Unit
    var counts: CoverageCounts.Unit

    var uncovered: [Int] { unit.lines.filter { counts.lines[$0] == nil } }
    func count(_ probe: Int) -> Int { counts.probes[probe] ?? 0 }
    /// `2 then: 1`, for each arm.
    var arms: [String] {
      unit.branches.flatMap { branch in branch.arms.map { "\($0.line) \($0.name): \(count($0.probe))" } }
    }
    var calls: [String] { unit.functions.map { "\($0.line) \($0.name): \(count($0.probe))" } }
  }

  /// Runs the first task of `app:test`.
  private func measure(_ source: String, libraries: [String: String] = [:]) throws -> Measured {
    let code = LuaWorkflowCode(workflows: ["app:test": source], libraries: libraries, countsCoverage: true)
    var options = RuntimeOptions()
    options.collectsCoverage = true
    let runtime = try code.makeRuntime(options)
    let run = try LuaTestRun(runtime, type: "app:test")
    try run.task()
    let counts = runtime.takeCoverage()
    XCTAssertTrue(runtime.takeCoverage().isEmpty, "what was taken is not counted again")
    let unit = try XCTUnwrap(code.coverageMap().units.first { $0.id == "app:test" })
    return Measured(unit: unit, counts: counts.units["app:test"] ?? CoverageCounts.Unit())
  }

  func testLinesAreThoseOfTheFile() throws {
    let cases: [(source: String, lines: [Int], uncovered: [Int])] = [
      // Types, comments, blank lines and lines that only close something are no code.
      ("-- an order\n\ntype A = {\n  b: string\n}\nlocal x = 1\nreturn function()\n  return x\nend\n", [6, 8], []),
      ("return function()\n  if false then\n    return 1\n  else\n    return 2\n  end\nend", [2, 3, 5], [3]),
      (
        "local function never()\n  local t = {\n    a = 1,\n  }\n  return t\nend\nreturn function() end",
        [2, 3, 5, 7], [2, 3, 5]
      ),
      ("local s = [[\n  a\n  b]]\nreturn function()\n  return s ..\n    \"x\"\nend", [1, 3, 5, 6], []),
      (
        "return function()\n  for i = 3, 1 do\n    print(i)\n  end\n  while true do\n    break\n  end\nend",
        [2, 3, 6], [3]
      ),
    ]
    for (source, lines, uncovered) in cases {
      let measured = try measure(source)
      XCTAssertEqual(measured.unit.lines, lines, source)
      XCTAssertEqual(measured.uncovered, uncovered, source)
      XCTAssertNil(measured.unit.error, source)
    }
  }

  func testCountsOfLines() throws {
    let measured = try measure(
      "local function f(x)\n  return x\nend\nreturn function()\n  for i = 1, 3 do\n    f(i)\n  end\nend")
    XCTAssertEqual(measured.counts.lines[2], 3)
    XCTAssertEqual(measured.counts.lines[6], 3)
  }

  func testBranches() throws {
    let body: (String) -> String = { "return function()\n\($0)\nend" }
    let cases: [(source: String, arms: [String])] = [
      (body("if true then return 1 end"), ["2 then: 1", "2 no else: 0"]),
      (
        body("local a = 2\nif a == 1 then a = 3\nelseif a == 2 then a = 4\nelse a = 5 end"),
        ["3 then: 0", "4 elseif: 1", "5 else: 0"]
      ),
      (body("for i = 1, 2 do if i > 5 then break end end"), ["2 then: 0", "2 no else: 2"]),
      (body("local n = 0\nfor i = 1, n do print(i) end"), ["3 loop: 0", "3 no round: 1"]),
      (body("for _, v in ipairs({1, 2}) do print(v) end"), ["2 loop: 2", "2 no round: 0"]),
      (body("local i = 0\nwhile i < 2 do i = i + 1 end"), ["3 loop: 2", "3 no round: 0"]),
      (body("while true do do return end end"), []),
      (body("repeat local x = 1 until x"), []),
      (body("local t = {}\nfor i = 1.5, #t, 0.5 do (print)(i) end"), ["3 loop: 0", "3 no round: 1"]),
      (body("for i, v in next, {1} do goto continue; print(i) ::continue:: end"), ["2 loop: 1", "2 no round: 0"]),
      (
        body("for i = 1, #{1} do for j = 1, #{} do return end (print)(i) end"),
        ["2 loop: 1", "2 no round: 0", "2 loop: 0", "2 no round: 1"]
      ),
    ]
    for (source, arms) in cases { XCTAssertEqual(try measure(source).arms, arms, source) }
  }

  func testFunctions() throws {
    let source = """
      local M = {}
      function M.a.b:c() end
      """
    XCTAssertEqual(
      try measure(source.replacing("a.b:", with: "") + "\nreturn function() M.c() end").calls,
      ["2 M.c: 1", "3 function@3: 1"])
    let names = """
      local function one() return 1 end
      local two = function(x: number): number return x end
      local M = {three = function() end}
      function M:four() return self end
      return function() one() one() M:four() end
      """
    XCTAssertEqual(
      try measure(names).calls, ["1 one: 2", "2 function@2: 0", "3 function@3: 0", "4 M:four: 1", "5 function@5: 1"])
  }

  func testCodeThatCountsDoesTheSame() throws {
    let rig = try LuaRig()
    let cases = [
      "local t = {} for i = 1, 5 do if i % 2 == 0 then t[#t + 1] = i else (table.insert)(t, -i) end end return table.concat(t, ',')",
      "local function f(n) if n == 0 then return 0 end return f(n - 1) end return f(10)",
      "local a, b = 0, 3 while a < b do a = a + 1 if a == 2 then break end end return a, b",
      "return select('#', ...)", "for i = 0.1, 0.5, 0.1 do local x = i if x > 0.3 then return x end end",
      "local r = {} for i = 1, 3 do r[i] = function() return i end end return r[1](), r[3]()",
      "local function g(...) for i, v in ipairs({...}) do if v then return i, v end end end return g(false, nil, 7)",
    ]
    for source in cases {
      XCTAssertEqual(try rig.results(source), try rig.results(source, countsCoverage: true), source)
    }
  }

  func testVersionCalls() throws {
    let source = """
      local workflow = require("workflow")
      return function(id)
        local a = workflow.version("add tax", -1, 2)
        local b = workflow.version ( 'two' , 1 , 1 )
        local c = workflow.version(id, 1, 2)
        local d = workflow.version("bad", 2, 1)
      end
      """
    let code = LuaWorkflowCode(workflows: ["app:test": source], countsCoverage: true)
    XCTAssertEqual(
      code.coverageMap().units.first?.versions,
      [
        .init(changeID: "add tax", minimum: -1, maximum: 2, line: 3),
        .init(changeID: "two", minimum: 1, maximum: 1, line: 4),
      ])
  }

  func testLibrariesCountAndActivitiesDoNot() throws {
    let code = LuaWorkflowCode(
      workflows: ["app:test": "return function() return lib.f() end", "app:other": "return function() end"],
      functions: ["app:activity": "return function() end"],
      libraries: ["app:lib": "return {f = function() return 1 end}"],
      countsCoverage: true)
    XCTAssertEqual(code.coverageMap().units.map(\.id), ["app:lib", "app:other", "app:test"])
    XCTAssertEqual(LuaWorkflowCode(workflows: ["app:test": "return 1"]).coverageMap(), CoverageMap(), "nobody asked")
    let broken = LuaWorkflowCode(workflows: ["app:test": "return ("], countsCoverage: true).coverageMap()
    XCTAssertNotNil(broken.units.first?.error)
  }

  /// A function with as many locals as Lua allows has no room for what counts branches: its lines are counted all the same.
  func testCodeAtTheLimitsOfLuaKeepsItsLines() throws {
    let locals = (1...200).map { "local v\($0) = \($0)" }.joined(separator: "\n")
    let measured = try measure("return function()\n\(locals)\nwhile v1 > v2 do v1 = 0 end\nend")
    XCTAssertEqual(measured.unit.branches, [])
    XCTAssertEqual(measured.unit.lines.count, 201)
    XCTAssertEqual(measured.uncovered, [])
  }

  func testUnknownCompiledFormsHaveNoLines() throws {
    let compiled = try LuaProgram(text: "return 1", chunkName: "app:test").compiled
    XCTAssertEqual(CompiledLines.active(in: compiled), [1])
    for length in 0..<compiled.count { XCTAssertNil(CompiledLines.active(in: Array(compiled.prefix(length)))) }
    var other = compiled
    other[4] = 0x55
    XCTAssertNil(CompiledLines.active(in: other))
  }
}
