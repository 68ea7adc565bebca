import XCTest

@testable import HindcastLua

final class GoTimeFormatTests: XCTestCase {
  /// 2009-02-04 21:00:57.0123456 in a zone eight hours west.
  private let time = GoTime(
    year: 2009, month: 2, day: 4, hour: 21, minute: 0, second: 57, nanosecond: 12_345_600,
    zone: .fixed(name: "PST", offset: -8 * 3_600))

  func testLayoutsOfGo() {
    let cases = [
      ("Mon Jan _2 15:04:05 2006", "Wed Feb  4 21:00:57 2009"),
      ("Mon Jan _2 15:04:05 MST 2006", "Wed Feb  4 21:00:57 PST 2009"),
      ("Mon Jan 02 15:04:05 -0700 2006", "Wed Feb 04 21:00:57 -0800 2009"),
      ("02 Jan 06 15:04 MST", "04 Feb 09 21:00 PST"),
      ("02 Jan 06 15:04 -0700", "04 Feb 09 21:00 -0800"),
      ("Monday, 02-Jan-06 15:04:05 MST", "Wednesday, 04-Feb-09 21:00:57 PST"),
      ("Mon, 02 Jan 2006 15:04:05 MST", "Wed, 04 Feb 2009 21:00:57 PST"),
      ("Mon, 02 Jan 2006 15:04:05 -0700", "Wed, 04 Feb 2009 21:00:57 -0800"),
      (GoLayout.rfc3339, "2009-02-04T21:00:57-08:00"),
      ("2006-01-02T15:04:05.999999999Z07:00", "2009-02-04T21:00:57.0123456-08:00"),
      ("3:04PM", "9:00PM"), ("3:04pm", "9:00pm"), ("03.04", "09.00"),
      ("Jan _2 15:04:05", "Feb  4 21:00:57"), ("Jan _2 15:04:05.000", "Feb  4 21:00:57.012"),
      ("Jan _2 15:04:05.000000", "Feb  4 21:00:57.012345"),
      ("Jan _2 15:04:05.000000000", "Feb  4 21:00:57.012345600"),
      ("2006-01-02 15:04:05", "2009-02-04 21:00:57"),
      (GoLayout.text, "2009-02-04 21:00:57.0123456 -0800 PST"),
    ]
    for (layout, expected) in cases { XCTAssertEqual(time.format(layout), expected, layout) }
  }

  func testSinglePieces() {
    let cases = [
      ("January Jan 01 1", "February Feb 02 2"), ("Monday Mon", "Wednesday Wed"), ("02 _2 2", "04  4 4"),
      ("002 __2", "035  35"), ("2006 06 _2006", "2009 09 _2009"), ("15 03 3", "21 09 9"), ("04 4 05 5", "00 0 57 57"),
      // Letters follow: words, not names of months or days.
      ("Janet Monkey", "Janet Monkey"), ("JanuaryX Mondays", "FebruaryX Wednesdays"),
      ("-07 -0700 -07:00 -070000 -07:00:00", "-08 -0800 -08:00 -080000 -08:00:00"),
      ("Z07 Z0700 Z07:00 Z070000 Z07:00:00", "-08 -0800 -08:00 -080000 -08:00:00"),
      // A digit follows: no fraction.
      (".0005 .99901", ".0057 .99902"), ("5.0 5.00 5,000 5.9999", "57.0 57.01 57,012 57.0123"),
      ("5.000000000000", "57.012345600"), ("5.999999999999", "57.0123456"), ("5.9", "57"),
      ("no pieces", "no pieces"), ("", ""), ("ü 2006 \u{1F600}", "ü 2009 \u{1F600}"),
    ]
    for (layout, expected) in cases { XCTAssertEqual(time.format(layout), expected, layout) }
  }

  func testBytesThatAreNoTextStay() {
    XCTAssertEqual(time.format([0xff, 0x32, 0x80]), [0xff, 0x34, 0x80])
  }

  func testTimesOfAllKinds() {
    typealias Case = (seconds: Int64, nanoseconds: Int64, zone: GoZone, layout: String, expected: String)
    let cases: [Case] = [
      (0, 0, .utc, GoLayout.text, "1970-01-01 00:00:00 +0000 UTC"),
      (-1, 0, .utc, GoLayout.text, "1969-12-31 23:59:59 +0000 UTC"),
      (0, -1, .utc, GoLayout.text, "1969-12-31 23:59:59.999999999 +0000 UTC"),
      (0, 0, .utc, GoLayout.rfc3339, "1970-01-01T00:00:00Z"),
      (-62_135_596_800, 0, .utc, GoLayout.text, "0001-01-01 00:00:00 +0000 UTC"),
      (-62_167_219_201, 0, .utc, "2006 06", "-0001 00"),
      (253_402_300_800, 0, .utc, "2006-01-02", "10000-01-01"),
      (951_782_400, 0, .utc, "Jan 2 002 Mon", "Feb 29 060 Tue"),
      (0, 0, .fixed(name: "", offset: 5 * 3_600 + 1_800), "MST Z07:00", "+0530 +05:30"),
      (0, 0, .fixed(name: "LMT", offset: -3_661), "MST -07:00:00 -0700", "LMT -01:01:01 -0101"),
      (0, 0, .utc, "1 2 3PM", "1 1 12AM"), (43_200, 0, .utc, "3PM", "12PM"),
    ]
    for (seconds, nanoseconds, zone, layout, expected) in cases {
      XCTAssertEqual(GoTime(unix: seconds, nanoseconds: nanoseconds, zone: zone).format(layout), expected)
    }
  }

  func testTimesBeyondAllCalendarsAreShownToo() {
    for seconds in [Int64.min, .max] {
      let time = GoTime(unix: seconds, nanoseconds: seconds, zone: .fixed(name: "X", offset: 3_600))
      XCTAssertTrue(time.text.hasSuffix("+0100 X"), time.text)
    }
  }
}
