import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Each rule of spec/replay.md, 1.6, broken on purpose.
final class ValidatorTests: XCTestCase {
  private typealias Edit = (inout [HistoryEvent]) -> Void

  /// `severity code at event` of every finding.
  private func findings(
    _ edit: Edit, profile: HistoryValidator.Profile = .analysis, isStrict: Bool = false
  ) -> [HistoryFinding] {
    var history = Fixtures.order
    edit(&history.events)
    return HistoryValidator.findings(in: history, profile: profile, isStrict: isStrict)
  }

  func testASoundHistoryHasNoFindings() {
    XCTAssertEqual(findings { _ in }, [])
    for count in 1...Fixtures.order.events.count {
      XCTAssertEqual(findings { $0.removeLast($0.count - count) }, [], "the first \(count) events")
    }
  }

  func testEachRuleFindsWhatBreaksIt() {
    let table: [(String, Edit, [String])] = [
      ("no events", { $0 = [] }, ["error H001 at 0"]),
      ("first event missing", { $0.removeFirst() }, ["error H002 at 2"]),
      ("no workflow type", { $0[0].workflowExecutionStartedEventAttributes.clearWorkflowType() }, ["error H002 at 1"]),
      ("a hole", { $0.remove(at: 6) }, ["error H003 at 8", "error H007 at 8"]),
      ("an ID twice", { $0[7].eventID = 7 }, ["error H003 at 7", "error H007 at 7", "error H003 at 9"]),
      (
        "numbered from 2",
        {
          $0.removeLast(11); $0[0].eventID = 2; $0[1].eventID = 3
        }, ["error H003 at 2"]
      ),
      (
        "extreme IDs",
        {
          $0.removeLast(11); $0[0].eventID = .min; $0[1].eventID = .max
        }, ["error H003 at \(Int64.min)", "error H003 at \(Int64.max)"]
      ),
      ("unknown type", { $0[6].eventType = .UNRECOGNIZED(999) }, ["error H004 at 7", "error H007 at 8"]),
      (
        "unknown type that may be ignored",
        {
          $0[12].eventType = .UNRECOGNIZED(999); $0[12].workerMayIgnore = true
        }, []
      ),
      ("other attributes", { $0[11].eventType = .timerFired }, ["error H005 at 12"]),
      ("no attributes", { $0[11].attributes = nil }, ["error H005 at 12"]),
      (
        "task started twice",
        {
          $0.append(.task(.workflowTaskStarted, 14)); $0.remove(at: 12); $0[12].eventID = 13
        }, ["error H006 at 13"]
      ),
      (
        "task scheduled twice",
        {
          $0[8] = .task(.workflowTaskScheduled, 9); $0[9] = .task(.workflowTaskScheduled, 10)
        }, ["error H006 at 10", "error H007 at 11", "error H006 at 11"]
      ),
      (
        "result of an unknown activity", { $0[7].activityTaskCompletedEventAttributes.scheduledEventID = 99 },
        ["error H007 at 8"]
      ),
      ("result of a timer", { $0[7].activityTaskCompletedEventAttributes.scheduledEventID = 6 }, ["error H007 at 8"]),
      (
        "result without activity", { $0[7].activityTaskCompletedEventAttributes.scheduledEventID = 0 },
        ["error H007 at 8"]
      ),
      (
        "negative reference", { $0[7].activityTaskCompletedEventAttributes.scheduledEventID = .min },
        ["error H007 at 8"]
      ),
      (
        "command of another task", { $0[4].activityTaskScheduledEventAttributes.workflowTaskCompletedEventID = 3 },
        ["warning H007 at 5"]
      ),
      (
        "command after something else",
        {
          $0[5] = .signal(6); $0[11] = .timer(12, "9"); $0[4] = .signal(5); $0[6] = .timer(7, "8"); $0[7] = .signal(8)
        }, ["warning H008 at 7"]
      ),
      ("events after the close", { $0.append(.signal(14)) }, ["warning H009 at 14"]),
      ("time goes back", { $0[3].eventTime.seconds = 1 }, ["info H010 at 4"]),
      ("no times", { for index in $0.indices { $0[index].clearEventTime() } }, ["info H010 at 1"]),
      ("no task queue", { $0[0].workflowExecutionStartedEventAttributes.clearTaskQueue() }, ["info H011 at 1"]),
      (
        "activity ends twice",
        {
          $0[12] = $0[7]; $0[12].eventID = 13
        }, ["info H010 at 13", "error H012 at 13"]
      ),
      (
        "timer ends twice",
        {
          $0[12] = $0[11]; $0[12].eventID = 13
        }, ["error H012 at 13"]
      ),
      (
        "activity ID twice",
        {
          $0[5] = $0[4]; $0[5].eventID = 6; $0[11] = .signal(12)
        }, ["warning H013 at 6", "warning H008 at 13"]
      ),
      ("update without request", { $0[12] = .accepted(13, "u") }, ["error H014 at 13"]),
      ("update with request", { $0[12] = .accepted(13, "u", hasRequest: true) }, []),
      (
        "update that was admitted",
        {
          $0[8] = .admitted(9, "u"); $0[9] = .signal(10); $0[10] = .signal(11); $0[11] = .signal(12);
          $0[12] = .accepted(13, "u")
        }, ["warning H008 at 13"]
      ),
      (
        "unknown flag", { $0[3].workflowTaskCompletedEventAttributes.sdkMetadata.langUsedFlags = [1, 77] },
        ["warning H016 at 4"]
      ),
      (
        "flag of another SDK",
        {
          $0[3].workflowTaskCompletedEventAttributes.sdkMetadata = .with {
            $0.sdkName = "temporal-java"; $0.langUsedFlags = [77]
          }
        }, []
      ),
    ]
    for (name, edit, expected) in table {
      let found = findings(edit).map { "\($0.severity) \($0.code.rawValue) at \($0.eventID ?? 0)" }
      XCTAssertEqual(found, expected, name)
    }
  }

