internal import HindcastRecords
internal import TemporalAPI

// What a run waits for, and what happens when its time has come. Nothing but the state says what is due, so a restart cannot
// lose a timer.

extension Execution {
  /// The next moment at which something is due, on the server's clock; `nil` when nothing is.
  var nextDue: Int64? {
    guard isRunning else { return nil }
    // Asked at each change of a run, so without making lists.
    var earliest: Int64?
    func consider(_ due: Int64?) {
      if let due { earliest = min(due, earliest ?? due) }
    }
    func consider(unlessZero due: Int64) {
      if due > 0 { consider(due) }
    }
    consider(unlessZero: record.firstTaskDue)
    consider(unlessZero: record.runTimeoutDue)
    consider(unlessZero: record.executionTimeoutDue)
    consider(unlessZero: workflowTaskDue)
    consider(unlessZero: pendingFastForwardDue)
    consider(timers.nextDue)
    consider(activities.nextDue)
    consider(nexusOperations.nextDue)
    return earliest.map { $0.addingClamped(-record.skipped) }
  }

  /// When the workflow task times out; 0 without one.
  var workflowTaskDue: Int64 {
    let task = record.workflowTask
    if task.kind == .none { return 0 }
    if task.startedEventID != 0 { return task.startedTime.addingClamped(task.startToCloseTimeout) }
    return task.scheduleToStartTimeout > 0 ? task.scheduledTime.addingClamped(task.scheduleToStartTimeout) : 0
  }
}

extension TimerRecord {
  var nextDue: Int64? { due }
}

extension RunTransaction {
  /// Does what is due now.
  mutating func fireDue() {
    if timeOutIfDue() { return }
    if execution.workflowTaskDue > 0, execution.workflowTaskDue <= now {
      timeOutWorkflowTask(execution.hasWorkflowTaskInFlight ? .startToClose : .scheduleToStart)
    }
    if record.firstTaskDue > 0, record.firstTaskDue <= now {
      record.firstTaskDue = 0
      needsWorkflowTask = true
    }
    if execution.pendingFastForwardDue > 0, execution.pendingFastForwardDue <= now { endFastForward() }
    fireTimers()
    fireActivities()
    fireNexusOperations()
  }
}
