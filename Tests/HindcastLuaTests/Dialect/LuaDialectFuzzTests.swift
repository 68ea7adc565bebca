import XCTest

@testable import HindcastLua

/// Hostile and random input: an error or a translation that stock Lua compiles, soon and without a crash.
final class LuaDialectFuzzTests: XCTestCase {
  func testSamplesCompile() throws {
    for sample in LuaSamples.all {
      XCTAssertNil(StockLua.compileFault(try LuaDialect.translate(sample, chunkName: "chunk").text), "of: \(sample)")
      let counting = try LuaDialect.translate(Array(sample.utf8), chunkName: "chunk", countsCoverage: true)
      XCTAssertNil(StockLua.compileFault(counting.text), String(decoding: counting.text, as: UTF8.self))
    }
  }

  // MARK: Mutations

  func testMutatedProgramsGiveAnErrorOrTextThatCompiles() throws {
    let tokens = try LuaSamples.all.map(Self.tokens)
    let pool = tokens.flatMap { $0 }
    var random = SplitMix(state: 0x5EED)
    var translated = 0
    for _ in 0..<1500 {
      var program = tokens[Int.random(in: 0..<tokens.count, using: &random)]
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<program.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: program.remove(at: place)
        case 1: program.insert(pool[Int.random(in: 0..<pool.count, using: &random)], at: place)
        case 2: program[place] = pool[Int.random(in: 0..<pool.count, using: &random)]
        default: program.swapAt(place, Int.random(in: 0..<program.count, using: &random))
        }
      }
      let source = Array(program.joined(separator: [0x20]))
      guard let translation = try? LuaDialect.translate(source, chunkName: "chunk") else { continue }
      translated += 1
      guard let fault = StockLua.compileFault(translation.text) else {
        let counting = try LuaDialect.translate(source, chunkName: "chunk", countsCoverage: true)
        XCTAssertNil(StockLua.compileFault(counting.text), String(decoding: counting.text, as: UTF8.self))
        XCTAssertEqual(Self.breaks(counting.text), Self.breaks(translation.text))
        continue
      }
      // Labels are left to Lua, which tells both kinds of mistake.
      XCTAssert(
        fault.contains("label") || fault.contains("goto"),
        "\(fault)\n\(String(decoding: source, as: UTF8.self))\n\(String(decoding: translation.text, as: UTF8.self))")
    }
    XCTAssertGreaterThan(translated, 40)
  }

  func testMutatedBytesGiveAnErrorOrTextThatCompiles() {
    var random = SplitMix(state: 0xB17E5)
    for _ in 0..<1500 {
      var bytes = Array(LuaSamples.all[Int.random(in: 0..<LuaSamples.all.count, using: &random)].utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      guard let translation = try? LuaDialect.translate(bytes, chunkName: "chunk") else { continue }
      guard let fault = StockLua.compileFault(translation.text) else { continue }
      XCTAssert(
        fault.contains("label") || fault.contains("goto"), "\(fault)\n\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  private static func breaks(_ text: [UInt8]) -> Int { text.count { $0 == 0x0A } }

  // MARK: Lines

  /// Every name that survives translation stands on the line it had, however the lines are broken.
  func testTokensKeepTheirLines() throws {
    var random = SplitMix(state: 0x11E5)
    let separators = [" ", " ", "\n", "\r\n", "\r", "\n\n", " -- c\n", " --[[ c\n\n ]] ", "\t"]
    let fixed: Set<String> = ["type", "select", "string", "integer", "number", "is"]
    for round in 0..<200 {
      let tokens = try Self.tokens(LuaSamples.all[round % LuaSamples.all.count])
      var source: [UInt8] = []
      var lines: [String: Int] = [:]
      for (index, token) in tokens.enumerated() {
        var text = String(decoding: token, as: UTF8.self)
        let isName = DialectLexer.isNameStart(token[0]) && DialectToken.Kind.words[text] == nil && !fixed.contains(text)
        if isName {
          text = "m\(index)"
          // The translation may repeat a loop's variable at its `do`.
          if tokens[max(index - 1, 0)] != Array("for".utf8) { lines[text] = Self.lineCount(source) }
        }
        source += Array(text.utf8)
        // Before a parenthesis a line break has a meaning.
        let isNextParenthesis = index + 1 < tokens.count && tokens[index + 1] == Array("(".utf8)
        source += Array(
          (isNextParenthesis ? " " : separators[Int.random(in: 0..<separators.count, using: &random)]).utf8)
      }
      let text = try LuaDialect.translate(source, chunkName: "chunk").text
      var survivors = 0
      for (name, line) in try Self.names(text) where name.hasPrefix("m") {
        guard let expected = lines[name] else { continue }
        survivors += 1
        XCTAssertEqual(line, expected, "\(name) of: \(String(decoding: source, as: UTF8.self))")
      }
      XCTAssertGreaterThan(survivors, 10)
    }
  }

  // MARK: Bombs

  func testDeepNestingIsAnError() {
    let bombs = [
      "(", "{", "-", "not ", "#", "f(", "f{", "x[", "a^", "a..(", "function() ", "if x then ", "do ", "while x do ",
      "repeat ", "for i = 1, 2 do ", "return function() ", "local x: {", "local x: (", "local x: fun(", "local x: A<",
      "local x: () -> ", "local x: {[", "local x: typeof(", "x = y as {", "local x: A extends B ? ", "a = {[",
    ]
    for bomb in bombs {
      let source = Array(repeating: bomb.hasPrefix("local x: ") ? String(bomb.dropFirst(9)) : bomb, count: 100_000)
      let head = bomb.hasPrefix("local x: ") ? "local x: " : (bomb.first?.isLetter == true ? "" : "x = ")
      XCTAssertThrowsError(try LuaDialect.translate(head + source.joined(), chunkName: "chunk"), "of: \(bomb)")
    }
    for (head, suffix) in [("local x: T", "[]"), ("local x: T", "?"), ("local x: T", " @a"), ("local x: T", "|A&B")] {
      let source = head + String(repeating: suffix, count: 100_000)
      XCTAssertThrowsError(try LuaDialect.translate(source + " = 1 2", chunkName: "chunk"), "of: \(suffix)")
    }
    let chain = "x = a" + String(repeating: " % a", count: 100_000)
    XCTAssertThrowsError(try LuaDialect.translate(chain, chunkName: "chunk")) {
      XCTAssertEqual(
        "\($0)", "chunk:1:723: nested too deeply: more than 180 levels (give a part a local of its own)")
    }
  }

  func testLongInputTakesLinearTime() throws {
    let repeated: [(head: String, part: String, tail: String)] = [
      ("x = 1", "+1", ""), ("x = a", "+a", ""), ("x = 1", "\n+1", ""), ("x = a", ".b", ""), ("x = a", "[1]", ""),
      ("a", "()", ""), ("x = {", "1,", "}"), ("x = a", " or a", ""), ("", "x = 1 ", ""), ("", ";", ""),
      ("if a then ", "elseif a then ", "end"), ("x = '", "\\q", "'"), ("x = [[", "]=", "]]"), ("--[==[", "]=", "]==]"),
      ("--[", "=", ""), ("", "::a:: ", ""), ("local x: A", "|A", ""), ("local x: {", "a: T,", "}"),
      ("x = a", " as T", ""),
      ("x = a", "!", ""), ("local a", ",a", ""), ("", "type T = T ", "return T"), ("x = '' ", ".. #x", ""),
      ("", "local f = function() end ", ""), ("", "__hc", ""), ("x = ", "__hc1_+", "1"), ("", "goto a ", ""),
      ("", "for i = 1, n do end ", ""), ("f(", "-a,", "1)"), ("local x: A<", "A,", "A>"), ("", "\r\n", ""),
    ]
    for (head, part, tail) in repeated {
      let source = head + String(repeating: part, count: 15_000) + tail
      // Only the time counts here: a quadratic step would take minutes.
      _ = try? LuaDialect.translate(source, chunkName: "chunk")
    }
    let doubling = (1...60).map { "local v\($0): {a: typeof(v\($0 - 1)), b: typeof(v\($0 - 1))}\n" }.joined()
    let types = "local v0: {x: number}\n\(doubling)type T = typeof(v60)\nreturn T"
    XCTAssertLessThan(try LuaDialect.translate(types, chunkName: "chunk").text.count, 20_000)
    let many = "__hc_x = 1\n" + (1..<20_000).map { "__hc\($0)_x = #a\n" }.joined()
    let translation = try LuaDialect.translate(many, chunkName: "chunk")
    XCTAssert(translation.text.starts(with: Array("local __hc20000_".utf8)))
  }

  // MARK: Helpers

  private static func tokens(_ source: String) throws -> [[UInt8]] {
    var lexer = DialectLexer(source: Array(source.utf8), chunkName: "sample")
    var rewriter = DialectRewriter()
    var tokens: [[UInt8]] = []
    while true {
      let token = try lexer.next(&rewriter)
      if token.kind == .endOfFile { return tokens }
      tokens.append(Array(lexer.source[token.start..<token.end]))
    }
  }

  private static func names(_ text: [UInt8]) throws -> [(String, Int)] {
    var lexer = DialectLexer(source: text, chunkName: "translation")
    var rewriter = DialectRewriter()
    var names: [(String, Int)] = []
    while true {
      let token = try lexer.next(&rewriter)
      if token.kind == .endOfFile { return names }
      if token.kind == .name { names.append((lexer.text(token), token.line)) }
    }
  }

  /// The line on which the next byte stands.
  private static func lineCount(_ bytes: [UInt8]) -> Int {
    var line = 1
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 0x0A || (byte == 0x0D) { line += previous == 0x0D && byte == 0x0A ? 0 : 1 }
      previous = byte
    }
    return line
  }
}

/// A small reproducible generator.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
