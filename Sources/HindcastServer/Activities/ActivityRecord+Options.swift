internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias ActivityOptionsMessage = Temporal_Api_Activity_V1_ActivityOptions
typealias ActivityScheduledAttributes = Temporal_Api_History_V1_ActivityTaskScheduledEventAttributes

// An activity's options: those that it was scheduled with, unless somebody changed them since.

extension ActivityRecord {
  var name: String { scheduled.activityID }

  /// The options that hold now.
  var currentOptions: ActivityOptionsMessage { optionsChanged ? options : scheduled.options }

  /// The queue that attempts are handed out in.
  var taskQueueName: String { optionsChanged ? options.taskQueue.name : scheduled.taskQueue.name }

  var scheduleToStartTimeout: Int64 {
    (optionsChanged ? options.scheduleToStartTimeout : scheduled.scheduleToStartTimeout).nanoseconds
  }
  var scheduleToCloseTimeout: Int64 {
    (optionsChanged ? options.scheduleToCloseTimeout : scheduled.scheduleToCloseTimeout).nanoseconds
  }
  var startToCloseTimeout: Int64 {
    (optionsChanged ? options.startToCloseTimeout : scheduled.startToCloseTimeout).nanoseconds
  }
  var heartbeatTimeout: Int64 {
    (optionsChanged ? options.heartbeatTimeout : scheduled.heartbeatTimeout).nanoseconds
  }

  /// The retry policy that holds now. The types that are not retried cannot be changed.
  var retryPolicy: RetryPolicyMessage {
    guard optionsChanged else { return scheduled.retryPolicy }
    var policy = options.retryPolicy
    policy.nonRetryableErrorTypes = scheduled.retryPolicy.nonRetryableErrorTypes
    return policy
  }

  /// The activity's own priority, if it has one.
  var priority: Temporal_Api_Common_V1_Priority? {
    if optionsChanged { return options.hasPriority ? options.priority : nil }
    return scheduled.hasPriority ? scheduled.priority : nil
  }

  /// No attempt may begin after it; 0 for none. Set when the activity is scheduled: later options do not move it.
  var retryDeadline: Int64 {
    let timeout = scheduled.scheduleToCloseTimeout.nanoseconds
    return timeout > 0 ? firstScheduledTime.addingClamped(timeout) : 0
  }
}

extension ActivityScheduledAttributes {
  /// What of these attributes can be changed later.
  var options: ActivityOptionsMessage {
    .with {
      $0.taskQueue.name = taskQueue.name
      $0.scheduleToCloseTimeout = scheduleToCloseTimeout
      $0.scheduleToStartTimeout = scheduleToStartTimeout
      $0.startToCloseTimeout = startToCloseTimeout
      $0.heartbeatTimeout = heartbeatTimeout
      $0.retryPolicy = retryPolicy
      $0.retryPolicy.nonRetryableErrorTypes = []
      if hasPriority { $0.priority = priority }
    }
  }
}

extension ActivityOptionsMessage {
  /// Why an activity cannot have these options; `nil` if it can.
  ///
  /// Fills in what is missing on the way (`server.md` 6): unset timeouts, the retry policy's defaults.
  ///
  /// - Parameter runTimeout: The timeout of the run, which bounds the others; 0 for none.
  mutating func complete(
    activityID: String, activityType: String, runTimeout: Int64, limits: Limits
  ) -> String? {
    if activityID.isEmpty { return "activityId is not set" }
    if activityType.isEmpty { return "activityType is not set" }
    retryPolicy = retryPolicy.withDefaults
    if let fault = retryPolicy.fault { return fault }
    for (name, value) in [("activityId", activityID), ("activityType", activityType)]
    where value.utf8.count > limits.idBytes {
      return "\(name) exceeds length limit. Length=\(value.utf8.count) Limit=\(limits.idBytes)"
    }
    if hasPriority, let fault = priority.fault { return "invalid priorities: \(fault)" }
    return completeTimeouts(activityID: activityID, activityType: activityType, runTimeout: runTimeout)
  }

  private mutating func completeTimeouts(activityID: String, activityType: String, runTimeout: Int64) -> String? {
    let timeouts = [
      ("ScheduleToCloseTimeout", scheduleToCloseTimeout), ("ScheduleToStartTimeout", scheduleToStartTimeout),
      ("StartToCloseTimeout", startToCloseTimeout), ("HeartbeatTimeout", heartbeatTimeout),
    ]
    for (name, timeout) in timeouts {
      if let fault = timeout.fault { return "invalid \(name): \(fault)" }
    }
    var scheduleToClose = scheduleToCloseTimeout.capped.nanoseconds
    var scheduleToStart = scheduleToStartTimeout.capped.nanoseconds
    var startToClose = startToCloseTimeout.capped.nanoseconds
    var heartbeat = heartbeatTimeout.capped.nanoseconds
    if scheduleToClose > 0 {
      scheduleToStart = scheduleToStart > 0 ? min(scheduleToStart, scheduleToClose) : scheduleToClose
      startToClose = startToClose > 0 ? min(startToClose, scheduleToClose) : scheduleToClose
    } else if startToClose > 0 {
      scheduleToClose = runTimeout
      if scheduleToStart == 0 { scheduleToStart = runTimeout }
    } else {
      return "a valid StartToCloseTimeout or ScheduleToCloseTimeout must be set on the activity. "
        + "ActivityId=\(activityID) ActivityType=\(activityType)"
    }
    if runTimeout > 0 {
      scheduleToClose = min(scheduleToClose, runTimeout)
      scheduleToStart = min(scheduleToStart, runTimeout)
      startToClose = min(startToClose, runTimeout)
    }
    heartbeat = min(heartbeat, startToClose)
    scheduleToCloseTimeout = scheduleToClose.protobufDuration
    scheduleToStartTimeout = scheduleToStart.protobufDuration
    startToCloseTimeout = startToClose.protobufDuration
    heartbeatTimeout = heartbeat.protobufDuration
    return nil
  }
}

extension Temporal_Api_Common_V1_Priority {
  /// Why this cannot be a priority; `nil` if it can.
  var fault: String? {
    if priorityKey < 0 { return "priority key can't be negative" }
    if fairnessKey.utf8.count > 64 { return "fairness key length exceeds limit" }
    return fairnessWeight < 0 ? "must be greater than zero" : nil
  }

  /// This priority with another's values where that has any.
  func overridden(by other: Self) -> Self {
    .with {
      $0.priorityKey = other.priorityKey != 0 ? other.priorityKey : priorityKey
      $0.fairnessKey = other.fairnessKey.isEmpty ? fairnessKey : other.fairnessKey
      $0.fairnessWeight = other.fairnessWeight != 0 ? other.fairnessWeight : fairnessWeight
    }
  }
}

extension TaskQueueMessage {
  /// As messages of the server show it.
  var serverText: String {
    let kind = kind == .sticky ? "STICKY" : "NORMAL"
    return "name:\"\(name)\"  kind:TASK_QUEUE_KIND_\(kind)"
  }

  /// Why this cannot be a queue that users choose; `nil` if it can.
  func fault(_ limits: Limits) -> String? {
    if name.isEmpty { return "missing task queue name" }
    if name.utf8.count > limits.idBytes { return "taskQueue length exceeds limit" }
    if name.hasPrefix("/_sys/") { return "task queue name cannot start with reserved prefix /_sys/" }
    return nil
  }
}
