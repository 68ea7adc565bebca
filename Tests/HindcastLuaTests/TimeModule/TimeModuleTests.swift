import XCTest

@testable import HindcastLua

final class TimeModuleTests: XCTestCase {
  private let moment = "time.date(2024, 2, 29, 13, 4, 5, 678000000, time.utc)"

  func testConstants() throws {
    try assertLua([
      ("time.NANOSECOND, time.MICROSECOND, time.MILLISECOND", "1 1000 1000000"),
      ("time.SECOND, time.MINUTE, time.HOUR", "1000000000 60000000000 3600000000000"),
      ("math.type(time.SECOND), math.type(time.JANUARY), math.type(time.SUNDAY)", "float float float"),
      ("time.JANUARY, time.DECEMBER, time.SUNDAY, time.SATURDAY", "1 12 0 6"),
      ("time.RFC3339, time.KITCHEN, time.DATE_ONLY", "2006-01-02T15:04:05Z07:00 3:04PM 2006-01-02"),
      ("time.RFC3339NANO, time.STAMP_MICRO", "2006-01-02T15:04:05.999999999Z07:00 Jan _2 15:04:05.000000"),
      ("tostring(time.utc), time.utc:string()", "UTC UTC"), ("tostring(time.localtz)", GoZone.local.name),
    ])
  }

  func testTheClockIsTheWorkflows() throws {
    try assertLua([
      ("time.now()", "2023-11-14 22:13:21 +0000 UTC"),
      ("time.now():unix(), time.now():unix()", "1700000001 1700000001"),
      ("time.now():location()", "UTC"), ("os.time()", "1700000001"),
    ])
  }

  func testMakingTimes() throws {
    try assertLua([
      (moment, "2024-02-29 13:04:05.678 +0000 UTC"),
      ("time.date(2024, 14, 31, 25, 61, 61, 0, time.utc)", "2025-03-04 02:02:01 +0000 UTC"),
      ("time.date(2024, 1, 1, 0, 0, 0, 0, time.fixed_zone('X', -5400))", "2024-01-01 00:00:00 -0130 X"),
      ("time.date(2024, 1, 1, 0, 0, 0, 0):location()", GoZone.local.name),
      ("time.unix(1700000000, 5):utc()", "2023-11-14 22:13:20.000000005 +0000 UTC"),
      ("time.unix(1700000000.9, -1):utc()", "2023-11-14 22:13:19.999999999 +0000 UTC"),
      ("time.unix(0, 0):location()", GoZone.local.name),
      ("time.parse(time.RFC3339, '2024-05-01T10:00:00Z')", "2024-05-01 10:00:00 +0000 UTC"),
      (
        "time.parse('2006-01-02 15:04', '2024-05-01 10:00', time.fixed_zone('Q', 60))",
        "2024-05-01 10:00:00 +0001 Q"
      ),
      (
        "time.parse('2006', 'x')",
        #"nil Invalid: time.parse: parsing time "x" as "2006": cannot parse "x" as "2006""#
      ),
    ])
    try assertRaises([
      ("time.date(2024, 1, 1, 0, 0, 0, 0, 'UTC')", "bad argument #8 to 'date' (location expected)"),
      ("time.date(2024, 1, 1, 0, 0, 0, 0, nil)", "bad argument #8 to 'date' (location expected)"),
      ("time.date(2024)", "bad argument #2 to 'date' (number expected, got no value)"),
      ("time.parse('2006', '2024', 1)", "bad argument #3 to 'parse' (location expected)"),
    ])
  }

  func testLocations() throws {
    try assertLua([
      ("time.load_location('UTC')", "UTC"), ("time.load_location('')", "nil Invalid: empty location name"),
      (
        "time.load_location('No/Such_Place')",
        "nil NotFound: time.load_location: unknown time zone No/Such_Place"
      ),
      (
        "time.load_location('../passwd')",
        "nil NotFound: time.load_location: time: invalid location name"
      ),
      ("time.fixed_zone('EST', -18000)", "EST"), ("time.fixed_zone('', 3600):string() == ''", "true"),
      ("time.unix(0, 0):in_location(time.fixed_zone('', 3600))", "1970-01-01 01:00:00 +0100 +0100"),
      ("time.unix(0, 0):in_location(time.fixed_zone('X', 1e300)):unix()", "0"),
    ])
  }

  func testReadingTimes() throws {
    try assertLua([
      ("\(moment):date()", "2024 2 29"), ("\(moment):clock()", "13 4 5"),
      ("\(moment):year(), \(moment):month(), \(moment):day()", "2024 2 29"),
      ("\(moment):hour(), \(moment):minute(), \(moment):second()", "13 4 5"),
      ("\(moment):nanosecond(), \(moment):weekday(), \(moment):year_day()", "678000000 4 60"),
      ("math.type(\(moment):year()), math.type(\(moment):unix())", "float float"),
      ("\(moment):unix(), \(moment):unix_nano()", "1709211845 1709211845678000128"),
      ("\(moment):is_zero(), time.date(1, 1, 1, 0, 0, 0, 0, time.utc):is_zero()", "false true"),
      ("\(moment):format('Mon Jan _2 3:04PM MST')", "Thu Feb 29 1:04PM UTC"),
      ("\(moment):format_rfc3339()", "2024-02-29T13:04:05Z"), ("\(moment):format(2006)", "2024"),
      ("type(\(moment)), \(moment) == \(moment)", "userdata false"),
    ])
    try assertRaises([
      ("\(moment).year(5)", "bad argument #1 to 'year' (time expected)"),
      ("\(moment):format()", "bad argument #1 to 'format' (string expected, got no value)"),
    ])
  }

