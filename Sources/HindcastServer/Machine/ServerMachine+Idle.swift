internal import HindcastRecords

// Whether anything is under way. Time that skips does so only while nothing is (`server.md` 18.1).

extension ServerMachine {
  /// Whether nobody has anything to do but wait: no workflow task is scheduled or started, no activity is with a worker or
  /// waits for one, no Nexus operation is on its way.
  public var isIdle: Bool { busyRuns.isEmpty }

  /// Keeps count of the runs that something is under way for.
  mutating func noteActivity(of execution: Execution) {
    if execution.isBusy { busyRuns.insert(execution.runID) } else { busyRuns.remove(execution.runID) }
  }
}

extension Execution {
  /// Whether a worker has something to do for the run, or does it.
  var isBusy: Bool {
    guard isRunning else { return false }
    return record.workflowTask.kind != .none || activities.values.contains { $0.isWithWorker }
      || nexusOperations.values.contains { $0.isWithHandler }
  }
}

extension ActivityRecord {
  /// Whether an attempt is with a worker or waits for one, rather than for its time or for someone to unpause it.
  var isWithWorker: Bool { isStarted || isDispatchable }
}

extension NexusOperationRecord {
  /// Whether the operation's handler has not answered yet.
  var isWithHandler: Bool { (startedEventID == 0 && nextAttemptDue == 0) || cancelRequestDue > 0 }
}
