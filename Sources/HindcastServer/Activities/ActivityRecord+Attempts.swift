internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias TimeoutType = Temporal_Api_Enums_V1_TimeoutType

// An activity's attempts (`server.md` 6), the same with and without a workflow.
//
//   scheduled ── start ──▶ started ── complete, cancel, last failure ──▶ over
//       ▲                     │
//       └── backoff ◀── fail, time out
//
// A paused activity stays scheduled until it is unpaused; one that is paused while started goes on, and stays scheduled after.

extension ActivityRecord {
  /// Whether a worker has an attempt.
  var isStarted: Bool { startedTime != 0 }

  /// Whether the next attempt waits for its time.
  var isBackingOff: Bool { nextAttemptDue != 0 }

  /// Whether a task of this activity may be handed out.
  var isDispatchable: Bool { !isStarted && !isBackingOff && !paused }

  /// The timeouts that run, with the moments at which they end. None does while the activity is paused.
  var timeouts: [(type: TimeoutType, due: Int64)] {
    if paused { return [] }
    var timeouts: [(type: TimeoutType, due: Int64)] = []
    func add(_ type: TimeoutType, _ timeout: Int64, since start: Int64) {
      if timeout > 0 { timeouts.append((type, start.addingClamped(timeout))) }
    }
    // In the order in which they are looked at when they end together.
    if isStarted { add(.startToClose, startToCloseTimeout, since: startedTime) }
    if !isStarted { add(.scheduleToStart, scheduleToStartTimeout, since: scheduledTime) }
    add(.scheduleToClose, scheduleToCloseTimeout, since: firstScheduledTime)
    if isStarted { add(.heartbeat, heartbeatTimeout, since: max(startedTime, lastHeartbeatTime)) }
    return timeouts
  }

  var nextDue: Int64? {
    var due = Int64.max
    if isBackingOff, !paused { due = nextAttemptDue }
    for timeout in timeouts { due = min(due, timeout.due) }
    return due == .max ? nil : due
  }

  // MARK: Changes

  /// A worker takes the attempt.
  mutating func start(identity: String, requestID: String, version: WorkerVersion, at now: Int64) {
    startedTime = now
    self.identity = identity
    self.requestID = requestID
    if let deployment = version.deployment, deployment.workerVersioningMode == .versioned {
      lastDeploymentVersion = .with {
        $0.deploymentName = deployment.deploymentName
        $0.buildID = deployment.buildID
      }
    }
  }

  /// Remembers how far the attempt has come.
  mutating func recordProgress(_ details: Payloads?, identity: String, at now: Int64) {
    if let details { heartbeatDetails = details } else { clearHeartbeatDetails() }
    if !identity.isEmpty { lastWorkerIdentity = identity }
    lastHeartbeatTime = now
  }

  /// The attempt failed or timed out: another one comes, unless there is a reason against it.
  ///
  /// - Returns: `.inProgress` if another attempt comes; otherwise the activity is as it was.
  mutating func retry(after failure: Failure?, at now: Int64, _ limits: Limits) -> RetryState {
    if cancelRequested { return .cancelRequested }
    if case .timeoutFailureInfo(let timeout)? = failure?.failureInfo,
      timeout.timeoutType == .scheduleToStart || timeout.timeoutType == .scheduleToClose
    {
      return .timeout
    }
    var policy = retryPolicy
    let cause = failure ?? Failure()
    guard policy.allowsRetry(after: cause) else { return .nonRetryableFailure }
    if paused {
      // Whether it may is decided when it is unpaused.
      endAttempt()
      store(failure, limits)
      attempt = attempt.addingReportingOverflow(1).partialValue
      stamp += 1
      return .inProgress
    }
    // A delay that the application asks for may be longer than the policy's maximum.
    if let delay = cause.nextRetryDelay { policy.maximumInterval = delay }
    switch policy.next(after: attempt, failing: cause, at: now, expiration: retryDeadline) {
    case .stop(let state): return state
    case .retry(let interval):
      attempt = attempt.addingReportingOverflow(1).partialValue
      store(failure, limits)
      reschedule(at: now.addingClamped(interval))
      return .inProgress
    }
  }

  /// Sets when the next attempt comes; earlier tasks are void.
  mutating func reschedule(at time: Int64) {
    endAttempt()
    scheduledTime = time
    nextAttemptDue = time
    if heartbeatResetRequested { resetHeartbeat() }
    resetRequested = false
    heartbeatResetRequested = false
    stamp += 1
  }

  mutating func resetHeartbeat() {
    clearHeartbeatDetails()
    lastHeartbeatTime = 0
  }

  private mutating func endAttempt() {
    startedTime = 0
    requestID = ""
    if !identity.isEmpty { lastWorkerIdentity = identity }
  }

  private mutating func store(_ failure: Failure?, _ limits: Limits) {
    if let failure { lastFailure = failure.stored(limits) } else { clearLastFailure() }
  }

  /// Ends a timeout: the failure of the activity if no other attempt comes, as `retry` says.
  func timeoutFailure(_ type: TimeoutType, _ state: RetryState) -> Failure {
    var failure =
      state == .timeout && type != .scheduleToStart
      ? Failure.timeout(
        .scheduleToClose,
        "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying")
      : Failure.timeout(type, "activity \(type.serverName) timeout")
    if hasHeartbeatDetails { failure.timeoutFailureInfo.lastHeartbeatDetails = heartbeatDetails }
    if hasLastFailure { failure.cause = lastFailure }
    return failure
  }
}
