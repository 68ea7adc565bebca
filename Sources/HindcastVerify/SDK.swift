/// The SDK that a worker is written with, from the name by which its client introduces itself.
struct SDK: Sendable, Hashable {
  /// The client's name, such as `temporal-python`; empty where it says none.
  var clientName: String

  /// How a history is put before its workers.
  enum Form: Sendable, Hashable {
    /// As a query on the run, for which a worker runs no activity.
    case query
    /// As a workflow task.
    case workflowTask
  }

  /// The form that has the worker compare its commands with the history.
  ///
  /// Workers on sdk-core and of Java check a history whenever they replay it; those of Go leave the check out for queries
  /// (`skipReplayCheck` in its workflow task handler). PHP's RoadRunner runs on the Go SDK.
  var form: Form {
    switch clientName {
    case "temporal-go", "temporal-php", "temporal-php-2": .workflowTask
    default: .query
    }
  }

  /// The type of the query that is put: one that SDKs answer themselves.
  var queryType: String {
    // What Java's own replayer asks: there is no answer to compute.
    clientName == "temporal-java" ? "__replay_only" : "__temporal_workflow_metadata"
  }
}
