import Foundation
import HindcastCore
import HindcastLint
import HindcastRegistry
import XCTest

/// What belongs to no single rule: comments, entries, places, and input that is no code.
final class LinterTests: XCTestCase {
  func testCommentsSuppress() {
    let cases: [(code: String, finds: [String])] = [
      ("return function() return math.random() end -- hindcast: ignore lint-random only for a log line", []),
      ("-- hindcast: ignore lint-random\nreturn function() return math.random() end", []),
      ("-- hindcast: ignore lint-clock, lint-random both\nreturn function() return math.random(), os.clock() end", []),
      (
        "local x = 1 -- hindcast: ignore lint-random\nreturn function() return math.random() end",
        [
          "1:13 lint-suppression", "2:26 lint-random",
        ]
      ),
      (
        "-- hindcast: ignore lint-randon\nreturn function() return math.random() end",
        [
          "1:1 lint-suppression", "2:26 lint-random",
        ]
      ),
      (
        "-- hindcast: ignore\nreturn function() return math.random() end", ["1:1 lint-suppression", "2:26 lint-random"]
      ),
      (
        "-- hindcast: ignore lint-clock\nreturn function() return math.random() end",
        [
          "1:1 lint-suppression", "2:26 lint-random",
        ]
      ),
      ("local s = '-- hindcast: ignore nothing' --[[ hindcast: ignore nothing ]]\nreturn function() return s end", []),
      ("--[==[\nlong ]] --]==] -- hindcast: ignore lint-random\nreturn function() return math.random() end", []),
      (
        "local s = [[\n-- hindcast: ignore lint-random]]\nreturn function() return math.random(), s end",
        ["3:26 lint-random"]
      ),
    ]
    for (code, finds) in cases { XCTAssertEqual(LintSamples.findings(in: code), finds, code) }
  }

  func testWhatIsWrongWithEntriesIsFoundAsWell() {
    let findings = Linter.findings(
      in: .memory(
        LintSamples.files.merging(["_index.yaml": LintSamples.entries.replacing("[time]", with: "[tiem]")]) { $1 }))
    XCTAssertEqual(findings.map(\.rule), [.app])
    XCTAssertEqual(findings.first?.location.line, 21)
    XCTAssertEqual(findings.first?.hint, "did you mean 'time'?")
  }

  func testCodeInTheEntryItselfIsFoundAtItsLine() {
    let entries = LintSamples.entries.replacing(
      "    source: file://main.lua\n",
      with: "    source: |\n      return function()\n        return math.random()\n      end\n")
    XCTAssertEqual(LintSamples.findings(["_index.yaml": entries]), ["_index.yaml:15 lint-random"])
  }

  func testColumnsCountCharacters() {
    XCTAssertEqual(
      LintSamples.findings(in: "return function() local s = 'größer 🦀' return s, math.random() end"),
      ["1:50 lint-random"])
    XCTAssertEqual(LintSamples.findings(in: "local a = 1\nlocal s = 'größer 🦀' = 1"), ["2:22 lint-syntax"])
    XCTAssertEqual(
      LintSamples.findings(in: "local é = 1 -- no name of the dialect\nreturn function() end"), ["1:7 lint-syntax"])
  }

  func testAFileOfNoAppIsCheckedAsAWorkflow() {
    let code = Array("local m = require('anything')\nreturn function() return m.x(math.random(), foo.bar) end".utf8)
    XCTAssertEqual(Linter.findings(in: code, file: "main.lua").map(LintSamples.line), ["2:30 lint-random"])
  }

