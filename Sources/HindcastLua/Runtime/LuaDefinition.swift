import HindcastRegistry

/// A Lua entry, ready to be compiled: from a registry, or made of source text.
struct LuaDefinition: Sendable {
  /// The entry's id, `ns:name`; also what error messages of its code begin with.
  var id: String
  var kind: LuaEntry.Kind
  /// The source text.
  var bytes: [UInt8]
  /// Where the text stands.
  var place: SourceText
  var method: String
  var modules: [PositionedName]
  var imports: [LuaImport]
  /// The workflow type names, empty for other kinds: the registered name first.
  var workflowTypes: [String] = []
  /// The worker that the entry is registered on.
  var worker: LuaWorker?
  /// What a call of this function gets unless it says otherwise: `meta.options`.
  var options: [String: GoValue] = [:]
  /// How many calls may run at once; nil: any number.
  var mostCalls: Int?
}

/// The worker that runs an entry.
struct LuaWorker: Sendable, Hashable {
  /// The worker entry's id: the host part of process ids.
  var id: String
  /// The client entry's id: the node part.
  var client: String
  /// The queue that it polls, with the client's prefix.
  var taskQueue: String
  /// `deadlock_detection_timeout` in nanoseconds; 0: not configured.
  var deadlockTimeout: Int64
}

extension LuaDefinition {
  init(_ entry: LuaEntry, in registry: Registry) {
    self.init(
      id: entry.id.description, kind: entry.kind, bytes: entry.source.bytes, place: entry.source.place,
      method: entry.method, modules: entry.modules,
      imports: entry.imports)
    if let registration = entry.workflow { workflowTypes = [registration.name] }
    if let registration = entry.workflow ?? entry.activity, let worker = registry.worker(registration.worker) {
      self.worker = LuaWorker(
        id: worker.id.description, client: worker.client.description, taskQueue: registry.taskQueue(of: worker),
        deadlockTimeout: worker.options.deadlockDetectionTimeout.nanoseconds)
    }
    options = GoValue.fields(entry.options)
    if entry.kind == .function { mostCalls = entry.pool.mostCalls }
  }
}

extension GoValue {
  /// The fields of an entry.
  static func fields(_ map: ConfigurationMap) -> [String: GoValue] {
    Dictionary(map.fields.map { ($0.name, GoValue($0.value)) }) { first, _ in first }
  }

  init(_ map: ConfigurationMap) { self = .object(Self.fields(map)) }

  /// A value of an entry.
  init(_ value: ConfigurationValue) {
    self =
      switch value.content {
      case .null: .null
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .float(let number): .double(number)
      case .string(let text): .string(text)
      case .list(let items): .array(items.map { GoValue($0) })
      case .map(let map): GoValue(map)
      }
  }
}
