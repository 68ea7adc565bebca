import HindcastCore
package import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// What a timeline says of an event beneath its summary.
package struct EventDetails {
  /// One line of it.
  package struct Detail: Equatable {
    package var label: String
    package var value: String
  }

  private var details: [Detail] = []

  /// The details of an event, in the order of interest; nothing where the summary says it all.
  package static func of(_ event: HistoryEvent) -> [Detail] {
    var details = EventDetails()
    details.add(event.attributes)
    return details.details
  }

  private mutating func add(_ label: String, _ value: String) {
    if !value.isEmpty { details.append(Detail(label: label, value: value)) }
  }

  private mutating func add(_ label: String, _ payloads: Payloads) {
    if !payloads.payloads.isEmpty { add(label, payloads.summary()) }
  }

  private mutating func add(_ label: String, _ payloads: [String: Payload]) {
    let fields = payloads.keys.sorted().compactMap { key in payloads[key].map { "\(key) = \($0.summary())" } }
    add(label, fields.joined(separator: ", "))
  }

  /// A failure and its causes, outermost first.
  private mutating func add(_ failure: Failure) {
    var next: Failure? = failure
    // An edited file may nest causes without end.
    for depth in 0..<8 {
      guard let failure = next else { return }
      let type = failure.applicationFailureInfo.type
      add(depth == 0 ? "failure" : "cause", type.isEmpty ? failure.message : "\(type): \(failure.message)")
      next = failure.hasCause ? failure.cause : nil
    }
  }

  private mutating func add(of eventID: Int64) {
    if eventID > 0 { add("of", "event \(eventID)") }
  }

  private mutating func add(_ attributes: EventAttributes?) {
    switch attributes {
    case .workflowExecutionStartedEventAttributes(let a)?:
      add("input", a.input)
      add("memo", a.memo.fields)
      add("search", a.searchAttributes.indexedFields)
      if a.attempt > 1 { add("attempt", "\(a.attempt)") }
      if !a.continuedExecutionRunID.isEmpty { add("continues", a.continuedExecutionRunID) }
      if a.hasContinuedFailure { add(a.continuedFailure) }
    case .workflowExecutionCompletedEventAttributes(let a)?: add("result", a.result)
    case .workflowExecutionFailedEventAttributes(let a)?: add(a.failure)
    case .workflowExecutionCanceledEventAttributes(let a)?: add("details", a.details)
    case .workflowExecutionTerminatedEventAttributes(let a)?: add("reason", a.reason)
    case .workflowExecutionContinuedAsNewEventAttributes(let a)?:
      add("input", a.input)
      add("run ID", a.newExecutionRunID)
    case .workflowTaskFailedEventAttributes(let a)?: add(a.failure)
    case .workflowExecutionSignaledEventAttributes(let a)?: add("input", a.input)
    case .workflowExecutionCancelRequestedEventAttributes(let a)?: add("cause", a.cause)
    default: addOperation(attributes)
    }
  }

  private mutating func addOperation(_ attributes: EventAttributes?) {
    switch attributes {
    case .activityTaskScheduledEventAttributes(let a)?: add("input", a.input)
    case .activityTaskStartedEventAttributes(let a)?:
      add(of: a.scheduledEventID)
      if a.attempt > 1 { add("attempt", "\(a.attempt)") }
      if a.hasLastFailure { add(a.lastFailure) }
    case .activityTaskCompletedEventAttributes(let a)?:
      add(of: a.scheduledEventID)
      add("result", a.result)
    case .activityTaskFailedEventAttributes(let a)?:
      add(of: a.scheduledEventID)
      add(a.failure)
    case .activityTaskTimedOutEventAttributes(let a)?:
      add(of: a.scheduledEventID)
      add(a.failure)
    case .activityTaskCanceledEventAttributes(let a)?: add(of: a.scheduledEventID)
    case .timerFiredEventAttributes(let a)?: add(of: a.startedEventID)
    case .timerCanceledEventAttributes(let a)?: add(of: a.startedEventID)
    case .markerRecordedEventAttributes(let a)?:
      for name in a.details.keys.sorted() {
        if let payloads = a.details[name] { add(name, payloads) }
      }
      if a.hasFailure { add(a.failure) }
    case .upsertWorkflowSearchAttributesEventAttributes(let a)?: add("search", a.searchAttributes.indexedFields)
    case .workflowPropertiesModifiedEventAttributes(let a)?: add("memo", a.upsertedMemo.fields)
    default: addOther(attributes)
    }
  }

  private mutating func addOther(_ attributes: EventAttributes?) {
    switch attributes {
    case .startChildWorkflowExecutionInitiatedEventAttributes(let a)?: add("input", a.input)
    case .startChildWorkflowExecutionFailedEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .childWorkflowExecutionStartedEventAttributes(let a)?:
      add(of: a.initiatedEventID)
      add("run ID", a.workflowExecution.runID)
    case .childWorkflowExecutionCompletedEventAttributes(let a)?:
      add(of: a.initiatedEventID)
      add("result", a.result)
    case .childWorkflowExecutionFailedEventAttributes(let a)?:
      add(of: a.initiatedEventID)
      add(a.failure)
    case .childWorkflowExecutionCanceledEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .childWorkflowExecutionTimedOutEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .childWorkflowExecutionTerminatedEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let a)?: add("input", a.input)
    case .externalWorkflowExecutionSignaledEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .signalExternalWorkflowExecutionFailedEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .externalWorkflowExecutionCancelRequestedEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .requestCancelExternalWorkflowExecutionFailedEventAttributes(let a)?: add(of: a.initiatedEventID)
    case .workflowExecutionUpdateAcceptedEventAttributes(let a)?:
      add("update", a.acceptedRequest.input.name)
      add("input", a.acceptedRequest.input.args)
    case .workflowExecutionUpdateCompletedEventAttributes(let a)?:
      add(of: a.acceptedEventID)
      add("result", a.outcome.success)
      if case .failure(let failure)? = a.outcome.value { add(failure) }
    default: return
    }
  }
}
