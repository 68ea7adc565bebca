internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// How activities without a workflow are kept, handed out and answered (`server.md` 15).

extension ServerMachine {
  /// The activity that a request means: the run that it names, or the current one of the id.
  func standaloneActivity(
    _ activityID: String, runID: String, in namespace: String
  ) throws(ServiceError) -> StandaloneActivityRecord {
    let key = StandaloneActivityKey(namespace: namespace, activityID: activityID)
    guard let current = runID.isEmpty ? currentStandaloneActivities[key] : runID,
      let activity = standaloneActivities[current], activity.key == key
    else { throw .standaloneActivityNotFound(activityID) }
    return activity
  }

  /// Puts a new activity in.
  mutating func add(_ activity: StandaloneActivityRecord, _ turn: inout Turn) {
    standaloneActivities[activity.runID] = activity
    currentStandaloneActivities[activity.key] = activity.runID
    changeStandalone(activity.runID, &turn) { _ in }
    dispatchStandalone(activity.runID, at: turn.now.nanoseconds)
  }

  /// Changes an activity, saves it, and tells those who wait for that.
  mutating func changeStandalone(
    _ runID: String, _ turn: inout Turn, _ change: (inout StandaloneActivityRecord) -> Void
  ) {
    guard var activity = standaloneActivities[runID] else { return }
    change(&activity)
    activity.stateTransitionCount += 1
    standaloneActivities[runID] = activity
    turn.save(.standaloneActivity, owner: activity.namespace, key: runID, activity)
    noteStandaloneTimes(of: activity)
    answerActivityWaiters(of: activity, &turn)
  }

  /// Derives from an activity when it is due and whether it is under way.
  mutating func noteStandaloneTimes(of activity: StandaloneActivityRecord) {
    dueTimes.set(activity.nextDue, for: activity.runID)
    if activity.isRunning, activity.activity.isWithWorker {
      busyRuns.insert(activity.runID)
    } else {
      busyRuns.remove(activity.runID)
    }
  }

  /// Takes an activity out.
  mutating func removeStandalone(_ activity: StandaloneActivityRecord, _ turn: inout Turn) {
    standaloneActivities[activity.runID] = nil
    if currentStandaloneActivities[activity.key] == activity.runID {
      currentStandaloneActivities[activity.key] = nil
    }
    turn.save(.standaloneActivity, owner: activity.namespace, key: activity.runID, nil)
    dueTimes.set(nil, for: activity.runID)
    busyRuns.remove(activity.runID)
  }

  /// Puts the attempt into its queue, unless it has to wait.
  mutating func dispatchStandalone(_ runID: String, at now: Int64) {
    if let dispatch = standaloneActivities[runID]?.dispatch { enqueue(dispatch, at: now) }
  }

  /// Does what is due: hands out the next attempt, ends what takes too long.
  mutating func fireStandalone(_ runID: String, _ turn: inout Turn) {
    let now = turn.now.nanoseconds
    guard let activity = standaloneActivities[runID]?.activity, let due = activity.nextDue, due <= now else { return }
    if activity.isBackingOff, activity.nextAttemptDue <= now {
      changeStandalone(runID, &turn) {
        $0.activity.nextAttemptDue = 0
        // Not a change that anybody would see.
        $0.stateTransitionCount -= 1
      }
      dispatchStandalone(runID, at: now)
    }
    let expired = activity.timeouts.filter { $0.due <= now }
    for timeout in expired.sorted(by: { ($0.due, $0.type.rawValue) < ($1.due, $1.type.rawValue) }) {
      // Another timeout may have ended the attempt.
      guard let current = standaloneActivities[runID], current.isRunning,
        current.activity.attempt == activity.attempt
      else { return }
      let limits = limits
      changeStandalone(runID, &turn) { $0.timeOut(timeout.type, at: now, limits) }
    }
  }

  /// Hands an attempt to a poll.
  ///
  /// - Returns: `false` if the attempt is not wanted any more.
  mutating func deliverStandaloneTask(
    runID: String, stamp: Int64, to poll: PollWaiter, _ turn: inout Turn
  ) -> Bool {
    guard let activity = standaloneActivities[runID], activity.isRunning, activity.activity.stamp == stamp,
      activity.activity.isDispatchable
    else { return false }
    let requestID = ids.uuid()
    let now = turn.now.nanoseconds
    changeStandalone(runID, &turn) {
      $0.startAttempt(by: poll, requestID: requestID, at: now)
    }
    guard let started = standaloneActivities[runID] else { return false }
    turn.reply(poll.call, started.task)
    return true
  }

  /// Carries out what is said of an activity.
  ///
  /// - Parameter attempt: The attempt of a token; `nil` where the activity's id is given.
  mutating func answerStandaloneActivity(
    _ runID: String, attempt: Int32?, _ answer: ActivityAnswer, by worker: ActivityWorker, _ turn: inout Turn
  ) throws(ServiceError) -> HeartbeatAnswer {
    guard let activity = standaloneActivities[runID] else { throw .activityTaskNotFound }
    var isTaken = activity.activity.isStarted && (attempt == nil || attempt == activity.activity.attempt)
    // By id a result is taken for an activity that nobody has.
    if attempt == nil, case .completed = answer { isTaken = true }
    guard activity.isRunning, isTaken else { throw .standaloneActivityNotFound(activity.activityID) }
    if case .canceled = answer, !activity.activity.cancelRequested { throw .activityNotCancelRequested }
    let now = turn.now.nanoseconds
    let limits = limits
    changeStandalone(runID, &turn) { $0.carryOut(answer, by: worker, at: now, limits) }
    return activity.activity.heartbeatAnswer
  }
}

extension StandaloneActivityRecord {
  /// The answer to a poll for the attempt that a worker has taken.
  fileprivate var task: ActivityTaskPollResponse {
    var task = activity.task
    task.taskToken =
      TaskToken(kind: .standaloneActivity, runID: runID, attempt: activity.attempt, stamp: activity.stamp).data
    task.workflowNamespace = namespace
    task.workflowExecution = .init()
    task.activityRunID = runID
    task.scheduledTime = startTime.timestamp
    // Unlike those of a workflow's activities, changed options are told to the worker.
    let options = activity.currentOptions
    task.scheduleToCloseTimeout = options.scheduleToCloseTimeout
    task.startToCloseTimeout = options.startToCloseTimeout
    task.heartbeatTimeout = options.heartbeatTimeout
    task.retryPolicy = options.retryPolicy
    return task
  }
}

extension ServiceError {
  static func standaloneActivityNotFound(_ activityID: String) -> Self {
    notFound("activity not found for ID: \(activityID)")
  }
}

extension StandaloneActivityRecord {
  /// The attempt's task, unless the attempt has to wait or a worker has it.
  var dispatch: Dispatch? {
    guard isRunning, activity.isDispatchable else { return nil }
    return Dispatch(
      queue: QueueKey(namespace: namespace, name: activity.taskQueueName, kind: .activity),
      task: .standaloneActivity(runID: runID, stamp: activity.stamp))
  }
}
