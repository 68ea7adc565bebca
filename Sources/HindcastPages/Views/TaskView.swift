internal import HindcastHistory
internal import TemporalAPI

/// A workflow task of a history, and the events that belong to it: what came in before it, and what its completion wrote.
struct TaskView {
  /// Counted from 1; the last block may have no task yet.
  var number: Int
  var title: String
  /// From its scheduling to its completion.
  var events: [EventView]

  /// The tasks of a history, which share out its events.
  static func tasks(of history: WorkflowHistory, finding: (Int64) -> FindingView?) -> [TaskView] {
    var tasks: [TaskView] = []
    var next = 0
    for (index, slice) in HistorySlicer(history.events).enumerated() {
      // A task's commands stand right behind its completion; what comes after them is input of the next task.
      var end = max(slice.input.upperBound, next)
      if let completed = slice.completed {
        end = completed + 1
        while end < slice.output.upperBound, history.events[end].eventType.isCommandEvent { end += 1 }
      }
      let events = history.events[next..<end].map { EventView($0, in: history, finding: finding($0.eventID)) }
      tasks.append(TaskView(number: index + 1, title: title(of: slice, index + 1), events: events))
      next = end
    }
    if next < history.events.count {
      let rest = history.events[next...].map { EventView($0, in: history, finding: finding($0.eventID)) }
      tasks.append(TaskView(number: tasks.count + 1, title: "No task has seen these events", events: rest))
    }
    return tasks
  }

  private static func title(of slice: WorkflowTaskSlice, _ number: Int) -> String {
    if slice.started == nil { return "Workflow task \(number), not started" }
    return "Workflow task \(number)" + (slice.completed == nil ? ", not completed" : "")
  }
}
