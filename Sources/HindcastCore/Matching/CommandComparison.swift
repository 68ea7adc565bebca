import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// How a command compares with an event of the history (spec/replay.md 3.2, 6).
struct CommandComparison {
  /// A difference that the SDK fails on, or nil.
  var mismatch: (rule: RuleCode, differences: [FieldDifference])?
  /// Differences that the SDK never looks at.
  var remarks: [(rule: RuleCode, severity: Severity, differences: [FieldDifference])] = []

  mutating func fail(_ rule: RuleCode, _ comparer: FieldComparer) {
    if mismatch == nil, !comparer.differences.isEmpty { mismatch = (rule, comparer.differences) }
  }

  mutating func remark(_ rule: RuleCode, _ severity: Severity = .warning, _ comparer: FieldComparer) {
    if !comparer.differences.isEmpty { remarks.append((rule, severity, comparer.differences)) }
  }

  mutating func fail(_ rule: RuleCode, _ field: String, expected: String, actual: String) {
    var comparer = FieldComparer()
    comparer.text(field, expected: expected, actual: actual)
    fail(rule, comparer)
  }

  mutating func remark(
    _ rule: RuleCode, _ severity: Severity = .warning, _ compare: (inout FieldComparer) -> Void
  ) {
    var comparer = FieldComparer()
    compare(&comparer)
    remark(rule, severity, comparer)
  }

