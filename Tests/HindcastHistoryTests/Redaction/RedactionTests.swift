import Foundation
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastHistory

/// What a redaction takes out, what it leaves.
final class RedactionTests: XCTestCase {
  private func redaction(_ level: Redaction.Level = .strings, keeping keys: Set<String> = []) -> Redaction {
    var generator = FixedGenerator()
    return Redaction(level, keeping: keys, using: &generator)
  }

  /// A history of one event of each kind, in which every payload of every field is the same one, and every text
  /// `MessageFiller.text`.
  private func canaries(payload: Payload) throws -> WorkflowHistory {
    let filler = MessageFiller(payload: payload)
    let events = try EventType.allCases.filter { $0 != .unspecified }.enumerated().map { index, type in
      // Numbers that the filler wrote as texts read as unknown fields.
      var options = BinaryDecodingOptions()
      options.discardUnknownFields = true
      var event = try HistoryEvent(serializedBytes: filler.event(attributes: type.attributesKey), options: options)
      XCTAssertNotNil(event.attributes, "\(type)")
      event.eventID = Int64(index + 1)
      event.eventType = type
      return event
    }
    return WorkflowHistory(events: events)
  }

  func testNoPayloadOfAnyFieldSurvives() throws {
    let payload = Payload.json(#"{"name": "canary", "list": ["canary", {"deep": "a canary sings"}], "n": 1}"#)
    let original = try canaries(payload: payload)
    // As many payloads as there are fields that hold some: the test would show nothing of a history without any.
    XCTAssertGreaterThan(try original.payloads().count, 100)
    for level in Redaction.Level.allCases {
      let redacted = try redaction(level).redacted(original)
      for (event, before) in zip(redacted.events, original.events) {
        XCTAssertEqual(event.eventID, before.eventID)
        XCTAssertEqual(event.eventType, before.eventType)
        XCTAssertFalse(try holdsCanary(event), "\(level): \(HistoryWriter.json(event))")
      }
    }
  }

  /// The filler can set one kind of failure only, since they exclude each other.
  func testNoPayloadOfAnyFailureSurvives() throws {
    let details = Payloads.with { $0.payloads = [.json(#""canary""#)] }
    let failures: [Failure] = [
      .with { $0.applicationFailureInfo.details = details }, .with { $0.canceledFailureInfo.details = details },
      .with { $0.timeoutFailureInfo.lastHeartbeatDetails = details },
      .with { $0.resetWorkflowFailureInfo.lastHeartbeatDetails = details },
      .with { $0.encodedAttributes = details.payloads[0] },
    ]
    for failure in failures {
      let event = HistoryEvent.with {
        $0.activityTaskFailedEventAttributes.failure = .with {
          $0.activityFailureInfo.activityType.name = "app:charge"
          $0.cause = failure
        }
      }
      XCTAssertTrue(try holdsCanary(event))
      XCTAssertFalse(try holdsCanary(redaction().redacted(WorkflowHistory(events: [event])).events[0]))
    }
  }

  private func holdsCanary(_ event: HistoryEvent) throws -> Bool {
    var search = Search(word: "canary")
    _ = try search.edited(event)
    return search.isFound
  }

  func testTextsOfPeopleAndMachinesGo() throws {
    let original = try canaries(payload: .json("1"))
    let redacted = try redaction().redacted(original)
    var left: Set<String> = []
    for event in redacted.events {
      var search = Search(word: MessageFiller.text)
      _ = try search.edited(event)
      left.formUnion(search.fields)
    }
    // Whatever is not here goes. Ids, types, names and hashes that replaying or reading needs are here.
    XCTAssertEqual(left.sorted(), RedactionTests.keptTexts)
  }

  func testMarkersKeepWhatTheSDKKnowsThemBy() throws {
    func event(_ name: String, _ details: [String: [Payload]]) -> HistoryEvent {
      .with {
        $0.eventType = .markerRecorded
        $0.markerRecordedEventAttributes.markerName = name
        $0.markerRecordedEventAttributes.details = details.mapValues { list in .with { $0.payloads = list } }
      }
    }
    let nested = try Payload.with {
      $0.metadata = [
        "encoding": Data("json/protobuf".utf8), "messageType": Data("temporal.api.common.v1.Payloads".utf8),
      ]
      $0.data = try Payloads.with { $0.payloads = [.json(#""canary""#)] }.jsonUTF8Data()
    }
    let kept: [(String, [String: [Payload]])] = [
      ("Version", ["change-id": [.json(#""add-step""#)], "version": [.json("2")]]),
      ("SideEffect", ["side-effect-id": [.json("3")]]),
      ("MutableSideEffect", ["side-effect-id": [.json(#""limit_5""#)]]),
      ("LocalActivity", ["data": [.json(#"{"ActivityID":"1","ActivityType":"charge"}"#)]]),
    ]
    for (name, details) in kept {
      let history = WorkflowHistory(events: [
        event(name, details.merging(["data2": [.json(#""canary""#)]]) { a, _ in a })
      ])
      let attributes = try redaction(.all).redacted(history).events[0].markerRecordedEventAttributes
      for (key, payloads) in details { XCTAssertEqual(attributes.details[key]?.payloads, payloads, "\(name) \(key)") }
      XCTAssertNotEqual(attributes.details["data2"]?.payloads, [.json(#""canary""#)])
    }
    let mutable = event("MutableSideEffect", ["data": [.json(#""limit""#), nested]])
    let redacted = try redaction().redacted(WorkflowHistory(events: [mutable])).events[0]
    let data = try XCTUnwrap(redacted.markerRecordedEventAttributes.details["data"]?.payloads)
    XCTAssertEqual(data[0], .json(#""limit""#))
    let inner = try Payloads(jsonUTF8Data: data[1].data).payloads
    XCTAssertEqual(inner.count, 1)
    XCTAssertEqual(inner[0].data.count, #""canary""#.utf8.count)
    XCTAssertNotEqual(inner[0], .json(#""canary""#))
  }

  func testPayloadsAreRedactedByLevel() throws {
    let json = #"{ "name" : "Ann \"A\"", "age": 42, "ok": true, "wait": "5m", "none": null, "tags": ["x", 1.5] }"#
    let cases: [(Redaction.Level, String)] = [
      (
        .strings,
        #"^\{ "name" : "[A-Z][a-z]{2} \\"[A-Z]\\"", "age": 42, "ok": true, "wait": "5m", "none": null, "tags": \["[a-z]", 1.5\] \}$"#
      ),
      (
        .values,
        #"^\{ "name" : "[A-Z][a-z]{2} \\"[A-Z]\\"", "age": [1-9]\d, "ok": true, "wait": "\d[a-z]", "none": null, "tags": \["[a-z]", \d\.\d\] \}$"#
      ),
      (.all, "^null$"),
    ]
    for (level, pattern) in cases {
      let text = try XCTUnwrap(redact(.json(json), redaction(level)).jsonText)
      XCTAssertNotNil(text.range(of: pattern, options: .regularExpression), "\(level): \(text)")
      XCTAssertFalse(text.contains("Ann"))
      XCTAssertEqual(text.contains("42"), level == .strings, text)
    }
  }

  func testWhatIsNoJSONIsBlanked() throws {
    let cases: [(String, String)] = [
      ("json/plain", #"{"secret": "canary"#), ("json/plain", #""canary" and more"#), ("binary/plain", "canary"),
      ("binary/encrypted", "canary"), ("", "canary"), ("json/plain", "\"canary\u{1}\""),
    ]
    for (encoding, data) in cases {
      let payload = Payload.with {
        $0.metadata = ["encoding": Data(encoding.utf8), "key-id": Data("canary".utf8)]
        $0.data = Data(data.utf8)
      }
      let redacted = try redact(payload, redaction())
      XCTAssertEqual(redacted.data, Data(repeating: UInt8(ascii: "x"), count: data.utf8.count))
      XCTAssertEqual(redacted.metadata, ["encoding": Data(encoding.utf8)])
    }
  }

  func testKeysThatAreKeptKeepTheirValues() throws {
    let json = #"{"status": "paid", "who": {"status": {"text": "x y"}, "name": "Ann"}}"#
    let text = try XCTUnwrap(redact(.json(json), redaction(keeping: ["status"])).jsonText)
    XCTAssertTrue(text.contains(#""status": "paid""#) && text.contains(#"{"text": "x y"}"#), text)
    XCTAssertFalse(text.contains("Ann"))
  }

  func testEqualStringsHaveEqualStandIns() throws {
    let redaction = redaction()
    let first = try redact(.json(#"["ann", "bob", "ann"]"#), redaction)
    let again = try redact(.json(#"{"name": "ann"}"#), redaction)
    let list = try JSONDecoder().decode([String].self, from: first.data)
    XCTAssertEqual(list[0], list[2])
    XCTAssertNotEqual(list[0], list[1])
    XCTAssertEqual(try JSONDecoder().decode([String: String].self, from: again.data)["name"], list[0])
  }

  func testNamesThatAreSeenAnywayStay() throws {
    let started = HistoryEvent.with {
      $0.eventType = .workflowExecutionStarted
      $0.workflowExecutionStartedEventAttributes.workflowID = "order-4711"
      $0.workflowExecutionStartedEventAttributes.workflowType.name = "app:order"
      $0.workflowExecutionStartedEventAttributes.input.payloads = [
        .json(
          #"""
          ["4711", "order-4711", "app:order", "order", "{app:client@app:worker|order-4711}",
           "471", "app", "rder", "{app:client@app:worker|order-1}", "{my secret@app:worker|order-4711}"]
          """#)
      ]
    }
    let redacted = try redaction().redacted(WorkflowHistory(events: [started]))
    let list = try JSONDecoder().decode([String].self, from: input(of: redacted.events[0]).data)
    let original = try JSONDecoder().decode([String].self, from: input(of: started).data)
    XCTAssertEqual(list.prefix(5), original.prefix(5))
    for (old, new) in zip(original, list).dropFirst(5) { XCTAssertNotEqual(old, new) }
  }

  private func input(of event: HistoryEvent) -> Payload {
    event.workflowExecutionStartedEventAttributes.input.payloads[0]
  }

  private func redact(_ payload: Payload, _ redaction: Redaction) throws -> Payload {
    let event = HistoryEvent.with {
      $0.eventType = .activityTaskCompleted
      $0.activityTaskCompletedEventAttributes.result.payloads = [payload]
    }
    return try redaction.redacted(WorkflowHistory(events: [event])).events[0].activityTaskCompletedEventAttributes
      .result.payloads[0]
  }
}

private struct FixedGenerator: RandomNumberGenerator {
  private var state: UInt64 = 41

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }
}

extension Payload {
  fileprivate static func json(_ text: String) -> Payload {
    .with {
      $0.metadata = ["encoding": Data("json/plain".utf8)]
      $0.data = Data(text.utf8)
    }
  }
}

extension RedactionTests {
  /// The fields whose texts stay.
  fileprivate static let keptTexts: [String] = [
    "acceptedRequestMessageId", "activityId", "attachedRequestId", "baseRunId", "binaryChecksum", "buildId",
    "businessId", "componentPath", "continuedExecutionRunId", "control", "coreUsedFlags", "cronSchedule",
    "deploymentName", "endpoint", "endpointId", "firstExecutionRunId", "id", "inboundUpdateId",
    "inheritedBuildId", "langUsedFlags", "markerName", "name", "namespace", "namespaceId", "newExecutionRunId",
    "newRunId", "newTaskQueue", "nonRetryableErrorTypes", "normalName", "operation", "operationId",
    "originalExecutionRunId", "parentPinnedWorkerDeploymentVersion", "parentWorkflowNamespace",
    "parentWorkflowNamespaceId", "pinnedVersion", "protocolInstanceId", "rejectedRequestMessageId", "requestId",
    "runId", "sdkName", "sdkVersion", "seriesName", "service", "signalName", "source", "taskQueueName", "timerId",
    "type", "updateId", "workerDeploymentName", "workerDeploymentVersion", "workflowId",
  ]
}
