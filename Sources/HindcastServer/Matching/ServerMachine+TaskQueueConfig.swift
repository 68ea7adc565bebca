internal import HindcastCalls
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias TaskQueueConfig = Temporal_Api_Taskqueue_V1_TaskQueueConfig
typealias TaskQueueConfigRequest = Temporal_Api_Workflowservice_V1_UpdateTaskQueueConfigRequest

// What operators set of a task queue: at which rate it hands out tasks. Weights and rates of fairness keys are kept and shown;
// the order of tasks does not follow them, as it does not follow priorities.

extension ServerMachine {
  mutating func updateConfig(
    _ request: TaskQueueConfigRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_UpdateTaskQueueConfigResponse {
    try checkNamespace(request.namespace)
    try request.check()
    try checkLength(request.identity, of: "Identity")
    let type = request.taskQueueType == .unspecified ? .workflow : request.taskQueueType
    let queue = QueueKey(namespace: request.namespace, name: request.taskQueue, kind: .init(type))
    var config = queues[queue]?.config ?? TaskQueueConfig()
    if request.hasUpdateQueueRateLimit {
      config.queueRateLimit = request.updateQueueRateLimit.config(by: request.identity, at: turn.now.nanoseconds)
    }
    if request.hasUpdateFairnessKeyRateLimitDefault {
      config.fairnessKeysRateLimitDefault = request.updateFairnessKeyRateLimitDefault.config(
        by: request.identity, at: turn.now.nanoseconds)
    }
    for (key, weight) in request.setFairnessWeightOverrides { config.fairnessWeightOverrides[key] = weight }
    for key in request.unsetFairnessWeightOverrides { config.fairnessWeightOverrides[key] = nil }
    queues.configure(queue, as: config, at: turn.now.nanoseconds)
    return .with { $0.config = config }
  }

  /// The rate that holds for a queue, and who set it.
  func effectiveRateLimit(
    of queue: QueueKey
  ) -> Temporal_Api_Workflowservice_V1_DescribeTaskQueueResponse.EffectiveRateLimit {
    .with {
      $0.requestsPerSecond = Float(Self.tasksPerSecond)
      $0.rateLimitSource = .system
      if let rate = queues[queue]?.configuredRate {
        $0.requestsPerSecond = Float(rate)
        $0.rateLimitSource = .api
      }
    }
  }
}

extension TaskQueueConfigRequest {
  fileprivate func check() throws(ServiceError) {
    if updateQueueRateLimit.hasRateLimit, taskQueueType == .workflow {
      throw .invalidArgument("Setting rate limit on workflow task queues is not allowed.")
    }
    try updateQueueRateLimit.check("UpdateQueueRateLimit")
    if updateFairnessKeyRateLimitDefault.hasRateLimit, taskQueueType == .workflow {
      throw .invalidArgument("Setting fairness key rate limit on workflow task queues is not allowed.")
    }
    try updateFairnessKeyRateLimitDefault.check("UpdateFairnessKeyRateLimitDefault")
    for (key, weight) in setFairnessWeightOverrides.sorted(by: { $0.key < $1.key }) {
      if weight <= 0 {
        throw .invalidArgument("invalid fairness weight weight for key \"\(key)\": must be greater than zero")
      }
      if unsetFairnessWeightOverrides.contains(key) {
        throw .invalidArgument("fairness weight override key \"\(key)\" present in both set and unset lists")
      }
    }
  }
}

extension TaskQueueConfigRequest.RateLimitUpdate {
  fileprivate func check(_ name: String) throws(ServiceError) {
    if rateLimit.requestsPerSecond < 0 {
      throw .invalidArgument("RequestsPerSecond for \(name) rate limit must be non-negative.")
    }
  }

  /// The setting as it is kept; without a rate it says who took the rate back, and why.
  fileprivate func config(by identity: String, at now: Int64) -> Temporal_Api_Taskqueue_V1_RateLimitConfig {
    .with {
      if hasRateLimit { $0.rateLimit = rateLimit }
      $0.metadata.reason = reason
      $0.metadata.updateIdentity = identity
      $0.metadata.updateTime = now.timestamp
    }
  }
}
