import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// What a command or its event is about, in the words of whoever writes workflow code.
enum Subject: Hashable {
  case activity(String)
  /// By its duration.
  case timer(seconds: Int64, nanoseconds: Int32)
  case child(String)
  case signal(String, to: String)
  case cancelWorkflow(String)
  case sideEffect
  case mutableSideEffect(String)
  case localActivity(String)
  case version(String)
  case marker(String)
  case searchAttributes([String])
  case memo([String])
  case cancelTimer
  case cancelActivity
  case acceptUpdate(String)
  case answerUpdate(String)
  case complete
  case fail
  case cancel
  case continueAsNew
  case other(String)

  init(_ issued: IssuedCommand) {
    switch issued.command.attributes {
    case .scheduleActivityTaskCommandAttributes(let a)?: self = .activity(a.activityType.name)
    case .requestCancelActivityTaskCommandAttributes?: self = .cancelActivity
    case .startTimerCommandAttributes(let a)?:
      self = .timer(seconds: a.startToFireTimeout.seconds, nanoseconds: a.startToFireTimeout.nanos)
    case .cancelTimerCommandAttributes?: self = .cancelTimer
    case .startChildWorkflowExecutionCommandAttributes(let a)?: self = .child(a.workflowType.name)
    case .signalExternalWorkflowExecutionCommandAttributes(let a)?:
      self = .signal(a.signalName, to: a.execution.workflowID)
    case .requestCancelExternalWorkflowExecutionCommandAttributes(let a)?: self = .cancelWorkflow(a.workflowID)
    case .recordMarkerCommandAttributes(let a)?:
      self = Self.marker(a.markerName, a.details, localActivity: RecordedLocalActivity.type(of: issued))
    case .upsertWorkflowSearchAttributesCommandAttributes(let a)?:
      self = .searchAttributes(a.searchAttributes.indexedFields.keys.sorted())
    case .modifyWorkflowPropertiesCommandAttributes(let a)?: self = .memo(a.upsertedMemo.fields.keys.sorted())
    case .completeWorkflowExecutionCommandAttributes?: self = .complete
    case .failWorkflowExecutionCommandAttributes?: self = .fail
    case .cancelWorkflowExecutionCommandAttributes?: self = .cancel
    case .continueAsNewWorkflowExecutionCommandAttributes?: self = .continueAsNew
    default:
      switch issued.update {
      case .accepted(let id, _, _)?: self = .acceptUpdate(id)
      case .completed(let id, _)?: self = .answerUpdate(id)
      case nil: self = .other(issued.summary)
      }
    }
  }

