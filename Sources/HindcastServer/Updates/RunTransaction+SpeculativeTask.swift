internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A workflow task that exists for updates only (`server.md` 13). Nothing of it is stored until it comes to something:
//
//   update ──▶ speculative ── only rejections ──▶ gone, its event ids are used again
//                   ├── anything else happens to the run ──▶ a normal task, its events stored
//                   └── accepted, failed, timed out ──▶ its events are stored, then what became of it

extension RunTransaction {
  /// How long a speculative task waits for a worker on a normal queue.
  static let speculativeScheduleToStartTimeout: Int64 = 5_000_000_000
  /// How many events a worker may have seen with a speculative task that goes without trace.
  private static let discardedEvents: Int64 = 10

  /// Makes a task for the updates that wait. Not even the backoff before a run's first task keeps it from being made.
  ///
  /// - Parameter dispatches: Whether the task goes into its queue; `false` when it is started at once.
  mutating func scheduleSpeculativeTask(dispatches: Bool = true) {
    if record.paused { return }
    scheduleUnstoredTask(
      .speculative,
      scheduleToStartTimeout: record.hasSticky
        ? record.sticky.scheduleToStartTimeout : Self.speculativeScheduleToStartTimeout)
    if dispatches { dispatchWorkflowTask() }
  }

  /// Something happens to the run while a speculative task exists: the task becomes a stored one.
  ///
  /// The worker that may have it does not notice: ids and stamp stay.
  mutating func materializeSpeculativeTask() {
    let task = record.workflowTask
    guard task.kind == .speculative else { return }
    storeTaskEvents(identity: "")
    record.workflowTask.stamp = task.stamp
    record.workflowTask.scheduleToStartTimeout = task.scheduleToStartTimeout
    record.workflowTask.originalScheduledTime = task.originalScheduledTime
  }

  /// A speculative task of before this transaction cannot stay one when the run is stored.
  mutating func materializeSpeculativeTaskIfStored() {
    guard execution.isRunning, record.workflowTask.kind == .speculative,
      record.workflowTask.stamp == original.workflowTask.stamp
    else { return }
    var unchanged = original
    unchanged.workflowTask = record.workflowTask
    if unchanged != record || execution.hasChangedRecords { materializeSpeculativeTask() }
  }

  /// The speculative task in flight came to nothing.
  mutating func discardSpeculativeTask() {
    execution.clearTask(attempt: 1)
  }

  /// The answer to a speculative task was wrong as a whole: the task is given up, and its updates get another one.
  mutating func renewSpeculativeTask() {
    guard record.workflowTask.kind == .speculative else { return }
    record.clearSticky()
    execution.clearTask(attempt: record.workflowTask.attempt)
    scheduleSpeculativeTask()
  }

  /// Whether an answer leaves nothing of a speculative task.
  func discardsSpeculativeTask(answeredBy request: WorkflowTaskCompletedRequest) -> Bool {
    guard record.workflowTask.kind == .speculative, request.commands.isEmpty, !request.forceCreateNewWorkflowTask,
      request.messages.allSatisfy({ $0.body.isA(Temporal_Api_Update_V1_Rejection.self) })
    else { return false }
    // Behind a started event comes its completed event: more than these two, and the worker has seen something new.
    let unseen = record.nextEventID - record.lastCompletedStartedEventID - 2
    let allowed = request.capabilities.discardSpeculativeWorkflowTaskWithEvents ? Self.discardedEvents : 0
    return unseen <= allowed
  }
}

extension Execution {
  /// Whether anything beside the main record is to be saved.
  fileprivate var hasChangedRecords: Bool {
    !buffer.isEmpty || !activities.changed.isEmpty || !timers.changed.isEmpty || !children.changed.isEmpty
      || !externals.changed.isEmpty || !updates.changed.isEmpty || !nexusOperations.changed.isEmpty
      || !requests.changed.isEmpty
  }
}