  func testArithmetic() throws {
    try assertLua([
      ("\(moment):add('1h30m')", "2024-02-29 14:34:05.678 +0000 UTC"),
      ("\(moment):add(time.HOUR * 24)", "2024-03-01 13:04:05.678 +0000 UTC"),
      ("\(moment):add(-0.5)", "2024-02-29 13:04:05.678 +0000 UTC"),
      ("\(moment):add(time.parse_duration('-678ms'))", "2024-02-29 13:04:05 +0000 UTC"),
      ("\(moment):add_date(1, 0, 0)", "2025-03-01 13:04:05.678 +0000 UTC"),
      ("\(moment):sub(time.unix(1709211845, 0))", "678ms"),
      ("\(moment):after(time.now()), \(moment):before(time.now())", "true false"),
      ("time.unix(0, 0):equal(time.unix(0, 0):in_location(time.fixed_zone('X', 60)))", "true"),
      ("\(moment):truncate(time.parse_duration('1h'))", "2024-02-29 13:00:00 +0000 UTC"),
      ("\(moment):round(time.parse_duration('10s'))", "2024-02-29 13:04:10 +0000 UTC"),
      ("\(moment):in_location(time.fixed_zone('X', 3600)):utc()", "2024-02-29 13:04:05.678 +0000 UTC"),
      ("\(moment):in_local():location()", GoZone.local.name),
    ])
    try assertRaises([
      ("\(moment):add('1')", #"bad argument #1 to 'add' (time: missing unit in duration "1")"#),
      ("\(moment):add({})", "bad argument #1 to 'add' (invalid value type: *lua.LTable)"),
      ("\(moment):add(time.utc)", "bad argument #1 to 'add' (invalid duration type: *time.Location)"),
      ("\(moment):truncate('1h')", "bad argument #1 to 'truncate' (duration expected)"),
      ("\(moment):sub('1h')", "bad argument #1 to 'sub' (time expected)"),
    ])
  }

  func testDurations() throws {
    let duration = "time.parse_duration('1h2m3.4567891s')"
    try assertLua([
      (duration, "1h2m3.4567891s"), ("time.parse_duration(1.5e9)", "1.5s"), ("time.parse_duration(-1.9)", "-1ns"),
      ("time.parse_duration(time.parse_duration('5ms'))", "5ms"), ("time.parse_duration('0')", "0s"),
      ("\(duration):nanoseconds(), \(duration):microseconds()", "3723456789100 3723456789"),
      ("\(duration):milliseconds(), \(duration):seconds()", "3723456 3723.4567891"),
      ("time.parse_duration('90m'):hours(), time.parse_duration('90s'):minutes()", "1.5 1.5"),
      ("math.type(\(duration):nanoseconds())", "float"),
      (
        "time.parse_duration('x')",
        #"nil Invalid: time.parse_duration: time: invalid duration "x""#
      ),
      (
        "time.parse_duration(nil)",
        "nil Invalid: time.parse_duration: invalid value type: *lua.LNilType"
      ),
      (
        "time.parse_duration(true)",
        "nil Invalid: time.parse_duration: invalid value type: lua.LBool"
      ),
    ])
    try assertRaises([("\(duration).hours(5)", "bad argument #1 to 'hours' (userdata expected, got number)")])
  }

  func testWaitingRefusesBadDurations() throws {
    try assertLua([
      ("time.sleep('x')", #"nil Invalid: time.sleep: time: invalid duration "x""#),
      ("time.sleep()", "nil Invalid: time.sleep: duration must be number or string"),
      ("time.after(0)", "nil Invalid: time.after: duration must be > 0"),
      ("time.timer(-1)", "nil Invalid: time.timer: duration must be > 0"),
      ("time.ticker({})", "nil Invalid: time.ticker: duration must be number or string"),
    ])
  }

  /// Host objects have no JSON.
  func testTimesAreNullOutsideOfLua() throws {
    try assertLua([
      ("json.encode(time.now())", "null nil"), ("json.encode({ a = time.parse_duration('1s') })", #"{"a":null} nil"#),
    ])
    let run = try LuaTestRun("return { main = function() return { at = time.now(), n = 1 } end }")
    try run.task()
    XCTAssertEqual(run.outcome, #"{"n":1}"#)
  }

  func testHugeNumbersNeverTrap() throws {
    let huge = ["9e18", "-9e18", "1e300", "-1e300", "math.huge", "0/0", "9223372036854775807"]
    let cases = huge.flatMap { number in
      [
        "time.unix(\(number), \(number))", "time.date(\(number), 1, 1, 0, 0, 0, 0, time.utc)",
        "time.date(2024, \(number), \(number), \(number), \(number), \(number), \(number))",
        "time.now():add(\(number)):add_date(\(number), \(number), \(number))",
        "time.unix(\(number), 0):sub(time.unix(-(\(number)), 0))",
        "time.unix(\(number), 0):round(time.parse_duration(\(number)))",
        "os.time{ year = \(number), month = 1, day = 1 }",
      ]
    }
    try assertLua(cases.map { ("#tostring(\($0)) > 0", "true") })
  }

  /// Expressions that raise, and the text without its place.
  private func assertRaises(_ cases: [(String, String)], line: UInt = #line) throws {
    try assertLua(
      cases.map { ("select(2, pcall(function() return \($0.0) end)):match(':%d+: (.*)$')", $0.1) }, line: line)
  }
}
