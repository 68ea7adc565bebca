internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI

// A run's workflow task from scheduled to its end (`server.md` 3).
//
//   none ── schedule ──▶ scheduled ── start ──▶ in flight ── complete ──▶ none, attempt 1
//                           │                       └────── fail, time out ──▶ none, attempt + 1
//                           └── nobody takes it from its sticky queue ──▶ none, same attempt
//
// From attempt 2 on a task is transient: its Scheduled and Started events are made up for the worker and stored only when it
// completes. Whatever happens to the run before it starts makes it a normal one again.

extension RunTransaction {
  /// Schedules a workflow task unless there is one, or there may be none now.
  ///
  /// - Parameters:
  ///   - originalScheduledTime: When the first of a row of tasks was scheduled that a worker prolongs by heartbeats.
  ///   - resetsAttempt: Whether news make the task one that has not failed.
  ///   - dispatches: Whether the task goes into its queue; `false` when it is started at once.
  mutating func scheduleWorkflowTask(
    originalScheduledTime: Int64? = nil, dispatches: Bool = true, resetsAttempt: Bool = true
  ) {
    needsWorkflowTask = false
    guard execution.isRunning, !record.paused, record.firstTaskDue == 0, record.workflowTask.kind == .none else {
      return
    }
    if hasBufferedEvents {
      flushBuffer()
      record.workflowTask.attempt = 1
    } else if resetsAttempt, record.workflowTask.attempt > 1, hasNewsSinceFailedTask {
      record.workflowTask.attempt = 1
    }
    if record.workflowTask.attempt > 1 {
      scheduleUnstoredTask(.transient)
    } else {
      writeScheduled()
    }
    if let originalScheduledTime { record.workflowTask.originalScheduledTime = originalScheduledTime }
    if dispatches { dispatchWorkflowTask() }
  }

  /// Whether this transaction wrote anything but the end of a workflow task.
  private var hasNewsSinceFailedTask: Bool {
    (batches.joined() + batch).contains {
      switch $0.eventType {
      case .workflowTaskScheduled, .workflowTaskStarted, .workflowTaskFailed, .workflowTaskTimedOut: false
      default: true
      }
    }
  }

  private func taskQueueOfNextTask() -> TaskQueueMessage {
    guard record.hasSticky else {
      return .with {
        $0.name = record.started.taskQueue.name
        $0.kind = .normal
      }
    }
    return .with {
      $0.name = record.sticky.taskQueue
      $0.kind = .sticky
      $0.normalName = record.started.taskQueue.name
    }
  }

  /// - Parameter timeout: Of a task that was scheduled before; `nil` for a new one.
  private mutating func writeScheduled(timeout: Int64? = nil) {
    let queue = taskQueueOfNextTask()
    let timeout = timeout ?? startToCloseTimeout(attempt: record.workflowTask.attempt)
    write(
      .workflowTaskScheduledEventAttributes(
        .with {
          $0.taskQueue = queue
          $0.startToCloseTimeout = timeout.protobufDuration
          $0.attempt = max(record.workflowTask.attempt, 1)
        }))
    record.workflowTask.scheduleToStartTimeout = record.hasSticky ? record.sticky.scheduleToStartTimeout : 0
  }

  /// Makes a task whose events are stored only when it has come to something.
  mutating func scheduleUnstoredTask(_ kind: WorkflowTaskKind, scheduleToStartTimeout: Int64 = 0) {
    let attempt = record.workflowTask.attempt
    let queue = taskQueueOfNextTask()
    let timeout = startToCloseTimeout(attempt: attempt)
    let stamp = record.workflowTask.stamp + 1
    record.workflowTask = .with {
      $0.kind = kind
      $0.scheduledEventID = record.nextEventID
      $0.attempt = attempt
      $0.scheduledTime = now
      $0.originalScheduledTime = now
      $0.taskQueue = queue
      $0.startToCloseTimeout = timeout
      $0.scheduleToStartTimeout = scheduleToStartTimeout
      $0.stamp = stamp
    }
  }

  /// The run's task timeout; from attempt 4 on with a growing backoff on top (`server.md` 3.4).
  private mutating func startToCloseTimeout(attempt: Int32) -> Int64 {
    let base = record.started.workflowTaskTimeout.nanoseconds
    guard attempt > 3 else { return base }
    let second = 1_000_000_000.0
    let backoff = min(5 * second * Double(1 << min(attempt - 4, 20)), 600 * second)
    let jitter = Double.random(in: 0.8...1, using: &ids)
    return base.addingClamped(Int64(backoff * jitter))
  }

  /// Puts the scheduled task into its queue.
  mutating func dispatchWorkflowTask() { dispatches.append(execution.workflowTaskDispatch) }

