import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Small histories and the files that they are read from.
enum Fixtures {
  /// A run with an activity, a signal and a timer, ten events and a close.
  static let order: WorkflowHistory = {
    var events: [HistoryEvent] = []
    func add(_ type: EventType, _ attributes: EventAttributes) {
      events.append(
        .with {
          $0.eventID = Int64(events.count + 1)
          $0.eventTime = .init(seconds: 1_767_323_045 + Int64(events.count), nanos: 500_000_000)
          $0.eventType = type
          $0.taskID = 1_048_576 + Int64(events.count)
          $0.attributes = attributes
        })
    }
    func addTask() {
      let scheduled = Int64(events.count + 1)
      add(.workflowTaskScheduled, .workflowTaskScheduledEventAttributes(.with { $0.attempt = 1 }))
      add(
        .workflowTaskStarted, .workflowTaskStartedEventAttributes(.with { $0.scheduledEventID = scheduled }))
      add(
        .workflowTaskCompleted,
        .workflowTaskCompletedEventAttributes(
          .with {
            $0.scheduledEventID = scheduled
            $0.startedEventID = scheduled + 1
          }))
    }
    add(
      .workflowExecutionStarted,
      .workflowExecutionStartedEventAttributes(
        .with {
          $0.workflowType.name = "app:order_workflow"
          $0.taskQueue.name = "orders"
          $0.taskQueue.kind = .normal
          $0.input.payloads = [json(#"{"id":"order-17","total":3}"#)]
          $0.workflowTaskTimeout = .init(seconds: 10)
          $0.originalExecutionRunID = "0a3f1c52-8d3e-4b7a-9c1d-2e5f6a7b8c9d"
          $0.firstExecutionRunID = "0a3f1c52-8d3e-4b7a-9c1d-2e5f6a7b8c9d"
          $0.identity = "client@host"
          $0.attempt = 1
          $0.workflowID = "order-17"
        }))
    addTask()
    add(
      .activityTaskScheduled,
      .activityTaskScheduledEventAttributes(
        .with {
          $0.activityID = "5"
          $0.activityType.name = "app:charge"
          $0.input.payloads = [json("3")]
          $0.startToCloseTimeout = .init(seconds: 1, nanos: 500_000_000)
          $0.workflowTaskCompletedEventID = 4
          $0.retryPolicy.backoffCoefficient = 1.5
          $0.header.fields = ["trace": json("null"), "a": json("1")]
        }))
    add(
      .timerStarted,
      .timerStartedEventAttributes(
        .with {
          $0.timerID = "6"
          $0.startToFireTimeout = .init(seconds: 3600)
          $0.workflowTaskCompletedEventID = 4
        }))
    add(
      .activityTaskStarted,
      .activityTaskStartedEventAttributes(
        .with {
          $0.scheduledEventID = 5
          $0.identity = "worker@host"
          $0.attempt = 1
        }))
    add(
      .activityTaskCompleted,
      .activityTaskCompletedEventAttributes(
        .with {
          $0.result.payloads = [json(#""paid""#)]
          $0.scheduledEventID = 5
          $0.startedEventID = 7
        }))
    addTask()
    add(
      .timerCanceled,
      .timerCanceledEventAttributes(
        .with {
          $0.timerID = "6"
          $0.startedEventID = 6
          $0.workflowTaskCompletedEventID = 11
        }))
    add(
      .workflowExecutionCompleted,
      .workflowExecutionCompletedEventAttributes(
        .with {
          $0.result.payloads = [json(#"{"ok":true}"#)]
          $0.workflowTaskCompletedEventID = 11
        }))
    return WorkflowHistory(events: events)
  }()

  /// A payload of plain JSON.
  static func json(_ text: String) -> Payload {
    .with {
      $0.metadata = ["encoding": Data("json/plain".utf8)]
      $0.data = Data(text.utf8)
    }
  }

  /// The order's events as JSON: the text of the array.
  static let eventsJSON = eventsText(order.events)

  /// Events as the text of a JSON array.
  static func eventsText(_ events: some Sequence<HistoryEvent>) -> String {
    "[" + events.map { HistoryWriter.json($0, indented: false) }.joined(separator: ",\n") + "]"
  }

  /// A first event with more fields, in a file of the usual form.
  static func file(firstEventHas fields: String) -> String {
    """
    {"events":[{"eventId":"1","eventType":"EVENT_TYPE_WORKFLOW_EXECUTION_STARTED","workflowExecutionStartedEventAttributes":{
    "workflowType":{"name":"t"},"taskQueue":{"name":"q"}\(fields.isEmpty ? "" : ",")\(fields)}}]}
    """
  }

  /// Reads text as a file.
  static func read(_ text: String) throws -> [WorkflowHistory] {
    try HistoryReader.histories(from: Data(text.utf8), named: "test.json")
  }

  /// The attributes of the first event that has `fields`.
  static func started(
    _ fields: String
  ) throws -> Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes {
    try XCTUnwrap(read(file(firstEventHas: fields)).first?.startedAttributes)
  }
}

/// The recordings of other projects, which are not part of this package.
enum SharedFiles {
  /// The files below a folder of the shared recordings, sorted; skips the test where there are none.
  static func paths(_ folder: String) throws -> [String] {
    let named = ProcessInfo.processInfo.environment["HINDCAST_SHARED"]
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let root = named.map { URL(fileURLWithPath: $0) } ?? package.deletingLastPathComponent().appending(path: "shared")
    let base = root.appending(path: folder)
    let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    let paths = found.filter { $0.hasSuffix(".json") || $0.hasSuffix(".bin") }.sorted()
    guard !paths.isEmpty else {
      throw XCTSkip("no recordings below \(base.path); set HINDCAST_SHARED to the folder that holds \(folder)")
    }
    return paths.map { base.appending(path: $0).path }
  }

  /// The recordings of all SDKs and of the real server.
  static func histories() throws -> [String] {
    try paths("histories") + paths("oracle/histories")
  }
}

/// A reproducible source of numbers (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
