import XCTest

@testable import HindcastLua

final class GoZoneTests: XCTestCase {
  private func clock(_ zone: GoZone, _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64 = 0)
    -> String
  {
    GoTime(year: year, month: month, day: day, hour: hour, minute: minute, second: 0, nanosecond: 0, zone: zone)
      .format("2006-01-02 15:04 -0700 MST")
  }

  func testRulesAfterTheLastChange() throws {
    let berlin = try ZoneFixture.zone("CET-1CEST,M3.5.0,M10.5.0/3", name: "Europe/Berlin")
    XCTAssertEqual(clock(berlin, 1890, 1, 1, 0), "1890-01-01 00:00 +0053 LMT")
    XCTAssertEqual(clock(berlin, 2024, 1, 1, 0), "2024-01-01 00:00 +0100 CET")
    XCTAssertEqual(clock(berlin, 2124, 7, 1, 0), "2124-07-01 00:00 +0200 CEST")
    // The hour that is skipped, and the one that comes twice.
    XCTAssertEqual(clock(berlin, 2024, 3, 31, 1, 59), "2024-03-31 01:59 +0100 CET")
    XCTAssertEqual(clock(berlin, 2024, 3, 31, 2, 30), "2024-03-31 03:30 +0200 CEST")
    XCTAssertEqual(clock(berlin, 2024, 3, 31, 3), "2024-03-31 03:00 +0200 CEST")
    XCTAssertEqual(clock(berlin, 2024, 10, 27, 1, 59), "2024-10-27 01:59 +0200 CEST")
    XCTAssertEqual(clock(berlin, 2024, 10, 27, 2, 30), "2024-10-27 02:30 +0100 CET")
    XCTAssertEqual(clock(berlin, 2024, 10, 27, 3), "2024-10-27 03:00 +0100 CET")
  }

