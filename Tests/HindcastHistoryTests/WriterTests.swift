import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

final class WriterTests: XCTestCase {
  func testTheFormIsThatOfTheTemporalCLI() {
    var history = Fixtures.order
    history.events = [history.events[4]]
    XCTAssertEqual(
      String(decoding: HistoryWriter.json(history), as: UTF8.self),
      """
      {
        "events": [
          {
            "eventId": "5",
            "eventTime": "2026-01-02T03:04:09.500Z",
            "eventType": "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED",
            "taskId": "1048580",
            "activityTaskScheduledEventAttributes": {
              "activityId": "5",
              "activityType": {
                "name": "app:charge"
              },
              "header": {
                "fields": {
                  "a": {
                    "metadata": {
                      "encoding": "anNvbi9wbGFpbg=="
                    },
                    "data": "MQ=="
                  },
                  "trace": {
                    "metadata": {
                      "encoding": "anNvbi9wbGFpbg=="
                    },
                    "data": "bnVsbA=="
                  }
                }
              },
              "input": {
                "payloads": [
                  {
                    "metadata": {
                      "encoding": "anNvbi9wbGFpbg=="
                    },
                    "data": "Mw=="
                  }
                ]
              },
              "startToCloseTimeout": "1.500s",
              "workflowTaskCompletedEventId": "4",
              "retryPolicy": {
                "backoffCoefficient": 1.5
              }
            }
          }
        ]
      }

      """)
  }

  func testAHistoryWithoutEventsIsWritten() {
    XCTAssertEqual(
      String(decoding: HistoryWriter.json(WorkflowHistory(events: [])), as: UTF8.self), "{\n  \"events\": []\n}\n")
  }

  func testEveryKindOfValueSurvives() throws {
    let event = HistoryEvent.with {
      $0.eventID = .max
      $0.eventTime = .init(seconds: -62_135_596_800, nanos: 1)
      $0.eventType = .UNRECOGNIZED(1234)
      $0.workerMayIgnore = true
      $0.links = [.with { $0.workflowEvent.eventRef.eventID = 3 }]
      $0.workflowExecutionStartedEventAttributes = .with {
        $0.identity = "quote \" backslash \\ line \n tab \t bell \u{7} é 𝄞"
        $0.workflowRunTimeout = .init(seconds: -1, nanos: -20_000_000)
        $0.workflowTaskTimeout = .init(seconds: 0, nanos: 1)
        $0.memo.fields = ["": Payload(), "é": .with { $0.data = Data([0, 255]) }, "e": Fixtures.json("{}")]
        $0.retryPolicy.backoffCoefficient = 1e-9
        $0.retryPolicy.nonRetryableErrorTypes = ["a", ""]
        $0.priority.fairnessWeight = 0.1
      }
    }
    let text = HistoryWriter.json(event)
    XCTAssertEqual(try Fixtures.read("[\(text)]").first?.events, [event], text)
    XCTAssertEqual(try HistoryEvent(jsonString: text), event, text)
    XCTAssertTrue(text.contains("\"fairnessWeight\": 0.1"), text)
    XCTAssertFalse(HistoryWriter.json(event, indented: false).contains("\n"))
  }

  func testTimesThatRFC3339CannotWriteAreKept() throws {
    let event = HistoryEvent.with { $0.eventTime = .init(seconds: .max, nanos: 5) }
    XCTAssertEqual(try Fixtures.read("[\(HistoryWriter.json(event))]").first?.events, [event])
  }

  func testCommandsAreWrittenLikeEvents() {
    let command = Command.with {
      $0.commandType = .startTimer
      $0.startTimerCommandAttributes.timerID = "5"
    }
    XCTAssertEqual(
      HistoryWriter.json(command, indented: false),
      #"{"commandType":"COMMAND_TYPE_START_TIMER","startTimerCommandAttributes":{"timerId":"5"}}"#)
  }
}
