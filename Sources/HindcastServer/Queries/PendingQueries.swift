internal import HindcastHistory
internal import TemporalAPI
internal import TemporalServiceAPI

typealias WorkflowQuery = Temporal_Api_Query_V1_WorkflowQuery

/// A query that waits for its answer. Queries live in memory only: they leave no trace in a run (`server.md` 12).
struct PendingQuery: Sendable {
  enum Stage: Sendable, Equatable {
    /// It rides on the run's next workflow task.
    case buffered
    /// It is, or waits in a queue to become, a task of its own.
    case dispatched(QueueKey, isSticky: Bool)
  }

  /// Names the query to workers: as the key of a query that rides on a workflow task, and in the token of its own task.
  var id: String
  var call: CallID
  var runID: String
  var query: WorkflowQuery
  var stage = Stage.buffered
}

/// The queries that wait for their answers.
struct PendingQueries: Sendable {
  private var queries: [String: PendingQuery] = [:]
  /// The buffered queries of each run, in the order in which they came.
  private var buffered: [String: [String]] = [:]

  subscript(id: String) -> PendingQuery? { queries[id] }

  /// The queries that ride on the run's next workflow task.
  func buffered(of runID: String) -> [PendingQuery] { (buffered[runID] ?? []).compactMap { queries[$0] } }

  func hasBuffered(of runID: String) -> Bool { buffered[runID] != nil }

  /// Puts a query in, or changes its stage.
  mutating func set(_ query: PendingQuery) {
    remove(query.id)
    queries[query.id] = query
    if query.stage == .buffered { buffered[query.runID, default: []].append(query.id) }
  }

  @discardableResult
  mutating func remove(_ id: String) -> PendingQuery? {
    guard let query = queries.removeValue(forKey: id) else { return nil }
    if query.stage == .buffered {
      buffered[query.runID]?.removeAll { $0 == id }
      if buffered[query.runID]?.isEmpty == true { buffered[query.runID] = nil }
    }
    return query
  }
}
