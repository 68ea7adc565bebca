import Foundation
import HindcastCore
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import XCTest

@testable import HindcastLua

/// Runs one Lua workflow against events that a test writes, as a live worker would: commands become events, and tasks
/// run when the test says so.
final class LuaTestRun {
  let run: WorkflowRun
  private(set) var nextEventID: Int64 = 1
  /// All commands so far.
  private(set) var commands: [Temporal_Api_Command_V1_Command] = []
  private var scheduled: [String: Int64] = [:]
  private var initiatedChildren: [String: Int64] = [:]
  private var initiatedExternal: [String: Int64] = [:]
  /// Seconds since 1970 of the next task; each task advances it.
  var now: Int64 = 1_700_000_000

  var environment: WorkflowEnvironment { run.environment }

  /// Makes a run of `source` and delivers its start.
  convenience init(
    _ source: String, input: [String] = [], header: Temporal_Api_Common_V1_Header? = nil,
    options: RuntimeOptions = RuntimeOptions(), capturesStacks: Bool = false
  ) throws {
    try self.init(
      LuaWorkflowCode(workflows: ["app:test": source]).makeRuntime(options), type: "app:test", input: input,
      header: header, capturesStacks: capturesStacks)
  }

  convenience init(
    _ code: LuaWorkflowCode, type: String, input: [String] = [], header: Temporal_Api_Common_V1_Header? = nil,
    options: RuntimeOptions = RuntimeOptions()
  ) throws {
    try self.init(code.makeRuntime(options), type: type, input: input, header: header)
  }

  init(
    _ runtime: any WorkflowRuntime, type: String, input: [String] = [], header: Temporal_Api_Common_V1_Header? = nil,
    capturesStacks: Bool = false
  ) throws {
    var started = Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes()
    started.workflowType.name = type
    started.taskQueue.name = "test-queue"
    started.originalExecutionRunID = "run"
    started.input.payloads = input.map { JSONPayload.payload(json: $0) }
    if let header { started.header = header }
    let info = WorkflowInfo(started: started, workflowID: "wf", runID: "run")
    run = try WorkflowRun(environment: WorkflowEnvironment(info: info, capturesStacks: capturesStacks), in: runtime)
    run.setReplaying(false)
    try deliver(.workflowExecutionStarted) { $0.workflowExecutionStartedEventAttributes = started }
  }

  // MARK: Events

  @discardableResult
  func deliver(
    _ type: Temporal_Api_Enums_V1_EventType, _ fill: (inout HistoryEvent) -> Void
  ) throws -> Int64 {
    var event = HistoryEvent()
    event.eventID = nextEventID
    event.eventType = type
    event.eventTime = Google_Protobuf_Timestamp(seconds: now, nanos: 0)
    fill(&event)
    nextEventID += 1
    try run.deliver(event)
    return event.eventID
  }

  /// Runs a workflow task; the commands become events.
  @discardableResult
  func task() throws -> [Temporal_Api_Command_V1_Command] {
    now += 1
    try deliver(.workflowTaskScheduled) { $0.workflowTaskScheduledEventAttributes = .init() }
    try deliver(.workflowTaskStarted) { $0.workflowTaskStartedEventAttributes = .init() }
    let issued = try run.takeCommands().map(\.command)
    try deliver(.workflowTaskCompleted) { $0.workflowTaskCompletedEventAttributes = .init() }
    for command in issued { try record(command) }
    commands += issued
    return issued
  }

