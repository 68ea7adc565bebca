import XCTest

@testable import HindcastLua

final class LuaTimeTests: XCTestCase {
  func testTimeIsTheWorkflowsClock() throws {
    let rig = try LuaRig()
    rig.machine.clock = { LuaInstant(seconds: 1_700_000_000, nanoseconds: 500_000_000) }
    rig.machine.clockStart = LuaInstant(seconds: 1_699_999_990)
    rig.machine.zone = { _ in LuaZone(offset: 7_200, name: "EET") }
    for (text, expected) in [
      ("os.time()", "1700000000"), ("math.type(os.time())", "float"), ("os.clock()", "10.5"),
      ("os.difftime(5, 3)", "2"), ("os.platform", "wippy"),
      ("os.date()", "Tue Nov 14 22:13:20 2023"), ("os.date('%Y-%m-%dT%H:%M:%S%z %Z')", "2023-11-14T22:13:20+0000 UTC"),
      ("os.date('%Y-%m-%d %H:%M:%S %z %Z', 0)", "1970-01-01 02:00:00 +0200 EET"), ("os.date('!%H', 0)", "00"),
      (
        "os.date('%a %A %b %B %d %I %j %p %U %W %w %x %X %y %% %q', 1700000000)",
        "Wed Wednesday Nov November 15 12 319 AM 46 46 3 11/15/23 00:13:20 23 % %q"
      ),
      (
        "os.date('!*t', 0).year, os.date('!*t', 0).wday, os.date('!*t', 0).yday, os.date('!*t', 0).isdst",
        "1970 5 1 false"
      ),
      ("os.date('*t', 0).hour, os.date('*t', 0).isdst", "2 true"),
      ("os.time({year = 2023, month = 11, day = 15, hour = 0, min = 13, sec = 20})", "1700000000"),
      ("os.time({month = 14, year = 2022, day = 1, hour = 2})", "1675209600"),
      ("os.time({hour = 2})", "1699920000"),
    ] { XCTAssertEqual(try rig.results("return " + text).joined(separator: " "), expected, text) }
    rig.machine.clock = { .yearOne }
    XCTAssertEqual(try rig.results("return os.time(), os.date('%Y-%m-%d')"), ["-62135596800", "0001-01-01"])
  }

  func testCivilTimeIsItsOwnInverse() {
    for seconds in stride(from: Int64(-70_000_000_000), through: 70_000_000_000, by: 123_456_789) {
      XCTAssertEqual(LuaCivilTime(seconds: seconds, zone: .utc).secondsAsUTC, seconds)
    }
    let week = LuaCivilTime(seconds: 1_609_459_200, zone: .utc)  // 2021-01-01, a Friday of 2020's last week
    XCTAssertEqual(week.isoWeek, 53)
    XCTAssertEqual(week.weekday, 5)
    XCTAssertEqual(week.dayOfYear, 1)
  }
}
