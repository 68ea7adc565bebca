internal import Foundation
internal import GRDB
internal import HindcastHistory
internal import HindcastRecords
internal import HindcastServer
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// In which table a kind of record lies, and in which columns.
struct RecordLayout: Sendable {
  let kind: RecordKind
  let table: String
  /// The column of the owner; `nil` where there is none.
  let owner: String?
  /// The column of the key; `nil` where the owner alone names the record.
  let key: String?
  /// Columns for people who look into the database; the record itself is what is read back.
  let columns: [String]
  let values: @Sendable (any Message) -> [any DatabaseValueConvertible]
  /// The statements that put a record in its place, and take it out.
  let upsert: String
  let delete: String

  init(
    _ kind: RecordKind, _ table: String, owner: String?, key: String?, columns: [String] = [],
    values: @escaping @Sendable (any Message) -> [any DatabaseValueConvertible] = { _ in [] }
  ) {
    self.kind = kind
    self.table = table
    self.owner = owner
    self.key = key
    self.columns = columns
    self.values = values
    let names = [owner, key].compactMap { $0 }
    let all = names + columns + ["record"]
    let updates = (columns + ["record"]).map { "\($0) = excluded.\($0)" }
    upsert = """
      INSERT INTO \(table) (\(all.joined(separator: ", "))) VALUES (\(all.map { _ in "?" }.joined(separator: ", ")))
      ON CONFLICT DO UPDATE SET \(updates.joined(separator: ", "))
      """
    delete = "DELETE FROM \(table) WHERE \(names.map { "\($0) = ?" }.joined(separator: " AND "))"
  }

  var select: String { "SELECT \(owner ?? "''"), \(key ?? "''"), record FROM \(table)" }

  /// The arguments that name a record.
  func keyArguments(_ key: CommitGroup.RecordKey) -> [any DatabaseValueConvertible] {
    (owner == nil ? [] : [key.owner]) + (self.key == nil ? [] : [key.key])
  }
}

extension RecordLayout {
  static let all: [RecordLayout] = RecordKind.allCases.map(layout)

  static let byKind: [RecordKind: RecordLayout] = Dictionary(uniqueKeysWithValues: all.map { ($0.kind, $0) })

  private static func layout(_ kind: RecordKind) -> RecordLayout {
    switch kind {
    case .execution:
      RecordLayout(kind, "executions", owner: "run_id", key: nil, columns: executionColumns) {
        ($0 as? ExecutionRecord)?.columns ?? []
      }
    case .currentRun:
      RecordLayout(kind, "current_runs", owner: "namespace", key: "workflow_id", columns: ["run_id"]) {
        [($0 as? CurrentRunRecord)?.runID ?? ""]
      }
    case .namespace: RecordLayout(kind, "namespaces", owner: nil, key: "name")
    case .activity:
      RecordLayout(
        kind, "activities", owner: "run_id", key: "scheduled_event_id", columns: ["activity_type", "attempt"]
      ) {
        let record = $0 as? ActivityRecord
        return [record?.scheduled.activityType.name ?? "", record?.attempt ?? 0]
      }
    case .timer:
      RecordLayout(kind, "timers", owner: "run_id", key: "timer_id", columns: ["due"]) {
        [($0 as? TimerRecord)?.due ?? 0]
      }
    case .child:
      RecordLayout(kind, "children", owner: "run_id", key: "initiated_event_id", columns: ["workflow_id"]) {
        [($0 as? ChildRecord)?.initiated.workflowID ?? ""]
      }
    case .external: RecordLayout(kind, "externals", owner: "run_id", key: "initiated_event_id")
    case .update: RecordLayout(kind, "updates", owner: "run_id", key: "update_id")
    case .nexusOperation: RecordLayout(kind, "nexus_operations", owner: "run_id", key: "scheduled_event_id")
    case .request: RecordLayout(kind, "requests", owner: "run_id", key: "request_id")
    case .bufferedEvent: RecordLayout(kind, "buffered_events", owner: "run_id", key: "position")
    case .taskQueue:
      RecordLayout(
        kind, "task_queues", owner: "namespace", key: "key", columns: ["name", "type", "max_tasks_per_second"]
      ) {
        let record = $0 as? TaskQueueRecord ?? TaskQueueRecord()
        let rate = record.hasRate_p ? record.maxTasksPerSecond.databaseValue : .null
        return [record.name, record.typeName, rate]
      }
    case .schedule: RecordLayout(kind, "schedules", owner: "namespace", key: "schedule_id")
    case .deployment: RecordLayout(kind, "deployments", owner: "namespace", key: "name")
    case .nexusEndpoint: RecordLayout(kind, "nexus_endpoints", owner: "namespace", key: "id")
    case .batch: RecordLayout(kind, "batch_operations", owner: "namespace", key: "job_id")
    case .standaloneActivity: RecordLayout(kind, "standalone_activities", owner: "namespace", key: "run_id")
    }
  }

  private static let executionColumns = [
    "namespace", "workflow_id", "workflow_type", "task_queue", "status", "start_time", "execution_time", "close_time",
    "history_length", "history_size_bytes", "parent_workflow_id", "parent_run_id", "root_workflow_id",
    "search_attributes",
  ]
}

extension ExecutionRecord {
  fileprivate var columns: [any DatabaseValueConvertible] {
    let backoff = Duration(started.firstWorkflowTaskBackoff).components
    let executionTime = startTime &+ backoff.seconds &* 1_000_000_000 &+ backoff.attoseconds / 1_000_000_000
    return [
      namespace, workflowID, started.workflowType.name, started.taskQueue.name, status.rawValue, startTime,
      executionTime,
      closeTime, nextEventID - 1, historySizeBytes, started.parentWorkflowExecution.workflowID,
      started.parentWorkflowExecution.runID, rootWorkflowID, searchAttributes.json as any DatabaseValueConvertible,
    ]
  }
}

extension TaskQueueRecord {
  /// The type in words.
  fileprivate var typeName: String {
    switch Temporal_Api_Enums_V1_TaskQueueType(rawValue: Int(type)) {
    case .workflow?: "workflow"
    case .activity?: "activity"
    case .nexus?: "nexus"
    default: "\(type)"
    }
  }
}

extension Temporal_Api_Common_V1_SearchAttributes {
  /// The attributes as a JSON object; NULL without any.
  fileprivate var json: DatabaseValue {
    if indexedFields.isEmpty { return .null }
    let fields = indexedFields.sorted { $0.key < $1.key }.map { name, value in
      let name = String(decoding: (try? JSONEncoder().encode(name)) ?? Data(), as: UTF8.self)
      return "\(name): \(String(decoding: value.data, as: UTF8.self))"
    }
    return "{\(fields.joined(separator: ", "))}".databaseValue
  }
}
