internal import HindcastRecords
internal import TemporalServiceAPI

/// One run of a workflow: all that is known of it without reading its history.
struct Execution: Equatable, Sendable {
  /// What there is once: identity, state, the workflow task.
  var record: ExecutionRecord
  /// Pending activities by their scheduled event.
  var activities = RecordTable<Int64, ActivityRecord>()
  /// Running timers by id.
  var timers = RecordTable<String, TimerRecord>()
  /// Pending children by their initiated event.
  var children = RecordTable<Int64, ChildRecord>()
  /// Signals to and cancel requests for other workflows, by their initiated event.
  var externals = RecordTable<Int64, ExternalRecord>()
  /// Updates that are in the history, by id: accepted ones, those that have an outcome, and those that a reset kept.
  var updates = RecordTable<String, UpdateRecord>()
  /// Pending Nexus operations by their scheduled event.
  var nexusOperations = RecordTable<Int64, NexusOperationRecord>()
  /// Requests that were carried out, by request id.
  var requests = RecordTable<String, RequestRecord>()
  /// Events that happened while a workflow task was in flight, in the order in which they did.
  var buffer = EventBuffer()
  /// Updates that no worker has accepted, in the order in which they came; not stored.
  var admittedUpdates: [AdmittedUpdate] = []

  var isRunning: Bool { record.status == .running || record.status == .paused }
  var runID: String { record.runID }
  var key: WorkflowKey { WorkflowKey(namespace: record.namespace, workflowID: record.workflowID) }

  /// Whether the workflow tried to close with events unseen and has a task that may try again: whoever comes now is to come back.
  var isAboutToClose: Bool { record.closeAttempted && hasWorkflowTaskInFlight }

  /// Whether a worker has the run's workflow task.
  var hasWorkflowTaskInFlight: Bool {
    record.workflowTask.kind != .none && record.workflowTask.startedEventID != 0
  }
}

/// A workflow id within its namespace.
struct WorkflowKey: Hashable, Comparable, Sendable {
  var namespace: String
  var workflowID: String

  static func < (left: Self, right: Self) -> Bool {
    (left.namespace, left.workflowID) < (right.namespace, right.workflowID)
  }
}
