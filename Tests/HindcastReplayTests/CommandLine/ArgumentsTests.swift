import XCTest

@testable import hindcast

final class ArgumentsTests: XCTestCase {
  func testSizes() {
    let cases: [(String, Int?)] = [
      ("1", 1), ("4096B", 4096), ("256MiB", 256 << 20), ("256mib", 256 << 20), ("1GB", 1_000_000_000), ("2K", 2048),
      ("", nil), ("0", nil), ("-1", nil), ("MiB", nil), ("1.5GB", nil), ("1 GB", nil), ("9223372036854775807K", nil),
      ("１MB", nil),
    ]
    for (text, bytes) in cases { XCTAssertEqual(SizeArgument(argument: text)?.bytes, bytes, text) }
  }

  func testDurations() {
    let cases: [(String, Int64?)] = [
      ("90s", 90_000_000_000), ("1m30s", 90_000_000_000), ("250ms", 250_000_000), ("0", 0), ("-1s", nil), ("10", nil),
      ("", nil), ("soon", nil),
    ]
    for (text, nanoseconds) in cases {
      XCTAssertEqual(DurationArgument(argument: text)?.nanoseconds, nanoseconds, text)
    }
  }
}