  /// A worker takes the task.
  ///
  /// - Parameters:
  ///   - requestID: As the Started event shows it.
  ///   - version: The worker's, as the Started event shows it.
  ///   - isHeartbeat: The worker only prolongs the task that it has, with the updates of that.
  mutating func startWorkflowTask(
    identity: String, requestID: String, version: Temporal_Api_Common_V1_WorkerVersionStamp?,
    isHeartbeat: Bool = false
  ) {
    let task = record.workflowTask
    let size = record.historySizeBytes
    let reasons = reasonsToContinueAsNew(size)
    if task.kind == .transient, task.scheduledEventID != record.nextEventID {
      // Something happened since it was scheduled: it is a normal task from now on.
      record.workflowTask.attempt = 1
      writeScheduled(timeout: task.startToCloseTimeout)
    }
    if record.workflowTask.kind == .normal {
      write(startedAttributes(identity, requestID, size, reasons, version))
      endBatch()
    } else {
      record.workflowTask.startedEventID = record.workflowTask.scheduledEventID + 1
      record.workflowTask.startedTime = now
      record.workflowTask.requestID = requestID
      record.workflowTask.identity = identity
      record.workflowTask.suggestContinueAsNew = !reasons.isEmpty
      record.workflowTask.suggestReasons = reasons
      record.workflowTask.historySizeBytes = size
    }
    sendUpdates(again: !isHeartbeat)
  }

  private func reasonsToContinueAsNew(_ size: Int64) -> [Temporal_Api_Enums_V1_SuggestContinueAsNewReason] {
    var reasons: [Temporal_Api_Enums_V1_SuggestContinueAsNewReason] = []
    if size >= limits.suggestedHistoryBytes { reasons.append(.historySizeTooLarge) }
    // The Started event that is about to be written counts.
    if record.nextEventID >= limits.suggestedHistoryEvents { reasons.append(.tooManyHistoryEvents) }
    if hasTooManyUpdates { reasons.append(.tooManyUpdates) }
    return reasons
  }

  private func startedAttributes(
    _ identity: String, _ requestID: String, _ size: Int64,
    _ reasons: [Temporal_Api_Enums_V1_SuggestContinueAsNewReason],
    _ version: Temporal_Api_Common_V1_WorkerVersionStamp?
  ) -> EventAttributes {
    .workflowTaskStartedEventAttributes(
      .with {
        $0.scheduledEventID = record.workflowTask.scheduledEventID
        $0.identity = identity
        $0.requestID = requestID
        $0.suggestContinueAsNew = !reasons.isEmpty
        $0.suggestContinueAsNewReasons = reasons
        $0.historySizeBytes = size
        if let version { $0.workerVersion = version }
      })
  }

  /// Stores the Scheduled and Started events of a task that had none, because it has come to something.
  ///
  /// - Parameters:
  ///   - identity: Who answered.
  ///   - version: Of who answered.
  mutating func storeTaskEvents(identity: String, version: Temporal_Api_Common_V1_WorkerVersionStamp? = nil) {
    guard record.workflowTask.kind != .normal else { return }
    let task = record.workflowTask
    write(.workflowTaskScheduledEventAttributes(task.scheduledAttributes), at: task.scheduledTime)
    guard task.startedEventID != 0 else { return }
    var started = task.startedAttributes(identity: identity)
    // The ids may have been used otherwise in the meantime.
    started.scheduledEventID = record.workflowTask.scheduledEventID
    if let version { started.workerVersion = version }
    write(.workflowTaskStartedEventAttributes(started), at: task.startedTime)
    endBatch()
  }

  /// The task in flight ends in failure. Only the first of a row of failures is written.
  mutating func failWorkflowTask(
    cause: WorkflowTaskFailedCause, failure: Failure?, identity: String, binaryChecksum: String = "",
    baseRunID: String = "", newRunID: String = ""
  ) {
    if record.workflowTask.kind == .speculative { storeTaskEvents(identity: identity) }
    let task = record.workflowTask
    if task.attempt > 1, task.kind != .normal {
      execution.endTask(raisingAttempt: true)
      return
    }
    write(
      .workflowTaskFailedEventAttributes(
        .with {
          $0.scheduledEventID = task.scheduledEventID
          $0.startedEventID = task.startedEventID
          $0.cause = cause
          if let failure { $0.failure = failure }
          $0.identity = identity
          $0.binaryChecksum = binaryChecksum
          $0.baseRunID = baseRunID
          $0.newRunID = newRunID
        }))
  }

  /// Nobody answered the task in time, or nobody took it from its sticky queue.
  mutating func timeOutWorkflowTask(_ type: Temporal_Api_Enums_V1_TimeoutType) {
    if record.workflowTask.kind == .speculative { storeTaskEvents(identity: "") }
    let task = record.workflowTask
    if task.attempt > 1, task.kind != .normal {
      execution.endTask(raisingAttempt: type != .scheduleToStart)
    } else {
      write(
        .workflowTaskTimedOutEventAttributes(
          .with {
            $0.scheduledEventID = task.scheduledEventID
            $0.startedEventID = type == .scheduleToStart ? 0 : task.startedEventID
            $0.timeoutType = type
          }))
    }
    needsWorkflowTask = true
  }

  /// Ends the task in flight so that the run can be closed from outside.
  mutating func forceEndOfWorkflowTask() {
    guard execution.hasWorkflowTaskInFlight else { return }
    failWorkflowTask(cause: .forceCloseCommand, failure: nil, identity: Self.serverIdentity)
    flushBuffer()
  }
}
