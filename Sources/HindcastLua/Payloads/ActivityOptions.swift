import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// What an activity call asks for beside its arguments.
struct ActivityOptions {
  var attributes = Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes()
  var waitsForCancellation = false
  var summary: EncodedPayload?

  private static let defaultTimeout = Google_Protobuf_Duration(seconds: 600, nanos: 0)

  /// The options of a call that gives none.
  init(taskQueue: String) {
    attributes.taskQueue.name = taskQueue
    attributes.taskQueue.kind = .normal
    attributes.startToCloseTimeout = Self.defaultTimeout
    attributes.scheduleToCloseTimeout = Google_Protobuf_Duration()
    attributes.scheduleToStartTimeout = Google_Protobuf_Duration()
    attributes.heartbeatTimeout = Google_Protobuf_Duration()
    attributes.requestEagerExecution = true
    attributes.useWorkflowBuildID = true
  }

  /// Takes options over, in the order in which upstream looks at them.
  mutating func apply(_ options: [String: GoValue]) throws(PayloadError) {
    let reader = OptionReader(options: options)
    let ownQueue = attributes.taskQueue.name
    if let id = try reader.string("activity.id") { attributes.activityID = id }
    if let queue = try reader.string("activity.task_queue", allowsEmpty: false) { attributes.taskQueue.name = queue }
    if let timeout = try reader.duration("activity.schedule_to_close_timeout") {
      attributes.scheduleToCloseTimeout = timeout
    }
    if let timeout = try reader.duration("activity.schedule_to_start_timeout") {
      attributes.scheduleToStartTimeout = timeout
    }
    if let timeout = try reader.duration("activity.start_to_close_timeout") { attributes.startToCloseTimeout = timeout }
    if let timeout = try reader.duration("activity.heartbeat_timeout") { attributes.heartbeatTimeout = timeout }
    waitsForCancellation = try reader.bool("activity.wait_for_cancellation") ?? false
    if let policy = try reader.retryPolicy("activity.retry_policy") { attributes.retryPolicy = policy }
    attributes.requestEagerExecution = !(try reader.bool("activity.disable_eager_execution") ?? false)
    attributes.useWorkflowBuildID =
      try reader.usesBuildID("activity.versioning_intent") ?? (attributes.taskQueue.name == ownQueue)
    if let text = try reader.string("activity.summary"), !text.isEmpty { summary = JSONPayload.payload(text) }
    if let priority = try reader.priority("activity.priority") { attributes.priority = priority }
  }
}
