import XCTest

@testable import HindcastLua

final class GoTimeParseTests: XCTestCase {
  private func parse(_ value: String, _ layout: String, in zone: GoZone = .utc) -> String {
    do {
      let time = try GoTime(parsing: value, layout: layout, zone: zone)
      return time.format("2006-01-02 15:04:05.999999999 Z07:00:00 MST")
    } catch {
      return "\(error)"
    }
  }

  func testTimes() {
    let cases = [
      ("2024-05-01T10:00:00Z", GoLayout.rfc3339, "2024-05-01 10:00:00 Z UTC"),
      ("2024-05-01T10:00:00.25Z", GoLayout.rfc3339, "2024-05-01 10:00:00.25 Z UTC"),
      ("2024-05-01T10:00:00,123456789123Z", GoLayout.rfc3339, "2024-05-01 10:00:00.123456789 Z UTC"),
      ("2024-05-01T10:00:00+02:00", GoLayout.rfc3339, "2024-05-01 10:00:00 +02:00:00 +0200"),
      ("2024-05-01T10:00:00+00:00", GoLayout.rfc3339, "2024-05-01 10:00:00 Z UTC"),
      ("2024-05-01", "2006-01-02", "2024-05-01 00:00:00 Z UTC"),
      ("10:20", "15:04", "0000-01-01 10:20:00 Z UTC"),
      ("Thu Feb  4 21:00:57 2010", "Mon Jan _2 15:04:05 2006", "2010-02-04 21:00:57 Z UTC"),
      ("thu FEB 4 21:00:57 2010", "Mon Jan _2 15:04:05 2006", "2010-02-04 21:00:57 Z UTC"),
      ("Thursday, 04-Feb-69 21:00:57 PST", "Monday, 02-Jan-06 15:04:05 MST", "1969-02-04 21:00:57 Z PST"),
      ("04 Feb 68 21:00 +0130", "02 Jan 06 15:04 -0700", "2068-02-04 21:00:00 +01:30:00 +0130"),
      ("9:30PM", "3:04PM", "0000-01-01 21:30:00 Z UTC"), ("12:30am", "3:04pm", "0000-01-01 00:30:00 Z UTC"),
      ("12:30PM", "3:04PM", "0000-01-01 12:30:00 Z UTC"),
      ("2024 060", "2006 002", "2024-02-29 00:00:00 Z UTC"), ("2023 060", "2006 002", "2023-03-01 00:00:00 Z UTC"),
      ("2024   7", "2006 __2", "2024-01-07 00:00:00 Z UTC"), ("2024 366", "2006 __2", "2024-12-31 00:00:00 Z UTC"),
      ("12:00:00.5", "15:04:05.0", "0000-01-01 12:00:00.5 Z UTC"),
      ("12:00:00.123", "15:04:05.999999", "0000-01-01 12:00:00.123 Z UTC"),
      ("12:00:00", "15:04:05.999", "0000-01-01 12:00:00 Z UTC"),
      ("2024-01-02 GMT-3", "2006-01-02 MST", "2024-01-01 21:00:00 -03:00:00 GMT-3"),
      ("2024-01-02 WITA", "2006-01-02 MST", "2024-01-02 00:00:00 Z WITA"),
      ("2024-01-02 ChST", "2006-01-02 MST", "2024-01-02 00:00:00 Z ChST"),
      ("2024-01-02 +03", "2006-01-02 MST", "2024-01-02 00:00:00 Z +03"),
      ("2024-01-02 +03:04:05", "2006-01-02 -07:00:00", "2024-01-02 00:00:00 +03:04:05 +0304"),
      ("2024-01-02 -0304", "2006-01-02 Z0700", "2024-01-02 00:00:00 -03:04:00 -0304"),
      ("2024-01-02 +24:60", "2006-01-02 Z07:00", "2024-01-02 00:00:00 +25:00:00 +2500"),
      ("a   b2024", "a b2006", "2024-01-01 00:00:00 Z UTC"), ("x2024", "x2006 ", "2024-01-01 00:00:00 Z UTC"),
    ]
    for (value, layout, expected) in cases { XCTAssertEqual(parse(value, layout), expected, "\(value) in \(layout)") }
  }

