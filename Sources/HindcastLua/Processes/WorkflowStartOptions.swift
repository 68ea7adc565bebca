import HindcastCore
package import SwiftProtobuf
package import TemporalAPI

/// How a workflow is started from outside of workflows: what `process.with_options` says (spec/wippy.md 8.6, 8.17).
package struct WorkflowStartOptions: Sendable {
  package var id: String?
  package var taskQueue: String?
  package var executionTimeout = Google_Protobuf_Duration()
  package var runTimeout = Google_Protobuf_Duration()
  package var taskTimeout = Google_Protobuf_Duration()
  /// The number of a `WorkflowIdConflictPolicy`; nil: nothing was said.
  package var conflictPolicy: Int?
  package var reusePolicy = Temporal_Api_Enums_V1_WorkflowIdReusePolicy.unspecified
  /// Nil: nothing was said.
  package var failsWhenAlreadyStarted: Bool?
  package var retryPolicy: Temporal_Api_Common_V1_RetryPolicy?
  package var cronSchedule = ""
  package var memo: [String: Temporal_Api_Common_V1_Payload] = [:]
  package var searchAttributes: [String: Temporal_Api_Common_V1_Payload] = [:]
  package var startsEagerly = false
  package var startDelay: Google_Protobuf_Duration?
  package var metadata: Temporal_Api_Sdk_V1_UserMetadata?
  package var versioningOverride: Temporal_Api_Workflow_V1_VersioningOverride?
  package var priority: Temporal_Api_Common_V1_Priority?

  /// Takes options over, in the order in which upstream looks at them.
  init(_ options: [String: GoValue]) throws(PayloadError) {
    let reader = OptionReader(options: options)
    id = try reader.string("workflow.id", allowsEmpty: false)
    taskQueue = try reader.string("workflow.task_queue", allowsEmpty: false)
    if let timeout = try reader.duration("workflow.execution_timeout") { executionTimeout = timeout }
    if let timeout = try reader.duration("workflow.run_timeout") { runTimeout = timeout }
    if let timeout = try reader.duration("workflow.task_timeout") { taskTimeout = timeout }
    conflictPolicy = try reader.conflictPolicy()
    if let policy = try reader.reusePolicy() { reusePolicy = .init(rawValue: policy) ?? .unspecified }
    failsWhenAlreadyStarted = try reader.bool("workflow.execution_error_when_already_started")
    retryPolicy = try reader.retryPolicy("workflow.retry_policy")
    cronSchedule = try reader.string("workflow.cron_schedule") ?? ""
    memo = (try reader.map("workflow.memo") ?? [:]).mapValues(MemoValue.payload)
    searchAttributes = try reader.searchAttributes()
    startsEagerly = try reader.bool("workflow.enable_eager_start") ?? false
    startDelay = try reader.duration("workflow.start_delay")
    metadata = try reader.userMetadata()
    versioningOverride = try reader.versioningOverride("workflow.versioning_override")
    priority = try reader.priority("workflow.priority")
  }
}
