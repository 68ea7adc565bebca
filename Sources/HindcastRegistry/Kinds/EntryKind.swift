/// The kinds of entries that Hindcast knows; all others are kept as they are.
public enum EntryKind: String, Hashable, Sendable, CaseIterable {
  /// A connection to a Temporal server.
  case temporalClient = "temporal.client"
  /// A worker that polls one task queue.
  case temporalWorker = "temporal.worker"
  /// A workflow in Lua.
  case workflow = "workflow.lua"
  /// A function in Lua.
  case function = "function.lua"
  /// A process in Lua.
  case process = "process.lua"
  /// A library in Lua.
  case library = "library.lua"
  /// An environment variable.
  case variable = "env.variable"
  /// The environment of the process.
  case processStorage = "env.storage.os"
  /// Variables in memory.
  case memoryStorage = "env.storage.memory"
  /// Variables in a file.
  case fileStorage = "env.storage.file"
  /// Variables in the entry itself.
  case staticStorage = "env.storage.static"
  /// Several storages, asked in order.
  case routerStorage = "env.storage.router"

  /// The reference table of the kind: every field besides `name` and `kind`.
  public var fields: [FieldDescriptor] {
    switch self {
    case .temporalClient: TemporalClientConfiguration.fields.map(\.descriptor)
    case .temporalWorker: TemporalWorkerConfiguration.fields.map(\.descriptor)
    case .workflow: WorkflowFields.fields.map(\.descriptor)
    case .function: FunctionFields.fields.map(\.descriptor)
    case .process: ProcessFields.fields.map(\.descriptor)
    case .library: LibraryFields.fields.map(\.descriptor)
    case .variable: EnvironmentVariable.fields.map(\.descriptor)
    case .processStorage, .memoryStorage: PlainStorageFields.fields.map(\.descriptor)
    case .fileStorage: FileStorageFields.fields.map(\.descriptor)
    case .staticStorage: StaticStorageFields.fields.map(\.descriptor)
    case .routerStorage: RouterStorageFields.fields.map(\.descriptor)
    }
  }
}
