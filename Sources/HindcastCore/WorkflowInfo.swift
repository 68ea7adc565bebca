public import TemporalAPI

/// What workflow code can know of its own run.
public struct WorkflowInfo: Sendable {
  /// The namespace; `default` where the history does not tell.
  public var namespace = "default"
  /// The workflow id; empty where neither the file nor the history tells it.
  public var workflowID = ""
  /// The id of this run.
  public var runID = ""
  /// The run id that seeds generated ids: the original run's, until a reset gives a new one (spec: Go's `currentRunID`).
  public var currentRunID = ""
  /// The registered workflow type.
  public var workflowType = ""
  /// The workflow's own task queue.
  public var taskQueue = ""
  /// 1 on the first attempt.
  public var attempt: Int32 = 1
  /// The first event's attributes, for whatever else code asks: timeouts, parent, cron, memo and search attributes at start.
  public var started = Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes()
  /// The memo as it is now.
  public var memo: [String: Temporal_Api_Common_V1_Payload] = [:]
  /// The search attributes as they are now.
  public var searchAttributes: [String: Temporal_Api_Common_V1_Payload] = [:]
  /// The event id of the present task's `WorkflowTaskStarted`.
  public var historyLength: Int64 = 0
  /// That event's `historySizeBytes`.
  public var historySizeBytes: Int64 = 0
  /// Whether the server suggests to continue as new.
  public var continueAsNewSuggested = false

  /// Makes an empty value.
  public init() {}

  /// Takes everything from a history's first event.
  /// - Parameters:
  ///   - started: the first event's attributes.
  ///   - workflowID: the id, where it is known from elsewhere; old servers did not write it into the event.
  ///   - runID: likewise.
  public init(
    started: Temporal_Api_History_V1_WorkflowExecutionStartedEventAttributes, workflowID: String?, runID: String?,
    namespace: String = "default"
  ) {
    self.started = started
    self.namespace = namespace
    self.workflowID = workflowID ?? (started.workflowID.isEmpty ? "" : started.workflowID)
    let original = started.originalExecutionRunID
    self.runID = runID ?? original
    currentRunID = original.isEmpty ? self.runID : original
    workflowType = started.workflowType.name
    taskQueue = started.taskQueue.name
    attempt = max(1, started.attempt)
    memo = started.memo.fields
    searchAttributes = started.searchAttributes.indexedFields
  }
}
