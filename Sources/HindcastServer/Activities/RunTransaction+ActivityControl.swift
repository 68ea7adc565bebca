internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Activities that are operated from outside (`server.md` 6): none of this is in the history.

extension RunTransaction {
  /// Holds back the next attempt; one that a worker has goes on.
  mutating func pauseActivity(
    _ scheduledEventID: Int64, by request: PauseActivityRequest
  ) throws(ServiceError) {
    guard let activity = execution.activities[scheduledEventID] else { return }
    if activity.paused {
      if activity.pauseRequestID == request.requestID { return }
      throw .failedPrecondition("activity is already paused")
    }
    execution.activities.update(scheduledEventID) {
      $0.pause(by: request.identity, reason: request.reason, requestID: request.requestID, at: now)
    }
  }

  mutating func unpauseActivity(_ scheduledEventID: Int64, by request: UnpauseActivityRequest) {
    guard execution.activities[scheduledEventID]?.paused == true else { return }
    execution.activities.update(scheduledEventID) {
      $0.unpause()
      if request.resetAttempts { $0.attempt = 1 }
      if request.resetHeartbeat { $0.resetHeartbeat() }
    }
    if execution.activities[scheduledEventID]?.isScheduled == true {
      rescheduleActivity(scheduledEventID, at: jittered(request.jitter))
    }
  }

  /// Sets an activity back to its first attempt.
  mutating func resetActivity(_ scheduledEventID: Int64, by request: ResetActivityRequest) {
    execution.activities.update(scheduledEventID) {
      let wasPaused = $0.paused
      $0.attempt = 1
      $0.resetRequested = true
      if request.resetHeartbeat { $0.heartbeatResetRequested = true }
      if request.restoreOriginalOptions {
        $0.restoreOptions()
        $0.stamp += 1
      }
      if wasPaused, !request.keepPaused { $0.unpause() }
      if !$0.isStarted, !$0.paused, !wasPaused { $0.stamp += 1 }
    }
    guard let activity = execution.activities[scheduledEventID], activity.isScheduled, !activity.paused else { return }
    rescheduleActivity(scheduledEventID, at: jittered(request.jitter))
  }

  /// Sets what a later attempt is run with.
  mutating func setOptions(_ options: ActivityOptionsMessage?, of scheduledEventID: Int64) {
    execution.activities.update(scheduledEventID) {
      $0.setOptions(options)
    }
    guard let activity = execution.activities[scheduledEventID], activity.isScheduled else { return }
    rescheduleActivity(scheduledEventID, at: activity.nextAttemptTime)
  }

  /// The attempt that waits comes at another time; what failed before it is forgotten.
  private mutating func rescheduleActivity(_ scheduledEventID: Int64, at time: Int64) {
    execution.activities.update(scheduledEventID) {
      $0.clearLastFailure()
      $0.reschedule(at: time)
      if time <= now { $0.nextAttemptDue = 0 }
    }
    dispatchActivity(scheduledEventID)
  }

  private mutating func jittered(_ jitter: Google_Protobuf_Duration) -> Int64 {
    ids.jittered(now, by: jitter)
  }
}

extension ActivityRecord {
  /// Whether no worker has the activity, and nobody wants it cancelled.
  var isScheduled: Bool { !isStarted && !cancelRequested }

  /// When the attempt that waits would come under the options that hold now.
  var nextAttemptTime: Int64 {
    let policy = retryPolicy
    guard attempt > 1,
      case .retry(let interval) = policy.unlimited.next(after: attempt, failing: Failure(), at: 0, expiration: 0)
    else { return scheduledTime }
    return lastAttemptCompleteTime.addingClamped(interval)
  }

  /// Holds back the next attempt.
  mutating func pause(by identity: String, reason: String, requestID: String, at now: Int64) {
    if isScheduled { stamp += 1 }
    paused = true
    pauseRequestID = requestID
    pauseInfo = .with {
      $0.pauseTime = now.timestamp
      $0.manual.identity = identity
      $0.manual.reason = reason
    }
  }

  /// Lets the next attempt come; whoever calls puts it into its queue.
  mutating func unpause() {
    paused = false
    clearPauseInfo()
    pauseRequestID = ""
    stamp += 1
  }

  /// Sets what later attempts are run with; `nil` for what they were scheduled with.
  mutating func setOptions(_ options: ActivityOptionsMessage?) {
    if let options {
      self.options = options
      optionsChanged = true
    } else {
      restoreOptions()
    }
    stamp += 1
  }

  mutating func restoreOptions() {
    optionsChanged = false
    clearOptions()
  }
}

extension IDSource {
  /// A moment, or a little later, by chance.
  mutating func jittered(_ now: Int64, by jitter: Google_Protobuf_Duration) -> Int64 {
    let jitter = jitter.nanoseconds
    return jitter > 0 ? now.addingClamped(Int64.random(in: 0..<jitter, using: &self)) : now
  }
}

extension RetryPolicyMessage {
  fileprivate var unlimited: Self {
    var policy = self
    policy.maximumAttempts = 0
    return policy
  }
}
