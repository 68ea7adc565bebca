import XCTest

@testable import HindcastLua

final class GoTimeTests: XCTestCase {
  private func time(_ text: String) throws -> GoTime {
    try GoTime(parsing: text, layout: "2006-01-02T15:04:05", zone: .utc)
  }

  func testFieldsCarryOver() {
    typealias Fields = (Int64, Int64, Int64, Int64, Int64, Int64, Int64)
    let cases: [(Fields, String)] = [
      ((2024, 2, 29, 12, 30, 15, 5), "2024-02-29 12:30:15.000000005"),
      ((2011, 11, 18, 7, 56, 35, 0), "2011-11-18 07:56:35"), ((2011, 11, 19, -17, 56, 35, 0), "2011-11-18 07:56:35"),
      ((2011, 11, 18, 8, -4, 35, 0), "2011-11-18 07:56:35"), ((2011, 11, 17, 31, 56, 35, 0), "2011-11-18 07:56:35"),
      ((2011, 11, 18, 7, 55, 94, 999_999_999), "2011-11-18 07:56:34.999999999"),
      ((2011, 11, 18, 7, 56, 36, -1_000_000_000), "2011-11-18 07:56:35"),
      ((2010, 23, 18, 7, 56, 35, 0), "2011-11-18 07:56:35"), ((2012, -1, 18, 7, 56, 35, 0), "2011-11-18 07:56:35"),
      ((2011, 10, 49, 7, 56, 35, 0), "2011-11-18 07:56:35"), ((2023, 2, 29, 0, 0, 0, 0), "2023-03-01 00:00:00"),
      ((2024, 1, 0, 0, 0, 0, 0), "2023-12-31 00:00:00"), ((0, 1, 1, 0, 0, 0, 0), "0000-01-01 00:00:00"),
    ]
    for (fields, expected) in cases {
      let time = GoTime(
        year: fields.0, month: fields.1, day: fields.2, hour: fields.3, minute: fields.4, second: fields.5,
        nanosecond: fields.6, zone: .utc)
      XCTAssertEqual(time.format("2006-01-02 15:04:05.999999999"), expected)
    }
  }

  func testHugeFieldsNeverTrap() {
    for value in [Int64.min, .min + 1, -1 << 40, 1 << 40, .max] {
      for position in 0..<7 {
        var fields: [Int64] = [2024, 1, 1, 0, 0, 0, 0]
        fields[position] = value
        let time = GoTime(
          year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4], second: fields[5],
          nanosecond: fields[6], zone: .utc)
        let moved = time.adding(years: value, months: value, days: value).adding(nanoseconds: value)
        XCTAssertFalse(moved.rounded(to: .max).truncated(to: 1).text.isEmpty)
      }
    }
  }

  func testAddingDates() throws {
    let cases: [(String, (Int64, Int64, Int64), String)] = [
      ("2011-11-18T07:56:35", (-4, -4, 1), "2007-07-19T07:56:35"),
      ("2024-01-31T00:00:00", (0, 1, 0), "2024-03-02T00:00:00"),
      ("2024-02-29T00:00:00", (1, 0, 0), "2025-03-01T00:00:00"),
      ("2024-03-31T00:00:00", (0, -1, 0), "2024-03-02T00:00:00"),
      ("2023-12-31T23:00:00", (0, 0, 1), "2024-01-01T23:00:00"),
    ]
    for (start, (years, months, days), expected) in cases {
      XCTAssertEqual(
        try time(start).adding(years: years, months: months, days: days).format("2006-01-02T15:04:05"), expected)
    }
  }

  func testDistances() throws {
    let (early, late) = (try time("2024-01-01T00:00:00"), try time("2024-01-02T00:00:01"))
    XCTAssertEqual(late.since(early), 86_401_000_000_000)
    XCTAssertEqual(early.since(late), -86_401_000_000_000)
    XCTAssertEqual(early.adding(nanoseconds: -1).since(early), -1)
    let (first, last) = (try time("0001-01-01T00:00:00"), try time("9999-01-01T00:00:00"))
    XCTAssertEqual(last.since(first), .max)
    XCTAssertEqual(first.since(last), .min)
    // The longest distances that fit.
    XCTAssertEqual(early.adding(nanoseconds: .max).since(early), .max)
    XCTAssertEqual(early.adding(nanoseconds: .min).since(early), .min)
    XCTAssertTrue(first.isZero)
    XCTAssertFalse(late.isZero)
    XCTAssertTrue(early.isBefore(late))
    XCTAssertFalse(early.isBefore(early))
  }

  func testRounding() throws {
    let time = GoTime(
      year: 2012, month: 12, day: 7, hour: 12, minute: 15, second: 30, nanosecond: 918_273_645, zone: .utc)
    let cases: [(nanoseconds: Int64, rounded: String, truncated: String)] = [
      (1, "12:15:30.918273645", "12:15:30.918273645"), (1_000, "12:15:30.918274", "12:15:30.918273"),
      (1_000_000, "12:15:30.918", "12:15:30.918"), (1_000_000_000, "12:15:31", "12:15:30"),
      (2_000_000_000, "12:15:30", "12:15:30"), (60_000_000_000, "12:16:00", "12:15:00"),
      (600_000_000_000, "12:20:00", "12:10:00"), (3_600_000_000_000, "12:00:00", "12:00:00"),
      (86_400_000_000_000, "00:00:00", "00:00:00"), (0, "12:15:30.918273645", "12:15:30.918273645"),
      (-5, "12:15:30.918273645", "12:15:30.918273645"),
    ]
    for (nanoseconds, rounded, truncated) in cases {
      XCTAssertEqual(time.rounded(to: nanoseconds).format("15:04:05.999999999"), rounded, "\(nanoseconds)")
      XCTAssertEqual(time.truncated(to: nanoseconds).format("15:04:05.999999999"), truncated, "\(nanoseconds)")
    }
    // A week since year 1, which began on a Monday.
    XCTAssertEqual(time.truncated(to: 7 * 86_400_000_000_000).format("Monday 2006-01-02"), "Monday 2012-12-03")
    let beforeYearOne = GoTime(unix: LuaInstant.yearOne.seconds - 1, nanoseconds: 0, zone: .utc)
    XCTAssertEqual(beforeYearOne.truncated(to: 60_000_000_000).format("15:04:05"), "23:59:00")
  }
}
