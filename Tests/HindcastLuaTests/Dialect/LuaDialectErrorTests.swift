import XCTest

@testable import HindcastLua

/// What the translator refuses, where, and what it advises.
final class LuaDialectErrorTests: XCTestCase {
  private func fault(_ source: [UInt8]) -> LuaSyntaxError? {
    do {
      _ = try LuaDialect.translate(source, chunkName: "f.lua")
      return nil
    } catch {
      return error
    }
  }

  func testErrorsNameThePlaceAndTheWayOut() {
    let cases: [(source: String, description: String)] = [
      ("local x =", "f.lua:1:10: expected an expression, found the end of the file"),
      ("local x <const> = 1", "f.lua:1:9: unexpected '<' (the dialect has no attributes such as <const> and <close>)"),
      ("if x then\n", "f.lua:2:1: expected 'end' to close 'if' at line 1, found the end of the file"),
      ("f(1\n", "f.lua:2:1: expected ')' to close '(' at line 1, found the end of the file"),
      ("x += 1", "f.lua:1:3: expected '=' or a call, found '+' (there is no compound assignment: write x = x + …)"),
      (
        "if a != b then end", "f.lua:1:7: expected 'then' to follow the condition, found '=' (inequality is written ~=)"
      ),
      ("x = a &&b", "f.lua:1:8: expected an expression, found '&' (logical and is written 'and')"),
      ("x = 'a\nb'", "f.lua:1:5: unfinished string (a line break in a string is written \\n)"),
      ("x = [[a", "f.lua:1:5: unfinished long string"),
      ("--[[a", "f.lua:1:1: unfinished long comment"),
      ("x = '\\256'", "f.lua:1:10: decimal escape too large (\\ddd goes up to \\255)"),
      ("x = 0x", "f.lua:1:5: malformed hexadecimal number"),
      ("x = 1e", "f.lua:1:5: malformed number: digits must follow the exponent"),
      ("x = $", "f.lua:1:5: unexpected '$'"),
      ("x = \u{7F}", "f.lua:1:5: unexpected byte 127"),
      ("break", "f.lua:1:1: 'break' outside a loop"),
      ("while x do break f() end", "f.lua:1:12: 'break' must be the last statement of its block (write do break end)"),
      ("return 1 f()", "f.lua:1:1: 'return' must be the last statement of its block (write do return end)"),
      (
        "f()\n(g)()",
        "f.lua:2:1: ambiguous: a call of the line before, or a new statement? "
          + "(join the lines, or begin the statement with ';')"
      ),
      (
        "local is = 1",
        "f.lua:1:7: expected a name for the local, found 'is' "
          + "('is' is a reserved word of Wippy's Lua; it can only be a field or method name)"
      ),
      (
        "for i in x do continue end",
        "f.lua:1:15: a name alone is not a statement (the dialect has no 'continue': use goto continue)"
      ),
      (
        "continue\n",
        "f.lua:1:1: a name alone is not a statement (the dialect has no 'continue': use goto continue)"
      ),
      ("x\n", "f.lua:1:1: an expression alone is not a statement (call it or assign it)"),
      ("f() = 1", "f.lua:1:1: cannot assign to this expression"),
      ("local function f() return ... end", "f.lua:1:27: cannot use '...' outside a vararg function"),
      ("// no\n", "f.lua:1:1: unexpected '//' (a comment starts with --)"),
      ("local x: (A, B) = 1", "f.lua:1:10: a list of types can only be what a function takes or returns (add -> R)"),
      ("end", "f.lua:1:1: unexpected 'end'"),
    ]
    for (source, description) in cases {
      XCTAssertEqual(fault(Array(source.utf8))?.description, description, "of: \(source)")
    }
  }

  func testBinaryIsRefused() {
    XCTAssertEqual(
      fault([0x1B] + Array("Lua".utf8))?.description,
      "f.lua:1:1: precompiled Lua (bytecode) is not accepted (give the source text)")
    XCTAssertEqual(
      fault([0xEF, 0xBB, 0xBF])?.description,
      "f.lua:1:1: the file starts with a byte order mark (save it as UTF-8 without BOM)")
    let places: [(source: String, column: Int)] = [
      ("\0", 1), ("--\0", 3), ("x='\0'", 4), ("x='\\\0'", 5), ("[[\0]]", 3),
    ]
    for (source, column) in places {
      let found = fault(Array(source.utf8))
      XCTAssertEqual(found?.message, "NUL byte in the source", "of: \(source)")
      XCTAssertEqual(found?.column, column, "of: \(source)")
    }
  }

  func testBytesThatAreNoTextSurviveInStringsAndComments() throws {
    let source: [UInt8] = Array("x = '".utf8) + [0xFF, 0xC0] + Array("' --".utf8) + [0xFE]
    XCTAssertEqual(try LuaDialect.translate(source, chunkName: "f.lua").text, source)
  }
}
