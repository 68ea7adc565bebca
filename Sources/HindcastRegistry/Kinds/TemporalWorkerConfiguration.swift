/// A `temporal.worker` entry: a worker that polls one task queue.
public struct TemporalWorkerConfiguration: Hashable, Sendable, Configurable {
  /// The entry.
  public internal(set) var id = EntryID(namespace: "", name: "")
  /// Where the entry is written.
  public internal(set) var position = SourcePosition(file: "", line: 1, column: 1)
  /// The `temporal.client` entry that the worker connects through. A name without a namespace has been looked up in the
  /// worker's own.
  public internal(set) var client = EntryID(namespace: "", name: "")
  /// The task queue, without the client's prefix; see ``Registry/taskQueue(of:)``.
  public var taskQueue = ""
  /// How the worker works.
  public var options = TemporalWorkerOptions()
  /// When the worker starts.
  public var lifecycle = LifecycleConfiguration()
  /// Everything under `meta`, as written.
  public var meta = ConfigurationMap()
  /// Placeholders of the entry that found no value. A worker with any cannot run; see ``validated()``.
  public internal(set) var environmentErrors: [RegistryError] = []

  var clientReference: Reference?

  /// The defaults.
  public init() {}

  /// This configuration, once every placeholder in it has a value.
  ///
  /// - Throws: ``environmentErrors``, unless there are none.
  public func validated() throws(RegistryErrors) -> TemporalWorkerConfiguration {
    if !environmentErrors.isEmpty { throw RegistryErrors(errors: environmentErrors) }
    return self
  }

  static let fields: [Field<TemporalWorkerConfiguration>] = [
    .id("client", \.clientReference, "The temporal.client entry to connect through; required"),
    .string("task_queue", \.taskQueue, "Task queue to poll; required"),
    .object("worker_options", \.options, "How the worker works"),
    .object("lifecycle", \.lifecycle, "When the worker starts"),
    .map("meta", \.meta, "Anything a user wants to keep with the entry"),
  ]

  mutating func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if let clientReference {
      client = clientReference.id
    } else if map.isBlank("client") {
      reader.report(
        "client reference is required", at: map["client"]?.position ?? position,
        hint: "for example client: \(reader.entry.namespace):temporal_client")
    }
    if taskQueue.isEmpty, map.isBlank("task_queue") {
      reader.report("task queue is required", at: map["task_queue"]?.position ?? position)
    }
  }
}