  func testRuleForms() throws {
    // June 21 and December 21, 12:00 UTC, and the seconds around a change.
    let cases: [(rule: String, second: Int64, expected: String)] = [
      ("EST5EDT,M3.2.0,M11.1.0", 1_710_053_999, "-18000 EST"), ("EST5EDT,M3.2.0,M11.1.0", 1_710_054_000, "-14400 EDT"),
      ("EST5EDT", 1_710_054_000, "-14400 EDT"), ("EST5EDT", 1_730_613_599, "-14400 EDT"),
      ("EST5EDT", 1_730_613_600, "-18000 EST"),
      // South of the equator.
      ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_704_067_200, "46800 NZDT"),
      ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_718_971_200, "43200 NZST"),
      ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_734_782_400, "46800 NZDT"),
      ("<+0530>-5:30", 1_718_971_200, "19800 +0530"), ("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", 1_718_971_200, "-7200 -02"),
      // Days counted without and with February 29: both rules begin on March 1 in 2024.
      ("AAA0BBB,J60/0,J300/0", 1_709_251_199, "0 AAA"), ("AAA0BBB,J60/0,J300/0", 1_709_251_200, "3600 BBB"),
      ("AAA0BBB,60/0,300/0", 1_709_251_199, "0 AAA"), ("AAA0BBB,60/0,300/0", 1_709_251_200, "3600 BBB"),
      ("AAA0BBB-2:15:30,J60/0,J300/0", 1_718_971_200, "8130 BBB"),
    ]
    for (rule, second, expected) in cases {
      let zone = try XCTUnwrap(ZoneRule(parsing: rule.utf8), rule).zone(at: second)
      XCTAssertEqual("\(zone.offset) \(zone.name)", expected, "\(rule) at \(second)")
    }
  }

  func testBrokenRules() {
    let rules = [
      "", "CE", "CET", "CET-", "CET-1CE", "CET-1CEST,", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
      "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J365", "CET-1CEST,366,1", "CET-200",
      "CET-1:60", "CET-1CEST,M3.5.0,M10.5.0,", "<CET-1", "CET99999999999999999999",
    ]
    for rule in rules { XCTAssertNil(ZoneRule(parsing: rule.utf8), rule) }
  }

  func testPeriodsBeforeAndBetweenChanges() throws {
    let periods: [ZoneFixture.Period] = [
      .init(offset: 0, abbreviation: "ONE"), .init(offset: 60, abbreviation: "TWO"),
      .init(offset: 120, abbreviation: "SUM", isSummerTime: true),
    ]
    func names(_ changes: [(second: Int64, period: UInt8)], at seconds: [Int64]) throws -> [String] {
      let table = try XCTUnwrap(ZoneTable(file: ZoneFixture.file(periods, changes: changes, rule: "")))
      return seconds.map { table.zone(at: $0).name }
    }
    XCTAssertEqual(try names([], at: [0]), ["ONE"])
    XCTAssertEqual(
      try names([(10, 1), (20, 2), (30, 1)], at: [.min, 9, 10, 19, 20, 29, 30, .max]),
      ["ONE", "ONE", "TWO", "TWO", "SUM", "SUM", "TWO", "TWO"])
    // The first change is to summer time, and a later one to the first period: winter time comes before.
    XCTAssertEqual(try names([(10, 2), (20, 0)], at: [0, 10, 20]), ["TWO", "SUM", "ONE"])
  }

  func testBrokenFiles() {
    let whole = ZoneFixture.file(
      [.init(offset: 0, abbreviation: "ONE")], changes: [(1, 0), (2, 0)], rule: "ONE0")
    XCTAssertNotNil(ZoneTable(file: whole))
    let footer = "\nONE0\n".utf8.count
    for length in 0..<whole.count - footer { XCTAssertNil(ZoneTable(file: Array(whole.prefix(length))), "\(length)") }
    XCTAssertNil(ZoneTable(file: ZoneFixture.file([], changes: [], rule: "")))
    XCTAssertNil(ZoneTable(file: ZoneFixture.file([.init(offset: 0, abbreviation: "A")], changes: [(1, 1)], rule: "")))
    var huge = whole
    for position in 20..<44 { huge[position] = 0xff }
    XCTAssertNil(ZoneTable(file: huge))
  }

  func testNames() throws {
    let cases: [(String, GoZoneError)] = [
      ("../etc/passwd", .invalidName), ("/etc/localtime", .invalidName), ("\\x", .invalidName), ("a\0b", .invalidName),
      ("No/Such_Place", .unknown("No/Such_Place")),
    ]
    for (name, expected) in cases {
      XCTAssertThrowsError(try GoZone.load(name)) { XCTAssertEqual($0 as? GoZoneError, expected) }
    }
    XCTAssertEqual(GoZoneError.unknown("No/Such_Place").description, "unknown time zone No/Such_Place")
    XCTAssertEqual(try GoZone.load("").name, "UTC")
    XCTAssertEqual(try GoZone.load("UTC").name, "UTC")
    XCTAssertTrue(try GoZone.load("Local") === GoZone.local)
    XCTAssertEqual(GoZone.hostZone("").name, "UTC")
    XCTAssertEqual(GoZone.hostZone("No/Such_Place").name, "UTC")
    XCTAssertEqual(GoZone.hostZone("/no/such/file").name, "UTC")
  }

  func testDatabase() throws {
    let zone: GoZone
    do {
      zone = try GoZone.load("America/New_York")
    } catch {
      throw XCTSkip("no zone database on this computer: \(error)")
    }
    XCTAssertEqual(zone.name, "America/New_York")
    XCTAssertEqual(clock(zone, 2009, 2, 5, 5), "2009-02-05 05:00 -0500 EST")
    XCTAssertEqual(clock(zone, 2009, 7, 5, 5), "2009-07-05 05:00 -0400 EDT")
    XCTAssertEqual(clock(zone, 2099, 7, 5, 5), "2099-07-05 05:00 -0400 EDT")
    XCTAssertEqual(GoZone.hostZone(":America/New_York").name, "America/New_York")
  }
}
