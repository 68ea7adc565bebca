import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// What a spawner asks for beside the child's arguments.
struct ChildOptions {
  var attributes = Temporal_Api_Command_V1_StartChildWorkflowExecutionCommandAttributes()
  var metadata: Temporal_Api_Sdk_V1_UserMetadata?
  private var usesBuildID: Bool?
  private let ownQueue: String

  /// The options of a call that gives none.
  init(taskQueue: String) {
    ownQueue = taskQueue
    attributes.taskQueue.name = taskQueue
    attributes.taskQueue.kind = .normal
    attributes.workflowExecutionTimeout = Google_Protobuf_Duration()
    attributes.workflowRunTimeout = Google_Protobuf_Duration()
    attributes.workflowTaskTimeout = Google_Protobuf_Duration()
    attributes.inheritBuildID = true
  }

  /// The host argument names the queue, whatever the options say.
  mutating func setHost(_ host: String) {
    if !host.isEmpty { attributes.taskQueue.name = host }
    attributes.inheritBuildID = usesBuildID ?? (attributes.taskQueue.name == ownQueue)
  }

  /// Takes options over, in the order in which upstream looks at them.
  mutating func apply(_ options: [String: GoValue]) throws(PayloadError) {
    let reader = OptionReader(options: options)
    if let id = try reader.string("workflow.id", allowsEmpty: false) { attributes.workflowID = id }
    if let queue = try reader.string("workflow.task_queue", allowsEmpty: false) { attributes.taskQueue.name = queue }
    if let timeout = try reader.duration("workflow.execution_timeout") { attributes.workflowExecutionTimeout = timeout }
    if let timeout = try reader.duration("workflow.run_timeout") { attributes.workflowRunTimeout = timeout }
    if let timeout = try reader.duration("workflow.task_timeout") { attributes.workflowTaskTimeout = timeout }
    _ = try reader.conflictPolicy()
    if let policy = try reader.reusePolicy() {
      attributes.workflowIDReusePolicy = .init(rawValue: policy) ?? .unspecified
    }
    if let policy = try reader.retryPolicy("workflow.retry_policy") { attributes.retryPolicy = policy }
    if let schedule = try reader.string("workflow.cron_schedule") { attributes.cronSchedule = schedule }
    if let memo = try reader.map("workflow.memo"), !memo.isEmpty {
      attributes.memo.fields = memo.mapValues(MemoValue.payload)
    }
    let searchAttributes = try reader.searchAttributes()
    if !searchAttributes.isEmpty { attributes.searchAttributes.indexedFields = searchAttributes }
    metadata = try reader.userMetadata()
    if let priority = try reader.priority("workflow.priority") { attributes.priority = priority }
    if let namespace = try reader.string("workflow.namespace") { attributes.namespace = namespace }
    _ = try reader.bool("workflow.wait_for_cancellation")
    if let policy = try reader.enumeration(
      "workflow.parent_close_policy", prefix: "PARENT_CLOSE_POLICY_", Self.closePolicies)
    {
      attributes.parentClosePolicy = .init(rawValue: policy) ?? .unspecified
    }
    usesBuildID = try reader.usesBuildID("workflow.versioning_intent")
  }

  private static let closePolicies = ["unspecified": 0, "terminate": 1, "abandon": 2, "request_cancel": 3]
}
