internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias DescribeActivityRequest = Temporal_Api_Workflowservice_V1_DescribeActivityExecutionRequest
typealias DescribeActivityResponse = Temporal_Api_Workflowservice_V1_DescribeActivityExecutionResponse
typealias PollActivityRequest = Temporal_Api_Workflowservice_V1_PollActivityExecutionRequest
typealias PollActivityResponse = Temporal_Api_Workflowservice_V1_PollActivityExecutionResponse

// Reading activities without a workflow, and waiting for their outcome (`server.md` 15).

/// A call that waits for an activity without a workflow.
struct ActivityWait: Sendable {
  enum Kind: Sendable {
    /// For its end.
    case outcome
    /// For any change after so many.
    case change(DescribeActivityRequest, after: Int64)
  }

  var runID: String
  var kind: Kind
}

extension ServerMachine {
  mutating func describeActivity(
    _ request: DescribeActivityRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> DescribeActivityResponse? {
    try checkNamespace(request.namespace)
    try checkStandalone(activityID: request.activityID)
    if !request.longPollToken.isEmpty, request.runID.isEmpty {
      throw .invalidArgument("run id is required when long poll token is provided")
    }
    try checkStandalone(runID: request.runID)
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    guard !request.longPollToken.isEmpty else { return activity.description(for: request, at: turn.now.nanoseconds) }
    let seen = try activity.transitions(seenBy: request.longPollToken)
    if activity.stateTransitionCount > seen { return activity.description(for: request, at: turn.now.nanoseconds) }
    wait(ActivityWait(runID: activity.runID, kind: .change(request, after: seen)), call)
    return nil
  }

  mutating func pollActivity(
    _ request: PollActivityRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> PollActivityResponse? {
    try checkNamespace(request.namespace)
    try checkStandalone(activityID: request.activityID)
    try checkStandalone(runID: request.runID)
    let activity = try standaloneActivity(request.activityID, runID: request.runID, in: request.namespace)
    if !activity.isRunning { return activity.outcomeResponse }
    wait(ActivityWait(runID: activity.runID, kind: .outcome), call)
    return nil
  }

  private mutating func wait(_ wait: ActivityWait, _ call: Call) {
    waiting[call.id] = .standaloneActivity(wait)
    activityWaiters[wait.runID, default: []].append(call.id)
  }

  /// Answers the calls that waited for what has happened to an activity.
  mutating func answerActivityWaiters(of activity: StandaloneActivityRecord, _ turn: inout Turn) {
    guard let calls = activityWaiters.removeValue(forKey: activity.runID) else { return }
    var stillWaiting: [CallID] = []
    for call in calls {
      guard case .standaloneActivity(let wait)? = waiting[call] else { continue }
      switch wait.kind {
      case .outcome where !activity.isRunning:
        turn.reply(call, activity.outcomeResponse)
      case .change(let request, let seen) where activity.stateTransitionCount > seen:
        turn.reply(call, activity.description(for: request, at: turn.now.nanoseconds))
      default:
        stillWaiting.append(call)
        continue
      }
      waiting[call] = nil
    }
    if !stillWaiting.isEmpty { activityWaiters[activity.runID] = stillWaiting }
  }

  /// An activity is deleted: nothing will happen to it any more.
  mutating func refuseActivityWaiters(of activity: StandaloneActivityRecord, _ turn: inout Turn) {
    for call in activityWaiters.removeValue(forKey: activity.runID) ?? [] {
      guard waiting.removeValue(forKey: call) != nil else { continue }
      turn.reply(call, error: .standaloneActivityNotFound(activity.activityID))
    }
  }

  /// Nothing came in time: the caller asks again.
  func answerExpired(_ wait: ActivityWait, _ call: CallID, _ turn: inout Turn) {
    switch wait.kind {
    case .outcome: turn.reply(call, PollActivityResponse())
    case .change: turn.reply(call, DescribeActivityResponse())
    }
  }

  // MARK: Checks

  func checkStandalone(activityID: String) throws(ServiceError) {
    if activityID.isEmpty { throw .invalidArgument("activity ID is required") }
    try checkStandalone(activityID, "activity ID")
  }

  func checkStandalone(runID: String) throws(ServiceError) {
    if !runID.isEmpty, !runID.isUUID { throw .invalidArgument("invalid run id: must be a valid UUID") }
  }

  func checkStandalone(_ text: String, _ what: String) throws(ServiceError) {
    guard text.utf8.count > limits.idBytes else { return }
    throw .invalidArgument("\(what) exceeds length limit. Length=\(text.utf8.count) Limit=\(limits.idBytes)")
  }
}

extension StandaloneActivityRecord {
  fileprivate var longPollToken: Data { Data("d1|\(runID)|\(stateTransitionCount)".utf8) }

  /// How many changes the holder of a token has seen.
  fileprivate func transitions(seenBy token: Data) throws(ServiceError) -> Int64 {
    let parts = String(decoding: token, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "d1", let count = Int64(parts[2]) else {
      throw .invalidArgument("invalid long poll token")
    }
    if parts[1] != runID { throw .invalidArgument("long poll token does not match execution") }
    return count
  }

  fileprivate var outcomeResponse: PollActivityResponse {
    .with {
      $0.runID = runID
      if let outcome { $0.outcome = outcome }
    }
  }

  private var outcome: Temporal_Api_Activity_V1_ActivityExecutionOutcome? {
    switch status {
    case .running, .unspecified: nil
    case .completed: .with { $0.result = result }
    default:
      .with {
        $0.failure = failure
        $0.retryState = retryState
      }
    }
  }

  fileprivate func description(for request: DescribeActivityRequest, at now: Int64) -> DescribeActivityResponse {
    .with {
      $0.runID = runID
      $0.info = info(for: request, at: now)
      if request.includeInput, start.hasInput { $0.input = start.input }
      if request.includeOutcome, let outcome { $0.outcome = outcome }
      $0.longPollToken = longPollToken
    }
  }

  private func info(
    for request: DescribeActivityRequest, at now: Int64
  ) -> Temporal_Api_Activity_V1_ActivityExecutionInfo {
    .with {
      $0.activityID = activityID
      $0.runID = runID
      $0.activityType = start.activityType
      $0.status = shownStatus
      if isRunning { $0.runState = activity.state }
      $0.taskQueue = activity.taskQueueName
      let options = activity.currentOptions
      $0.scheduleToCloseTimeout = options.scheduleToCloseTimeout
      $0.scheduleToStartTimeout = options.scheduleToStartTimeout
      $0.startToCloseTimeout = options.startToCloseTimeout
      $0.heartbeatTimeout = options.heartbeatTimeout
      $0.retryPolicy = options.retryPolicy
      if request.includeHeartbeatDetails, activity.hasHeartbeatDetails {
        $0.heartbeatDetails = activity.heartbeatDetails
      }
      if activity.lastHeartbeatTime != 0 { $0.lastHeartbeatTime = activity.lastHeartbeatTime.timestamp }
      $0.totalHeartbeatCount = heartbeatCount
      if lastStartedTime != 0 { $0.lastStartedTime = lastStartedTime.timestamp }
      $0.attempt = activity.attempt
      $0.scheduleTime = startTime.timestamp
      $0.executionTime = executionTime.timestamp
      if activity.retryDeadline != 0 { $0.expirationTime = activity.retryDeadline.timestamp }
      if !isRunning {
        $0.closeTime = closeTime.timestamp
        $0.executionDuration = (closeTime - startTime).protobufDuration
      }
      if request.includeLastFailure, activity.hasLastFailure { $0.lastFailure = activity.lastFailure }
      $0.lastWorkerIdentity = activity.identity
      if activity.lastAttemptCompleteTime != 0 {
        $0.lastAttemptCompleteTime = activity.lastAttemptCompleteTime.timestamp
      }
      if isRunning, activity.isScheduled, activity.scheduledTime > now {
        $0.nextAttemptScheduleTime = activity.scheduledTime.timestamp
        if activity.lastAttemptCompleteTime != 0 {
          $0.currentRetryInterval = (activity.scheduledTime - activity.lastAttemptCompleteTime).protobufDuration
        }
      }
      if activity.hasLastDeploymentVersion { $0.lastDeploymentVersion = activity.lastDeploymentVersion }
      if options.hasPriority { $0.priority = options.priority }
      $0.sdkName = sdkName
      $0.sdkVersion = sdkVersion
      $0.stateTransitionCount = stateTransitionCount
      $0.stateSizeBytes = Int64(byteCount)
      $0.searchAttributes = start.searchAttributes
      if start.hasHeader { $0.header = start.header }
      if start.hasUserMetadata { $0.userMetadata = start.userMetadata }
      $0.canceledReason = cancelReason
      $0.links = start.links
      if start.hasStartDelay { $0.startDelay = start.startDelay }
    }
  }
}
