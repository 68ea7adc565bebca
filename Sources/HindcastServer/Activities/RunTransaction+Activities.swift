internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A workflow's activities from attempt to attempt (`server.md` 6). Their starts are events only once they have ended.

extension RunTransaction {
  /// Puts an attempt into its queue, unless it has to wait.
  mutating func dispatchActivity(_ scheduledEventID: Int64) {
    guard let activity = execution.activities[scheduledEventID], activity.isDispatchable, !record.paused else { return }
    dispatches.append(execution.dispatch(of: activity))
  }

  /// Takes the attempts that wait for a worker out of their queues: the run is paused.
  mutating func withdrawActivities() {
    for activity in execution.activities.sorted {
      execution.activities.update(activity.scheduledEventID) { $0.stamp += 1 }
    }
  }

  /// Puts all attempts that wait for a worker into their queues: the run goes on.
  mutating func dispatchActivities() {
    for activity in execution.activities.sorted { dispatchActivity(activity.scheduledEventID) }
  }

  /// A worker takes an attempt.
  mutating func startActivity(_ scheduledEventID: Int64, identity: String, version: WorkerVersion) {
    let requestID = ids.uuid()
    execution.activities.update(scheduledEventID) {
      $0.start(identity: identity, requestID: requestID, version: version, at: now)
    }
  }

  // MARK: Answers

  /// The activity has a result, whether or not a worker has taken it.
  mutating func completeActivity(_ scheduledEventID: Int64, result: Payloads?, by worker: ActivityWorker) {
    if execution.activities[scheduledEventID]?.isStarted == false {
      // Completed by id before anybody took it: who completes it has taken it.
      execution.activities.update(scheduledEventID) {
        $0.start(identity: worker.identity, requestID: "", version: WorkerVersion(), at: now)
      }
    }
    endActivity(scheduledEventID, version: worker.version) { startedEventID in
      .activityTaskCompletedEventAttributes(
        .with {
          if let result { $0.result = result }
          $0.scheduledEventID = scheduledEventID
          $0.startedEventID = startedEventID
          $0.identity = worker.identity
        })
    }
  }

  /// The attempt failed; it is the last one unless the retry policy gives another.
  mutating func failActivity(
    _ scheduledEventID: Int64, failure: Failure?, lastHeartbeatDetails: Payloads?, by worker: ActivityWorker
  ) {
    let state = execution.activities.update(scheduledEventID) { activity in
      if let lastHeartbeatDetails {
        activity.recordProgress(lastHeartbeatDetails, identity: worker.identity, at: now)
      }
      activity.lastAttemptCompleteTime = now
      return activity.retry(after: failure, at: now, limits)
    }
    guard let state, state != .inProgress else { return }
    endActivity(scheduledEventID, version: worker.version) { startedEventID in
      .activityTaskFailedEventAttributes(
        .with {
          if let failure { $0.failure = failure }
          $0.scheduledEventID = scheduledEventID
          $0.startedEventID = startedEventID
          $0.identity = worker.identity
          $0.retryState = state
        })
    }
  }

  /// The activity has done what it was asked for.
  mutating func reportActivityCanceled(_ scheduledEventID: Int64, details: Payloads?, by worker: ActivityWorker) {
    let requestedEventID = execution.activities[scheduledEventID]?.cancelRequestEventID ?? 0
    endActivity(scheduledEventID, version: nil) { startedEventID in
      .activityTaskCanceledEventAttributes(
        .with {
          if let details { $0.details = details }
          $0.latestCancelRequestedEventID = requestedEventID
          $0.scheduledEventID = scheduledEventID
          $0.startedEventID = startedEventID
          $0.identity = worker.identity
        })
    }
  }

  /// Adds the events that an activity leaves at its end: its start, if a worker had it, and the result.
  private mutating func endActivity(
    _ scheduledEventID: Int64, version: Temporal_Api_Common_V1_WorkerVersionStamp?,
    _ result: (_ startedEventID: Int64) -> EventAttributes
  ) {
    guard let activity = execution.activities[scheduledEventID] else { return }
    if activity.isStarted {
      add(
        .activityTaskStartedEventAttributes(
          .with {
            $0.scheduledEventID = scheduledEventID
            $0.identity = activity.identity
            $0.requestID = activity.requestID
            $0.attempt = activity.attempt
            if activity.hasLastFailure { $0.lastFailure = activity.lastFailure }
            if let version { $0.workerVersion = version }
          }), at: activity.startedTime)
    }
    add(result(activity.isStarted ? Self.bufferedEventID : 0))
  }

  // MARK: What is due

  /// Hands out the attempts whose time has come, and ends those that take too long, in the order in which they became due.
  mutating func fireActivities() {
    guard let next = execution.activities.nextDue, next <= now else { return }
    var expired: [(due: Int64, scheduledEventID: Int64, type: TimeoutType, attempt: Int32)] = []
    var attempts: [(due: Int64, scheduledEventID: Int64)] = []
    for activity in execution.activities.values {
      if activity.isBackingOff, !activity.paused, activity.nextAttemptDue <= now {
        attempts.append((activity.nextAttemptDue, activity.scheduledEventID))
      }
      for timeout in activity.timeouts where timeout.due <= now {
        expired.append((timeout.due, activity.scheduledEventID, timeout.type, activity.attempt))
      }
    }
    for attempt in attempts.sorted(by: { ($0.due, $0.scheduledEventID) < ($1.due, $1.scheduledEventID) }) {
      execution.activities.update(attempt.scheduledEventID) { $0.nextAttemptDue = 0 }
      dispatchActivity(attempt.scheduledEventID)
    }
    expired.sort {
      ($0.due, $0.scheduledEventID, $0.type.rawValue) < ($1.due, $1.scheduledEventID, $1.type.rawValue)
    }
    for timeout in expired {
      // Another timeout may have ended the attempt.
      guard execution.activities[timeout.scheduledEventID]?.attempt == timeout.attempt else { continue }
      timeOutActivity(timeout.scheduledEventID, timeout.type)
    }
  }

  private mutating func timeOutActivity(_ scheduledEventID: Int64, _ type: TimeoutType) {
    let state = execution.activities.update(scheduledEventID) {
      $0.retry(after: .timeout(type, "activity \(type.serverName) timeout"), at: now, limits)
    }
    guard let state, state != .inProgress, let activity = execution.activities[scheduledEventID] else { return }
    let failure = activity.timeoutFailure(type, state)
    endActivity(scheduledEventID, version: nil) { startedEventID in
      .activityTaskTimedOutEventAttributes(
        .with {
          $0.failure = failure
          $0.scheduledEventID = scheduledEventID
          $0.startedEventID = startedEventID
          $0.retryState = state
        })
    }
  }
}

/// Who answers for an activity.
struct ActivityWorker: Sendable {
  var identity: String
  /// As the Started event shows it.
  var version: Temporal_Api_Common_V1_WorkerVersionStamp?
}
