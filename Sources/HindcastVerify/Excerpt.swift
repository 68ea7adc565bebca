import Foundation
import HindcastHistory
import SwiftProtobuf
import TemporalAPI

/// The part of a history that is put before a worker.
struct Excerpt: Sendable {
  /// The events, from the first.
  var events: [HistoryEvent]
  /// The start of the last task that was completed before.
  var previousStartedEventID: Int64
  /// The start of the task that the worker is to answer; 0 for a query.
  var startedEventID: Int64 = 0

  /// Whether a query is to be put, not a task to be worked.
  var isForQuery: Bool { startedEventID == 0 }

  /// What a query on the run sees when it has the first `count` events.
  ///
  /// A task that was only scheduled or started is no part of it: the server asks such a run once the task is done.
  init(queryOn history: WorkflowHistory, count: Int) {
    events = Array(history.events.prefix(count))
    while let last = events.last, last.eventType == .workflowTaskScheduled || last.eventType == .workflowTaskStarted {
      events.removeLast()
    }
    previousStartedEventID = Self.lastCompletedStart(in: events)
  }

  /// The task of a slice, which is started and not answered.
  init(task slice: WorkflowTaskSlice, started: Int, of history: WorkflowHistory) {
    events = Array(history.events[...started])
    startedEventID = history.events[started].eventID
    previousStartedEventID = Self.lastCompletedStart(in: events)
  }

  /// A task that brings no news after what the completion of a slice wrote, so that the code has nothing to do in it.
  init(idleTaskAfter slice: WorkflowTaskSlice, completed: Int, of history: WorkflowHistory) {
    var end = completed + 1
    while end < slice.output.upperBound, history.events[end].eventType.isCommandEvent { end += 1 }
    let done = history.events[..<end]
    let last = history.events[end - 1]
    let scheduled = HistoryEvent.with {
      $0.eventID = last.eventID + 1
      $0.eventTime = last.eventTime
      $0.eventType = .workflowTaskScheduled
      $0.workflowTaskScheduledEventAttributes = .with {
        $0.taskQueue = history.startedAttributes?.taskQueue ?? .init()
        $0.attempt = 1
      }
    }
    let started = HistoryEvent.with {
      $0.eventID = last.eventID + 2
      $0.eventTime = last.eventTime
      $0.eventType = .workflowTaskStarted
      $0.workflowTaskStartedEventAttributes.scheduledEventID = scheduled.eventID
    }
    events = done + [scheduled, started]
    startedEventID = started.eventID
    previousStartedEventID = Self.lastCompletedStart(in: events)
  }

  /// The events from an index on that fit into so many bytes, at least one, and where the next page begins.
  func page(from start: Int, bytes limit: Int) -> (events: [HistoryEvent], next: Int?) {
    var end = min(max(start, 0), events.count)
    let start = end
    var size = 0
    while end < events.count {
      // Only what cannot be encoded at all would throw, and these events were read from bytes or JSON.
      size += (try? events[end].serializedData().count) ?? 0
      if end > start, size > limit { break }
      end += 1
    }
    return (Array(events[start..<end]), end < events.count ? end : nil)
  }

  private static func lastCompletedStart(in events: [HistoryEvent]) -> Int64 {
    let completed = events.last { $0.eventType == .workflowTaskCompleted }
    return completed?.workflowTaskCompletedEventAttributes.startedEventID ?? 0
  }
}