  func testErrorsOfGo() {
    let cases = [
      ("2024/05/01", "2006-01-02", #"parsing time "2024/05/01" as "2006-01-02": cannot parse "/05/01" as "-""#),
      ("24-05-01", "2006-01-02", #"parsing time "24-05-01" as "2006-01-02": cannot parse "24-05-01" as "2006""#),
      ("2024-13-01", "2006-01-02", #"parsing time "2024-13-01": month out of range"#),
      ("2024-00-01", "2006-01-02", #"parsing time "2024-00-01": month out of range"#),
      ("2023-02-29", "2006-01-02", #"parsing time "2023-02-29": day out of range"#),
      ("2023-02-00", "2006-01-02", #"parsing time "2023-02-00": day out of range"#),
      ("24:00", "15:04", #"parsing time "24:00": hour out of range"#),
      ("13:00", "3:04", #"parsing time "13:00": hour out of range"#),
      ("12:60", "15:04", #"parsing time "12:60": minute out of range"#),
      ("12:00:60", "15:04:05", #"parsing time "12:00:60": second out of range"#),
      ("2023 366", "2006 002", #"parsing time "2023 366": day-of-year out of range"#),
      ("2023 02 060", "2006 01 002", #"parsing time "2023 02 060": day-of-year does not match month"#),
      ("2023 03 02 060", "2006 01 02 002", #"parsing time "2023 03 02 060": day-of-year does not match day"#),
      ("2023-01-02x", "2006-01-02", #"parsing time "2023-01-02x": extra text: "x""#),
      ("", "2006", #"parsing time "" as "2006": cannot parse "" as "2006""#),
      ("+02:00", "Z0700", #"parsing time "+02:00" as "Z0700": cannot parse "+02:00" as "Z0700""#),
      ("+25:00", "Z07:00", #"parsing time "+25:00": time zone offset hour out of range"#),
      ("12:00:00.1", "15:04:05.00", #"parsing time "12:00:00.1" as "15:04:05.00": cannot parse ".1" as ".00""#),
      ("11:00 XM", "3:04 PM", #"parsing time "11:00 XM" as "3:04 PM": cannot parse "XM" as "PM""#),
      ("ABCD", "MST", #"parsing time "ABCD" as "MST": cannot parse "ABCD" as "MST""#),
      ("Foo", "Jan", #"parsing time "Foo" as "Jan": cannot parse "Foo" as "Jan""#),
      ("a\"\u{1}é", "2006", #"parsing time "a\"\x01\xc3\xa9" as "2006": cannot parse "a\"\x01\xc3\xa9" as "2006""#),
      ("ab", "ac", #"parsing time "ab" as "ac": cannot parse "b" as "ac""#),
    ]
    for (value, layout, expected) in cases { XCTAssertEqual(parse(value, layout), expected, "\(value) in \(layout)") }
  }

  /// What has an offset or a name that the wanted zone has too is shown in that zone.
  func testZoneAtHand() throws {
    let berlin = try ZoneFixture.zone("CET-1CEST,M3.5.0,M10.5.0/3", name: "Berlin")
    let cases = [
      ("2024-07-01 12:00", "2006-01-02 15:04", "2024-07-01 12:00:00 +02:00:00 CEST"),
      ("2024-01-01T12:00:00+01:00", GoLayout.rfc3339, "2024-01-01 12:00:00 +01:00:00 CET"),
      ("2024-07-01T12:00:00+01:00", GoLayout.rfc3339, "2024-07-01 12:00:00 +01:00:00 +0100"),
      ("2024-07-01T12:00:00Z", GoLayout.rfc3339, "2024-07-01 12:00:00 Z UTC"),
      ("2024-07-01 12:00 CEST", "2006-01-02 15:04 MST", "2024-07-01 12:00:00 +02:00:00 CEST"),
      ("2024-07-01 12:00 CET", "2006-01-02 15:04 MST", "2024-07-01 13:00:00 +02:00:00 CEST"),
      ("2024-07-01 12:00 EST", "2006-01-02 15:04 MST", "2024-07-01 12:00:00 Z EST"),
    ]
    for (value, layout, expected) in cases { XCTAssertEqual(parse(value, layout, in: berlin), expected, value) }
  }

  /// A time in a layout that loses nothing reads as itself.
  func testRoundTrip() throws {
    var seed: UInt64 = 1
    for _ in 0..<500 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let seconds = Int64(seed >> 24) % 250_000_000_000
      let time = GoTime(unix: seconds, nanoseconds: Int64(seed % 1_000_000_000), zone: .utc)
      for layout in [GoLayout.rfc3339 + ".000000000", "Monday _2 January 2006 __2 3:04:05,999999999PM MST"] {
        let again = try GoTime(parsing: time.format(layout), layout: layout, zone: .utc)
        XCTAssertEqual(again.instant, time.instant)
      }
    }
  }

  func testArbitraryBytesNeverTrap() {
    var seed: UInt64 = 7
    func next(_ bound: UInt64) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % bound)
    }
    let material = Array("0123456789-+:.,ZMSTPMpmJanuaryMondayUTCGMT _ \u{FF}".utf8)
    var readable = 0
    for _ in 0..<20_000 {
      let layout = (0..<next(12)).map { _ in material[next(UInt64(material.count))] }
      let value = (0..<next(12)).map { _ in material[next(UInt64(material.count))] }
      if (try? GoTime(parsing: value, layout: layout, zone: .utc)) != nil { readable += 1 }
    }
    XCTAssertGreaterThan(readable, 0)
  }
}
