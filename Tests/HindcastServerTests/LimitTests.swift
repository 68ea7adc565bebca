import HindcastCalls
import HindcastHistory
import HindcastRecords
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

@testable import HindcastServer

/// What the real server says where a limit is met (`server.md` 17).
///
/// `Tools/oracle/limits.py` makes these requests, and many more, of the real server (1.32.0, with the limits lowered by dynamic
/// configuration) and of this one, and prints where they differ. The messages here are those that it printed.
final class LimitTests: XCTestCase {
  private static let long = String(repeating: "x", count: 1_001)
  private static let longList = "Length=1001 Limit=1000"

  /// A limit and a command that goes beyond it.
  private struct CommandCase {
    var limits: (inout Limits) -> Void = { _ in }
    var command: Command
    var message: String
    var endsRun = false
  }

  func testCommandsBeyondALimit() throws {
    let long = Self.long
    let memo = Temporal_Api_Common_V1_Memo.with { $0.fields["k"] = Payload(text: "more than ten bytes") }
    let cases: [CommandCase] = [
      CommandCase(
        command: .with { $0.startTimerCommandAttributes.timerID = long },
        message:
          "BadStartTimerAttributes: TimerId on StartTimerCommand exceeds length limit. TimerId=\(long) \(Self.longList)"
      ),
      CommandCase(
        command: .with { $0.cancelTimerCommandAttributes.timerID = long },
        message:
          "BadCancelTimerAttributes: TimerId on CancelTimerCommand exceeds length limit. TimerId=\(long) \(Self.longList)"
      ),
      CommandCase(
        command: .with { $0.recordMarkerCommandAttributes.markerName = long },
        message:
          "BadRecordMarkerAttributes: MarkerName on RecordMarkerCommand exceeds length limit. MarkerName=\(long) \(Self.longList)"
      ),
      CommandCase(
        command: .with { $0.continueAsNewWorkflowExecutionCommandAttributes.taskQueue.name = long },
        message: "BadContinueAsNewAttributes: error validating ContinueAsNewWorkflowExecutionCommand TaskQueue: "
          + "taskQueue length exceeds limit. WorkflowType=Type TaskQueue=name:\"\(long)\"  kind:TASK_QUEUE_KIND_NORMAL"),
      CommandCase(
        limits: { $0.blobBytes = 10 },
        command: .with { $0.modifyWorkflowPropertiesCommandAttributes.upsertedMemo = memo },
        message:
          "BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes exceeds size limit.",
        endsRun: true),
      CommandCase(
        limits: { $0.memoBytes = 10 },
        command: .with { $0.modifyWorkflowPropertiesCommandAttributes.upsertedMemo = memo },
        message:
          "BadModifyWorkflowPropertiesAttributes: ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.",
        endsRun: true),
      CommandCase(
        limits: { $0.searchAttributeKeys = 0 }, command: child(attribute: "CustomKeyword"),
        message:
          "BadSearchAttributes: invalid SearchAttributes on StartChildWorkflowCommand: number of search attributes 1 "
          + "exceeds limit 0. WorkflowId=child WorkflowType=Child Namespace=default"),
      CommandCase(
        limits: { $0.searchAttributeValueBytes = 2 }, command: child(attribute: "CustomKeyword"),
        message:
          "BadStartChildExecutionAttributes: search attribute CustomKeyword value size 7 exceeds size limit 2",
        endsRun: true),
      CommandCase(
        command: child(attribute: "Unknown"),
        message: "BadSearchAttributes: Namespace default has no mapping defined for search attribute Unknown"),
    ]
    for var example in cases {
      var limits = Limits()
      example.limits(&limits)
      var rig = ServerRig(limits: limits)
      rig.machine.namespaces["default"]?.searchAttributes["CustomKeyword"] = Int32(IndexedValueType.keyword.rawValue)
      let run = try rig.start()
      let task = try rig.pollTask()
      example.command.commandType = example.command.impliedType
      XCTAssertEqual(refusal { try rig.complete(task, example.command) }?.message, example.message)
      let types = rig.eventTypes(run)
      XCTAssertEqual(types.contains(.workflowExecutionTerminated), example.endsRun, example.message)
      XCTAssertTrue(types.contains(.workflowTaskFailed), example.message)
      rig.checkRebuild()
    }
  }

  private func child(attribute: String) -> Command {
    .with {
      $0.startChildWorkflowExecutionCommandAttributes = .with {
        $0.workflowID = "child"
        $0.workflowType.name = "Child"
        $0.searchAttributes.indexedFields[attribute] = Payload(text: "value")
      }
    }
  }

  /// Limits hold what is counted against what the real server encodes.
  func testPayloadsAreAsLargeAsTheirEncoding() throws {
    var random = RandomMessages(seed: 11)
    let atBounds = [0, 1, 127, 128, 16_383, 16_384].map { size in
      Payloads.with {
        $0.payloads = [
          .with { $0.data = Data(count: size) }, .with { $0.metadata = ["": Data(), "key": Data(count: size)] },
        ]
      }
    }
    for payloads in atBounds + (0..<300).map({ _ in random.message(like: Payloads()) }) {
      let encoded: [UInt8] = try payloads.serializedBytes()
      XCTAssertEqual(payloads.byteCount, encoded.count, "\(payloads)")
    }
  }

