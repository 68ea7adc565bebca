import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Recordings compared in canonical form.
final class DiffTests: XCTestCase {
  private func diff(_ edit: (inout WorkflowHistory) -> Void) -> HistoryDiff {
    var other = Fixtures.order
    edit(&other)
    return HistoryDiff(Fixtures.order, other)
  }

  func testWhatDiffersBetweenAnyTwoRecordingsDoesNotCount() {
    let found = diff { history in
      for index in history.events.indices {
        history.events[index].eventTime.seconds += Int64(1000 * index)
        history.events[index].taskID += 99
        history.events[index].version = 7
      }
      history.events[0].workflowExecutionStartedEventAttributes.identity = "someone else"
      history.events[0].workflowExecutionStartedEventAttributes.originalExecutionRunID =
        "11111111-2222-3333-4444-555555555555"
      history.events[0].workflowExecutionStartedEventAttributes.firstExecutionRunID =
        "11111111-2222-3333-4444-555555555555"
      history.events[0].workflowExecutionStartedEventAttributes.workflowID = "order-18"
      history.events[0].workflowExecutionStartedEventAttributes.firstWorkflowTaskBackoff = .init(seconds: 0, nanos: 1)
      history.events[2].workflowTaskStartedEventAttributes.historySizeBytes = 12345
      history.workflowID = "order-18"
    }
    // A measured duration that is there on one side only still counts.
    XCTAssertEqual(
      found.entries.first,
      .both(
        left: 0, right: 0,
        differences: [
          .init(path: "input[0].id", left: #""<workflow 1>""#, right: #""order-17""#),
          .init(path: "firstWorkflowTaskBackoff", left: nil, right: #""<about 0 s>""#),
        ]))
    XCTAssertTrue(
      found.entries.dropFirst().allSatisfy { if case .both(_, _, let all) = $0 { all.isEmpty } else { false } })
  }

  func testAnIDThatIsReferredToInconsistentlyCounts() {
    let found = diff {
      $0.events[0].workflowExecutionStartedEventAttributes.firstExecutionRunID = "99999999-2222-3333-4444-555555555555"
    }
    XCTAssertEqual(
      found.entries.first,
      .both(
        left: 0, right: 0, differences: [.init(path: "firstExecutionRunId", left: #""<id 1>""#, right: #""<id 2>""#)]))
  }

  func testFieldsThatDifferAreNamedWithBothValues() {
    let table: [((inout WorkflowHistory) -> Void, at: Int, [HistoryDiff.Difference])] = [
      (
        {
          $0.events[0].workflowExecutionStartedEventAttributes.input.payloads[0] = Fixtures.json(
            #"{"total": 4, "id": "order-17"}"#)
        },
        0, [.init(path: "input[0].total", left: "3", right: "4")]
      ),
      (
        { $0.events[4].activityTaskScheduledEventAttributes.activityType.name = "app:refund" }, 4,
        [.init(path: "activityType.name", left: #""app:charge""#, right: #""app:refund""#)]
      ),
      (
        { $0.events[4].activityTaskScheduledEventAttributes.input.payloads.append(Fixtures.json("4")) }, 4,
        [.init(path: "input[1]", left: nil, right: "4")]
      ),
      (
        { $0.events[5].timerStartedEventAttributes.startToFireTimeout.seconds = 60 }, 5,
        [.init(path: "startToFireTimeout", left: #""3600s""#, right: #""60s""#)]
      ),
      (
        { $0.events[11].timerCanceledEventAttributes.startedEventID = 5 }, 11,
        [.init(path: "startedEventId", left: "6", right: "5")]
      ),
    ]
    for (edit, index, differences) in table {
      let found = diff(edit)
      XCTAssertFalse(found.isEmpty)
      XCTAssertEqual(found.entries.count, 13)
      for entry in found.entries {
        guard case .both(let left, _, let all) = entry else { return XCTFail("\(entry)") }
        XCTAssertEqual(all, left == index ? differences : [], "event \(left + 1)")
      }
    }
  }

  func testEventsThatOneSideLacksDoNotShiftTheRest() {
    let found = diff { history in
      history.events.removeAll { [5, 7, 8].contains($0.eventID) }
      for index in history.events.indices { history.events[index].eventID = Int64(index + 1) }
      history.events[5].workflowTaskScheduledEventAttributes.attempt = 1
      history.events[6].workflowTaskStartedEventAttributes.scheduledEventID = 6
      history.events[7].workflowTaskCompletedEventAttributes.scheduledEventID = 6
      history.events[7].workflowTaskCompletedEventAttributes.startedEventID = 7
      history.events[8].timerCanceledEventAttributes.startedEventID = 5
      history.events[8].timerCanceledEventAttributes.workflowTaskCompletedEventID = 8
      history.events[9].workflowExecutionCompletedEventAttributes.workflowTaskCompletedEventID = 8
    }
    XCTAssertEqual(
      found.entries.filter { if case .both(_, _, let all) = $0 { !all.isEmpty } else { true } },
      [.onlyLeft(4), .onlyLeft(6), .onlyLeft(7)])
  }

  func testLongHistoriesAreAlignedPieceByPiece() {
    func signals(_ names: some Sequence<String>) -> WorkflowHistory {
      var events = [Fixtures.order.events[0]]
      for name in names {
        events.append(
          .with {
            $0.eventID = Int64(events.count + 1)
            $0.eventType = .workflowExecutionSignaled
            $0.workflowExecutionSignaledEventAttributes = .with { $0.signalName = name }
          })
      }
      return WorkflowHistory(events: events)
    }
    let names = (0..<6000).map { "signal \($0)" }
    var fewer = names
    fewer.remove(at: 5000)
    fewer.remove(at: 10)
    fewer.insert("another", at: 3000)
    let found = HistoryDiff(signals(names), signals(fewer))
    XCTAssertEqual(
      found.entries.filter { if case .both(_, _, let all) = $0 { !all.isEmpty } else { true } },
      [.onlyLeft(11), .onlyRight(3001), .onlyLeft(5001)])
  }

  func testTimesAndIDsInsidePayloadsAreReplaced() {
    func canonical(_ json: String) -> String? {
      var history = Fixtures.order
      history.events[0].workflowExecutionStartedEventAttributes.input.payloads = [Fixtures.json(json)]
      return CanonicalHistory(history).events[0].value["workflowExecutionStartedEventAttributes"]?["input"]?.description
    }
    let table: [(String, String)] = [
      (#""at 2026-01-02T03:04:05.123Z sharp""#, #"["at <time> sharp"]"#),
      (#""2026-01-02 03:04:05+02:00""#, #"["<time>"]"#),
      (#"{"seconds": 5, "nanos": 6}"#, #"["<time>"]"#),
      (
        #"["aaaaaaaa-0000-0000-0000-000000000001", "aaaaaaaa-0000-0000-0000-000000000002", "aaaaaaaa-0000-0000-0000-000000000001"]"#,
        #"[["<id 1>","<id 2>","<id 1>"]]"#
      ),
      (#""x-0123456789abcdef0123456789abcdef-y""#, #"["x-<id 1>-y"]"#),
      (#""0123456789abcdef0123456789abcdef0""#, #"["0123456789abcdef0123456789abcdef0"]"#),
      (#"{"b": 1.50, "a": [true, null]}"#, #"[{"a":[true,null],"b":1.50}]"#),
      ("not json", #"["not json"]"#),
    ]
    for (json, expected) in table { XCTAssertEqual(canonical(json), expected) }
  }

  func testHistoriesOfOneRecordingShareTheirNames() {
    var names = CanonicalNames()
    let parent = CanonicalHistory(Fixtures.order, names: &names)
    var child = Fixtures.order
    child.events[0].workflowExecutionStartedEventAttributes.originalExecutionRunID =
      "11111111-2222-3333-4444-555555555555"
    let other = CanonicalHistory(child, names: &names)
    let key = "workflowExecutionStartedEventAttributes"
    XCTAssertEqual(parent.events[0].value[key]?["originalExecutionRunId"], .text("<id 1>"))
    XCTAssertEqual(other.events[0].value[key]?["originalExecutionRunId"], .text("<id 2>"))
    XCTAssertEqual(other.events[0].value[key]?["firstExecutionRunId"], .text("<id 1>"))
  }
}
