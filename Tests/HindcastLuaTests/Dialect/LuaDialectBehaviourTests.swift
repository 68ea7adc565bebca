import XCTest

@testable import HindcastLua

/// What translated programs do when they run.
final class LuaDialectBehaviourTests: XCTestCase {
  private func assertPrints(
    _ cases: [(source: String, lines: [String])], file: StaticString = #filePath, line: UInt = #line
  ) {
    for (source, lines) in cases {
      XCTAssertEqual(StockLua.run(source, file: file, line: line), lines, "of: \(source)", file: file, line: line)
    }
  }

  func testNumbers() {
    assertPrints([
      ("print(1 + 2, -5, 7 // 2, 7 % 3, 2 ^ 3, 6 / 2)", ["3 -5 3 1 8 3"]),
      ("local a, b = 7, -2 print(a // b, a % b, a & 3, a | 8, a ~ 1, ~a, a << 2, a >> 1)", ["-3 -1 3 15 6 -8 28 3"]),
      (
        "local function t(x) return math.type(x) end print(t(1), t(1 + 1), t(-1), t(#'a'))",
        ["integer float float float"]
      ),
      ("local x, y = 1, 2 print(math.type(x + y), math.type(-x), math.type(x % y))", ["integer float float"]),
      ("print(1 .. '' .. 2.5, 'a' .. 1 + 2)", ["12.5 a3"]),
      ("print(-2 ^ 2, (2 + 3) * 4 - 1, 1e999 ~= 1e999)", ["-4 19 true"]),
      ("local n, d = 1, 0 print(n // d)", ["chunk:1: attempt to divide by zero"]),
      ("print('10' + 1, 10 == '10', 0xff)", ["11 false 255"]),
    ])
  }

  func testLoopKinds() {
    let kinds: [(loop: String, kind: String)] = [
      ("1, 2", "integer"), ("1, n", "integer"), ("1, #t", "float"), ("2, 1, -1", "float"), ("n, n, n", "integer"),
      ("n + 0.0, 3", "float"), ("1, n / 1", "float"), ("1, 2 + 3", "float"), ("1, f()", "integer"), ("-1, 2", "float"),
    ]
    assertPrints(
      kinds.map { loop, kind in
        (
          "local n, t = 2, {1} local function f() return 3, 4 end for i = \(loop) do print(math.type(i)) break end",
          [kind]
        )
      })
    assertPrints([
      (
        "local s = 0 for i = 1, 4 do for j = i, 4 do if j == 3 then goto next end s = s + j ::next:: end end print(s)",
        ["21"]
      ),
      ("local n = 3 for i = n, 1, -1 do print(i) if i == 2 then break end end", ["3", "2"]),
      (
        "local function at(x) print(x) return x end for i = at(1), at(2), at(1) do print('i' .. i) end",
        ["1", "2", "1", "i1", "i2"]
      ),
      ("local x\nfor i = 1, x do end", ["chunk:2: for statement limit must be a number"]),
      ("for i = 'a', 2 do end", ["chunk:1: for statement init must be a number"]),
      ("local fs, n = {}, 2 for i = 1, n do fs[i] = function() return i end end print(fs[1](), fs[2]())", ["1 2"]),
    ])
  }

  func testFunctionsAndValues() {
    assertPrints([
      ("local f = function(n: number): number if n < 2 then return 1 end return n * f(n - 1) end print(f(5))", ["120"]),
      (
        "local function two() return 1, 2 end print(two()) print((two())) print(two() :: any) print(two()!)",
        ["1 2", "1", "1", "1"]
      ),
      ("local function two() return 1, 2 end local t = {two() as any} print(#t)", ["1"]),
      ("local function none() end print('a' .. tostring(none() as any))", ["anil"]),
      ("local x = print as any\n(function() print('new') end)()", ["new"]),
      ("print(...)", ["argument"]),
      ("print((...), select('#', ...), #'a')", ["argument 1 1"]),
      ("(print('parenthesized'))", ["parenthesized"]),
      ("local s = ('x'):rep(3) print(s, s:upper(), #s .. '')", ["xxx XXX 3"]),
      ("local t = setmetatable({}, {__concat = function(a, b) return 'cat' end}) print(t .. 'x')", ["cat"]),
      ("local t = {as = 1, ['is'] = 2, fun = function() return 3 end} print(t.as, t.is, t.fun())", ["1 2 3"]),
      ("print('\\x\\q\\065\\\\', [[\n\\n]])", [#"xqA\ \n"#]),
    ])
  }

  func testErrorsCarryTheLineOfTheSource() {
    for line in 1...6 {
      let source = """
        type T = {
          a: number
        } local x: T = nil as
         {b: string
        } local y = x .. error(
        'here')
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      var lines = source.dropLast(2) + ["} local y =", "1"]
      lines.insert(contentsOf: Array(repeating: "-- more", count: line), at: 0)
      lines.append("error('here')")
      XCTAssertEqual(StockLua.run(lines.joined(separator: "\n")), ["chunk:\(lines.count): here"])
    }
  }

  func testLongChainsOfOperators() {
    let sum = (1...5000).map { "x\($0 % 2)" }.joined(separator: "+")
    assertPrints([("local x0, x1 = 1, 1 print(\(sum))", ["5000"])])
    let folded = Array(repeating: "1", count: 5000).joined(separator: "\n+")
    assertPrints([("print(\(folded))", ["5000"])])
    let joined = Array(repeating: "x", count: 1500).joined(separator: "..")
    assertPrints([("local x = 'a' print(#(\(joined)))", ["1500"])])
  }
}