  private func record(_ command: Temporal_Api_Command_V1_Command) throws {
    switch command.attributes {
    case .startTimerCommandAttributes(let timer)?:
      try deliver(.timerStarted) { $0.timerStartedEventAttributes.timerID = timer.timerID }
    case .scheduleActivityTaskCommandAttributes(let activity)?:
      scheduled[activity.activityID] = try deliver(.activityTaskScheduled) {
        $0.activityTaskScheduledEventAttributes.activityID = activity.activityID
        $0.activityTaskScheduledEventAttributes.activityType = activity.activityType
      }
    case .requestCancelActivityTaskCommandAttributes(let cancel)?:
      try deliver(.activityTaskCancelRequested) {
        $0.activityTaskCancelRequestedEventAttributes.scheduledEventID = cancel.scheduledEventID
      }
    case .startChildWorkflowExecutionCommandAttributes(let child)?:
      initiatedChildren[child.workflowID] = try deliver(.startChildWorkflowExecutionInitiated) {
        $0.startChildWorkflowExecutionInitiatedEventAttributes.workflowID = child.workflowID
      }
    case .signalExternalWorkflowExecutionCommandAttributes(let signal)?:
      initiatedExternal[signal.execution.workflowID] = try deliver(.signalExternalWorkflowExecutionInitiated) {
        $0.signalExternalWorkflowExecutionInitiatedEventAttributes.control = signal.control
      }
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let cancel)?:
      initiatedExternal[cancel.workflowID] = try deliver(.requestCancelExternalWorkflowExecutionInitiated) {
        $0.requestCancelExternalWorkflowExecutionInitiatedEventAttributes.workflowExecution.workflowID =
          cancel.workflowID
        $0.requestCancelExternalWorkflowExecutionInitiatedEventAttributes.control = cancel.control
      }
    case .recordMarkerCommandAttributes(let marker)?:
      try deliver(.markerRecorded) { $0.markerRecordedEventAttributes.markerName = marker.markerName }
    case .upsertWorkflowSearchAttributesCommandAttributes(let upsert)?:
      try deliver(.upsertWorkflowSearchAttributes) {
        $0.upsertWorkflowSearchAttributesEventAttributes.searchAttributes = upsert.searchAttributes
      }
    default: nextEventID += 1
    }
  }

  func fire(_ timerID: String) throws {
    try deliver(.timerFired) { $0.timerFiredEventAttributes.timerID = timerID }
  }

  func complete(activity id: String, _ json: String?) throws {
    try deliver(.activityTaskCompleted) {
      $0.activityTaskCompletedEventAttributes.scheduledEventID = scheduled[id] ?? 0
      if let json { $0.activityTaskCompletedEventAttributes.result.payloads = [JSONPayload.payload(json: json)] }
    }
  }

  func fail(activity id: String, _ failure: Temporal_Api_Failure_V1_Failure) throws {
    try deliver(.activityTaskFailed) {
      $0.activityTaskFailedEventAttributes.scheduledEventID = scheduled[id] ?? 0
      $0.activityTaskFailedEventAttributes.failure = failure
      $0.activityTaskFailedEventAttributes.retryState = .maximumAttemptsReached
    }
  }

  func start(child id: String) throws {
    try deliver(.childWorkflowExecutionStarted) {
      $0.childWorkflowExecutionStartedEventAttributes.workflowExecution.workflowID = id
      $0.childWorkflowExecutionStartedEventAttributes.workflowExecution.runID = "child-run"
      $0.childWorkflowExecutionStartedEventAttributes.initiatedEventID = initiatedChildren[id] ?? 0
    }
  }

  func complete(child id: String, _ json: String?) throws {
    try deliver(.childWorkflowExecutionCompleted) {
      $0.childWorkflowExecutionCompletedEventAttributes.workflowExecution.workflowID = id
      if let json {
        $0.childWorkflowExecutionCompletedEventAttributes.result.payloads = [JSONPayload.payload(json: json)]
      }
    }
  }

  func fail(child id: String, _ failure: Temporal_Api_Failure_V1_Failure) throws {
    try deliver(.childWorkflowExecutionFailed) {
      $0.childWorkflowExecutionFailedEventAttributes.workflowExecution.workflowID = id
      $0.childWorkflowExecutionFailedEventAttributes.workflowType.name = "app:child"
      $0.childWorkflowExecutionFailedEventAttributes.failure = failure
    }
  }

  func signal(_ name: String, _ json: [String] = [], from sender: String? = nil) throws {
    try deliver(.workflowExecutionSignaled) {
      $0.workflowExecutionSignaledEventAttributes.signalName = name
      $0.workflowExecutionSignaledEventAttributes.input.payloads = json.map { JSONPayload.payload(json: $0) }
      if let sender {
        $0.workflowExecutionSignaledEventAttributes.header.fields["wippy-context"] = JSONPayload.payload(
          json: "{\"temporal.signal.from\":\"\(sender)\"}")
      }
    }
  }

  func requestCancel() throws {
    try deliver(.workflowExecutionCancelRequested) {
      $0.workflowExecutionCancelRequestedEventAttributes = .init()
    }
  }

  func delivered(externalTo workflowID: String) throws {
    try deliver(.externalWorkflowExecutionSignaled) {
      $0.externalWorkflowExecutionSignaledEventAttributes.initiatedEventID = initiatedExternal[workflowID] ?? 0
    }
  }

  func undeliverable(externalTo workflowID: String) throws {
    try deliver(.signalExternalWorkflowExecutionFailed) {
      $0.signalExternalWorkflowExecutionFailedEventAttributes.initiatedEventID = initiatedExternal[workflowID] ?? 0
      $0.signalExternalWorkflowExecutionFailedEventAttributes.cause = .externalWorkflowExecutionNotFound
    }
  }

  /// Delivers an update's request before the next task.
  func update(_ name: String, id: String, _ json: [String]) throws {
    var request = Temporal_Api_Update_V1_Request()
    request.meta.updateID = id
    request.input.name = name
    request.input.args.payloads = json.map { JSONPayload.payload(json: $0) }
    try run.deliver(
      .with {
        $0.id = "\(id)/request"
        $0.protocolInstanceID = id
        $0.eventID = nextEventID
        $0.body = try Google_Protobuf_Any(message: request)
      })
  }

  // MARK: Outcomes

  /// The result as JSON text, or the failure as `type: message`.
  var outcome: String? {
    switch environment.completion {
    case .completed(let payloads)?:
      payloads?.payloads.map { String(decoding: $0.data, as: UTF8.self) }.joined(separator: ",") ?? "nothing"
    case .failed(let failure, _)?: "\(failure.applicationFailureInfo.type): \(failure.message)"
    case .continuedAsNew(let attributes)?: "continued as \(attributes.workflowType.name)"
    case .canceled?: "canceled"
    case nil: nil
    }
  }
}

