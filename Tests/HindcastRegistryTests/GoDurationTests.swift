import HindcastRegistry
import XCTest

final class GoDurationTests: XCTestCase {
  /// Texts that read, their nanoseconds, and how Go prints those.
  private let readable: [(text: String, nanoseconds: Int64, printed: String)] = [
    ("0", 0, "0s"),
    ("+0", 0, "0s"),
    ("-0", 0, "0s"),
    ("10s", 10_000_000_000, "10s"),
    ("1h30m", 5_400_000_000_000, "1h30m0s"),
    ("1h15m30.918273645s", 4_530_918_273_645, "1h15m30.918273645s"),
    ("-1.5s", -1_500_000_000, "-1.5s"),
    ("100ms", 100_000_000, "100ms"),
    ("1.5us", 1500, "1.5µs"),
    ("12\u{B5}s", 12_000, "12µs"),
    ("12\u{3BC}s", 12_000, "12µs"),
    (".5m", 30_000_000_000, "30s"),
    ("5.s", 5_000_000_000, "5s"),
    ("39h9m14.425s", 140_954_425_000_000, "39h9m14.425s"),
    ("0.3333333333333333333h", 1_200_000_000_000, "20m0s"),
    ("0.100000000000000000000h", 360_000_000_000, "6m0s"),
    ("9223372036854775807ns", .max, "2562047h47m16.854775807s"),
    ("-9223372036854775808ns", .min, "-2562047h47m16.854775808s"),
    ("999ns", 999, "999ns"),
  ]

  private let unreadable: [(text: String, error: String)] = [
    ("", #"time: invalid duration """#),
    ("3", #"time: missing unit in duration "3""#),
    ("-", #"time: invalid duration "-""#),
    ("s", #"time: invalid duration "s""#),
    (".", #"time: invalid duration ".""#),
    (".s", #"time: invalid duration ".s""#),
    ("10 s", #"time: unknown unit " s" in duration "10 s""#),
    ("3d", #"time: unknown unit "d" in duration "3d""#),
    ("1\"\\\u{1}é", #"time: unknown unit "\"\\\x01\xc3\xa9" in duration "1\"\\\x01\xc3\xa9""#),
    ("9223372036854775808ns", #"time: invalid duration "9223372036854775808ns""#),
    ("3000000h", #"time: invalid duration "3000000h""#),
    ("2562047h47m16.854775808s", #"time: invalid duration "2562047h47m16.854775808s""#),
    ("99999999999999999999s", #"time: invalid duration "99999999999999999999s""#),
  ]

  func testReadsAndPrintsLikeGo() throws {
    for (text, nanoseconds, printed) in readable {
      XCTAssertEqual(try GoDuration.parse(text), nanoseconds, text)
      XCTAssertEqual(GoDuration.format(nanoseconds: nanoseconds), printed)
      XCTAssertEqual(try GoDuration.parse(printed), nanoseconds, printed)
    }
  }

  func testRefusesWithGoText() {
    for (text, message) in unreadable {
      XCTAssertThrowsError(try GoDuration.parse(text), text) { error in
        XCTAssertEqual("\(error)", message)
      }
    }
  }
}
