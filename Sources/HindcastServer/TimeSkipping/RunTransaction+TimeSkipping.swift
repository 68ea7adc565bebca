internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

extension RunTransaction {
  /// Lets the run's clock jump to the next moment at which something is due, if nothing is in flight (`server.md` 18.2).
  ///
  /// What is due there happens in a transaction of its own.
  mutating func skipTime() {
    guard maySkipTime else { return }
    var target = skipTargets.filter { $0 > now }.min()
    var endsFastForward = false
    let fastForwardDue = execution.pendingFastForwardDue
    if fastForwardDue > 0, fastForwardDue <= target ?? .max {
      target = fastForwardDue > now ? fastForwardDue : nil
      endsFastForward = true
    }
    guard target != nil || endsFastForward else { return }
    write(timeSkipped(to: target, endsFastForward: endsFastForward))
  }

  /// The clock has reached the end of a fast-forward by itself.
  mutating func endFastForward() {
    add(timeSkipped(to: nil, endsFastForward: true), wakes: false)
  }

  private func timeSkipped(to target: Int64?, endsFastForward: Bool) -> EventAttributes {
    .workflowExecutionTimeSkippingTransitionedEventAttributes(
      .with {
        if let target { $0.targetTime = target.timestamp }
        $0.disabledAfterFastForward = endsFastForward
        $0.wallClockTime = now.timestamp
      })
  }

  private var maySkipTime: Bool {
    execution.isRunning && record.timeSkipping.enabled && !record.paused && record.workflowTask.kind == .none
      && execution.activities.values.allSatisfy { backoffEnd(of: $0) != nil } && execution.children.isEmpty
      && execution.externals.isEmpty && execution.nexusOperations.isEmpty
  }

  /// When the next attempt of an activity is due that waits for it; `nil` for an activity that is under way.
  private func backoffEnd(of activity: ActivityRecord) -> Int64? {
    activity.startedTime == 0 && !activity.paused && activity.nextAttemptDue > now ? activity.nextAttemptDue : nil
  }

  private var skipTargets: [Int64] {
    var targets = execution.timers.values.map(\.due) + execution.activities.values.compactMap(backoffEnd)
    if record.firstTaskDue > 0 {
      targets.append(record.firstTaskDue)
    } else if record.workflowTask.stamp > 0 {
      // A run that has not begun, as a child before its first task, must not jump to its end.
      targets += [record.runTimeoutDue, record.executionTimeoutDue].filter { $0 > 0 }
    }
    return targets
  }
}
