internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias ActivityStatus = Temporal_Api_Enums_V1_ActivityExecutionStatus

// An activity without a workflow from its start to its end (`server.md` 15). Its attempts are those of any activity.

extension StandaloneActivityRecord {
  var activityID: String { start.activityID }

  var isRunning: Bool { status == .running }

  /// The status as clients see it, who are told of a pause once no worker has the activity.
  var shownStatus: ActivityStatus {
    isRunning && activity.paused && !activity.isStarted && !activity.cancelRequested ? .paused : status
  }

  var key: StandaloneActivityKey { StandaloneActivityKey(namespace: namespace, activityID: activityID) }

  /// When the first attempt may begin.
  var executionTime: Int64 { activity.firstScheduledTime }

  /// When something is due; `nil` for never.
  var nextDue: Int64? { isRunning ? activity.nextDue : nil }

  /// A new activity.
  ///
  /// - Parameters:
  ///   - request: With everything filled in that it left to the server.
  ///   - now: Nanoseconds since 1970.
  init(starting request: StartActivityRequest, runID: String, at now: Int64) {
    self.init()
    namespace = request.namespace
    self.runID = runID
    start = request
    status = .running
    startTime = now
    let delay = max(request.startDelay.capped.nanoseconds, 0)
    let dispatchTime = now.addingClamped(delay)
    activity = .with {
      $0.scheduled = .with {
        $0.activityID = request.activityID
        $0.activityType = request.activityType
        $0.taskQueue = request.taskQueue
        if request.hasHeader { $0.header = request.header }
        if request.hasInput { $0.input = request.input }
        $0.scheduleToCloseTimeout = request.scheduleToCloseTimeout
        $0.scheduleToStartTimeout = request.scheduleToStartTimeout
        $0.startToCloseTimeout = request.startToCloseTimeout
        $0.heartbeatTimeout = request.heartbeatTimeout
        $0.retryPolicy = request.retryPolicy
        if request.hasPriority { $0.priority = request.priority }
      }
      $0.firstScheduledTime = dispatchTime
      $0.scheduledTime = dispatchTime
      $0.attempt = 1
      if delay > 0 { $0.nextAttemptDue = dispatchTime }
    }
  }

  // MARK: What happens to it

  /// A worker takes the attempt.
  mutating func startAttempt(by poll: PollWaiter, requestID: String, at now: Int64) {
    activity.start(identity: poll.identity, requestID: requestID, version: poll.version, at: now)
    sdkName = poll.sdkName
    sdkVersion = poll.sdkVersion
    lastStartedTime = now
  }

  /// Carries out what is said of the activity.
  mutating func carryOut(_ answer: ActivityAnswer, by worker: ActivityWorker, at now: Int64, _ limits: Limits) {
    switch answer {
    case .heartbeat(let details):
      activity.recordProgress(details, identity: worker.identity, at: now)
      heartbeatCount += 1
    case .completed(let result):
      if !activity.isStarted { lastStartedTime = now }
      activity.identity = worker.identity
      activity.lastAttemptCompleteTime = now
      if let result { self.result = result } else { self.result = Payloads() }
      close(.completed, at: now)
    case .failed(let failure, let details):
      if let details {
        activity.recordProgress(details, identity: worker.identity, at: now)
        heartbeatCount += 1
      }
      let state = retry(after: failure, at: now, limits)
      guard state != .inProgress else { return }
      activity.identity = worker.identity
      // Without a failure a client could not tell the end from a result that is still to come.
      let last = failure ?? .with { $0.message = "activity task failed without failure details" }
      activity.lastFailure = last
      close(.failed, failure: last, state, at: now)
    case .canceled(let details):
      cancel(details: details, at: now)
    }
  }

  /// A timeout has ended.
  mutating func timeOut(_ type: TimeoutType, at now: Int64, _ limits: Limits) {
    var failure = Failure.timeout(type, "activity \(type.serverName) timeout")
    failure.source = ""
    let cause = activity.hasLastFailure ? activity.lastFailure : nil
    let endsAttempt = type == .startToClose || type == .heartbeat
    let state = endsAttempt ? retry(after: failure, at: now, limits) : activity.retry(after: failure, at: now, limits)
    guard state != .inProgress else { return }
    if endsAttempt, state == .timeout {
      failure = .timeout(
        .scheduleToClose,
        "Not enough time to schedule next retry before activity ScheduleToClose timeout, giving up retrying")
      failure.source = ""
    }
    if activity.hasHeartbeatDetails { failure.timeoutFailureInfo.lastHeartbeatDetails = activity.heartbeatDetails }
    if let cause { failure.cause = cause }
    if endsAttempt { activity.lastFailure = failure }
    close(.timedOut, failure: failure, state, at: now)
  }

  /// Asks a worker that has the activity to cancel it, or cancels it where none has.
  mutating func requestCancel(_ request: RequestCancelActivityRequest, requestID: String, at now: Int64) {
    cancelRequestID = requestID
    cancelReason = request.reason
    cancelIdentity = request.identity
    activity.cancelRequested = true
    if !activity.isStarted { cancel(details: Payloads(text: request.reason), at: now) }
  }

  mutating func terminate(reason: String, identity: String, requestID: String, at now: Int64) {
    terminateRequestID = requestID
    let failure = Failure.with {
      $0.message = reason
      $0.terminatedFailureInfo = .with { $0.identity = identity }
    }
    close(.terminated, failure: failure, at: now)
  }

  private mutating func cancel(details: Payloads?, at now: Int64) {
    let failure = Failure.with {
      $0.message = "Activity canceled"
      $0.canceledFailureInfo = .with {
        if let details { $0.details = details }
        $0.identity = cancelIdentity
      }
    }
    close(.canceled, failure: failure, at: now)
  }

  private mutating func retry(after failure: Failure?, at now: Int64, _ limits: Limits) -> RetryState {
    activity.lastAttemptCompleteTime = now
    let wasReset = activity.resetRequested
    let state = activity.retry(after: failure, at: now, limits)
    if wasReset, state == .inProgress {
      activity.attempt = 1
      activity.resetRequested = false
      if resetRestoresOptions { activity.restoreOptions() }
      resetRestoresOptions = false
      // Without the backoff that was earned before.
      if !activity.paused { activity.reschedule(at: max(now, executionTime)) }
    }
    return state
  }

  private mutating func close(
    _ status: ActivityStatus, failure: Failure? = nil, _ state: RetryState = .unspecified, at now: Int64
  ) {
    self.status = status
    closeTime = now
    if let failure { self.failure = failure }
    retryState = state
    activity.startedTime = 0
    activity.nextAttemptDue = 0
    activity.stamp += 1
  }
}

/// The id of an activity without a workflow, within its namespace.
struct StandaloneActivityKey: Hashable, Sendable {
  var namespace: String
  var activityID: String
}
