internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias ActivityTaskPollRequest = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest
typealias ActivityTaskPollResponse = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse

// How attempts of activities reach workers (`server.md` 6).

extension ServerMachine {
  mutating func pollActivityTask(
    _ request: ActivityTaskPollRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> ActivityTaskPollResponse? {
    try checkPatience(of: call)
    try checkNamespace(request.namespace)
    guard request.hasTaskQueue else { throw .invalidArgument("taskQueue is not set") }
    if let fault = request.taskQueue.fault(limits) { throw .invalidArgument(fault) }
    try checkLength(request.identity, of: "Identity")
    var poll = PollWaiter(
      call: call.id, identity: request.identity, queue: request.taskQueue,
      workerInstanceKey: request.workerInstanceKey, sdkName: call.clientName, sdkVersion: call.clientVersion)
    if request.hasDeploymentOptions { poll.version.deployment = request.deploymentOptions }
    try check(poll.version, on: poll.queue)
    wait(poll, kind: .activity, namespace: request.namespace, &turn)
    if request.hasTaskQueueMetadata, request.taskQueueMetadata.hasMaxTasksPerSecond {
      let key = QueueKey(namespace: request.namespace, name: request.taskQueue.name, kind: .activity)
      queues.limit(key, to: request.taskQueueMetadata.maxTasksPerSecond.value, at: turn.now.nanoseconds)
    }
    return nil
  }

  /// Hands an attempt to a poll.
  ///
  /// - Returns: `false` if the attempt is not wanted any more.
  mutating func deliverActivityTask(
    runID: String, scheduledEventID: Int64, stamp: Int64, to poll: PollWaiter, _ turn: inout Turn
  ) throws(ServiceError) -> Bool {
    guard let execution = executions[runID], execution.isRunning, !execution.record.paused,
      let activity = execution.activities[scheduledEventID], activity.stamp == stamp, activity.isDispatchable
    else { return false }
    try change(runID, &turn) {
      $0.startActivity(scheduledEventID, identity: poll.identity, version: poll.version)
    }
    guard let answer = activityTask(runID, scheduledEventID) else { return false }
    turn.reply(poll.call, answer)
    return true
  }

  /// The answer to a poll for an attempt that a worker has taken.
  func activityTask(_ runID: String, _ scheduledEventID: Int64) -> ActivityTaskPollResponse? {
    guard let execution = executions[runID], let activity = execution.activities[scheduledEventID] else { return nil }
    let record = execution.record
    var task = activity.task
    task.taskToken =
      TaskToken(
        kind: .activity, runID: runID, scheduledEventID: scheduledEventID, attempt: activity.attempt,
        stamp: activity.stamp
      ).data
    task.workflowNamespace = record.namespace
    task.workflowType = record.started.workflowType
    task.workflowExecution = record.execution
    if record.hasPriority {
      task.priority = activity.priority.map(record.priority.overridden) ?? record.priority
    }
    return task
  }
}

extension ActivityRecord {
  /// What a worker is told of an attempt. Timeouts are those that the activity was scheduled with, even if they were changed.
  var task: ActivityTaskPollResponse {
    .with {
      $0.activityID = scheduled.activityID
      $0.activityType = scheduled.activityType
      if scheduled.hasHeader { $0.header = scheduled.header }
      if scheduled.hasInput { $0.input = scheduled.input }
      if hasHeartbeatDetails { $0.heartbeatDetails = heartbeatDetails }
      $0.scheduledTime = firstScheduledTime.timestamp
      $0.currentAttemptScheduledTime = scheduledTime.timestamp
      $0.startedTime = startedTime.timestamp
      $0.attempt = attempt
      $0.scheduleToCloseTimeout = scheduled.scheduleToCloseTimeout
      $0.startToCloseTimeout = scheduled.startToCloseTimeout
      $0.heartbeatTimeout = scheduled.heartbeatTimeout
      $0.retryPolicy = retryPolicy
      if let priority { $0.priority = priority }
    }
  }
}