extension Temporal_Api_Command_V1_Command {
  /// The command in a few words, for comparison.
  var brief: String {
    switch attributes {
    case .startTimerCommandAttributes(let timer)?:
      "timer \(timer.timerID) \(timer.startToFireTimeout.seconds * 1000 + Int64(timer.startToFireTimeout.nanos) / 1_000_000)ms"
    case .scheduleActivityTaskCommandAttributes(let activity)?:
      "activity \(activity.activityID) \(activity.activityType.name)"
    case .requestCancelActivityTaskCommandAttributes(let cancel)?: "cancel activity \(cancel.scheduledEventID)"
    case .startChildWorkflowExecutionCommandAttributes(let child)?:
      "child \(child.workflowID) \(child.workflowType.name) on \(child.taskQueue.name)"
    case .signalExternalWorkflowExecutionCommandAttributes(let signal)?:
      "signal \(signal.control) \(signal.signalName) to \(signal.execution.workflowID)"
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let cancel)?:
      "cancel \(cancel.control) \(cancel.workflowID)"
    case .recordMarkerCommandAttributes(let marker)?:
      "marker \(marker.markerName)"
        + ((marker.details["side-effect-id"] ?? marker.details["change-id"]).map {
          " " + $0.payloads.map { String(decoding: $0.data, as: UTF8.self) }.joined()
        } ?? "")
    case .upsertWorkflowSearchAttributesCommandAttributes(let upsert)?:
      "upsert "
        + upsert.searchAttributes.indexedFields.sorted { $0.key < $1.key }
        .map { "\($0.key)=\(String(decoding: $0.value.data, as: UTF8.self))" }.joined(separator: ",")
    case .modifyWorkflowPropertiesCommandAttributes(let modify)?:
      "memo "
        + modify.upsertedMemo.fields.sorted { $0.key < $1.key }
        .map { "\($0.key)=\(String(decoding: $0.value.data, as: UTF8.self))" }.joined(separator: ",")
    case .protocolMessageCommandAttributes(let message)?: "message \(message.messageID)"
    case .completeWorkflowExecutionCommandAttributes?: "complete"
    case .failWorkflowExecutionCommandAttributes(let fail)?:
      "fail \(fail.failure.applicationFailureInfo.type)"
    case .continueAsNewWorkflowExecutionCommandAttributes(let next)?: "continue as \(next.workflowType.name)"
    default: "\(commandType)"
    }
  }
}
