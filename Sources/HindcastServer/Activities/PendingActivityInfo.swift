internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias PendingActivityInfo = Temporal_Api_Workflow_V1_PendingActivityInfo

// A pending activity as DescribeWorkflowExecution shows it (`server.md` 14.2).

extension Execution {
  /// The pending activities, in the order in which they were scheduled.
  ///
  /// - Parameter now: On the run's clock.
  func pendingActivityInfo(at now: Int64) -> [PendingActivityInfo] { activities.sorted.map { $0.info(at: now) } }
}

extension ActivityRecord {
  /// - Parameter now: On the run's clock.
  fileprivate func info(at now: Int64) -> PendingActivityInfo {
    .with {
      $0.activityID = scheduled.activityID
      $0.activityType = scheduled.activityType
      $0.state = state
      $0.attempt = max(attempt, 1)
      $0.maximumAttempts = retryPolicy.maximumAttempts
      $0.scheduledTime = scheduledTime.timestamp
      if lastHeartbeatTime != 0 {
        $0.lastHeartbeatTime = lastHeartbeatTime.timestamp
        if hasHeartbeatDetails { $0.heartbeatDetails = heartbeatDetails }
      }
      if isStarted { $0.lastStartedTime = startedTime.timestamp }
      if retryDeadline != 0 { $0.expirationTime = retryDeadline.timestamp }
      if hasLastFailure { $0.lastFailure = lastFailure }
      $0.lastWorkerIdentity = identity.isEmpty ? lastWorkerIdentity : identity
      if lastAttemptCompleteTime != 0 { $0.lastAttemptCompleteTime = lastAttemptCompleteTime.timestamp }
      if isScheduled, !paused, now < scheduledTime {
        $0.nextAttemptScheduleTime = scheduledTime.timestamp
        if lastAttemptCompleteTime != 0 {
          $0.currentRetryInterval = (scheduledTime - lastAttemptCompleteTime).protobufDuration
        }
      }
      $0.paused = paused
      if paused, hasPauseInfo { $0.pauseInfo = pauseInfo }
      if hasLastDeploymentVersion { $0.lastDeploymentVersion = lastDeploymentVersion }
      if let priority { $0.priority = priority }
      $0.activityOptions = currentOptions
      $0.activityOptions.taskQueue = .with {
        $0.name = taskQueueName
        $0.normalName = taskQueueName
      }
    }
  }

  /// Where the activity stands.
  var state: Temporal_Api_Enums_V1_PendingActivityState {
    if cancelRequested { return .cancelRequested }
    if paused { return isStarted ? .pauseRequested : .paused }
    return isStarted ? .started : .scheduled
  }
}
