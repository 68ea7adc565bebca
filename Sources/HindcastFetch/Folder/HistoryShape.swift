internal import HindcastHistory
private import TemporalAPI

/// What a run did, as far as another one could do the same: which event followed which, with their types and names.
///
/// A loop has the same shape however often it turned, so of two runs of one shape the shorter shows as much.
enum HistoryShape {
  private static let hasher = SipHash(0, 0)

  /// A hash of the shape, the same in every process.
  static func hash(of history: WorkflowHistory) -> UInt64 {
    var steps: Set<String> = []
    var last = ""
    for event in history.events {
      guard let label = label(of: event) else { continue }
      steps.insert("\(last) > \(label)")
      last = label
    }
    return hasher(Array(steps.sorted().joined(separator: "\n").utf8))
  }

  /// The event without ids, times and values; nil for those that every run has.
  private static func label(of event: HistoryEvent) -> String? {
    switch event.attributes {
    case .workflowTaskScheduledEventAttributes?, .workflowTaskStartedEventAttributes?,
      .workflowTaskCompletedEventAttributes?:
      return nil
    case let attributes?: return ([event.eventType.displayName] + details(of: attributes)).joined(separator: " ")
    case nil: return event.eventType.displayName
    }
  }

  private static func details(of attributes: EventAttributes) -> [String] {
    switch attributes {
    case .workflowExecutionStartedEventAttributes(let a): [a.workflowType.name]
    case .activityTaskScheduledEventAttributes(let a): [a.activityType.name]
    case .startChildWorkflowExecutionInitiatedEventAttributes(let a): [a.workflowType.name]
    case .childWorkflowExecutionStartedEventAttributes(let a): [a.workflowType.name]
    case .childWorkflowExecutionCompletedEventAttributes(let a): [a.workflowType.name]
    case .childWorkflowExecutionFailedEventAttributes(let a): [a.workflowType.name] + details(of: a.failure)
    case .workflowExecutionSignaledEventAttributes(let a): [a.signalName]
    case .signalExternalWorkflowExecutionInitiatedEventAttributes(let a): [a.signalName]
    case .workflowExecutionUpdateAcceptedEventAttributes(let a): [a.acceptedRequest.input.name]
    case .workflowExecutionContinuedAsNewEventAttributes(let a): [a.workflowType.name]
    case .activityTaskFailedEventAttributes(let a): details(of: a.failure)
    case .activityTaskTimedOutEventAttributes(let a): details(of: a.failure)
    case .workflowExecutionFailedEventAttributes(let a): details(of: a.failure)
    case .workflowTaskFailedEventAttributes(let a): ["\(a.cause.rawValue)"]
    case .nexusOperationScheduledEventAttributes(let a): [a.service, a.operation]
    case .markerRecordedEventAttributes(let a):
      // Versions decide which way code goes.
      [a.markerName] + (a.details["change-id"]?.payloads.compactMap(\.jsonText) ?? [])
        + (a.details["version"]?.payloads.compactMap(\.jsonText) ?? [])
    default: []
    }
  }

  private static func details(of failure: Failure) -> [String] {
    switch failure.failureInfo {
    case .applicationFailureInfo(let info)?: ["application", info.type]
    case .timeoutFailureInfo(let info)?: ["timeout", "\(info.timeoutType.rawValue)"]
    case .canceledFailureInfo?: ["canceled"]
    case .terminatedFailureInfo?: ["terminated"]
    case .activityFailureInfo?, .childWorkflowExecutionFailureInfo?: failure.hasCause ? details(of: failure.cause) : []
    default: []
    }
  }
}
