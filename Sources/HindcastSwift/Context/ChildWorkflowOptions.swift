import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// How a child workflow is started. Timeouts that are nil are the parent's own.
public struct ChildWorkflowOptions: Sendable {
  /// What becomes of a child whose parent closes.
  public enum ParentClosePolicy: Sendable, Hashable {
    /// The server decides: it terminates the child.
    case unspecified
    /// The child is terminated.
    case terminate
    /// The child goes on.
    case abandon
    /// The child is asked to cancel.
    case requestCancel
  }

  /// Whether the id of a closed workflow may be used again.
  public enum WorkflowIDReusePolicy: Sendable, Hashable {
    /// The server decides: it may.
    case unspecified
    /// It may.
    case allowDuplicate
    /// It may if that workflow did not complete.
    case allowDuplicateFailedOnly
    /// It may not.
    case rejectDuplicate
  }

  /// The child's workflow id; nil: made of the parent's run id and the event id.
  public var workflowID: String?
  /// The child's namespace; nil: the parent's.
  public var namespace: String?
  /// The child's task queue; nil: the parent's.
  public var taskQueue: String?
  /// The longest time of all its runs.
  public var executionTimeout: Duration?
  /// The longest time of one run.
  public var runTimeout: Duration?
  /// The longest time of one workflow task.
  public var taskTimeout: Duration?
  /// Whether the child may take the id of a closed workflow.
  public var workflowIDReusePolicy: WorkflowIDReusePolicy
  /// What becomes of the child when the parent closes.
  public var parentClosePolicy: ParentClosePolicy
  /// How the server retries the child; nil: not at all.
  public var retryPolicy: RetryPolicy?
  /// When the child runs, in cron's notation; nil: once.
  public var cronSchedule: String?
  /// The child's memo.
  public var memo: [String: any Encodable & Sendable]
  /// The child's search attributes.
  public var searchAttributes: [String: any Encodable & Sendable]

  /// Makes options.
  public init(
    workflowID: String? = nil, namespace: String? = nil, taskQueue: String? = nil, executionTimeout: Duration? = nil,
    runTimeout: Duration? = nil, taskTimeout: Duration? = nil,
    workflowIDReusePolicy: WorkflowIDReusePolicy = .unspecified, parentClosePolicy: ParentClosePolicy = .unspecified,
    retryPolicy: RetryPolicy? = nil, cronSchedule: String? = nil, memo: [String: any Encodable & Sendable] = [:],
    searchAttributes: [String: any Encodable & Sendable] = [:]
  ) {
    self.workflowID = workflowID
    self.namespace = namespace
    self.taskQueue = taskQueue
    self.executionTimeout = executionTimeout
    self.runTimeout = runTimeout
    self.taskTimeout = taskTimeout
    self.workflowIDReusePolicy = workflowIDReusePolicy
    self.parentClosePolicy = parentClosePolicy
    self.retryPolicy = retryPolicy
    self.cronSchedule = cronSchedule
    self.memo = memo
    self.searchAttributes = searchAttributes
  }

  /// - Throws: an encoding error of the memo or of search attributes.
  func attributes(
    type: String, input: Temporal_Api_Common_V1_Payloads?, parent: WorkflowInfo
  ) throws -> Temporal_Api_Command_V1_StartChildWorkflowExecutionCommandAttributes {
    let memo = try memo.mapValues { try PayloadConverter.payload($0) }
    let searchAttributes = try searchAttributes.mapValues { try PayloadConverter.payload($0) }
    let started = parent.started
    return .with {
      if let namespace { $0.namespace = namespace }
      $0.workflowID = workflowID ?? ""
      $0.workflowType.name = type
      $0.taskQueue.name = taskQueue ?? parent.taskQueue
      $0.taskQueue.kind = .normal
      if let input { $0.input = input }
      $0.workflowExecutionTimeout = executionTimeout.proto ?? started.workflowExecutionTimeout
      $0.workflowRunTimeout = runTimeout.proto ?? started.workflowRunTimeout
      $0.workflowTaskTimeout = taskTimeout.proto ?? started.workflowTaskTimeout
      $0.workflowIDReusePolicy = workflowIDReusePolicy.proto
      $0.parentClosePolicy = parentClosePolicy.proto
      if let retryPolicy { $0.retryPolicy = retryPolicy.message }
      if let cronSchedule { $0.cronSchedule = cronSchedule }
      if !memo.isEmpty { $0.memo.fields = memo }
      if !searchAttributes.isEmpty { $0.searchAttributes.indexedFields = searchAttributes }
    }
  }
}

extension Duration? {
  var proto: Google_Protobuf_Duration? {
    map { Google_Protobuf_Duration(nanoseconds: $0.nanoseconds) }
  }
}

extension ChildWorkflowOptions.ParentClosePolicy {
  fileprivate var proto: Temporal_Api_Enums_V1_ParentClosePolicy {
    switch self {
    case .unspecified: .unspecified
    case .terminate: .terminate
    case .abandon: .abandon
    case .requestCancel: .requestCancel
    }
  }
}

extension ChildWorkflowOptions.WorkflowIDReusePolicy {
  fileprivate var proto: Temporal_Api_Enums_V1_WorkflowIdReusePolicy {
    switch self {
    case .unspecified: .unspecified
    case .allowDuplicate: .allowDuplicate
    case .allowDuplicateFailedOnly: .allowDuplicateFailedOnly
    case .rejectDuplicate: .rejectDuplicate
    }
  }
}
