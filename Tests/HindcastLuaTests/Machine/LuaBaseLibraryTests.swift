import XCTest

@testable import HindcastLua

final class LuaBaseLibraryTests: XCTestCase {
  func testGlobalsAreExactlyTheDialects() throws {
    let rig = try LuaRig()
    let names = try rig.results("local t = {} for k in pairs(_G) do t[#t + 1] = k end return table.concat(t, ' ')")
    XCTAssertEqual(
      names.first,
      "_G _GOPHER_LUA_VERSION _VERSION assert coroutine error getmetatable ipairs math next os package pairs pcall print "
        + "rawequal rawget rawset require select setmetatable string table tonumber tostring type unpack xpcall")
    for absent in [
      "load", "loadstring", "dofile", "loadfile", "collectgarbage", "module", "rawlen", "getfenv", "setfenv", "utf8",
      "io",
      "debug", "bit32", "table.pack", "table.move", "string.dump", "coroutine.close", "os.exit", "os.getenv",
      "os.execute",
    ] {
      XCTAssertEqual(try rig.results("return \(absent)"), ["nil"], absent)
    }
  }

  func testNumbersPrintAsInGo() throws {
    try assertResults([
      ("3", "3"), ("3.0", "3"), ("1 + 2", "3"), ("10 / 4", "2.5"), ("1e100", "1e+100"), ("1/3", "0.3333333333333333"),
      ("0.1", "0.1"), ("1e15", "1000000000000000"), ("1234567.5", "1.2345675e+06"), ("0.00001", "1e-05"),
      ("-0.5", "-0.5"), ("2^53", "9007199254740992"), ("9007199254740993", "9007199254740993"), ("0/0", "NaN"),
      ("1/0", "+Inf"), ("-1/0", "-Inf"), ("'a' .. 1.0 .. 2", "a12"), ("7 // 2", "3"),
      ("local a, b = -7, 2 return a // b", "-3"), ("local a, b = 7.9, 2 return a // b", "3"),
      ("-7 % 3", "2"), ("7 % -3", "-2"), ("5.5 % 2", "1.5"), ("'10' + 1", "11"), ("'0x10' * 2", "32"), ("7 & 3.9", "3"),
      ("1 << 62", "4611686018427387904"),
      ("local a, b = -1, 60 return a >> b, a << b, a >> 70", "-1 -1152921504606846976 -1"), ("~0", "-1"),
      ("5 ~ 1", "4"), ("#'abc'", "3"),
      ("math.type(#'abc')", "float"), ("math.type(3)", "integer"), ("math.type(-3)", "float"), ("2^10", "1024"),
      ("math.type('1' + 1)", "float"), ("1e308 * 10", "+Inf"), ("math.huge", "1.7976931348623157e+308"),
    ])
  }

  func testConversions() throws {
    try assertResults([
      ("tonumber('10')", "10"), ("tonumber(' 0x1F ')", "31"), ("tonumber('1e2')", "100"), ("tonumber('abc')", "nil"),
      ("tonumber('1 2')", "nil"), ("tonumber('')", "nil"), ("tonumber('0x')", "nil"), ("tonumber('1e')", "nil"),
      ("tonumber('ff', 16)", "255"), ("tonumber('zz', 36)", "1295"), ("tonumber('8', 8)", "nil"),
      ("tonumber('inf')", "nil"),
      ("tonumber('nan')", "nil"), ("tonumber(nil)", "nil"), ("tonumber('.5')", "0.5"), ("tonumber('-3')", "-3"),
      ("tostring(nil), tostring(true), tostring('x')", "nil true x"),
      ("tostring(setmetatable({}, {__tostring = function() return 'T' end}))", "T"),
      ("select('#', 1, nil, 3)", "3"), ("select(2, 'a', 'b', 'c')", "b c"), ("select(-1, 'a', 'b')", "b"),
      ("type(print), type(nil), type({}), type('')", "function nil table string"),
      ("unpack({1, 2, 3})", "1 2 3"), ("unpack({1, 2, 3}, 2)", "2 3"), ("rawequal('a', 'a')", "true"),
      ("assert(1, 2)", "1 2"), ("require('math') == math", "true"),
      ("_VERSION", "Lua 5.3 - Wippy Modification"),
    ])
  }

  func testErrorsCarryPositionsAndLevels() throws {
    try assertResults([
      ("return pcall(error, 'x', 0)", "false x"),
      ("return select(2, pcall(function() error('boom') end))", "app:test:1: boom"),
      ("local function f() error('up', 2) end\nreturn select(2, pcall(function()\nf() end))", "app:test:3: up"),
      ("return select(2, pcall(function() error({}) end)) ~= nil", "true"),
      (
        "return select(2, pcall(function() local a = nil; return a.b end))",
        "app:test:1: attempt to index a nil value (local 'a')"
      ),
      ("return select(2, pcall(string.rep))", "bad argument #1 to '?' (string expected, got no value)"),
      (
        "return select(2, pcall(function() string.rep() end))",
        "app:test:1: bad argument #1 to 'rep' (string expected, got no value)"
      ),
      ("return select(2, pcall(function() return {} .. 'x' end))", "app:test:1: attempt to concatenate a table value"),
      ("return select(2, pcall(function() return #nil end))", "app:test:1: attempt to get length of a nil value"),
      ("return select(2, pcall(function() local z = 0 return 1 // z end))", "app:test:1: attempt to divide by zero"),
      (
        "return select(2, pcall(function() return {} + 1 end))",
        "app:test:1: attempt to perform arithmetic on a table value"
      ),
      (
        "return select(2, pcall(function() return 'x' + 1 end))",
        "app:test:1: attempt to perform arithmetic on a string value"
      ),
      ("return select(2, pcall(require, 'nothing'))", "module 'nothing' not found"),
      ("return select(2, pcall(assert, false))", "assertion failed!"),
      ("return select(2, pcall(assert, nil, 'why'))", "why"),
      ("return xpcall(function(...) return select('#', ...) end, print, 1, 2)", "true 0"),
      ("return xpcall(function() error('x', 0) end, function(m) return m .. '!' end)", "false x!"),
    ])
  }

