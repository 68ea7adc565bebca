/// Makes typed entries of raw ones.
struct RegistryBuilder {
  private(set) var problems: [RegistryError] = []
  private(set) var clients: [TemporalClientConfiguration] = []
  private(set) var workers: [TemporalWorkerConfiguration] = []
  private(set) var luaEntries: [LuaEntry] = []
  private(set) var variables: [EnvironmentVariable] = []
  private(set) var storages: [EnvironmentStorage] = []
  private(set) var environment: EnvironmentResolver

  /// Makes typed entries; what the environment fills in comes from `processEnvironment` and the `env` entries.
  init(_ entries: [RegistryEntry], sources: AppSources, processEnvironment: [String: String]) {
    environment = EnvironmentResolver(process: processEnvironment, sources: sources)
    let known = entries.map { (entry: $0, kind: EntryKind(rawValue: $0.kind)) }
    // The other kinds read the environment, so that has to be there first.
    for (entry, kind) in known { if let kind { buildEnvironment(entry, kind) } }
    environment = EnvironmentResolver(
      variables: variables, storages: storages, process: processEnvironment, sources: sources)
    for (entry, kind) in known {
      if let kind { build(entry, kind) } else { reportUnknownKind(entry) }
    }
  }

  private mutating func buildEnvironment(_ entry: RegistryEntry, _ kind: EntryKind) {
    switch kind {
    case .variable:
      var variable = EnvironmentVariable()
      variable.id = entry.id
      read(entry, into: &variable)
      variables.append(variable)
    case .processStorage, .memoryStorage:
      var fields = PlainStorageFields()
      read(entry, into: &fields)
      storages.append(EnvironmentStorage(id: entry.id, backend: kind == .processStorage ? .process : .memory))
    case .fileStorage:
      var fields = FileStorageFields()
      read(entry, into: &fields)
      storages.append(EnvironmentStorage(id: entry.id, backend: .file(fields.path)))
    case .staticStorage:
      var fields = StaticStorageFields()
      read(entry, into: &fields)
      storages.append(EnvironmentStorage(id: entry.id, backend: .values(fields.values)))
    case .routerStorage:
      var fields = RouterStorageFields()
      read(entry, into: &fields)
      storages.append(EnvironmentStorage(id: entry.id, backend: .router(fields.storages)))
    case .temporalClient, .temporalWorker, .workflow, .function, .process, .library:
      break
    }
  }

  private mutating func build(_ entry: RegistryEntry, _ kind: EntryKind) {
    switch kind {
    case .temporalClient:
      var client = TemporalClientConfiguration()
      client.id = entry.id
      client.position = entry.position
      client.environmentErrors = read(entry, into: &client)
      clients.append(client)
    case .temporalWorker:
      var worker = TemporalWorkerConfiguration()
      worker.id = entry.id
      worker.position = entry.position
      worker.environmentErrors = read(entry, into: &worker)
      workers.append(worker)
    case .workflow: buildLua(entry, .workflow, WorkflowFields())
    case .function: buildLua(entry, .function, FunctionFields())
    case .process: buildLua(entry, .process, ProcessFields())
    case .library: buildLua(entry, .library, LibraryFields())
    case .variable, .processStorage, .memoryStorage, .fileStorage, .staticStorage, .routerStorage: break
    }
  }

  private mutating func buildLua(_ entry: RegistryEntry, _ kind: LuaEntry.Kind, _ defaults: some LuaFields) {
    var fields = defaults
    // A placeholder that finds no value leaves the entry as it is written: code runs without it, as a rule.
    problems += read(entry, into: &fields).map { $0.asWarning }
    var reader = FieldReader(entry: entry.id, environment: environment)
    let temporal = LuaMeta(entry.meta, kind: kind, in: &reader).temporal
    problems += reader.problems
    guard let source = fields.source else { return }
    luaEntries.append(
      LuaEntry(
        id: entry.id, kind: kind, position: entry.position, source: source, method: fields.method,
        modules: fields.modules.filter { kind != .workflow || $0.name != LuaModule.channel },
        imports: fields.imports, pool: fields.pool, meta: entry.meta,
        workflow: kind != .workflow
          ? nil
          : registration(
            temporal.workflow.worker, name: temporal.workflow.name.isEmpty ? nil : temporal.workflow.name, of: entry.id),
        activity: kind != .function && kind != .process
          ? nil : registration(temporal.activity.worker, isLocal: temporal.activity.isLocal, of: entry.id)))
  }

  private func registration(
    _ worker: Reference?, name: String? = nil, isLocal: Bool = false, of id: EntryID
  ) -> LuaEntry.Registration? {
    worker.map {
      LuaEntry.Registration(
        name: name ?? id.description, worker: $0.id.withDefaultNamespace(id.namespace), isLocal: isLocal,
        position: $0.position)
    }
  }

  /// Reads the fields of an entry by their table.
  ///
  /// - Returns: the placeholders that found no value.
  @discardableResult
  private mutating func read<Target: Configurable>(_ entry: RegistryEntry, into target: inout Target) -> [RegistryError]
  {
    var errors: [RegistryError] = []
    var map = entry.data.mapValues { field in
      // Code may hold anything that looks like a placeholder. Variables keep theirs until they are looked up.
      if field.name == "source" || entry.kind.hasPrefix("env.") { return field.value }
      let substitution = environment.substitute(field.value, of: entry.id)
      errors += substitution.errors
      return substitution.value
    }
    map.insert(
      ConfigurationMap.Field(
        name: "meta", position: entry.position, value: ConfigurationValue(.map(entry.meta), at: entry.position)))
    var reader = FieldReader(entry: entry.id, environment: environment)
    reader.read(map, at: entry.position, into: &target)
    problems += reader.problems
    return errors
  }

  private mutating func reportUnknownKind(_ entry: RegistryEntry) {
    if entry.kind.hasSuffix(".lua.bc") {
      let source = String(entry.kind.dropLast(3))
      problems.append(
        RegistryError(
          "\(entry.kind) holds code precompiled for Wippy's own virtual machine, which no other can run",
          kind: .permissionDenied, at: entry.position, entry: entry.id,
          hint: "give the source instead: kind: \(source), source: file://…"))
    } else if let near = nearest(to: entry.kind, among: EntryKind.allCases.map(\.rawValue), limit: 2) {
      problems.append(
        RegistryError(
          "unknown kind \(quoted(entry.kind)); the entry is ignored", severity: .warning, at: entry.position,
          entry: entry.id, hint: "did you mean \(quoted(near))?"))
    }
  }
}

extension RegistryError {
  /// The same problem, as a warning.
  var asWarning: RegistryError {
    var warning = self
    warning.severity = .warning
    return warning
  }
}