  /// Compares a command with an event, or answers nil where the command is of another kind than the event.
  static func of(_ issued: IssuedCommand, with event: HistoryEvent) -> CommandComparison? {
    let command = issued.command
    var result = CommandComparison()
    switch (command.attributes, event.attributes) {
    case (.scheduleActivityTaskCommandAttributes(let c)?, .activityTaskScheduledEventAttributes(let e)?):
      result.compare(c, e)
    case (.requestCancelActivityTaskCommandAttributes(let c)?, .activityTaskCancelRequestedEventAttributes(let e)?):
      result.fail(
        .cancelTargetChanged, "scheduledEventId", expected: String(e.scheduledEventID),
        actual: String(c.scheduledEventID))
    case (.startTimerCommandAttributes(let c)?, .timerStartedEventAttributes(let e)?):
      result.fail(.timerIDChanged, "timerId", expected: e.timerID, actual: c.timerID)
      if c.startToFireTimeout != e.startToFireTimeout {
        result.remark(.durationChanged) {
          $0.text(
            "startToFireTimeout", expected: FieldComparer.text(e.startToFireTimeout),
            actual: FieldComparer.text(c.startToFireTimeout))
        }
      }
    case (.cancelTimerCommandAttributes(let c)?, .timerCanceledEventAttributes(let e)?):
      result.fail(.cancelTargetChanged, "timerId", expected: e.timerID, actual: c.timerID)
    case (.recordMarkerCommandAttributes(let c)?, .markerRecordedEventAttributes(let e)?):
      result.fail(.markerChanged, "markerName", expected: e.markerName, actual: c.markerName)
    case (
      .startChildWorkflowExecutionCommandAttributes(let c)?,
      .startChildWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      result.compare(c, e)
    case (
      .signalExternalWorkflowExecutionCommandAttributes(let c)?,
      .signalExternalWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      result.compare(c, e)
    case (
      .requestCancelExternalWorkflowExecutionCommandAttributes(let c)?,
      .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let e)?
    ):
      var target = FieldComparer()
      target.text("workflowExecution.workflowId", expected: e.workflowExecution.workflowID, actual: c.workflowID)
      if !c.namespace.isEmpty { target.text("namespace", expected: e.namespace, actual: c.namespace) }
      result.fail(.cancelTargetChanged, target)
      result.remark(.runIDChanged) {
        $0.text("workflowExecution.runId", expected: e.workflowExecution.runID, actual: c.runID)
      }
    case (
      .upsertWorkflowSearchAttributesCommandAttributes(let c)?, .upsertWorkflowSearchAttributesEventAttributes(let e)?
    ):
      result.remark(.searchAttributesChanged) {
        $0.map(
          "searchAttributes", expected: e.searchAttributes.indexedFields, actual: c.searchAttributes.indexedFields)
      }
    case (.modifyWorkflowPropertiesCommandAttributes(let c)?, .workflowPropertiesModifiedEventAttributes(let e)?):
      result.remark(.memoChanged) {
        $0.map("memo", expected: e.upsertedMemo.fields, actual: c.upsertedMemo.fields)
      }
    case (.protocolMessageCommandAttributes?, _): return ofUpdate(issued, with: event)
    default: return ofClose(command, with: event)
    }
    return result
  }

  private static func ofUpdate(_ issued: IssuedCommand, with event: HistoryEvent) -> CommandComparison? {
    var result = CommandComparison()
    switch (issued.update, event.attributes) {
    case (
      .accepted(let instance, let message, let sequencing)?, .workflowExecutionUpdateAcceptedEventAttributes(let e)?
    ):
      var comparer = FieldComparer()
      comparer.text("protocolInstanceId", expected: e.protocolInstanceID, actual: instance)
      comparer.text("acceptedRequestMessageId", expected: e.acceptedRequestMessageID, actual: message)
      comparer.text(
        "acceptedRequestSequencingEventId", expected: String(e.acceptedRequestSequencingEventID),
        actual: String(sequencing))
      result.fail(.updateChanged, comparer)
    case (.completed(let id, let outcome)?, .workflowExecutionUpdateCompletedEventAttributes(let e)?):
      result.fail(.updateChanged, "meta.updateId", expected: e.meta.updateID, actual: id)
      result.remark(.updateResultChanged) {
        $0.payloads("outcome.success", expected: e.outcome.success, actual: outcome.success)
        $0.text("outcome.failure.message", expected: e.outcome.failure.message, actual: outcome.failure.message)
      }
    default: return nil
    }
    return result
  }

  private static func ofClose(_ command: Command, with event: HistoryEvent) -> CommandComparison? {
    var result = CommandComparison()
    switch (command.attributes, event.attributes) {
    case (.completeWorkflowExecutionCommandAttributes(let c)?, .workflowExecutionCompletedEventAttributes(let e)?):
      result.remark(.resultChanged) { $0.payloads("result", expected: e.result, actual: c.result) }
    case (.failWorkflowExecutionCommandAttributes(let c)?, .workflowExecutionFailedEventAttributes(let e)?):
      result.remark(.failureChanged) {
        $0.text("failure.message", expected: e.failure.message, actual: c.failure.message)
        $0.text(
          "failure.type", expected: e.failure.applicationFailureInfo.type, actual: c.failure.applicationFailureInfo.type
        )
      }
    case (.cancelWorkflowExecutionCommandAttributes(let c)?, .workflowExecutionCanceledEventAttributes(let e)?):
      result.remark(.resultChanged) { $0.payloads("details", expected: e.details, actual: c.details) }
    case (
      .continueAsNewWorkflowExecutionCommandAttributes(let c)?, .workflowExecutionContinuedAsNewEventAttributes(let e)?
    ):
      result.remark(.continueAsNewChanged) {
        $0.text("workflowType.name", expected: e.workflowType.name, actual: c.workflowType.name)
        $0.text("taskQueue.name", expected: e.taskQueue.name, actual: c.taskQueue.name)
        $0.payloads("input", expected: e.input, actual: c.input)
      }
    default: return nil
    }
    return result
  }
}

extension CommandComparison {
  fileprivate mutating func compare(
    _ c: Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes,
    _ e: Temporal_Api_History_V1_ActivityTaskScheduledEventAttributes
  ) {
    compareType(.activityTypeChanged, "activityType.name", expected: e.activityType.name, actual: c.activityType.name)
    fail(.activityIDChanged, "activityId", expected: e.activityID, actual: c.activityID)
    if mismatch != nil { return }
    remark(.inputChanged) { $0.payloads("input", expected: e.input, actual: c.input) }
    remark(.optionsChanged, .info) {
      $0.text("taskQueue.name", expected: e.taskQueue.name, actual: c.taskQueue.name)
      $0.duration("scheduleToCloseTimeout", expected: e.scheduleToCloseTimeout, actual: c.scheduleToCloseTimeout)
      $0.duration("scheduleToStartTimeout", expected: e.scheduleToStartTimeout, actual: c.scheduleToStartTimeout)
      $0.duration("startToCloseTimeout", expected: e.startToCloseTimeout, actual: c.startToCloseTimeout)
      $0.duration("heartbeatTimeout", expected: e.heartbeatTimeout, actual: c.heartbeatTimeout)
      if c.hasRetryPolicy { $0.retryPolicy(expected: e.retryPolicy, actual: c.retryPolicy) }
      $0.map("header", expected: e.header.fields, actual: c.header.fields)
    }
  }