  init(_ event: HistoryEvent) {
    switch event.attributes {
    case .activityTaskScheduledEventAttributes(let a)?: self = .activity(a.activityType.name)
    case .activityTaskCancelRequestedEventAttributes?: self = .cancelActivity
    case .timerStartedEventAttributes(let a)?:
      self = .timer(seconds: a.startToFireTimeout.seconds, nanoseconds: a.startToFireTimeout.nanos)
    case .timerCanceledEventAttributes?: self = .cancelTimer
    case .startChildWorkflowExecutionInitiatedEventAttributes(let a)?: self = .child(a.workflowType.name)
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let a)?:
      self = .signal(a.signalName, to: a.workflowExecution.workflowID)
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes(let a)?:
      self = .cancelWorkflow(a.workflowExecution.workflowID)
    case .markerRecordedEventAttributes(let a)?:
      self = Self.marker(a.markerName, a.details, localActivity: RecordedLocalActivity(event)?.type)
    case .upsertWorkflowSearchAttributesEventAttributes(let a)?:
      self = .searchAttributes(a.searchAttributes.indexedFields.keys.sorted())
    case .workflowPropertiesModifiedEventAttributes(let a)?: self = .memo(a.upsertedMemo.fields.keys.sorted())
    case .workflowExecutionUpdateAcceptedEventAttributes(let a)?:
      let name = a.acceptedRequest.input.name
      self = .acceptUpdate(name.isEmpty ? a.protocolInstanceID : name)
    case .workflowExecutionUpdateCompletedEventAttributes(let a)?: self = .answerUpdate(a.meta.updateID)
    case .workflowExecutionCompletedEventAttributes?: self = .complete
    case .workflowExecutionFailedEventAttributes?: self = .fail
    case .workflowExecutionCanceledEventAttributes?: self = .cancel
    case .workflowExecutionContinuedAsNewEventAttributes?: self = .continueAsNew
    default: self = .other(event.summary)
    }
  }

  private static func marker(_ name: String, _ details: [String: Payloads], localActivity: String?) -> Subject {
    switch name {
    case Marker.sideEffect: .sideEffect
    case Marker.mutableSideEffect:
      .mutableSideEffect(details["data"]?.payloads.first.flatMap { JSONPayload.string($0) } ?? "")
    case Marker.version: .version(JSONPayload.string(details["change-id"]) ?? "")
    case Marker.localActivity: .localActivity(localActivity ?? "")
    default: .marker(name)
    }
  }

  /// What the code does with it, in the third person.
  var verb: String {
    switch self {
    case .activity, .localActivity: "runs"
    case .timer, .child: "starts"
    case .signal: "sends"
    case .cancelWorkflow: "asks to cancel"
    case .sideEffect, .mutableSideEffect, .version, .marker: "records"
    case .searchAttributes, .memo: "sets"
    case .cancelTimer, .cancelActivity: "cancels"
    case .acceptUpdate: "handles"
    case .answerUpdate: "answers"
    case .complete: "completes"
    case .fail: "fails"
    case .cancel: "ends as cancelled"
    case .continueAsNew: "continues as new"
    case .other: "issues"
    }
  }

  /// What it is, without an article.
  var noun: String {
    switch self {
    case .activity(let type): "activity \(type)"
    case .localActivity(let type): "local activity \(type)"
    case .timer(let seconds, let nanoseconds): "timer of \(Self.duration(seconds, nanoseconds))"
    case .child(let type): "child workflow \(type)"
    case .signal(let name, let target): "signal \(name) to workflow \(target)"
    case .cancelWorkflow(let id): "workflow \(id)"
    case .sideEffect: "side effect"
    case .mutableSideEffect(let id): "mutable side effect \(id)"
    case .version(let changeID): "version marker of \(changeID)"
    case .marker(let name): "marker \(name)"
    case .searchAttributes(let keys): Self.list("search attribute", keys)
    case .memo(let keys): Self.list("memo field", keys)
    case .cancelTimer: "timer"
    case .cancelActivity: "activity"
    case .acceptUpdate(let name), .answerUpdate(let name): "update \(name)"
    case .complete, .fail, .cancel, .continueAsNew: "workflow"
    case .other(let text): text
    }
  }

  /// The noun with the article that it has where both know which one is meant.
  var definiteNoun: String {
    switch self {
    case .timer, .sideEffect, .cancelTimer, .cancelActivity, .searchAttributes, .memo: "the \(noun)"
    default: noun
    }
  }

  /// A duration as Go and Lua write it: `24h`, `1m30s`, `250ms`.
  static func duration(_ seconds: Int64, _ nanoseconds: Int32) -> String {
    if seconds == 0, nanoseconds > 0 {
      if nanoseconds % 1_000_000 == 0 { return "\(nanoseconds / 1_000_000)ms" }
      return nanoseconds % 1000 == 0 ? "\(nanoseconds / 1000)us" : "\(nanoseconds)ns"
    }
    guard nanoseconds == 0, seconds >= 60 else {
      return FieldComparer.text(.with { ($0.seconds, $0.nanos) = (seconds, nanoseconds) })
    }
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
    return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
  }

  private static func list(_ noun: String, _ keys: [String]) -> String {
    "\(noun)\(keys.count == 1 ? "" : "s") \(keys.joined(separator: ", "))"
  }

  /// The noun with what stands before it where it is new.
  var newNoun: String {
    switch self {
    case .searchAttributes(let keys) where keys.count != 1, .memo(let keys) where keys.count != 1: "new \(noun)"
    case .cancelTimer, .cancelActivity: "a \(noun) that it used to leave alone"
    case .complete, .fail, .cancel, .continueAsNew, .cancelWorkflow: noun
    case .acceptUpdate, .answerUpdate: noun
    default: "a new \(noun)"
    }
  }

  /// The subject as a thing, for a table of both sides.
  var title: String {
    switch self {
    case .cancelTimer: "cancel timer"
    case .cancelActivity: "cancel activity"
    case .cancelWorkflow(let id): "cancel workflow \(id)"
    case .acceptUpdate(let name): "accept update \(name)"
    case .answerUpdate(let name): "answer update \(name)"
    case .complete: "complete workflow"
    case .fail: "fail workflow"
    case .cancel: "end workflow as cancelled"
    case .continueAsNew: "continue as new"
    case .searchAttributes(let keys): "set " + Self.list("search attribute", keys)
    case .memo(let keys): "set " + Self.list("memo field", keys)
    default: noun
    }
  }

  /// What happens where the subject is the workflow itself; nil for all else.
  var end: String? {
    switch self {
    case .complete: "completes the workflow"
    case .fail: "fails the workflow"
    case .cancel: "ends the workflow as cancelled"
    case .continueAsNew: "continues as new"
    default: nil
    }
  }

  /// What the code does, such as `runs activity app:charge`.
  var deed: String { end ?? "\(verb) \(definiteNoun)" }

  /// A few letters for an ID: the name's last part, or the kind.
  var slug: String {
    switch self {
    case .activity(let name), .localActivity(let name), .child(let name), .signal(let name, _),
      .mutableSideEffect(let name), .acceptUpdate(let name), .answerUpdate(let name), .version(let name):
      let last = name.split(whereSeparator: { $0 == ":" || $0 == "." || $0 == "/" }).last.map(String.init) ?? name
      return Self.identifier(last)
    case .timer(let seconds, let nanoseconds): return "timer-" + Self.duration(seconds, nanoseconds)
    case .searchAttributes(let keys), .memo(let keys): return Self.identifier(keys.first ?? "attributes")
    case .sideEffect: return "side-effect"
    case .cancelWorkflow, .cancelTimer, .cancelActivity: return "cancel"
    case .complete, .fail, .cancel, .continueAsNew: return "end"
    case .marker, .other: return "change"
    }
  }

  private static func identifier(_ text: String) -> String {
    let letters = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    let parts = String(letters).split(separator: "-")
    return parts.isEmpty ? "change" : parts.joined(separator: "-")
  }
}
