/// The entries of a Wippy app, checked and typed.
public struct Registry: Sendable {
  /// Every entry in the order of files and lines, those of kinds that Hindcast does not know included.
  public let entries: [RegistryEntry]
  /// The `temporal.client` entries.
  public let clients: [TemporalClientConfiguration]
  /// The `temporal.worker` entries.
  public let workers: [TemporalWorkerConfiguration]
  /// The Lua entries.
  public let luaEntries: [LuaEntry]
  /// The `env.variable` entries.
  public let environmentVariables: [EnvironmentVariable]
  /// The `env.storage.*` entries.
  public let environmentStorages: [EnvironmentStorage]
  /// The environment that those entries define.
  public let environment: EnvironmentResolver
  /// What is likely not meant, though it can be used.
  public let warnings: [RegistryError]

  private let entryIndices: [EntryID: Int]
  private let luaIndices: [EntryID: Int]
  /// Indices of `luaEntries` by registered workflow name.
  private let workflowIndices: [String: [Int]]

  init(
    entries: [RegistryEntry] = [], clients: [TemporalClientConfiguration] = [],
    workers: [TemporalWorkerConfiguration] = [], luaEntries: [LuaEntry] = [],
    environmentVariables: [EnvironmentVariable] = [], environmentStorages: [EnvironmentStorage] = [],
    environment: EnvironmentResolver = EnvironmentResolver(), warnings: [RegistryError] = []
  ) {
    self.entries = entries
    self.clients = clients
    self.workers = workers
    self.luaEntries = luaEntries
    self.environmentVariables = environmentVariables
    self.environmentStorages = environmentStorages
    self.environment = environment
    self.warnings = warnings
    entryIndices = Dictionary(entries.indices.map { (entries[$0].id, $0) }) { first, _ in first }
    luaIndices = Dictionary(luaEntries.indices.map { (luaEntries[$0].id, $0) }) { first, _ in first }
    workflowIndices = Dictionary(
      grouping: luaEntries.indices.filter { luaEntries[$0].workflow != nil }, by: { luaEntries[$0].workflowName })
  }

  /// The entry of this identity.
  public subscript(_ id: EntryID) -> RegistryEntry? { entryIndices[id].map { entries[$0] } }

  /// The Lua entry of this identity.
  public func lua(_ id: EntryID) -> LuaEntry? { luaIndices[id].map { luaEntries[$0] } }

  /// The client of this identity.
  public func client(_ id: EntryID) -> TemporalClientConfiguration? { clients.first { $0.id == id } }

  /// The worker of this identity.
  public func worker(_ id: EntryID) -> TemporalWorkerConfiguration? { workers.first { $0.id == id } }

  /// The workflows that are registered on a worker.
  public var workflows: [LuaEntry] { luaEntries.filter { $0.workflow != nil } }

  /// The functions and processes that are registered on a worker.
  public var activities: [LuaEntry] { luaEntries.filter { $0.activity != nil } }

  /// The workflows that histories of this type may belong to: those registered under the name, then the one whose entry
  /// has that ID, which is how runs that continued as new without naming a target call a workflow with a name of its own.
  ///
  /// - Returns: one workflow, as a rule; several when different workers register the name; none when nothing does.
  public func workflows(named type: String) -> [LuaEntry] {
    let registered = (workflowIndices[type] ?? []).map { luaEntries[$0] }
    guard let entry = lua(EntryID(parsing: type)), entry.workflow != nil,
      !registered.contains(where: { $0.id == entry.id })
    else { return registered }
    return registered + [entry]
  }

  /// The activity that a worker runs under this name; activities are named by their entries.
  public func activity(named type: String) -> LuaEntry? {
    lua(EntryID(parsing: type)).flatMap { $0.activity == nil ? nil : $0 }
  }

  /// The task queue that a worker polls: its client's prefix, then its own.
  public func taskQueue(of worker: TemporalWorkerConfiguration) -> String {
    (client(worker.client)?.taskQueuePrefix ?? "") + worker.taskQueue
  }
}