  func testAllGoldenSuitesAreFreeOfErrors() throws {
    let histories = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Histories").path
    var suites = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: histories).sorted() {
      let suite = "\(histories)/\(name)"
      guard FileManager.default.fileExists(atPath: "\(suite)/_index.yaml") else { continue }
      suites += 1
      let findings = Linter.findings(in: .directory(suite)).filter { $0.severity > .info }
      // Broken on purpose.
      let expected = name == "changes" ? ["\(suite)/broken_syntax.lua:6:10 lint-syntax"] : []
      XCTAssertEqual(findings.map(LintSamples.line), expected)
    }
    XCTAssertGreaterThan(suites, 20)
  }

  // MARK: Bad input

  func testInputThatIsNoCodeIsAFinding() {
    let cases: [(bytes: [UInt8], words: String)] = [
      ([0x1B, 0x4C, 0x75, 0x61], "bytecode"), ([0xEF, 0xBB, 0xBF], "byte order mark"), ([0x00], "NUL"),
      (Array("return \u{201C}x\u{201D}".utf8), "unexpected"), ([0xFF, 0xFE], "unexpected"),
      (Array(String(repeating: "(", count: 100_000).utf8), "nested too deeply"),
      (Array(String(repeating: "if x then ", count: 100_000).utf8), "nested too deeply"),
      ([UInt8](repeating: 0x20, count: Linter.sizeLimit + 1), "larger than 4 MB"),
    ]
    for (bytes, words) in cases {
      let findings = Linter.findings(in: bytes, file: "x.lua")
      XCTAssertEqual(findings.map(\.rule), [.syntax], words)
      XCTAssertTrue(findings.first?.message.contains(words) ?? false, findings.first?.message ?? "")
    }
    XCTAssertEqual(Linter.findings(in: [], file: "x.lua"), [])
    // Strings and comments may hold any bytes.
    XCTAssertEqual(
      Linter.findings(in: Array("return '".utf8) + [0xFF] + Array("' -- ".utf8) + [0xFE], file: "x.lua"), [])
  }

  func testLongChainsAreNoDeepTrees() {
    let chains = [
      "return a" + String(repeating: ".b", count: 5_000), "return a" + String(repeating: "()", count: 5_000),
      "return a" + String(repeating: " + a", count: 10_000), "return a" + String(repeating: " .. a", count: 10_000),
      "return a" + String(repeating: ":b()", count: 5_000), String(repeating: "local a = a\n", count: 5_000),
      "if x then y() " + String(repeating: "elseif x then y() ", count: 5_000) + "end",
      String(repeating: "(", count: 170) + "a" + String(repeating: ")", count: 170) + "()",
      "return " + String(repeating: "{", count: 170) + String(repeating: "}", count: 170),
      "return " + String(repeating: "not ", count: 170) + "a",
      String(repeating: "local function f() ", count: 85) + String(repeating: "end ", count: 85),
      "local f0 = time.sleep\n" + (1..<5000).map { "local f\($0) = f\($0 - 1)\n" }.joined(),
    ]
    for chain in chains {
      XCTAssertEqual(
        Linter.findings(in: Array(chain.utf8), file: "x.lua").filter { $0.rule == .syntax }.map(\.message), [],
        String(chain.prefix(60)))
    }
  }

  func testMangledCodeNeverCrashes() throws {
    let words = [
      "local", "function", "end", "return", "if", "then", "else", "for", "in", "pairs", "(", ")", "{", "}", "[", "]",
      "=",
      ".", ":", ",", "::", "as", "!", "x", "type", "workflow.version('a', 1, 2)", "funcs.call", "'s'", "5", "-", "not",
      "==",
      "repeat", "until", "do", "while", "\n", "-- hindcast: ignore lint-random\n", "?", "<", ">", "...", "..", ";",
      "goto",
      "require('time')", "math.random()", "nil", "tostring({})", "interface", "readonly", "@", "|", "fun",
    ]
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let seed = Array(
      """
      local funcs, time = require("funcs"), require("time")
      type Order = {id: string, total?: number}
      local function step(o: Order, n: number?): (string, error?)
        for k, v in pairs(o) do time.sleep(v as number) end
        return funcs.new():with_options({["activity.summary"] = "x"}):call("a:b", o.id)
      end
      return {main = function(o) if workflow.version("c", 1, 2) == 3 then return step(o)! end end}
      """.utf8)
    var read = 0
    for round in 0..<3000 {
      var bytes: [UInt8]
      if round.isMultiple(of: 2) {
        bytes = Array((0..<random(30)).map { _ in words[random(words.count)] }.joined(separator: " ").utf8)
      } else {
        bytes = seed
        for _ in 0...random(4) {
          switch random(3) {
          case 0: bytes[random(bytes.count)] = UInt8(random(256))
          case 1: bytes.remove(at: random(bytes.count))
          default: bytes.insert(contentsOf: words[random(words.count)].utf8, at: random(bytes.count))
          }
        }
      }
      let findings = Linter.findings(in: bytes, file: "x.lua")
      // What the dialect's parser takes, the linter's must take, too.
      let gap = findings.first { $0.rule == .syntax && $0.severity != .error }
      XCTAssertNil(gap, "\(gap?.message ?? "") in \(String(decoding: bytes, as: UTF8.self))")
      if !findings.contains(where: { $0.rule == .syntax }) { read += 1 }
    }
    XCTAssertGreaterThan(read, 100)
  }
}
