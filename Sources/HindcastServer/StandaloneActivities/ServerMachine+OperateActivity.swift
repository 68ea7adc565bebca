internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Pausing, resetting and changing activities without a workflow.

extension ServerMachine {
  mutating func pauseStandalone(_ request: PauseActivityExecutionRequest, _ turn: inout Turn) throws(ServiceError) {
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    if !request.requestID.isEmpty, activity.activity.pauseRequestID == request.requestID { return }
    guard activity.isRunning, !activity.activity.paused, !activity.activity.cancelRequested else {
      throw .failedPrecondition("activity is in non-pausable state \(activity.stateName)")
    }
    let now = turn.now.nanoseconds
    changeStandalone(activity.runID, &turn) {
      $0.activity.pause(by: request.identity, reason: request.reason, requestID: request.requestID, at: now)
    }
  }

  mutating func unpauseStandalone(
    _ request: UnpauseActivityExecutionRequest, _ turn: inout Turn
  ) throws(ServiceError) {
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    guard activity.isRunning else {
      throw .failedPrecondition("activity is in terminal state \(activity.stateName)")
    }
    guard activity.activity.paused else {
      throw .failedPrecondition("activity is in non-unpausable state \(activity.stateName)")
    }
    // A backoff that the pause met is waited out.
    let time = max(ids.jittered(turn.now.nanoseconds, by: request.jitter), activity.activity.nextAttemptDue)
    changeStandalone(activity.runID, &turn) { $0.activity.unpause() }
    dispatchAnew(activity.runID, at: time, &turn)
  }

  mutating func resetStandalone(_ request: ResetActivityExecutionRequest, _ turn: inout Turn) throws(ServiceError) {
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    guard activity.isRunning else { throw .failedPrecondition("activity execution is not running") }
    if activity.activity.cancelRequested {
      throw .failedPrecondition("cannot reset an activity with a pending cancellation")
    }
    if activity.activity.resetRequested {
      throw .failedPrecondition("cannot reset an activity with a pending reset")
    }
    let now = ids.jittered(turn.now.nanoseconds, by: request.jitter)
    // The start delay holds for the first attempt, whichever time it is the first.
    let time = max(now, activity.executionTime)
    let staysPaused = request.keepPaused && activity.activity.paused
    changeStandalone(activity.runID, &turn) {
      if $0.activity.paused, !staysPaused { $0.activity.unpause() }
      $0.reset(clearsHeartbeat: request.resetHeartbeat, restoresOptions: request.restoreOriginalOptions)
    }
    if !staysPaused { dispatchAnew(activity.runID, at: time, &turn) }
  }

  mutating func updateStandaloneOptions(
    _ request: UpdateActivityExecutionOptionsRequest, _ turn: inout Turn
  ) throws(ServiceError) -> ActivityOptionsMessage {
    try request.ofWorkflow.check()
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    guard activity.isRunning, !activity.activity.cancelRequested, !activity.activity.resetRequested else {
      throw .failedPrecondition("Cannot update options for activity in state \(activity.stateName)")
    }
    let options =
      request.restoreOriginal ? nil : try activity.activity.options(merging: request.ofWorkflow, limits)
    changeStandalone(activity.runID, &turn) { $0.activity.setOptions(options) }
    guard let changed = standaloneActivities[activity.runID] else { return .init() }
    if changed.activity.isScheduled, !changed.activity.paused {
      dispatchAnew(activity.runID, at: changed.activity.nextAttemptTime, &turn)
    }
    return changed.activity.currentOptions
  }

  /// The attempt that waits comes at another time.
  private mutating func dispatchAnew(_ runID: String, at time: Int64, _ turn: inout Turn) {
    guard let activity = standaloneActivities[runID], activity.activity.isScheduled else { return }
    let now = turn.now.nanoseconds
    changeStandalone(runID, &turn) {
      $0.activity.reschedule(at: time)
      if time <= now { $0.activity.nextAttemptDue = 0 }
      // Part of the change that was just made.
      $0.stateTransitionCount -= 1
    }
    dispatchStandalone(runID, at: now)
  }
}

extension StandaloneActivityRecord {
  /// Sets the activity back to its first attempt; where a worker has an attempt, after its end.
  fileprivate mutating func reset(clearsHeartbeat: Bool, restoresOptions: Bool) {
    if activity.isStarted {
      activity.resetRequested = true
      activity.heartbeatResetRequested = clearsHeartbeat
      resetRestoresOptions = restoresOptions
      return
    }
    activity.attempt = 1
    activity.stamp += 1
    if clearsHeartbeat { activity.resetHeartbeat() }
    if restoresOptions { activity.restoreOptions() }
  }

  /// The state as errors name it.
  fileprivate var stateName: String {
    guard isRunning else { return status.serverName }
    if activity.cancelRequested { return "CancelRequested" }
    if activity.resetRequested { return "ResetRequested" }
    if activity.paused { return activity.isStarted ? "PauseRequested" : "Paused" }
    return activity.isStarted ? "Started" : "Scheduled"
  }
}
