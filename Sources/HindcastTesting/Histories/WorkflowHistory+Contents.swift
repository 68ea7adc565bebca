internal import HindcastCore
public import HindcastHistory
internal import SwiftProtobuf
public import TemporalAPI

// What a history holds, as tests want to compare it.

extension WorkflowHistory {
  /// The types of all events, in order.
  public var eventTypes: [EventType] { events.map(\.eventType) }

  /// The types of the activities that were scheduled, in order.
  public var activityTypes: [String] {
    events.compactMap {
      guard case .activityTaskScheduledEventAttributes(let scheduled)? = $0.attributes else { return nil }
      return scheduled.activityType.name
    }
  }

  /// The types of the children that were started, in order.
  public var childWorkflowTypes: [String] {
    events.compactMap {
      guard case .startChildWorkflowExecutionInitiatedEventAttributes(let initiated)? = $0.attributes else {
        return nil
      }
      return initiated.workflowType.name
    }
  }

  /// The durations of the timers that were started, in order.
  public var timers: [Duration] {
    events.compactMap {
      guard case .timerStartedEventAttributes(let started)? = $0.attributes else { return nil }
      return .seconds(started.startToFireTimeout.seconds) + .nanoseconds(Int64(started.startToFireTimeout.nanos))
    }
  }

  /// The names of the signals that came, in order.
  public var signalNames: [String] {
    events.compactMap {
      guard case .workflowExecutionSignaledEventAttributes(let signaled)? = $0.attributes else { return nil }
      return signaled.signalName
    }
  }

  /// The names of the updates that were accepted, in order.
  public var updateNames: [String] {
    events.compactMap {
      guard case .workflowExecutionUpdateAcceptedEventAttributes(let accepted)? = $0.attributes else { return nil }
      return accepted.acceptedRequest.input.name
    }
  }

  /// The events, one a line: number, time since the first, and what it says.
  ///
  ///     1  +0s      WorkflowExecutionStarted Order
  ///     5  +0s      TimerStarted 60s (id 5)
  public var timeline: String {
    let first = events.first?.eventTime.seconds ?? 0
    let numberWidth = String(lastEventID).count
    let times = events.map { "+\($0.eventTime.seconds.subtractingReportingOverflow(first).partialValue)s" }
    let timeWidth = times.map(\.count).max() ?? 0
    return zip(events, times).map { event, time in
      let number = String(event.eventID)
      let left = String(repeating: " ", count: max(0, numberWidth - number.count)) + number
      let middle = time + String(repeating: " ", count: timeWidth - time.count)
      return "  \(left)  \(middle)  \(event.summary)"
    }.joined(separator: "\n")
  }
}
