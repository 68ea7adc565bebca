public import TemporalAPI

/// One workflow task of a history: what came in before it, when it ran, and what its completion wrote.
///
/// Positions are indices into the history's events, so that nothing is copied.
public struct WorkflowTaskSlice: Sendable, Hashable {
  /// The events from the one after the last task's start up to this task's start. Scheduling and starting of tasks that
  /// failed or timed out lie in between; `deliveredIndices(of:)` leaves them out.
  public var input: Range<Int>
  /// The task's `WorkflowTaskStarted`; nil where the history ends before the task was started.
  public var started: Int?
  /// The events after the start, up to the next task's start or the end of the history: first what the task's completion
  /// wrote, then what came in for the next task.
  public var output: Range<Int>
  /// The task's `WorkflowTaskCompleted`; nil where the history ends before.
  public var completed: Int?
  /// Whether the history may have been cut within what the completion wrote: nothing but command events follow it, and none
  /// of them closes the workflow.
  public var mayBeCutShort: Bool
  /// The SDK flags in the completion's metadata.
  public var langUsedFlags: [UInt32]

  /// A task that is not completed: its input is all that is known.
  public init(input: Range<Int>, started: Int?) {
    self.init(
      input: input, started: started, output: input.upperBound..<input.upperBound, completed: nil, mayBeCutShort: false,
      langUsedFlags: [])
  }

  init(
    input: Range<Int>, started: Int?, output: Range<Int>, completed: Int?, mayBeCutShort: Bool, langUsedFlags: [UInt32]
  ) {
    self.input = input
    self.started = started
    self.output = output
    self.completed = completed
    self.mayBeCutShort = mayBeCutShort
    self.langUsedFlags = langUsedFlags
  }

  /// The input's events that are delivered to workflow code, in order: all but those of workflow tasks, this one's start
  /// excepted, and failures of workflow tasks, which may carry a reset.
  public func deliveredIndices(of events: [HistoryEvent]) -> some Sequence<Int> {
    input.lazy.filter { index in
      switch events[index].eventType {
      case .workflowTaskScheduled, .workflowTaskTimedOut: false
      case .workflowTaskStarted: index == started
      default: true
      }
    }
  }
}

/// Cuts a history into workflow tasks as the Go SDK does (spec/replay.md 2.2): a task ends at a `WorkflowTaskStarted` that
/// neither fails nor times out.
public struct HistorySlicer: Sequence, IteratorProtocol, Sendable {
  private let events: [HistoryEvent]
  /// Where the next slice's input begins.
  private var start = 0
  /// The end of that input: the index after its `WorkflowTaskStarted`, or the end of the history.
  private var end: Int
  private var isAtEnd = false

  /// Makes a slicer for events in the order of their ids.
  public init(_ events: [HistoryEvent]) {
    self.events = events
    end = 0
    end = boundary(after: 0)
  }

  /// The next task; the last slice has no `started` where the history goes on after the last task that was started.
  public mutating func next() -> WorkflowTaskSlice? {
    guard !isAtEnd, start < events.count else { return nil }
    let input = start..<end
    let last = end - 1
    let isStarted = events[last].eventType == .workflowTaskStarted
    guard isStarted else {
      isAtEnd = true
      return WorkflowTaskSlice(input: input, started: nil)
    }
    let outputEnd = boundary(after: end)
    var slice = WorkflowTaskSlice(
      input: input, started: last, output: end..<outputEnd, completed: nil, mayBeCutShort: false, langUsedFlags: [])
    if end < outputEnd, events[end].eventType == .workflowTaskCompleted {
      slice.completed = end
      if case .workflowTaskCompletedEventAttributes(let attributes)? = events[end].attributes, attributes.hasSdkMetadata
      {
        slice.langUsedFlags = attributes.sdkMetadata.langUsedFlags
      }
      slice.mayBeCutShort = outputEnd == events.count && isOpenEnd(after: end)
    }
    start = end
    end = outputEnd
    if start == events.count { isAtEnd = true }
    return slice
  }

  private func isOpenEnd(after completed: Int) -> Bool {
    var index = completed + 1
    while index < events.count {
      let type = events[index].eventType
      guard type.isCommandEvent, !type.closesWorkflow else { return false }
      index += 1
    }
    return true
  }

  /// The index after the first task start at or after `index` that did not fail; the history's end where there is none.
  private func boundary(after index: Int) -> Int {
    var position = index
    while position < events.count {
      if events[position].eventType == .workflowTaskStarted {
        let next = position + 1 < events.count ? events[position + 1].eventType : .unspecified
        if next != .workflowTaskFailed, next != .workflowTaskTimedOut { return position + 1 }
      }
      position += 1
    }
    return events.count
  }
}
