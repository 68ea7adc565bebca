import XCTest

@testable import HindcastLua

final class ExprModuleTests: XCTestCase {
  private func outcome(_ source: String) -> String {
    var rig = LuaFunctionRig()
    rig.modules = ["expr", "json"]
    return rig.outcome("return function()\n\(source)\nend")
  }

  private static let environment = """
    { price = 29.5, quantity = 3, age = 21, name = "Alice", roles = { "user", "admin" }, user = { tags = { "a" } },
      items = { { n = 1, ok = true }, { n = 2, ok = false }, { n = 3, ok = true } }, flag = true }
    """

  func testExpressionsHaveTheirValues() {
    let cases: [(String, String)] = [
      ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("7 / 2", "3.5"), ("7 % 4", "3"), ("2 ** 3 ** 2", "512"),
      ("2 ^ 3", "8"),
      ("-2 ** 2", "-4"), ("1_000 + 0x10 + 0b11", "1019"), ("1.5e2", "150"), ("price * quantity", "88.5"),
      ("age >= 18 and not (age > 65)", "true"), ("age < 18 || flag", "true"), ("!flag", "false"),
      (#"name + " is " + 'here'"#, #""Alice is here""#), (#""admin" in roles"#, "true"), (#""x" not in roles"#, "true"),
      (#""tags" in user"#, "true"), ("age > 90 ? 'A' : age > 20 ? 'B' : 'C'", #""B""#), ("missing ?? 5", "5"),
      ("missing?.field", "null"), ("user.tags[0]", #""a""#), ("roles[-1]", #""admin""#), ("roles[1:]", #"["admin"]"#),
      ("name[1:3]", #""li""#), ("1..4", "[1,2,3,4]"), ("[1, 2.5, nil]", "[1,2.5]"),
      ("{a: 1, 'b': [2]}", #"{"a":1,"b":[2]}"#),
      ("len(name) + len(roles) + len(user)", "8"), ("max(1, 5, 3)", "5"), ("min([4, 2])", "2"), ("abs(-42)", "42"),
      ("ceil(3.2) + floor(3.8) + round(2.5)", "10"), ("upper('a') + lower('B') + trim('  c ')", #""Abc""#),
      ("name contains 'lic'", "true"), ("name startsWith 'Al' && name endsWith 'ce'", "true"),
      ("name matches '^A.+e$'", "true"), ("sum([1, 2, 3.5])", "6.5"), ("mean([1, 2])", "1.5"),
      ("filter(items, {.ok}) | map(.n)", "[1,3]"), ("map(items, {#.n * 2})", "[2,4,6]"),
      ("all(items, {.n > 0})", "true"),
      ("any(items, .n > 2)", "true"), ("none(items, {.n > 3})", "true"), ("one(items, {.n == 2})", "true"),
      ("count(items, .ok)", "2"), ("find(items, .n > 1).n", "2"), ("findIndex(items, .n > 1)", "1"),
      ("sum(items, .n)", "6"),
      ("sortBy(items, -.n)[0].n", "3"), ("join(split('a,b', ','), '-')", #""a-b""#),
      ("replace('aXa', 'a', 'b')", #""bXb""#),
      ("int('7') + float('0.5')", "7.5"), ("string(5) + type(5)", #""5int""#), ("keys(user)", #"["tags"]"#),
      ("uniq([1, 1.0, 2])", "[1,2]"), ("sort([3, 1, 2]) | reverse() | first()", "3"),
      ("let x = 2; let y = x * 3; x + y", "8"),
      ("fromJSON('[1]')[0]", "1"), ("'a' < 'b' and 'b' >= 'b'", "true"), ("1 == 1.0 and [1] == [1]", "true"),
      ("1 /* one */ + // two\\n 2", "3"),
    ]
    for (expression, expected) in cases {
      XCTAssertEqual(
        outcome(
          "return (expr.eval([==[\(expression.replacingOccurrences(of: "\\n", with: "\n"))]==], \(Self.environment)))"),
        expected, expression)
    }
  }

  func testWhatIsWrongIsAnError() {
    let cases: [(String, String)] = [
      ("", "Invalid!: expression cannot be empty"), ("1 +", "Internal!: unexpected token EOF (1:4)"),
      ("1 2", #"Internal!: unexpected token Number("2") (1:3)"#),
      ("a @ b", "Internal!: unrecognized character: @ (1:3)"),
      ("'a", "Internal!: literal not terminated (1:1)"), ("foo(1)", "Internal!: unknown name foo"),
      ("1 + 'a'", "Internal!: invalid operation: int64 + string"), ("1 % 0", "Internal!: integer divide by zero"),
      ("[1][5]", "Internal!: index out of range: 5 (array length is 1)"),
      ("nil.a", "Internal!: cannot fetch a from <nil>"),
      ("1 ? 2 : 3", "Internal!: int64 is no bool"), ("#", "Internal!: # stands in no predicate"),
      ("1..100000000", "Internal!: memory budget exceeded"),
      ("repeat('ab', 1000000000)", "Internal!: memory budget exceeded"),
      ("upper(1)", "Internal!: invalid arguments of upper: (int64)"),
      ("map(1..1000, map(1..1000, map(1..1000, #)))", "Internal!: the expression takes too many steps"),
    ]
    for (expression, expected) in cases {
      XCTAssertEqual(outcome("return expr.eval([==[\(expression)]==])"), expected, expression)
    }
    XCTAssertEqual(
      outcome("return expr.eval(string.rep('(', 5000))"), "Internal!: expression nests too deeply")
  }

  func testAProgramRunsAgain() {
    XCTAssertEqual(
      outcome(
        """
        local program = assert(expr.compile("price * (1 - rate)"))
        return { program:run({ price = 100, rate = 0.5 }), program:run({ price = 10, rate = 0 }) }
        """), "[50,10]")
    XCTAssertEqual(outcome("return expr.compile('a + b', { a = 1 })"), "Internal!: unknown name b")
    XCTAssertEqual(outcome("return (expr.compile('a + len(b)', { a = 1, b = 'x' })):run({ a = 1, b = 'x' })"), "2")
    XCTAssertEqual(outcome("local p = expr.compile('a.b') return p:run({})"), "Internal!: cannot fetch b from <nil>")
  }
}
