import Foundation
import XCTest

@testable import HindcastRegistry

/// Files that no honest user writes end in an error with a place, at once.
final class HostileInputTests: XCTestCase {
  private func error(_ bytes: [UInt8], file: String = "f.yaml") -> String? {
    do {
      _ = try YAMLReader.read(bytes, file: SourceFile(displayPath: file, relativePath: file))
      return nil
    } catch {
      return error.description
    }
  }

  private func error(_ text: String, file: String = "f.yaml") -> String? { error(Array(text.utf8), file: file) }

  func testEndsInAnErrorWithAPlace() {
    let laughs =
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      + (1...9).map { level in
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
      }.joined()
    // Every alias nests the one before it ninety deeper.
    let tower =
      "a0: &a0 x\n"
      + (1...4).map { level in
        "a\(level): &a\(level) " + String(repeating: "[", count: 90) + "*a\(level - 1)"
          + String(repeating: "]", count: 90) + "\n"
      }.joined()
    let table: [(name: String, text: String, error: String)] = [
      (
        "alias bomb", laughs,
        "f.yaml:6:15: error: the file holds more than 250000 values, aliases counted with what they stand for"
      ),
      ("alias tower", tower, "f.yaml:3:99: error: lists and maps are nested more than 100 deep"),
      ("self-containing", "a: &a [1, *a]", "f.yaml:1:11: error: *a stands inside the value that it names"),
      (
        "unknown alias", "a: &worker 1\nb: *wroker",
        "f.yaml:2:4: error: no anchor &wroker stands before this alias (did you mean 'worker'?)"
      ),
      (
        "deep lists", String(repeating: "[", count: 100_000),
        "f.yaml:1:102: error: lists and maps are nested more than 100 deep"
      ),
      (
        "deep maps", String(repeating: "{a: ", count: 100_000),
        "f.yaml:1:402: error: lists and maps are nested more than 100 deep"
      ),
      (
        "deep blocks", (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        "f.yaml:101:101: error: lists and maps are nested more than 100 deep"
      ),
      ("NUL", "a: b\nc: d\u{0}e", "f.yaml:2:5: error: not valid YAML: control characters are not allowed"),
      ("control character", "a: \u{7}", "f.yaml:1:4: error: not valid YAML: control characters are not allowed"),
      (
        "second document", "a: 1\n---\nb: 2",
        "f.yaml:2:1: error: a second document starts here (a registry file holds one document; put the other in a file of its own)"
      ),
      ("list as key", "? [a]\n: 1", "f.yaml:1:3: error: a key must be a string"),
      ("merge of a number", "a:\n  <<: 5", "f.yaml:2:7: error: << merges maps, not an integer"),
      (
        "foreign tag", "a: !python/object x",
        "f.yaml:1:4: error: the tag !python/object does not fit this value or is not supported"
      ),
      ("foreign list tag", "a: !!set [x]", "f.yaml:1:4: error: the tag tag:yaml.org,2002:set is not supported here"),
      (
        "tab", "a:\n\tb: 1",
        "f.yaml:2:1: error: not valid YAML: found character that cannot start any token while scanning for the next token"
      ),
      (
        "unclosed below", "a: [1,\n  2\nb: 3\n",
        "f.yaml:3:2: error: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence that starts at line 1"
      ),
      (
        "unclosed", "a: [1, 2",
        "f.yaml:1:9: error: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence"
      ),
    ]
    for (name, text, expected) in table { XCTAssertEqual(error(text), expected, name) }
  }

  func testInvalidBytesEndInAnErrorWithAPlace() {
    let table: [(bytes: [UInt8], error: String)] = [
      (Array("a: b\nc: é".utf8) + [0xFF, 0x20], "f.yaml:2:5: error: not valid YAML: invalid leading UTF-8 octet"),
      (Array("a: ".utf8) + [0xC3], "f.yaml:1:4: error: not valid YAML: incomplete UTF-8 octet sequence"),
      (Array("a: ".utf8) + [0xED, 0xA0, 0x80, 0x0A], "f.yaml:1:4: error: not valid YAML: invalid Unicode character"),
    ]
    for (bytes, expected) in table { XCTAssertEqual(error(bytes), expected) }
  }

  func testTakesAByteOrderMarkAndUTF16() throws {
    let file = SourceFile(displayPath: "f.yaml", relativePath: "f.yaml")
    let utf8: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("a: 1".utf8)
    let utf16: [UInt8] = [0xFF, 0xFE] + "a: 1".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    for bytes in [utf8, utf16] { XCTAssertEqual(try YAMLReader.read(bytes, file: file).value?["a"]?.int, 1) }
  }

  /// Whatever the bytes, reading them ends: in a value or in an error.
  func testReadsDamagedFiles() {
    let whole = Array(index(clientAndWorker).utf8)
    let pieces: [[UInt8]] = [
      [], [0], [0xFF], Array("&a *a".utf8), Array("<<: ".utf8), Array("{[".utf8), Array("\n---\n".utf8),
      Array("%YAML 9\n".utf8),
      Array("! ".utf8), Array("? ".utf8), Array("|\n".utf8), Array("\"\\".utf8),
    ]
    var outcomes: Set<String> = []
    for cut in whole.indices {
      for piece in pieces {
        let text = String(decoding: Array(whole[..<cut]) + piece + Array(whole[cut...]), as: UTF8.self)
        outcomes.insert(problems(in: ["_index.yaml": text]).isEmpty ? "loads" : "is refused")
      }
    }
    XCTAssertEqual(outcomes, ["loads", "is refused"])
  }

  func testHugeFilesAreNotRead() {
    let filler = String(repeating: "# filler\n", count: 1_000_000)
    XCTAssertEqual(
      problems(in: ["_index.yaml": index(clientAndWorker) + filler]),
      ["_index.yaml:1:1: error: failed to read the file: it is larger than 8 MB"])
    // A large file that is none of ours is none of ours.
    XCTAssertEqual(problems(in: ["_index.yaml": index(clientAndWorker), "data.yaml": "x: 1\n" + filler]), [])
  }

  func testManyValuesAreRefusedBeforeTheyFillTheMemory() {
    XCTAssertEqual(
      error("a: [" + String(repeating: "1,", count: 300_000) + "]"),
      "f.yaml:1:499999: error: the file holds more than 250000 values, aliases counted with what they stand for")
  }

  /// Work that grows with the product of two sizes of the input is bounded.
  func testNothingCostsTheSquareOfTheInput() {
    let fields = (0..<20_000).map { "f\($0): 1" }.joined(separator: ", ")
    XCTAssertEqual(problems(inEntries: "  - {name: c, kind: temporal.client, address: a, \(fields)}").count, 20_000)

    let meta = (0..<2000).map { "m\($0): 1" }.joined(separator: ", ")
    let entries = (0..<2000).map { "  - {name: e\($0), kind: k.k}" }.joined(separator: "\n")
    XCTAssertEqual(
      problems(in: ["_index.yaml": "meta: {\(meta)}\n" + index(entries)]),
      ["_index.yaml:1:7: error: meta is too large to be merged into 2000 entries"])

    let texts = (0..<20_000).map { "- &a\($0) |\n  x\n" }.joined()
    XCTAssertNil(error(texts))

    let imports = (0..<2000).map { "l\($0): app:missing\($0)" }.joined(separator: ", ")
    let libraries = (0..<2000).map { "  - {name: library\($0), kind: library.lua, source: x}" }.joined(separator: "\n")
    XCTAssertEqual(
      problems(inEntries: "  - {name: w, kind: workflow.lua, source: x, imports: {\(imports)}}\n\(libraries)").count,
      2000)

    let cycle = (0..<3000).map {
      "  - {name: l\($0), kind: library.lua, source: x, imports: {n: app:l\(($0 + 1) % 3000)}}"
    }
    XCTAssertEqual(
      problems(inEntries: cycle.joined(separator: "\n")),
      [
        "_index.yaml:3002:62: warning: app:l2999: adding dependency would create a cycle: app:l0 → app:l1 → app:l2 → app:l3 → … → app:l2998 → app:l2999 → app:l0"
      ])
  }

  func testADeepImportChainIsNoDeepRecursion() {
    let libraries = (0..<5000).map {
      "  - {name: l\($0), kind: library.lua, source: x, imports: {next: app:l\($0 + 1)}}"
    }
    let end = "  - {name: l5000, kind: library.lua, source: x}"
    XCTAssertEqual(problems(inEntries: (libraries + [end]).joined(separator: "\n")), [])
  }
}
