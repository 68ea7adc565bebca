/// A `workflow.lua`, `function.lua`, `process.lua` or `library.lua` entry.
public struct LuaEntry: Hashable, Sendable {
  /// What the code is for.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A workflow: deterministic modules only.
    case workflow = "workflow.lua"
    /// A function, and an activity when it is registered on a worker.
    case function = "function.lua"
    /// A process, and an activity when it is registered on a worker.
    case process = "process.lua"
    /// Code for other entries to import.
    case library = "library.lua"
  }

  /// An entry's place on a worker: `meta.temporal.workflow` or `meta.temporal.activity`.
  public struct Registration: Hashable, Sendable {
    /// The type name that histories and servers know.
    public var name: String
    /// The worker, in the entry's own namespace when none was written.
    public var worker: EntryID
    /// Whether the activity is marked local; the runtime makes no difference.
    public var isLocal: Bool
    /// Where the worker is named.
    public var position: SourcePosition
  }

  /// The entry.
  public let id: EntryID
  /// What the code is for.
  public let kind: Kind
  /// Where the entry is written.
  public let position: SourcePosition
  /// The code.
  public let source: LuaSource
  /// The function of the script's table to start; `main` for a workflow that names none, empty for a library and for a
  /// process that names none.
  public let method: String
  /// The modules that become globals, in order; `channel` is left out of a workflow's, where it is a global anyway.
  public let modules: [PositionedName]
  /// The libraries that become globals, in order.
  public let imports: [LuaImport]
  /// How a function's states are pooled.
  public let pool: LuaPoolConfiguration
  /// Everything under `meta`, as written.
  public let meta: ConfigurationMap
  /// The registration as a workflow; `nil` when the entry is none.
  public let workflow: Registration?
  /// The registration as an activity; `nil` when the entry is none.
  public let activity: Registration?

  /// `meta.options`: the activity options that hold for every call of a function unless the call gives others.
  public var options: ConfigurationMap { meta["options"]?.map ?? ConfigurationMap() }
  /// The type name of the workflow: `meta.temporal.workflow.name`, else `ns:name`.
  public var workflowName: String { workflow?.name ?? id.description }
}

/// How the Lua states of a function are pooled: the `pool` block.
public struct LuaPoolConfiguration: Hashable, Sendable, Configurable {
  /// The scheduler of the pool; empty for the runtime's choice.
  public var type = ""
  /// The number of states.
  public var size = 0
  /// The number of threads.
  public var workers = 0
  /// How many calls may wait; 0 for 64 a worker.
  public var buffer = 0
  /// Whether the code is compiled ahead of the first call.
  public var warmStart = false
  /// The most states of a pool that grows; 0 for the runtime's limit.
  public var maxSize = 0

  /// The defaults.
  public init() {}

  static let fields: [Field<LuaPoolConfiguration>] = [
    .string("type", \.type, "Scheduler of the pool: static, lazy, inline or adaptive"),
    .int("size", \.size, "Number of states"),
    .int("workers", \.workers, "Number of threads"),
    .int("buffer", \.buffer, "Calls that may wait"),
    .bool("warm_start", \.warmStart, "Compile ahead of the first call"),
    .int("max_size", \.maxSize, "Most states of a pool that grows"),
  ]

  func validate(_ map: ConfigurationMap, at position: SourcePosition, in reader: inout FieldReader) {
    if !["", "static", "lazy", "inline", "adaptive"].contains(type) {
      reader.report("unknown pool type: \(type)", at: map["type"]?.position ?? position)
    }
    let isFlexible = workers == 0 && (size == 0 || maxSize > 0)
    guard !isFlexible, size <= 0 else { return }
    reader.report(
      workers > 0
        ? "pool.size must be greater than 0 for worker pools" : "pool.size must be greater than 0 for non-flex pools",
      at: map["size"]?.position ?? position)
  }
}
