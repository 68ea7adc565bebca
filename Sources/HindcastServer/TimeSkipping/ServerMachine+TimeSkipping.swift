internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Waiting for the end of a fast-forward (`server.md` 18.2).

typealias TimeSkippingPollRequest = Temporal_Api_Workflowservice_V1_PollWorkflowExecutionTimeSkippingRequest
typealias TimeSkippingPollResponse = Temporal_Api_Workflowservice_V1_PollWorkflowExecutionTimeSkippingResponse

/// A poll for the end of a fast-forward.
struct FastForwardWait: Sendable {
  var runID: String
  var fastForwardID: String
  /// Where the fast-forward was to end when the poll came.
  var due: Int64
}

extension ServerMachine {
  static var timeSkippingRoutes: [Route] {
    [
      Route(WorkflowService.pollWorkflowExecutionTimeSkipping) { (machine, request, call, turn) throws(ServiceError) in
        try machine.pollTimeSkipping(request, call)
      }
    ]
  }

  /// A setting as a request brings it, with its defaults.
  ///
  /// - Throws: INVALID_ARGUMENT for one that makes no sense.
  func checked(_ config: TimeSkippingConfig) throws(ServiceError) -> TimeSkippingConfig {
    var config = config
    if config.maxSessionSkipCount <= 0 { config.maxSessionSkipCount = limits.timeSkipsPerSession }
    guard config.hasFastForwardConfig else { return config }
    if config.fastForwardConfig.duration.nanoseconds <= 0 {
      throw .invalidArgument("Time skipping config invalid: fast_forward duration must be positive")
    }
    if config.fastForwardConfig.id.allSatisfy(\.isWhitespace) { throw .noFastForwardID }
    if !config.enabled {
      throw .invalidArgument("time_skipping_config: cannot set fast_forward when enabled is false")
    }
    return config
  }

  private mutating func pollTimeSkipping(
    _ request: TimeSkippingPollRequest, _ call: Call
  ) throws(ServiceError) -> TimeSkippingPollResponse? {
    try checkNamespace(request.namespace)
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    if request.fastForwardID.allSatisfy(\.isWhitespace) { throw .noFastForwardID }
    let execution = try run(request.workflowExecution, in: request.namespace)
    let wait = FastForwardWait(
      runID: execution.runID, fastForwardID: request.fastForwardID, due: execution.record.fastForwardDue)
    if let response = result(of: wait) { return response }
    waiting[call.id] = .fastForward(wait)
    fastForwardWaiters[execution.key, default: []].append(call.id)
    return nil
  }

  /// How a fast-forward ended; `nil` while it has not.
  private func result(of wait: FastForwardWait) -> TimeSkippingPollResponse? {
    guard let execution = executions[wait.runID] else {
      return .failed(nil, "the execution ended before the fast-forward completed")
    }
    guard let info = execution.fastForwardInfo, info.fastForwardID == wait.fastForwardID else {
      return .failed(
        execution.fastForwardInfo, "the requested fast_forward_id does not match the execution's current fast-forward")
    }
    if execution.record.fastForwardDue != wait.due { return .failed(info, "the fast-forward was reset") }
    if info.hasCompleted_p {
      return .with {
        $0.fastForwardInfo = info
        $0.fastForwardPollingResult = .fastForwardCompleted
      }
    }
    if !execution.isRunning, execution.record.newRunID.isEmpty {
      return .failed(info, "the execution ended before the fast-forward completed")
    }
    if execution.isRunning, !execution.record.timeSkipping.enabled {
      return .failed(info, "time skipping was disabled before the fast-forward completed")
    }
    return nil
  }

  /// A run changed: whoever waits for the end of its fast-forward may have an answer.
  ///
  /// A poll follows the chain from run to run.
  mutating func noteTimeSkipping(_ execution: Execution, _ turn: inout Turn) {
    guard !fastForwardWaiters.isEmpty, let calls = fastForwardWaiters.removeValue(forKey: execution.key) else { return }
    for call in calls {
      guard case .fastForward(var wait)? = waiting[call] else { continue }
      if executions[wait.runID]?.record.newRunID == execution.runID { wait.runID = execution.runID }
      if let response = result(of: wait) {
        waiting[call] = nil
        turn.reply(call, response)
      } else {
        waiting[call] = .fastForward(wait)
        fastForwardWaiters[execution.key, default: []].append(call)
      }
    }
  }

  /// A poll is over.
  mutating func stopWaiting(_ call: CallID, for wait: FastForwardWait) {
    guard let key = executions[wait.runID]?.key else { return }
    fastForwardWaiters[key]?.removeAll { $0 == call }
    if fastForwardWaiters[key]?.isEmpty == true { fastForwardWaiters[key] = nil }
  }

  /// Answers a poll that waited in vain.
  func answerExpired(_ wait: FastForwardWait, _ call: CallID, _ turn: inout Turn) {
    turn.reply(
      call,
      TimeSkippingPollResponse.with {
        if let info = executions[wait.runID]?.fastForwardInfo { $0.fastForwardInfo = info }
        $0.fastForwardPollingResult = .pollTimeout
      })
  }
}

extension Execution {
  fileprivate var fastForwardInfo: Temporal_Api_Common_V1_TimeSkippingFastForwardInfo? {
    guard record.fastForwardDue > 0 else { return nil }
    return .with {
      $0.targetTime = record.fastForwardDue.timestamp
      $0.hasCompleted_p = record.fastForwardReached
      $0.fastForwardID = record.timeSkipping.fastForwardConfig.id
      $0.fastForwardDuration = record.timeSkipping.fastForwardConfig.duration
    }
  }
}

extension TimeSkippingPollResponse {
  fileprivate static func failed(
    _ info: Temporal_Api_Common_V1_TimeSkippingFastForwardInfo?, _ reason: String
  ) -> Self {
    .with {
      if let info { $0.fastForwardInfo = info }
      $0.fastForwardPollingResult = .fastForwardFailed
      $0.failedReason = reason
    }
  }
}

extension ServiceError {
  fileprivate static let noFastForwardID = invalidArgument(
    "Time skipping config invalid: fast_forward_id must be set")
}
