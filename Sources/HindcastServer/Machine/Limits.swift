/// What a server allows, with the real server's defaults (`server.md` 17).
public struct Limits: Sendable, Equatable {
  /// Events of a history from which on the run is terminated.
  public var historyEvents: Int64 = 51_200
  /// Bytes of a history from which on the run is terminated.
  public var historyBytes: Int64 = 50 << 20
  /// Events from which on the workflow is told to continue as new.
  public var suggestedHistoryEvents: Int64 = 4_096
  /// Bytes from which on the workflow is told to continue as new.
  public var suggestedHistoryBytes: Int64 = 4 << 20
  /// Bytes of a payload or a set of them.
  public var blobBytes = 2 << 20
  /// Bytes from which on a payload is worth a warning; a failure above the limit is cut down to so many.
  public var blobWarningBytes = 512 << 10
  /// Bytes of an activity's failure that are kept between its attempts.
  public var activityFailureBytes = 4 << 10
  /// Bytes of what the server keeps of a run beside its history; beyond, the run is terminated.
  public var mutableStateBytes = 8 << 20
  /// Bytes of a memo.
  public var memoBytes = 2 << 20
  /// Bytes of an id or a name.
  public var idBytes = 1_000
  /// Pending activities, and as many children, signals and cancel requests each.
  public var pendingPerKind = 2_000
  /// Signals that a run takes.
  public var signals: Int64 = 10_000
  /// Events that wait while a workflow task is in flight.
  public var bufferedEvents = 100
  /// Bytes of these.
  public var bufferedBytes = 2 << 20
  /// Links that a request brings.
  public var linksPerRequest = 10
  /// Bytes of one.
  public var linkBytes = 4_000
  /// Callbacks that a run's end calls.
  public var callbacks = 2_000
  /// Jumps of a run's clock until its skipping is turned off, where its setting does not say.
  public var timeSkipsPerSession: Int32 = 200
  /// Bytes of a worker's build id.
  public var buildIDBytes = 255
  /// How long a worker may prolong a workflow task by heartbeats without commands.
  public var workflowTaskHeartbeats: Duration = .seconds(30 * 60)
  /// Updates that a run works on at a time.
  public var updatesInFlight = 10
  /// Bytes of the updates that no worker has accepted.
  public var updateBytesInFlight = 20 << 20
  /// Updates that a run takes.
  public var updatesPerRun: Int32 = 2_000
  /// Queries that wait for a run's next workflow task.
  public var bufferedQueries = 1
  /// Keys of search attributes of a run.
  public var searchAttributeKeys = 100
  /// Bytes of a search attribute's value.
  public var searchAttributeValueBytes = 2 << 10
  /// Bytes of all search attributes of a run.
  public var searchAttributeBytes = 40 << 10
  /// Nexus operations that a run has pending.
  public var pendingNexusOperations = 30
  /// Bytes of an operation's headers.
  public var nexusHeaderBytes = 8_192
  /// Bytes of the token that a handler gives to an operation.
  public var nexusOperationTokenBytes = 4_096
  /// How long a handler has for a request.
  public var nexusRequestTimeout: Duration = .seconds(10)
  /// With less time than this left no request is sent.
  public var nexusMinimumRequestTimeout: Duration = .milliseconds(1_500)
  /// What the server keeps of that time for each of its own steps.
  public var nexusReservedTime: Duration = .seconds(1)
  /// Bytes of an endpoint's name.
  public var nexusEndpointNameBytes = 200
  /// Bytes of an endpoint's URL.
  public var nexusEndpointURLBytes = 4_096
  /// Bytes of an endpoint's description.
  public var nexusEndpointDescriptionBytes = 20_000
  /// Endpoints that a page of a list holds.
  public var nexusEndpointPageSize: Int32 = 1_000
  /// Batches of a history that a page holds.
  public var historyPageBatches = 256
  /// Runs that a page of a list holds.
  public var visibilityPageSize = 1_000
  /// The longest workflow task.
  public var workflowTaskTimeout: Duration = .seconds(120)
  /// The workflow task's timeout where the request has none.
  public var defaultWorkflowTaskTimeout: Duration = .seconds(10)

  /// How soon after the beginning of a run the next one of its chain may begin.
  public var timeBetweenRuns: Duration = .seconds(1)

  /// The real server's defaults.
  public init() {}
}
