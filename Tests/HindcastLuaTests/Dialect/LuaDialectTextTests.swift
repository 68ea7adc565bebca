import XCTest

@testable import HindcastLua

/// What the translator writes, to the byte.
final class LuaDialectTextTests: XCTestCase {
  private func assertText(
    _ cases: [(source: String, text: String)], file: StaticString = #filePath, line: UInt = #line
  ) throws {
    for (source, expected) in cases {
      let translation = try LuaDialect.translate(source, chunkName: "chunk")
      let text = String(decoding: translation.text, as: UTF8.self)
      XCTAssertEqual(text, expected, "of: \(source)", file: file, line: line)
      XCTAssertNil(StockLua.compileFault(translation.text), "of: \(source)", file: file, line: line)
    }
  }

  func testTextThatIsTheSameInBothStays() throws {
    let same = [
      "", "-- a comment\nlocal a, b = 1, 'x' -- and another\nreturn a < b, not a, a and b or c\n",
      "goto done\n::done::\n", "local t = {1, 2; x = 3, [4] = 5,}\nt.x.y[1]:m{}:n'x'()\n",
      "for k, v in pairs(t) do if k then break end end", "while x do x = x / 2 + y ^ 3 end repeat local z until z",
      "local function f(a, ...) return select('#', ...) end", "function a.b.c:d() return self end",
      "print([[long\n]] == [==[\n]]]==])",
      "--[==[ long\n]] comment ]==] print(1)", "local type = type print(type(x), 0x10, 1e3, .5, 3.)",
      "a = {interface = 1, as = 2, is = 3, fun = 4} a.as(a.is):readonly(a.typeof)", "do return; end",
      "for i = 1, 10, 2 do print(i) end",
    ]
    try assertText(same.map { ($0, $0) })
  }

  func testAnnotationsDisappear() throws {
    try assertText([
      ("local x: number = 1", "local x  = 1"),
      ("local x: {number}?, y: Map<string, Array<number>> = a, b", "local x , y  = a, b"),
      (
        "local function f<T: C>(a: T, b?: U, ...: V): (A, B?) return a end",
        "local function f (a , b , ... )  return a end"
      ),
      ("f(function(x): A, B return x end, 2)", "f(function(x)  return x end, 2)"),
      ("local x: (a: T, ...U) -> (R, S) = y", "local x  = y"),
      ("local x: fun(a: T): R, y: (() -> ())[] | {[K]: V} & 'lit' | 3 = y", "local x , y  = y"),
      ("local x: {\n  a: number,\n  b?: string @min_len(1)\n} = y", "local x \n\n\n = y"),
      ("local x: T extends U ? A : B = y", "local x  = y"),
      ("function f(v): asserts v is string end", "function f(v)  end"),
      ("local k: keyof(T), l: typeof(#a .. b), m: T['x'] = 1", "local k , l , m  = 1"),
      ("type Unused = {a: number}\nprint(1)", " \nprint(1)"),
      ("interface Shape: Base, Other\n  function area(self): number\nend\nprint(1)", " \n\n\nprint(1)"),
    ])
  }

  func testCastsDisappearAndCutCallsToOneValue() throws {
    try assertText([
      ("x = y as T", "x = y  "),
      ("x = y :: T + z!", "x = y   + z "),
      ("return f() as T", "return (f())  "),
      ("return ... :: T", "local __hc_select=... return (__hc_select(2,...))  "),
      ("local x = y as T\n(f or g)()", "local x = y  \n;(f or g)()"),
    ])
  }

  func testOperatorsBecomeCalls() throws {
    try assertText([
      ("return a .. b .. c", "local __hc_cat=... return __hc_cat(a , __hc_cat(b , c))"),
      ("return #t, -x, ~y", "local __hc_len,__hc_unm,__hc_bnot=... return __hc_len(t), __hc_unm(x), __hc_bnot(y)"),
      ("return a % b // c", "local __hc_idiv,__hc_mod=... return __hc_idiv(__hc_mod(a , b) , c)"),
      (
        "return a & b | c ~ d << e >> f",
        "local __hc_bor,__hc_band,__hc_bxor,__hc_shr,__hc_shl=... "
          + "return __hc_bor(__hc_band(a , b) , __hc_bxor(c , __hc_shr(__hc_shl(d , e) , f)))"
      ),
      ("return-x", "local __hc_unm=... return __hc_unm(x)"),
      ("return\"a\"..b", "local __hc_cat=... return __hc_cat(\"a\",b)"),
      ("return a .. f()", "local __hc_cat=... return __hc_cat(a , (f()))"),
      ("return -x ^ 2 .. y", "local __hc_cat,__hc_unm=... return __hc_cat(__hc_unm(x ^ 2) , y)"),
    ])
  }

