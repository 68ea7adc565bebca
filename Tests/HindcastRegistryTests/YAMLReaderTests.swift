import XCTest

@testable import HindcastRegistry

final class YAMLReaderTests: XCTestCase {
  private func read(_ text: String, file: String = "f.yaml") throws -> ConfigurationValue {
    let file = SourceFile(displayPath: file, relativePath: file)
    return try XCTUnwrap(try YAMLReader.read(Array(text.utf8), file: file).value)
  }

  func testScalarsFollowTheCoreSchema() throws {
    let table: [(text: String, content: ConfigurationValue.Content)] = [
      ("", .null), ("~", .null), ("null", .null), ("NULL", .null), ("nULL", .string("nULL")),
      ("true", .bool(true)), ("FALSE", .bool(false)), ("yes", .string("yes")), ("on", .string("on")),
      ("0", .int(0)), ("010", .int(10)), ("-12", .int(-12)), ("+7", .int(7)), ("0x1F", .int(31)), ("0o17", .int(15)),
      ("0x", .string("0x")), ("0x+1", .string("0x+1")), ("0o8", .string("0o8")), ("1_000", .string("1_000")),
      ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
      ("9223372036854775808", .float(9_223_372_036_854_775_808)),
      ("1.5", .float(1.5)), (".5", .float(0.5)), ("5.", .float(5)), ("-1e3", .float(-1000)), ("1E-2", .float(0.01)),
      (".inf", .float(.infinity)), ("-.Inf", .float(-.infinity)), ("1e", .string("1e")), (".", .string(".")),
      ("-", .string("-")), ("1.2.3", .string("1.2.3")), ("10s", .string("10s")), ("2024-01-01", .string("2024-01-01")),
      ("infinity", .string("infinity")), ("0x1p3", .string("0x1p3")), ("nan", .string("nan")),
    ]
    for (text, content) in table {
      XCTAssertEqual(ScalarContent(plain: text).content, content, text)
    }
    XCTAssertEqual(try read("\"true\"").content, .string("true"))
    XCTAssertEqual(try read("!!str 12").content, .string("12"))
    XCTAssertEqual(try read("! 12").content, .string("12"))
    XCTAssertEqual(try read("!!float 12").content, .float(12))
  }

  func testValuesKnowTheirPlace() throws {
    let value = try read("a: 1\nlist:\n  - é: x\n    other: \"two\"\n")
    let element = try XCTUnwrap(value["list"]?.list?.first)
    XCTAssertEqual(value["a"]?.position.description, "f.yaml:1:4")
    XCTAssertEqual(element.position.description, "f.yaml:3:5")
    XCTAssertEqual(element["é"]?.position.description, "f.yaml:3:8")
    XCTAssertEqual(element.map?.field("other")?.position.description, "f.yaml:4:5")
  }

  func testASecondSettingOfAKeyIsAnErrorAndTheFirstCounts() throws {
    let file = SourceFile(displayPath: "bad.yaml", relativePath: "bad.yaml")
    let (value, errors) = try YAMLReader.read(Array("a: 1\na: 2\nb:\n  - {c: 1, c: 2}".utf8), file: file)
    XCTAssertEqual(
      errors.map(\.description),
      [
        "bad.yaml:2:1: error: key 'a' is already set at line 1",
        "bad.yaml:4:12: error: key 'c' is already set at line 4",
      ])
    XCTAssertEqual(value?["a"]?.int, 1)
  }

  func testMergeKeysYieldToTheMapAndToTheEarlierSource() throws {
    let value = try read(
      """
      one: &one {a: 1, b: 1}
      two: &two {b: 2, c: 2}
      both: {<<: [*one, *two], c: 3}
      single:
        <<: *one
        a: 5
      quoted: {"<<": 1}
      """)
    XCTAssertEqual(value["both"]?.description, "{c: 3, a: 1, b: 1}")
    XCTAssertEqual(value["single"]?.description, "{a: 5, b: 1}")
    XCTAssertEqual(value["quoted"]?.map?.names, ["<<"])
  }

  func testAliasesCopyTheirAnchor() throws {
    let value = try read("a: &x [1, {k: &y v}]\nb: *x\n*y : named\nc: &x 2\nd: *x")
    XCTAssertEqual(value["b"], value["a"])
    XCTAssertEqual(value["v"]?.string, "named")
    XCTAssertEqual(value["d"]?.int, 2)
  }

  /// Line 2 of every text says where it stands: a traceback into the text must be able to point into the file.
  func testTextsKnowWhichLinesTheyCover() throws {
    let table: [(yaml: String, lineOffset: Int, keepsLines: Bool)] = [
      ("source: |\n  one\n  two\n", 1, true),
      ("a: 1\nsource: |-  # code\n\n  one\n", 2, true),
      ("source: &code |\n  one\n", 1, true),
      ("source: &code\n  !!str\n  |+\n  one\n", 3, true),
      ("source: >\n  one\n  two\n", 1, false),
      ("a: 1\nsource: \"one\"\n", 1, true),
      ("source: one\n  two\n", 0, false),
    ]
    for (yaml, lineOffset, keepsLines) in table {
      let text = try XCTUnwrap(try read(yaml)["source"]?.text)
      XCTAssertEqual(text.lineOffset, lineOffset, yaml)
      XCTAssertEqual(text.keepsLines, keepsLines, yaml)
      XCTAssertEqual(text.fileLine(ofTextLine: 2), lineOffset + (keepsLines ? 2 : 1), yaml)
    }
  }

  func testReadsJSON() throws {
    let value = try read(
      #"{"a":1,"t":"\ud83d\ude00\/\\ud83d\\u0041\n","u":"\u00e9","e":[],"f":1.5E+3,"# + "\n\t\"n\":null}\n",
      file: "f.json")
    XCTAssertEqual(value["a"]?.int, 1)
    XCTAssertEqual(value["t"]?.string, "😀/\\ud83d\\u0041\n")
    XCTAssertEqual(value["u"]?.string, "é")
    XCTAssertEqual(value["f"]?.number, 1500)
    XCTAssertEqual(value["n"]?.isNull, true)
    XCTAssertEqual(value["e"]?.list?.count, 0)
  }

  func testAnEmptyFileHoldsNothing() throws {
    let file = SourceFile(displayPath: "f.yaml", relativePath: "f.yaml")
    for text in ["", "# only a comment\n", "\n\n"] {
      XCTAssertNil(try YAMLReader.read(Array(text.utf8), file: file).value, text)
    }
  }
}