  func testWaitingEventsAreAsLargeAsTheirEncoding() throws {
    let records = (0..<5).map { number in
      BufferedEventRecord.with {
        $0.event.eventType = .workflowExecutionSignaled
        $0.event.workflowExecutionSignaledEventAttributes.signalName = String(repeating: "s", count: 100 * number)
      }
    }
    func check(_ buffer: EventBuffer, _ name: String) throws {
      let encoded = try buffer.records.reduce(0) { try $0 + $1.event.serializedData().count }
      XCTAssertEqual(buffer.byteCount, encoded, name)
    }
    var buffer = EventBuffer()
    try check(buffer, "empty")
    for record in records { buffer.append(record) }
    try check(buffer, "appended")
    let removed = buffer.removeFirst { $0.workflowExecutionSignaledEventAttributes.signalName.count == 300 }
    XCTAssertEqual(removed, records[3].event)
    XCTAssertNil(buffer.removeFirst { $0.eventType == .timerFired })
    XCTAssertEqual(buffer.records, [0, 1, 2, 4].map { records[$0] })
    try check(buffer, "one removed")

    var restored = EventBuffer()
    for position in [3, 0, 4, 1, 2] {
      restored.restore(records[position], at: position)
      try check(restored, "restored to \(position)")
    }
    restored.restore(records[1], at: -1)
    XCTAssertEqual(restored.records, records)
  }

  func testLongNames() throws {
    var rig = ServerRig()
    try rig.start()
    let long = Self.long
    XCTAssertEqual(refusal { try rig.signal(long) }?.message, "workflow not found for ID: \(long)")
    XCTAssertEqual(refusal { try rig.signal("w", long) }?.message, "SignalName length exceeds limit.")
    let refused = refusal { try rig.start { $0.namespace = long } }
    XCTAssertEqual(refused?.message, "Namespace length exceeds limit.")
    XCTAssertEqual(refused?.code, .invalidArgument)
  }

  func testCallbacksGoNowhereElse() throws {
    var rig = ServerRig()
    try rig.start { $0.completionCallbacks = [.with { $0.nexus.url = "temporal://system" }] }
    for (url, message) in [
      ("http://localhost:1/x", "invalid url: url does not match any configured callback address: http://localhost:1/x"),
      ("ftp://localhost/", "invalid url: unknown scheme: ftp://localhost/"),
    ] {
      let refused = refusal {
        try rig.start("other") { $0.completionCallbacks = [.with { $0.nexus.url = url }] }
      }
      XCTAssertEqual(refused?.message, message)
    }
  }

  func testStateThatIsTooLargeEndsTheRun() throws {
    var limits = Limits()
    limits.mutableStateBytes = 250
    var rig = ServerRig(limits: limits)
    let run = try rig.start { $0.memo.fields["k"] = Payload(text: String(repeating: "m", count: 100)) }
    try rig.complete(
      rig.pollTask(),
      .with {
        $0.commandType = .scheduleActivityTask
        $0.scheduleActivityTaskCommandAttributes = .with {
          $0.activityID = "a"
          $0.activityType.name = "Activity"
          $0.taskQueue.name = "queue"
          $0.startToCloseTimeout = .init(seconds: 10)
        }
      })
    let task = try rig.pollActivity()
    func heartbeat(_ size: Int) throws {
      try rig.call(
        WorkflowService.recordActivityTaskHeartbeat,
        .with {
          $0.namespace = "default"
          $0.taskToken = task.taskToken
          $0.details = Payloads(text: String(repeating: "d", count: size))
        })
    }
    try heartbeat(100)
    let refused = refusal { try heartbeat(200) }
    XCTAssertEqual(refused?.message, "Workflow mutable state size exceeds limit.")
    XCTAssertEqual(refused?.code, .invalidArgument)
    let end = try XCTUnwrap(rig.history(run).last).workflowExecutionTerminatedEventAttributes
    XCTAssertEqual(end.reason, "Workflow mutable state size exceeds limit.")
    XCTAssertEqual(end.identity, "history-service")
    rig.checkRebuild()
  }

  func testTaskThatFailsForItsBufferIsTriedAgainAsItWas() throws {
    var limits = Limits()
    limits.bufferedEvents = 2
    var rig = ServerRig(limits: limits)
    try rig.start()
    _ = try rig.pollTask()
    for _ in 0..<3 { try rig.signal() }
    XCTAssertEqual(try rig.pollTask().attempt, 2)
    rig.checkRebuild()
  }

  func testLongMessagesAreCut() {
    let error = ServiceError.invalidArgument(String(repeating: "m", count: 5_000)).shortened
    XCTAssertEqual(error.message, String(repeating: "m", count: 3_985) + "... <truncated>")
  }
}

extension Command {
  /// The type that goes with the attributes.
  fileprivate var impliedType: CommandType {
    switch attributes {
    case .startTimerCommandAttributes?: .startTimer
    case .cancelTimerCommandAttributes?: .cancelTimer
    case .recordMarkerCommandAttributes?: .recordMarker
    case .continueAsNewWorkflowExecutionCommandAttributes?: .continueAsNewWorkflowExecution
    case .modifyWorkflowPropertiesCommandAttributes?: .modifyWorkflowProperties
    case .startChildWorkflowExecutionCommandAttributes?: .startChildWorkflowExecution
    default: .unspecified
    }
  }
}