  func testArithmeticOnLiteralsIsAFloat() throws {
    try assertText([
      ("return 1 + 2", "return 3.0"),
      ("return 60 * 60\n* 24", "return 86400.0\n"),
      ("return (1 + 2) * x, -5, -(5)", "return (3.0) * x, -5.0, -5.0"),
      ("return -7 // 2, 7 % -4, 2 ^ 10, 1 / 0, -1 / 0, 5 & 3", "return -4.0, -1.0, 1024.0, (1/0), (-1/0), 1.0"),
      ("return 9223372036854775807 + 1, 9223372036854775808", "return 9.223372036854776e+18, 9223372036854775808"),
      ("return 0xFF, 0xFFFFFFFFFFFFFFFF, 1e999, 1 + 'x'", "return 0xFF, (0/0), (0/0), 1 + 'x'"),
      ("return 1 << 62", "return 4.611686018427388e+18"),
      ("return 1 :: number + 2", "return 1   + 2"),
    ])
  }

  func testLiteralsKeepTheDialectsMeaning() throws {
    try assertText([
      (#"return "\x41\z\u\q\[", '\065\10\n\\\"\''"#, #"return "x41zuq[", '\065\10\n\\\"\''"#),
      ("return \"a\\\nb\"", "return \"a\\\nb\""),
      ("return 1and 2, 0x1or 3", "return 1 and 2, 0x1 or 3"),
    ])
  }

  func testLoopsSayWhetherTheyCountInIntegers() throws {
    try assertText([
      ("for i = 1, #t do end", "local __hc_len=... for i = 1.0, __hc_len(t) do end"),
      ("for i = 10, 1, -1 do end", "for i = 10.0, 1, -1.0 do end"),
      ("for i = #t, 1, -1 do end", "local __hc_len=... for i = __hc_len(t), 1, -1.0 do end"),
      ("for i = 1, 2.5 do end", "for i = 1.0, 2.5 do end"),
      ("for i = 0.1, 2, 0.7 do end", "for i = 0.09999999999999998, 2, 0.7 do end"),
      (
        "for i = 1, n do f(i) end",
        "local __hc_forprep=... do local __hc_i,__hc_n,__hc_s=__hc_forprep( 1, n ,1)for i=__hc_i,__hc_n,__hc_s do f(i) end end"
      ),
      (
        "for i: number = a,\n b, c() do end",
        "local __hc_forprep=... do local __hc_i,__hc_n,__hc_s=__hc_forprep( a,\n b, (c()) )for i=__hc_i,__hc_n,__hc_s do end end"
      ),
    ])
  }

  func testALocalFunctionSeesItself() throws {
    try assertText([
      ("local f = function() return f end", "local f f = function() return f end"),
      ("local f: T = (function() end)", "local f f  = (function() end)"),
      ("local f = function() end, 1", "local f = function() end, 1"),
      ("local f, g = function() end", "local f, g = function() end"),
    ])
  }

  func testStatementsThatOnlyTheDialectHas() throws {
    try assertText([
      ("(f())", ";do local _=(f()) end"),
      ("print(...)", "local __hc_select=... print(__hc_select(2,...))"),
      ("local function f(...) print(...) end", "local function f(...) print(...) end"),
    ])
  }

  func testTypesUsedAsValuesBecomeLocalsOnTheFirstLine() throws {
    try assertText([
      (
        "\ntype P = {x: number, y?: string}\nreturn P",
        "local __hc_type=... local P=__hc_type({[\"P\"]={k=\"record\",of={{n=\"x\",t=\"number\"},"
          + "{n=\"y\",t=\"string\",optional=true}}}},\"P\") \n \nreturn P"
      ),
      (
        "return string(x), nil(y), string.format('')",
        "local __hc_type=... local __hc_t_nil,__hc_t_string=__hc_type({},\"nil\",\"string\") "
          + "return __hc_t_string(x), __hc_t_nil(y), string.format('')"
      ),
      ("local number = f return number(1)", "local number = f return number(1)"),
      ("function any(x) end return any(1)", "function any(x) end return any(1)"),
      ("local type, P = 1, 2 return P", "local type, P = 1, 2 return P"),
    ])
  }

  func testInventedNamesNeverCollide() throws {
    try assertText([
      ("local __hc_cat = 1 return a .. b", "local __hc1_cat=... local __hc_cat = 1 return __hc1_cat(a , b)"),
      ("return __hc_x, __hc1_y, #t", "local __hc2_len=... return __hc_x, __hc1_y, __hc2_len(t)"),
    ])
  }

  func testFactsForLint() throws {
    let translation = try LuaDialect.translate(
      """
      local json = require("json")
      local time, other = require "time", require(name)
      function main(input)
        for k, v in pairs(input) do
          for _, w in
            next, v do math.random() end
        end
        result = os.clock() + os.clock()
        for i, v in ipairs(input) do print(v) end
      end
      """, chunkName: "chunk")
    XCTAssertEqual(translation.requires, [.init(name: "json", line: 1), .init(name: "time", line: 2)])
    XCTAssertEqual(translation.pairsLoops, [4...7, 5...6])
    XCTAssertEqual(translation.assignedGlobals, [.init(name: "main", line: 3), .init(name: "result", line: 8)])
    XCTAssertEqual(
      translation.globals.map { "\($0.name):\($0.line)" },
      [
        "require:1", "name:2", "pairs:4", "next:6", "math:6", "math.random:6", "os:8", "os.clock:8", "ipairs:9",
        "print:9",
      ])
    XCTAssertEqual(translation.support, [])
  }
}