  func testMetamethodsOfTheDialect() throws {
    try assertResults([
      (
        "local m = {__concat = function(a, b) return 'cat' end}\nreturn setmetatable({}, m) .. 1, 1 .. setmetatable({}, m)",
        "cat cat"
      ),
      (
        "local m = {__concat = function(a, b) return '[' .. tostring(b) .. ']' end}\nreturn setmetatable({}, m) .. 1 .. 2",
        "[12]"
      ),
      ("return #setmetatable({}, {__len = function() return 42 end})", "42"),
      ("return -setmetatable({}, {__unm = function() return 'neg' end})", "neg"),
      ("return setmetatable({}, {__mod = function() return 'mod' end}) % 2", "mod"),
      ("return 'x' + setmetatable({}, {__add = function() return 'add' end})", "add"),
      (
        "return pcall(setmetatable, setmetatable({}, {__metatable = 1}), {})",
        "false cannot change a protected metatable"
      ),
      ("return getmetatable(setmetatable({}, {__metatable = 'no'}))", "no"),
      ("return getmetatable('')", "false"),
      ("return setmetatable({}, {__index = function(t, k) return k .. '!' end}).x", "x!"),
    ])
  }

  func testNothingFinalisesOrWeakens() throws {
    let rig = try LuaRig()
    let text = """
      local kept = setmetatable({}, {__mode = "v"})
      kept[1] = {}
      local finalised = 0
      for i = 1, 2000 do setmetatable({}, {__gc = function() finalised = finalised + 1 end}) end
      for i = 1, 20000 do local garbage = {i} end
      return kept[1] ~= nil, finalised
      """
    XCTAssertEqual(try rig.results(text), ["true", "0"])
  }

  func testLibrariesAreReadOnlyAndGlobalsAreNot() throws {
    let rig = try LuaRig()
    for text in [
      "string.upper = nil", "string.new = 1", "rawset(string, 'x', 1)", "math.pi = 3", "table.insert(table, 1)",
      "setmetatable(string, {})", "table.sort(string)", "coroutine.wrap = nil", "os.time = nil", "package.x = 1",
    ] {
      XCTAssertTrue(try rig.fault(text).message.hasSuffix("attempt to modify Immutable table"), text)
    }
    XCTAssertEqual(
      try rig.results("string = nil x = 1 return string, x, _G.x, getmetatable(math)"), ["nil", "1", "1", "false"])
    XCTAssertEqual(try rig.results("return type(string.upper), x"), ["function", "nil"], "a run leaks into the next")
    XCTAssertEqual(
      try rig.results("local n = 0 for k, v in pairs(math) do n = n + 1 end return n > 20, next(math)").first, "true")
  }

  func testFrozenTables() throws {
    try assertResults([
      (
        "local t = table.freeze({1, 2, a = 3})\nreturn table.isfrozen(t), #t, t.a, t[2], rawget(t, 'a')", "true 2 3 2 3"
      ),
      (
        "local t = table.freeze({1, a = 2})\nreturn select(2, pcall(function() t.a = 1 end))",
        "app:test:2: attempt to modify Immutable table"
      ),
      ("local t = table.freeze({1, 2})\nreturn pcall(table.insert, t, 3)", "false attempt to modify Immutable table"),
      (
        "local s = '' for k, v in pairs(table.freeze({10, 20, a = 1})) do s = s .. k .. '=' .. v .. ' ' end return s",
        "1=10 2=20 a=1 "
      ),
      ("local s = '' for i, v in ipairs(table.freeze({5, 6})) do s = s .. i .. v end return s", "1526"),
      ("local t = table.freeze(setmetatable({}, {__index = {x = 1}}))\nreturn t.x, table.isfrozen({})", "1 false"),
    ])
  }

  func testPrintRendersStringsAndNumbers() throws {
    let rig = try LuaRig()
    _ = try rig.results("print('a', 1, 2.0, nil, {}, true, 'z')")
    XCTAssertEqual(rig.output, ["a 1 2    z"])
  }

  func testNamesOfTablesAreCountedAndVaryWithTheSeed() throws {
    let text = "return tostring({}), tostring({}), tostring(print)"
    let first = try LuaRig().results(text)
    XCTAssertEqual(first, try LuaRig().results(text))
    XCTAssertNotEqual(first, try LuaRig(seed: 7).results(text))
    XCTAssertEqual(first.count, Set(first).count)
    XCTAssertTrue(first[0].hasPrefix("table: 0x"))
  }
}

extension LuaBaseLibraryTests {
  func testTypeValuesCheckTheirArguments() throws {
    try assertResults([
      ("type Point = {x: number, tags: string[]}\nreturn Point({x = 1, tags = {'a'}}).x", "1"),
      ("type Point = {x: number}\nreturn Point:is({x = 'no'})", "nil x: expected number, got string"),
      ("return string('s'), number(2.5), pcall(integer, 2.5)", "s 2.5 false expected integer, got number"),
      (
        "type M = {[string]: number}\nreturn (M:is({a = 1})) ~= nil, (M:is({a = 'x'})), (M:is({1, 2})) ~= nil",
        "true nil true"
      ),
    ])
  }
}
