import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// The spellings of spec/replay.md, 1.2, that the reader accepts.
final class LeniencyTests: XCTestCase {
  func testNamesAreReadInCamelAndSnakeCase() throws {
    let text = """
      {"events":[{"event_id":1,"event_type":1,"task_id":"7",
      "workflow_execution_started_event_attributes":{"workflow_type":{"name":"t"},"cron_schedule":"* * * * *"}}]}
      """
    let event = try XCTUnwrap(Fixtures.read(text).first?.events.first)
    XCTAssertEqual(event.eventID, 1)
    XCTAssertEqual(event.taskID, 7)
    XCTAssertEqual(event.workflowExecutionStartedEventAttributes.cronSchedule, "* * * * *")
    XCTAssertEqual(try Fixtures.started(#""\u0069dentity":"escaped key""#).identity, "escaped key")
  }

  func testNumbersAreReadInEveryForm() throws {
    let table: [(String, Int64)] = [
      ("5", 5), (#""5""#, 5), ("-5", -5), ("5.0", 5), ("5e2", 500), (#""5e2""#, 500), ("0", 0),
      ("9223372036854775807", .max), (#""-9223372036854775808""#, .min), ("1.50e1", 15),
    ]
    for (text, value) in table {
      XCTAssertEqual(try Fixtures.started(#""parentInitiatedEventId":\#(text)"#).parentInitiatedEventID, value, text)
    }
    XCTAssertEqual(try Fixtures.started(#""attempt":"3""#).attempt, 3)
    let coefficients: [(String, Double)] = [
      ("2", 2), ("1.5", 1.5), (#""1.5""#, 1.5), ("2e0", 2), (#""Infinity""#, .infinity),
    ]
    for (text, value) in coefficients {
      let started = try Fixtures.started(#""retryPolicy":{"backoffCoefficient":\#(text)}"#)
      XCTAssertEqual(started.retryPolicy.backoffCoefficient, value, text)
    }
  }

  func testEnumsAreReadInEverySpelling() throws {
    for text in [
      #""EVENT_TYPE_TIMER_FIRED""#, #""TimerFired""#, #""TIMER_FIRED""#, "18", #""18""#, #""Timer\u0046ired""#,
    ] {
      let event = try Fixtures.read(#"{"events":[{"eventId":1,"eventType":\#(text)}]}"#).first?.events.first
      XCTAssertEqual(event?.eventType, .timerFired, text)
    }
    let nested = try Fixtures.started(
      #""initiator":"CronSchedule","taskQueue":{"name":"q","kind":"Sticky"},"continuedFailure":{"timeoutFailureInfo":{"timeoutType":"ScheduleToStart"}}"#
    )
    XCTAssertEqual(nested.initiator, .cronSchedule)
    XCTAssertEqual(nested.taskQueue.kind, .sticky)
    XCTAssertEqual(nested.continuedFailure.timeoutFailureInfo.timeoutType, .scheduleToStart)
    XCTAssertEqual(try Fixtures.started(#""initiator":99"#).initiator, .UNRECOGNIZED(99))
  }

  func testEveryEventTypeIsReadInBothSpellings() throws {
    for type in EventType.allCases where type != .unspecified {
      let long = HistoryWriter.json(HistoryEvent.with { $0.eventType = type }, indented: false)
      let short = #"{"eventType":"\#(type.displayName)"}"#
      for text in [long, short] {
        XCTAssertEqual(try Fixtures.read("[\(text)]").first?.events.first?.eventType, type, text)
      }
    }
  }

  func testUnknownEnumNamesAreKeptAsNotes() throws {
    let history = try XCTUnwrap(Fixtures.read(#"{"events":[{"eventId":1,"eventType":"FutureEvent"}]}"#).first)
    XCTAssertEqual(history.events.first?.eventType, .unspecified)
    XCTAssertEqual(
      history.notes,
      [HistoryNote(kind: .unknownEnumName, eventID: 1, pointer: "/events/0/eventType", value: "FutureEvent")])
  }

  func testTimesAreReadInEveryForm() throws {
    let table: [(String, Int64, Int32)] = [
      (#""2020-07-14T15:04:02Z""#, 1_594_739_042, 0),
      (#""2020-07-14T15:04:02.5Z""#, 1_594_739_042, 500_000_000),
      (#""2020-07-14T17:04:02.000000001+02:00""#, 1_594_739_042, 1),
      (#""2020-07-14T08:34:02-06:30""#, 1_594_739_042, 0),
      (#"{"seconds":"1594739042","nanos":7}"#, 1_594_739_042, 7),
      (#""1969-12-31T23:59:59Z""#, -1, 0),
      (#""2024-02-29T00:00:00Z""#, 1_709_164_800, 0),
      (#""0001-01-01T00:00:00Z""#, -62_135_596_800, 0),
      (#""9999-12-31T23:59:59Z""#, 253_402_300_799, 0),
    ]
    for (text, seconds, nanos) in table {
      let time = try Fixtures.started(#""workflowExecutionExpirationTime":\#(text)"#).workflowExecutionExpirationTime
      XCTAssertEqual(time.seconds, seconds, text)
      XCTAssertEqual(time.nanos, nanos, text)
    }
  }

  func testDurationsAreReadInEveryForm() throws {
    let table: [(String, Int64, Int32)] = [
      (#""60s""#, 60, 0), (#""0.5s""#, 0, 500_000_000), (#""1.000000001s""#, 1, 1), (#""-1.5s""#, -1, -500_000_000),
      (#"{"seconds":3}"#, 3, 0), (#""0s""#, 0, 0), (#""315576000000s""#, 315_576_000_000, 0),
    ]
    for (text, seconds, nanos) in table {
      let time = try Fixtures.started(#""workflowRunTimeout":\#(text)"#).workflowRunTimeout
      XCTAssertEqual(time.seconds, seconds, text)
      XCTAssertEqual(time.nanos, nanos, text)
    }
  }

  func testBytesAreReadInEveryBase64() throws {
    for text in ["+/8=", "-_8=", "+/8", "-_8", #"+/8\u003d"#, #"+\/8="#] {
      let started = try Fixtures.started(
        #""memo":{"fields":{"k":{"metadata":{"encoding":"YmluYXJ5L3BsYWlu"},"data":"\#(text)"}}}"#)
      XCTAssertEqual(started.memo.fields["k"]?.data, Data([0xFB, 0xFF]), text)
    }
  }

  func testNullMeansUnset() throws {
    let started = try Fixtures.started(
      #""input":null,"identity":null,"attempt":null,"initiator":null,"memo":{"fields":null}"#)
    XCTAssertFalse(started.hasInput)
    XCTAssertEqual(started.identity, "")
    XCTAssertEqual(started.memo.fields, [:])
  }

  func testOfKeysThatOccurTwiceTheLastCounts() throws {
    let history = try XCTUnwrap(
      Fixtures.read(Fixtures.file(firstEventHas: #""identity":"one","identity":"two","workflowType":{"name":"other"}"#))
        .first)
    XCTAssertEqual(history.startedAttributes?.identity, "two")
    XCTAssertEqual(history.workflowTypeName, "other")
    XCTAssertEqual(history.notes.map(\.kind), [.duplicateKey, .duplicateKey])
    XCTAssertEqual(history.notes.first?.pointer, "/events/0/workflowExecutionStartedEventAttributes/identity")
    let twice = try Fixtures.read(
      #"[{"eventId":1,"timerFiredEventAttributes":{"timerId":"1"},"timerFiredEventAttributes":{"startedEventId":5}}]"#)
    XCTAssertEqual(twice.first?.events.first?.timerFiredEventAttributes, .with { $0.startedEventID = 5 })
  }

  func testUnknownFieldsAreCountedWithTheirPlace() throws {
    let event = #"{"eventId":"7","new/field":{"deep":[1,{"x":null}]},"timerFiredEventAttributes":{"other":1}}"#
    let history = try XCTUnwrap(Fixtures.read("[\(event),\(event),\(event)]").first)
    XCTAssertEqual(
      history.notes,
      [
        HistoryNote(kind: .unknownField, eventID: 7, pointer: "/0/new~1field", value: "new/field", count: 3),
        HistoryNote(
          kind: .unknownField, eventID: 7, pointer: "/0/timerFiredEventAttributes/other", value: "other", count: 3),
      ])
  }

  func testTextMayHoldEveryCharacter() throws {
    let table: [(String, String)] = [
      (#"é𝄞"#, "é𝄞"), (#"\u00e9\uD834\uDD1E"#, "é𝄞"), (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
      ("exactly8", "exactly8"), ("sixteen letters!", "sixteen letters!"), (#"\u0000"#, "\u{0}"), ("", ""),
    ]
    for (text, value) in table {
      XCTAssertEqual(try Fixtures.started(#""identity":"\#(text)""#).identity, value, text)
    }
  }
}