  func testTheOriginalRunIDMattersToChildren() {
    let child = HistoryEvent.with {
      $0.eventID = 5
      $0.eventType = .startChildWorkflowExecutionInitiated
      $0.eventTime = Fixtures.order.events[4].eventTime
      $0.attributes = .startChildWorkflowExecutionInitiatedEventAttributes(.with { $0.workflowID = "c" })
    }
    let found = findings {
      $0[0].workflowExecutionStartedEventAttributes.originalExecutionRunID = ""
      $0 = Array($0[..<4]) + [child]
    }
    XCTAssertEqual(found.map(\.code), [.originalRunID])
  }

  func testProfilesAndStrictnessDecideAboutSeverities() {
    let flag: Edit = { $0[3].workflowTaskCompletedEventAttributes.sdkMetadata.langUsedFlags = [77] }
    XCTAssertEqual(findings(flag, profile: .go).map(\.severity), [.error])
    XCTAssertEqual(findings(flag, profile: .core).map(\.severity), [.info])
    XCTAssertEqual(findings({ $0.append(.signal(14)) }, isStrict: true).map(\.severity), [.error])
  }

  func testAFindingSaysWhere() throws {
    let events = Fixtures.eventsJSON.replacing(#""scheduledEventId":"5""#, with: #""scheduledEventId":"6""#)
    let history = try XCTUnwrap(Fixtures.read("{\n\"events\":\(events)}").first)
    let found = try XCTUnwrap(HistoryValidator.findings(in: history).last)
    XCTAssertEqual(found.pointer, "/events/7/activityTaskCompletedEventAttributes/scheduledEventId")
    XCTAssertEqual(found.line, 9)
    XCTAssertEqual(
      found.description,
      "test.json:9: error H007: scheduledEventId of ActivityTaskCompleted is 6, which is TimerStarted, not ActivityTaskScheduled (event 8, at /events/7/activityTaskCompletedEventAttributes/scheduledEventId)"
    )
  }

  func testAnUnknownEventIsNamed() throws {
    let history = try XCTUnwrap(Fixtures.read(#"[{"eventId":1,"eventType":"FutureEvent"}]"#).first)
    XCTAssertEqual(
      HistoryValidator.findings(in: history).filter { $0.code == .unknownEvent }.map(\.message),
      ["the event has the unknown type “FutureEvent”"])
  }

  func testManyFindingsOfOneRuleAreCounted() {
    let found = findings { events in
      for index in 13..<1013 { events.append(.signal(Int64(index + 1))) }
    }
    XCTAssertEqual(found.count, HistoryValidator.findingsPerRule + 1)
    XCTAssertEqual(found.last?.message, "900 more findings of this rule are not listed")
  }
}

extension HistoryEvent {
  fileprivate static func make(_ id: Int64, _ type: EventType, _ attributes: EventAttributes) -> HistoryEvent {
    .with {
      $0.eventID = id
      $0.eventType = type
      $0.eventTime = .init(seconds: 1_767_323_044 + id, nanos: 500_000_000)
      $0.attributes = attributes
    }
  }

  fileprivate static func signal(_ id: Int64) -> HistoryEvent {
    make(id, .workflowExecutionSignaled, .workflowExecutionSignaledEventAttributes(.with { $0.signalName = "s" }))
  }

  fileprivate static func timer(_ id: Int64, _ timerID: String) -> HistoryEvent {
    make(id, .timerStarted, .timerStartedEventAttributes(.with { $0.timerID = timerID }))
  }

  fileprivate static func task(_ type: EventType, _ id: Int64) -> HistoryEvent {
    type == .workflowTaskScheduled
      ? make(id, type, .workflowTaskScheduledEventAttributes(.init()))
      : make(id, type, .workflowTaskStartedEventAttributes(.with { $0.scheduledEventID = 9 }))
  }

  fileprivate static func accepted(_ id: Int64, _ update: String, hasRequest: Bool = false) -> HistoryEvent {
    make(
      id, .workflowExecutionUpdateAccepted,
      .workflowExecutionUpdateAcceptedEventAttributes(
        .with {
          $0.protocolInstanceID = update
          if hasRequest { $0.acceptedRequest = .init() }
        }))
  }

  fileprivate static func admitted(_ id: Int64, _ update: String) -> HistoryEvent {
    make(
      id, .workflowExecutionUpdateAdmitted,
      .workflowExecutionUpdateAdmittedEventAttributes(.with { $0.request.meta.updateID = update }))
  }
}
