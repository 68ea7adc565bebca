import XCTest

@testable import HindcastLua

/// Type values at run time.
final class LuaTypeRuntimeTests: XCTestCase {
  private static let types = """
    type Point = {x: number, y?: number}
    type Name = string @min_len(2) @max_len(4)
    type User = {name: Name, tags: {string} @min_len(1), mail?: string @pattern("^.+@.+$")}
    type Id = number | string
    type Color = "red" | "green" | 3 | true
    type Scores = {[string]: number @min(0) @max(10)}
    type Ranks = {[integer]: string}
    type Both = Point & {z: number}
    type Box<T> = {value: T}
    type Tree = {left?: Tree, value: integer}
    type Names = {Name}
    type Handler = (number, string) -> (boolean, string)
    type Key = keyof(Point)
    type Foreign = process.Message
    type Missing = Nowhere
    interface Shape function area(self): number end
    local sample: {a: number} = {a = 1}
    type Sample = typeof(sample)

    """

  private func assertPrints(_ cases: [(source: String, line: String)], line: UInt = #line) {
    for (source, expected) in cases {
      XCTAssertEqual(StockLua.run(Self.types + source, line: line), [expected], "of: \(source)", line: line)
    }
  }

  func testCallsGiveTheValueOrRaise() {
    assertPrints([
      (
        "print(string('a'), number(1), integer(2.0), boolean(true), nil(nil), any({}) ~= nil, unknown(3))",
        "a 1 2 true nil true 3"
      ),
      ("string(1)", "chunk:19: expected string, got number"),
      ("integer(1.5)", "chunk:19: expected integer, got number"),
      ("never(1)", "chunk:19: expected never, got number"),
      ("local x = nil(1)", "chunk:19: expected nil, got number"),
      ("print(Point({x = 1}).x)", "1"),
      ("Point({})", "chunk:19: expected Point, got table"),
      ("Point()", "chunk:19: type Point expects at least 1 argument"),
      ("Point(1, 2)", "chunk:19: type Point validation expects 1 value, got 2"),
      ("print(Box(number)({value = 2}).value, (pcall(Box(number), {value = 'x'})))", "2 false"),
      ("print(Box(Point)({value = {x = 1}}).value.x)", "1"),
      ("Point(Box)", "chunk:19: type Point is not generic"),
      ("local P = Point print(P({x = 5}).x, tostring(P), Point == P)", "5 Point true"),
      ("Point.x = 1", "chunk:19: attempt to modify type Point"),
    ])
  }

  func testIsTellsWhatIsWrong() {
    let cases: [(check: String, message: String)] = [
      ("Point, {x = 1}", "nil"), ("Point, {x = 1, y = 2, z = 3}", "nil"), ("Point, {}", "x: required field missing"),
      ("Point, {x = 'a'}", "x: expected number, got string"),
      ("Point, 5", "expected {x: number, y?: number}, got number"),
      ("User, {name = 'Al', tags = {'a'}, mail = 'a@b'}", "nil"),
      ("User, {name = 'A', tags = {'a'}}", "name: length below minimum"),
      ("User, {name = 'Alfons', tags = {'a'}}", "name: length above maximum"),
      ("User, {name = 'Al', tags = {}}", "tags: length below minimum"),
      ("User, {name = 'Al', tags = {'a', 2}}", "tags[2]: expected string, got number"),
      ("User, {name = 'Al', tags = {'a'}, mail = 'x'}", "mail: pattern mismatch"),
      ("Id, 1", "nil"), ("Id, 'x'", "nil"), ("Id, true", "expected number | string, got boolean"),
      ("Color, 'red'", "nil"), ("Color, 3.0", "nil"), ("Color, true", "nil"),
      ("Color, 'blue'", "expected \"red\" | \"green\" | 3 | true, got string"),
      ("Scores, {a = 1}", "nil"), ("Scores, {a = 11}", ".a: value above maximum"),
      ("Scores, {[true] = 1}", "[key]: expected string, got boolean"),
      ("Ranks, {'a', 'b'}", "nil"), ("Ranks, {'a', 2}", "[2]: expected string, got number"),
      ("Both, {x = 1, z = 2}", "nil"), ("Both, {x = 1}", "z: required field missing"),
      ("Tree, {value = 1, left = {value = 2}}", "nil"),
      ("Tree, {value = 1, left = {value = 2.5}}", "left.value: expected integer, got number"),
      ("Names, {'ab', 'c'}", "[2]: length below minimum"), ("Handler, print", "nil"),
      ("Handler, {}", "expected function, got table"), ("Key, 'x'", "nil"),
      ("Key, 'z'", "expected \"x\" | \"y\", got string"), ("Foreign, 1", "nil"),
      ("Missing, 1", "unresolved type Nowhere"), ("Shape, {}", "nil"), ("Shape, 1", "expected table, got number"),
      ("Sample, {a = 'x'}", "a: expected number, got string"),
    ]
    assertPrints(
      cases.map { check, message in
        let parts = check.split(separator: ",", maxSplits: 1)
        return ("local v, e = \(parts[0]):is(\(parts[1])) print(tostring(e))", message)
      })
    assertPrints([
      ("local v, e = Point:is({x = 2}) print(v.x, e)", "2 nil"),
      (
        "local v, e = Point.is(5) print(v, e.kind, e.details.expected, e.details.got, e.details.field)",
        "nil Invalid {x: number, y?: number} number nil"
      ),
      (
        "local _, e = User:is({name = 'A', tags = {'a'}}) local d = e.details print(d.field, d.expected, d.got, d.constraint)",
        "name 2 A min_len"
      ),
      ("local t = {} t.left, t.value = t, 1 print(Tree:is(t) == nil)", "true"),
    ])
  }

  func testReflection() {
    assertPrints([
      (
        "print(Point:kind(), Id:kind(), Name:kind(), Names:kind(), Scores:kind(), Handler:kind(), Box:kind(), number:kind())",
        "record union string array map function generic number"
      ),
      (
        "print(Point:name(), Names:elem(), Scores:key(), Point.y, Handler:ret(), Point:elem())",
        "Point Name string number boolean nil"
      ),
      (
        "local s = '' for n, t in Point:fields() do s = s .. n .. ':' .. tostring(t) .. ' ' end print(s)",
        "x:number y:number "
      ),
      ("local s = '' for t in Id:variants() do s = s .. tostring(t) .. ' ' end print(s)", "number string "),
      ("local s = '' for t in Handler:params() do s = s .. tostring(t) .. ' ' end print(s)", "number string "),
      ("for n in Box:tparams() do print(n) end", "T"),
    ])
  }

  func testTypesAreVisibleAboveTheirDeclarationAndYieldToLocals() {
    XCTAssertEqual(
      StockLua.run("local function f(v) return Late(v) end\ntype Late = number\nprint(f(1), (pcall(f, 'x')))"),
      ["1 false"])
    XCTAssertEqual(StockLua.run("type P = number\nlocal P = 5 print(P)"), ["5"])
    XCTAssertEqual(StockLua.run("type P = number\nfunction P(v) return 'mine' end print(P('x'))"), ["mine"])
    XCTAssertEqual(StockLua.run("local string = {rep = 1} print(string.rep)"), ["1"])
  }
}
