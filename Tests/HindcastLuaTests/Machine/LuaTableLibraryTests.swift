import XCTest

@testable import HindcastLua

final class LuaTableLibraryTests: XCTestCase {
  func testTables() throws {
    try assertResults([
      ("local t = {1, 2, 3}\ntable.insert(t, 4) table.insert(t, 1, 0)\nreturn table.concat(t, ',')", "0,1,2,3,4"),
      ("local t = {1, 2, 3}\nreturn table.remove(t), table.remove(t, 1), #t, t[1]", "3 1 1 2"),
      ("local t = {} return table.remove(t), table.remove(t, 5)", "nil nil"),
      ("table.concat({1, 2.5, 'x'}, '-'), table.concat({}), table.concat({1, 2, 3}, '', 2, 3)", "1-2.5-x  23"),
      ("select(2, pcall(table.concat, {1, {}}))", "invalid value (table) at index 2 in table for 'concat'"),
      ("table.getn({1, 2}), table.maxn({1, 2, [10] = 1}), #table.create(5, 5)", "2 10 0"),
      ("table.unpack({1, 2})", "1 2"), ("math.type(#{1, 2}), math.type(table.getn({}))", "float float"),
    ])
  }

  func testSortIsStableAndNeverComplains() throws {
    try assertResults([
      ("local t = {3, 1, 2} table.sort(t) return table.concat(t, ' ')", "1 2 3"),
      ("local t = {'b', 'a', 'C', 'ä'} table.sort(t) return table.concat(t, ' ')", "C a b ä"),
      ("local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return table.concat(t, ' ')", "3 2 1"),
      ("local t = {5, 4, 3, 2, 1} table.sort(t, function() return true end) return #t", "5"),
      (
        "local t = {} for i = 1, 100 do t[i] = {k = i % 3, i = i} end\ntable.sort(t, function(a, b) return a.k < b.k end)\n"
          + "for i = 2, 100 do if t[i - 1].k == t[i].k and t[i - 1].i > t[i].i then return 'unstable' end end return 'stable'",
        "stable"
      ),
      (
        "local t = {} for i = 1, 1000 do t[i] = (i * 7919) % 1000 end table.sort(t)\n"
          + "for i = 2, 1000 do if t[i - 1] > t[i] then return i end end return 'sorted'", "sorted"
      ),
      ("select(2, pcall(table.sort, {1, 'a'}))", "attempt to compare string with number"),
    ])
  }

  func testPairsOrder() throws {
    let collect = "local s = {} for k in %@ do s[#s + 1] = tostring(k) end return table.concat(s, ' ')"
    func order(_ table: String) -> String { collect.replacing("%@", with: table) }
    try assertResults([
      (
        order("pairs({z = 1, a = 1, 10, 20, [-1] = 1, [2.5] = 1, [true] = 1, [false] = 1, [''] = 1, ab = 1})"),
        "-1 1 2 2.5  a ab z false true"
      ),
      (order("pairs({})"), ""), (order("next, {b = 1, a = 1, 7}"), "1 a b"), (order("pairs({1, nil, 3})"), "1 3"),
      ("local t = {a = 1, b = 2, c = 3}\nfor k in pairs(t) do t[k] = nil end return next(t)", "nil"),
      (
        "local t = {a = 1, b = 2, c = 3}\nlocal k, v = next(t) while k do t[k] = nil k, v = next(t, k) end return next(t)",
        "nil"
      ),
      ("local t = {a = 1, b = 2} for k, v in pairs(t) do t[k] = v * 2 end return t.a, t.b", "2 4"),
      ("local t = {a = 1, b = 2, c = 3} local s = '' for k in pairs(t) do s = s .. k t.b = nil end return s", "ac"),
      ("next({}), next({5}), next({x = 1}, 'x')", "nil 1 nil"), ("math.type(next({5}))", "float"),
      (
        "local s = '' for i, v in ipairs({1, 2, nil, 4}) do s = s .. math.type(i) .. i end return s", "integer1integer2"
      ),
      (
        "local a, b, c = {}, {}, {} local t = {[c] = 'c', [a] = 'a', [b] = 'b'}\nlocal s = '' for _, v in pairs(t) do s = s .. v end return s",
        "abc"
      ),
      (
        "local f, g = function() return 1 end, function() return 2 end local t = {[g] = 'g', [f] = 'f', x = 'x'}\n"
          + "local s = '' for _, v in pairs(t) do s = s .. v end return s", "xfg"
      ),
      ("local f, t = pairs({a = 1, b = 2}) local n = 0 for _ in f, t do n = n + 1 end return n", "2"),
    ])
  }

  /// Objects as keys, garbage in between and the collector at work: the order is the one of creation all the same.
  func testObjectKeysKeepTheirOrderInAnyMachine() throws {
    let text = """
      local keys, set = {}, {}
      for i = 1, 300 do
        local garbage = {{}, {}, function() return i end}
        keys[i] = i % 2 == 0 and {i} or function() return i end
      end
      for i = 300, 1, -1 do set[keys[(i * 7) % 300 + 1]] = (i * 7) % 300 + 1 end
      local order = {}
      for _, number in pairs(set) do order[#order + 1] = number end
      for i = 2, #order do if order[i - 1] > order[i] then return "disorder at " .. i end end
      return #order
      """
    for seed: UInt64 in 0..<4 { XCTAssertEqual(try LuaRig(seed: seed).results(text), ["300"]) }
  }

  func testRandomIsSeededPerRun() throws {
    let rig = try LuaRig()
    let text = "math.randomseed(99) return math.random(1000), math.random(1000), math.random(), math.random(5, 7)"
    let first = try rig.results(text, environment: rig.machine.makeEnvironment(randomSeed: 1))
    let other = try LuaRig(seed: 3)
    XCTAssertEqual(first, try other.results(text, environment: other.machine.makeEnvironment(randomSeed: 1)))
    XCTAssertNotEqual(first, try rig.results(text, environment: rig.machine.makeEnvironment(randomSeed: 2)))
  }

  func testMath() throws {
    try assertResults([
      ("math.floor(-1.5), math.ceil(1.2), math.abs(-3), math.max(1, 5, 3), math.min(2, 1)", "-2 2 3 5 1"),
      ("math.type(math.floor(1.5)), math.type(math.tointeger(3.0)), math.tointeger(3.5)", "float integer nil"),
      ("math.fmod(-7, 3), math.modf(-3.7), math.sqrt(16), math.pow(2, 8), math.log(8, 2)", "-1 -3 4 256 3"),
      ("select(2, pcall(math.random, 0))", "bad argument #1 to '?' (interval is empty)"),
      ("select(2, pcall(math.floor, {}))", "bad argument #1 to '?' (number expected, got table)"),
      ("math.floor('3.7')", "3"), ("math.frexp(8)", "0.5 4"), ("math.ldexp(0.5, 4)", "8"), ("math.deg(math.pi)", "180"),
    ])
  }
}
