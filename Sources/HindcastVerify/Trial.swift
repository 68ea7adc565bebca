import HindcastCore
import HindcastHistory
import TemporalAPI

/// A history with the ways to put it before a worker: whole, to get a verdict, and in part, to find the event where it
/// parts from the code.
struct Trial: Sendable {
  let history: WorkflowHistory
  /// The tasks that were completed.
  let tasks: [WorkflowTaskSlice]

  init(_ history: WorkflowHistory) {
    self.history = history
    tasks = HistorySlicer(history.events).filter { $0.completed != nil }
  }

  /// The whole history, in the form that suits a worker.
  func whole(for form: SDK.Form) -> Excerpt {
    switch form {
    case .query: Excerpt(queryOn: history, count: history.events.count)
    case .workflowTask:
      if let lastTask, let started = lastTask.started {
        Excerpt(task: lastTask, started: started, of: history)
      } else {
        part(through: tasks.count - (hidesLastTask ? 2 : 1), for: .workflowTask)
      }
    }
  }

  /// A task without news after the last one of an open run; nil where there is none.
  ///
  /// It shows what a query cannot: commands that the code issues beyond the last event. A worker would also run a local
  /// activity that the code has newly come by, so runs that have some are left alone.
  var idleTask: Excerpt? {
    guard !history.isClosed, !history.origin.isTruncated, !tasks.contains(where: recordsLocalActivities) else {
      return nil
    }
    return part(through: tasks.count - 1, for: .workflowTask)
  }

  /// The last task, where the worker of a ``SDK/Form/workflowTask`` is to run it and its commands are compared with the history.
  ///
  /// A worker compares only what comes before the task that it is given. The last task of a run that is open can be moved
  /// there by a task after it; after the one that closed the run there is none.
  var lastTask: WorkflowTaskSlice? {
    guard let last = tasks.last, closes(last), !recordsLocalActivities(last) else { return nil }
    return last
  }

  /// Whether the last task is left out for a ``SDK/Form/workflowTask``: running it would run its local activities.
  var hidesLastTask: Bool {
    guard let last = tasks.last else { return false }
    return closes(last) && recordsLocalActivities(last)
  }

  private func closes(_ task: WorkflowTaskSlice) -> Bool {
    commandEvents(of: task).contains { history.events[$0].eventType.closesWorkflow }
  }

  private func recordsLocalActivities(_ task: WorkflowTaskSlice) -> Bool {
    // As Go and Java, and sdk-core name them.
    commandEvents(of: task).contains {
      ["LocalActivity", "core_local_activity"].contains(history.events[$0].markerRecordedEventAttributes.markerName)
    }
  }

  // MARK: Parts

  /// The events that each further part has and those before it have not: what is to blame when the worker fails from
  /// that part on.
  func steps(for form: SDK.Form) -> [[Int]] {
    switch form {
    case .query: tasks.flatMap(commandEvents).map { [$0] }
    // A worker of the Go SDK compares nothing once the code has come to its end.
    case .workflowTask: tasks.filter { !closes($0) }.map(commandEvents)
    }
  }

  /// The history up to the end of one of ``steps(for:)``; where there is no such step, the whole history.
  func part(through step: Int, for form: SDK.Form) -> Excerpt {
    let steps = steps(for: form)
    if form == .workflowTask, tasks.indices.contains(step), let completed = tasks[step].completed {
      return Excerpt(idleTaskAfter: tasks[step], completed: completed, of: history)
    }
    let last = steps.indices.contains(step) ? steps[step].last : nil
    return Excerpt(queryOn: history, count: last.map { $0 + 1 } ?? history.events.count)
  }

  /// The indices of what a task's completion wrote.
  func commandEvents(of task: WorkflowTaskSlice) -> [Int] {
    task.output.filter { history.events[$0].eventType.isCommandEvent }
  }

  /// The task whose completion wrote an event.
  func task(of eventID: Int64) -> WorkflowTaskSlice? {
    tasks.first { $0.output.contains { history.events[$0].eventID == eventID } }
  }
}
