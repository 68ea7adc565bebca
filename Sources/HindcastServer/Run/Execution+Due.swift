internal import HindcastRecords
internal import TemporalAPI

// What a run waits for, and what happens when its time has come. Nothing but the state says what is due, so a restart cannot
// lose a timer.

extension Execution {
  /// The next moment at which something is due, on the server's clock; `nil` when nothing is.
  var nextDue: Int64? {
    var due: [Int64] = []
    if isRunning {
      due = [
        record.firstTaskDue, record.runTimeoutDue, record.executionTimeoutDue, workflowTaskDue, pendingFastForwardDue,
      ].filter { $0 > 0 }
      if let timer = timers.values.map(\.due).min() { due.append(timer) }
      if let activity = activities.values.compactMap(\.nextDue).min() { due.append(activity) }
    }
    return due.min().map { $0.addingClamped(-record.skipped) }
  }

  /// When the workflow task times out; 0 without one.
  var workflowTaskDue: Int64 {
    let task = record.workflowTask
    if task.kind == .none { return 0 }
    if task.startedEventID != 0 { return task.startedTime.addingClamped(task.startToCloseTimeout) }
    return task.scheduleToStartTimeout > 0 ? task.scheduledTime.addingClamped(task.scheduleToStartTimeout) : 0
  }
}

extension ActivityRecord {
  /// When an attempt is due or something times out; `nil` for never.
  var nextDue: Int64? { nil }
}

extension RunTransaction {
  /// Does what is due now.
  mutating func fireDue() {
    if execution.workflowTaskDue > 0, execution.workflowTaskDue <= now {
      timeOutWorkflowTask(execution.hasWorkflowTaskInFlight ? .startToClose : .scheduleToStart)
    }
    if record.firstTaskDue > 0, record.firstTaskDue <= now {
      record.firstTaskDue = 0
      needsWorkflowTask = true
    }
    if execution.pendingFastForwardDue > 0, execution.pendingFastForwardDue <= now { endFastForward() }
    fireTimers()
  }
}
