import HindcastHistory
import TemporalAPI

/// A workflow task of a history, and the events that belong to it: what came in before it, and what its completion wrote.
package struct TaskView {
  /// Counted from 1; the last block may have no task yet.
  var number: Int
  var title: String
  /// How many events before it are left out, in words; empty where none is.
  var leftOut: String
  var hasLeftOut: Bool
  /// From its scheduling to its completion.
  var events: [EventView]

  /// The tasks of a history, which share out its events, and the words for what is left out at its end.
  ///
  /// - Parameters:
  ///   - window: the ids of the events that are shown.
  ///   - remarks: what a replay has to say about an event.
  static func tasks(
    of history: WorkflowHistory, style: HistoryView.Style, window: ClosedRange<Int64>,
    remarks: (Int64) -> [EventView.Remark]
  ) -> (tasks: [TaskView], leftOut: String) {
    var tasks: [TaskView] = []
    var hidden = 0
    func add(_ number: Int, _ title: String, _ range: Range<Int>) {
      let shown = history.events[range].filter { window.contains($0.eventID) }
      guard !shown.isEmpty else {
        hidden += range.count
        return
      }
      let before = hidden + history.events[range].prefix { !window.contains($0.eventID) }.count
      tasks.append(
        TaskView(
          number: number, title: title, leftOut: words(before), hasLeftOut: before > 0,
          events: shown.map { EventView($0, in: history, style: style, remarks: remarks($0.eventID)) }))
      hidden = hidden + range.count - shown.count - before
    }
    var next = 0
    for (index, slice) in HistorySlicer(history.events).enumerated() {
      // A task's commands stand right behind its completion; what comes after them is input of the next task.
      var end = max(slice.input.upperBound, next)
      if let completed = slice.completed {
        end = completed + 1
        while end < slice.output.upperBound, history.events[end].eventType.isCommandEvent { end += 1 }
      }
      add(index + 1, title(of: slice, index + 1), next..<end)
      next = end
    }
    if next < history.events.count {
      add(tasks.count + 1, "No task has seen these events", next..<history.events.count)
    }
    return (tasks, words(hidden))
  }

  private static func words(_ count: Int) -> String {
    count == 0 ? "" : TextReporter.count(count, "event is left out", "events are left out")
  }

  private static func title(of slice: WorkflowTaskSlice, _ number: Int) -> String {
    if slice.started == nil { return "Workflow task \(number), not started" }
    return "Workflow task \(number)" + (slice.completed == nil ? ", not completed" : "")
  }
}
