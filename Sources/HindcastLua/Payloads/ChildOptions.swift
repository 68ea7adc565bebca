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
    _ = try reader.enumeration(
      "workflow.id_conflict_policy", prefix: "WORKFLOW_ID_CONFLICT_POLICY_", Self.conflictPolicies)
    if let policy = try reader.enumeration(
      "workflow.id_reuse_policy", prefix: "WORKFLOW_ID_REUSE_POLICY_", Self.reusePolicies)
    {
      attributes.workflowIDReusePolicy = .init(rawValue: policy) ?? .unspecified
    }
    if let policy = try reader.retryPolicy("workflow.retry_policy") { attributes.retryPolicy = policy }
    if let schedule = try reader.string("workflow.cron_schedule") { attributes.cronSchedule = schedule }
    if let memo = try reader.map("workflow.memo"), !memo.isEmpty {
      attributes.memo.fields = memo.mapValues(MemoValue.payload)
    }
    try applySearchAttributes(reader)
    let summary = try reader.string("workflow.summary", aliases: ["temporal.workflow.static_summary"]) ?? ""
    let details = try reader.string("workflow.details", aliases: ["temporal.workflow.static_details"]) ?? ""
    if !summary.isEmpty || !details.isEmpty {
      metadata = .with {
        if !summary.isEmpty { $0.summary = JSONPayload.payload(summary) }
        if !details.isEmpty { $0.details = JSONPayload.payload(details) }
      }
    }
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

  private mutating func applySearchAttributes(_ reader: OptionReader) throws(PayloadError) {
    let key = "workflow.search_attributes"
    let aliases = ["temporal.workflow.search_attributes", "temporal.workflow.typed_search_attributes"]
    guard let value = reader.value(key, aliases: aliases), value != .null else { return }
    guard case .object(let fields) = value else {
      throw PayloadError("\(key) must be temporal.SearchAttributes or map, got \(value.typeName)")
    }
    guard !fields.isEmpty else { return }
    attributes.searchAttributes.indexedFields = try SearchAttributeValue.payloads(fields)
  }

  private static let conflictPolicies = [
    "unspecified": 0, "fail": 1, "use_existing": 2, "terminate_existing": 3,
  ]
  private static let reusePolicies = [
    "unspecified": 0, "allow_duplicate": 1, "allow_duplicate_failed_only": 2, "reject_duplicate": 3,
    "terminate_if_running": 4,
  ]
  private static let closePolicies = ["unspecified": 0, "terminate": 1, "abandon": 2, "request_cancel": 3]
}