  fileprivate mutating func compare(
    _ c: Temporal_Api_Command_V1_StartChildWorkflowExecutionCommandAttributes,
    _ e: Temporal_Api_History_V1_StartChildWorkflowExecutionInitiatedEventAttributes
  ) {
    compareType(.childTypeChanged, "workflowType.name", expected: e.workflowType.name, actual: c.workflowType.name)
    // The SDK does not compare the id here, but it finds the child's events only under the id that the code gave it.
    fail(.childIDChanged, "workflowId", expected: e.workflowID, actual: c.workflowID)
    if mismatch != nil { return }
    remark(.inputChanged) { $0.payloads("input", expected: e.input, actual: c.input) }
    remark(.optionsChanged, .info) {
      if !c.taskQueue.name.isEmpty { $0.text("taskQueue.name", expected: e.taskQueue.name, actual: c.taskQueue.name) }
      $0.duration("workflowExecutionTimeout", expected: e.workflowExecutionTimeout, actual: c.workflowExecutionTimeout)
      $0.duration("workflowRunTimeout", expected: e.workflowRunTimeout, actual: c.workflowRunTimeout)
      $0.duration("workflowTaskTimeout", expected: e.workflowTaskTimeout, actual: c.workflowTaskTimeout)
      if c.hasRetryPolicy { $0.retryPolicy(expected: e.retryPolicy, actual: c.retryPolicy) }
      $0.map("memo", expected: e.memo.fields, actual: c.memo.fields)
      $0.map("searchAttributes", expected: e.searchAttributes.indexedFields, actual: c.searchAttributes.indexedFields)
    }
  }

  fileprivate mutating func compare(
    _ c: Temporal_Api_Command_V1_SignalExternalWorkflowExecutionCommandAttributes,
    _ e: Temporal_Api_History_V1_SignalExternalWorkflowExecutionInitiatedEventAttributes
  ) {
    var target = FieldComparer()
    target.text("signalName", expected: e.signalName, actual: c.signalName)
    target.text(
      "workflowExecution.workflowId", expected: e.workflowExecution.workflowID, actual: c.execution.workflowID)
    if !c.namespace.isEmpty { target.text("namespace", expected: e.namespace, actual: c.namespace) }
    fail(.signalChanged, target)
    if mismatch != nil { return }
    remark(.runIDChanged) {
      $0.text("workflowExecution.runId", expected: e.workflowExecution.runID, actual: c.execution.runID)
    }
    remark(.signalInputChanged) { $0.payloads("input", expected: e.input, actual: c.input) }
  }

  /// The Go SDK compares only what follows the last dot of a type's name; the rest is a remark.
  private mutating func compareType(_ rule: RuleCode, _ field: String, expected: String, actual: String) {
    guard expected != actual else { return }
    var comparer = FieldComparer()
    comparer.text(field, expected: expected, actual: actual)
    if Self.lastPart(expected) == Self.lastPart(actual) {
      remark(.typePrefixChanged, .warning, comparer)
    } else {
      fail(rule, comparer)
    }
  }

  static func lastPart(_ name: String) -> Substring {
    guard let dot = name.lastIndex(of: "."), name.index(after: dot) < name.endIndex else { return name[...] }
    return name[name.index(after: dot)...]
  }
}

extension FieldComparer {
  fileprivate mutating func retryPolicy(
    expected: Temporal_Api_Common_V1_RetryPolicy, actual: Temporal_Api_Common_V1_RetryPolicy
  ) {
    duration("retryPolicy.initialInterval", expected: expected.initialInterval, actual: actual.initialInterval)
    duration("retryPolicy.maximumInterval", expected: expected.maximumInterval, actual: actual.maximumInterval)
    text(
      "retryPolicy.maximumAttempts", expected: String(expected.maximumAttempts),
      actual: String(actual.maximumAttempts))
    if actual.backoffCoefficient != 0 {
      text(
        "retryPolicy.backoffCoefficient", expected: String(expected.backoffCoefficient),
        actual: String(actual.backoffCoefficient))
    }
    text(
      "retryPolicy.nonRetryableErrorTypes", expected: expected.nonRetryableErrorTypes.joined(separator: ", "),
      actual: actual.nonRetryableErrorTypes.joined(separator: ", "))
  }
}
