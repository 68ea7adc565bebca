import XCTest

@testable import HindcastLua

/// Arbitrary input gives a value or an error: never a crash, a hang, or something left on the stack.
final class LuaFuzzTests: XCTestCase {
  /// The same sequence in every run.
  private struct Sequence: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) ^ (state << 31)
    }
  }

  func testMutatedJSON() throws {
    let rig = try LuaRig()
    var random = Sequence(state: 1)
    let seed = Array(
      #"{"a":[1,-2.5e3,null,true,{"k\u00e9\ud83d\ude00":"v\n"}],"b":{},"c":[[],""],"ü":9223372036854775808}"#.utf8)
    for _ in 0..<3_000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let position = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: position)
        default: bytes.insert(seed[Int.random(in: 0..<seed.count, using: &random)], at: position)
        }
      }
      do throws(LuaJSONError) {
        try rig.machine.pushJSON(bytes)
        let text = try rig.machine.json(-1)
        XCTAssertFalse(text.isEmpty)
        rig.machine.pop()
      } catch {
        XCTAssertLessThanOrEqual(error.offset ?? 0, bytes.count)
        if rig.machine.top == 1 { rig.machine.pop() }
      }
      XCTAssertEqual(rig.machine.top, 0)
    }
  }

  func testRandomPatternsAndFormats() throws {
    let rig = try LuaRig()
    rig.machine.beginSlice(instructions: 50_000_000)
    let text = """
      local marks = {"a", "b", ".", "%a", "%", "[", "]", "^", "$", "(", ")", "*", "+", "-", "?", "%b", "%f", "%1", "0", "5", "s", "d", "q", "x", "g", "#", " "}
      local function word(n)
        local parts = {}
        for i = 1, math.random(n) do parts[i] = marks[math.random(#marks)] end
        return table.concat(parts)
      end
      local good, bad = 0, 0
      for i = 1, 4000 do
        local s, p = word(12), word(8)
        for _, f in ipairs({string.find, string.match, string.gsub, string.format}) do
          local ok = pcall(f, f == string.format and "%" .. p or s, f == string.format and i or p, "%0")
          if ok then good = good + 1 else bad = bad + 1 end
        end
        pcall(function() for _ in s:gmatch(p) do break end end)
      end
      return good > 100, bad > 100
      """
    XCTAssertEqual(try rig.results(text), ["true", "true"])
  }

  func testRandomBytesAsPrograms() {
    var random = Sequence(state: 3)
    let words = [
      "local", "function", "end", "return", "(", ")", "{", "}", "=", "x", "1", "..", "if", "then", "while", "do", "\n",
      "\"", "[[", "--", "::", "goto",
    ]
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 1...30, using: &random)).map { _ in
        words[Int.random(in: 0..<words.count, using: &random)]
      }
      do throws(LuaFault) { _ = try LuaProgram(text: text.joined(separator: " "), chunkName: "fuzz") } catch {
        XCTAssertEqual(error.kind, .syntax)
        XCTAssertTrue(error.message.hasPrefix("fuzz:"), error.message)
      }
    }
  }
}
