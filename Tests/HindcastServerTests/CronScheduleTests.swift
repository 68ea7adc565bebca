import XCTest

@testable import HindcastServer

final class CronScheduleTests: XCTestCase {
  private let second: Int64 = 1_000_000_000
  /// 2023-11-14T22:13:20Z, a Tuesday.
  private let start: Int64 = 1_700_000_000

  func testNextTimes() throws {
    let cases: [(String, Int64, Int64?)] = [
      ("*/15 * * * *", start, 1_700_000_100),
      ("5/20 * * * *", start, 1_700_000_700),
      ("0 12 * * *", start, 1_700_049_600),
      ("0 0 1 * *", start, 1_701_388_800),
      ("0 0 * * MON", start, 1_700_438_400),
      ("0 0 29 feb ?", start, 1_709_164_800),
      // Neither day field is a star: either of them will do.
      ("30 4 1,15 * 5", start, 1_700_022_600),
      ("@hourly", start, 1_700_002_800),
      ("@every 90s", start, 1_700_000_090),
      ("@every 1m30.5s", start, 1_700_000_090),
      ("@every 10ms", start, 1_700_000_001),
      ("CRON_TZ=America/New_York 0 9 * * *", start, 1_700_056_800),
      ("TZ=UTC  0 23 * * *", start, 1_700_002_800),
      // Clocks skip half past two on the tenth of March.
      ("CRON_TZ=America/New_York 30 2 * * *", 1_710_046_800, 1_710_138_600),
      ("0 0 30 2 *", start, nil),
    ]
    for (text, after, expected) in cases {
      let schedule = try XCTUnwrap(CronSchedule(parsing: text), text)
      XCTAssertEqual(schedule.next(after: after * second), expected.map { $0 * second }, text)
    }
  }

  func testAMomentThatFitsIsNotItsOwnNext() throws {
    let schedule = try XCTUnwrap(CronSchedule(parsing: "* * * * *"))
    XCTAssertEqual(schedule.next(after: 60 * second), 120 * second)
    XCTAssertEqual(schedule.next(after: 60 * second - 1), 60 * second)
  }

  func testWhatIsNoSchedule() {
    for text in [
      "", "* * * *", "* * * * * *", "60 * * * *", "* * * * 7", "* * 0 * *", "@never", "@every x", "@every ",
      "2-1 * * * *",
      "*/0 * * * *", "1/2/3 * * * *", "1-2-3 * * * *", "a * * * *", "-1 * * * *", "CRON_TZ=Nowhere/None * * * * *",
      "CRON_TZ=UTC",
    ] {
      XCTAssertNil(CronSchedule(parsing: text), text)
    }
  }

  func testBackoffIsWholeSecondsAndSkipsWhatWasMissed() throws {
    let schedule = try XCTUnwrap(CronSchedule(parsing: "@every 10s"))
    let scheduled = start * second
    XCTAssertEqual(schedule.backoff(scheduled: scheduled, now: scheduled + second / 2), 10 * second)
    XCTAssertEqual(schedule.backoff(scheduled: scheduled, now: scheduled + 34 * second), 6 * second)
    XCTAssertEqual(schedule.backoff(scheduled: scheduled, now: scheduled - 3 * second), 3 * second)
    // Years of missed times are not walked through one by one.
    XCTAssertEqual(schedule.backoff(scheduled: 0, now: .max - second), second)
  }
}

final class CivilTimeTests: XCTestCase {
  func testDatesThereAndBack() {
    for seconds in stride(from: -70_000_000_000 as Int64, to: 70_000_000_000, by: 98_765_431) {
      let civil = CivilTime(seconds: seconds)
      XCTAssertEqual(civil.seconds, seconds)
      XCTAssertTrue((1...12).contains(civil.month) && (1...31).contains(civil.day), "\(civil)")
    }
    XCTAssertEqual(
      CivilTime(seconds: 1_700_000_000), CivilTime(year: 2023, month: 11, day: 14, hour: 22, minute: 13, second: 20))
    XCTAssertEqual(CivilTime(seconds: 1_700_000_000).weekday, 2)
  }
}
