public import HindcastCore
public import HindcastRegistry

/// Workflow code in Wippy's Lua: the `workflow.lua` entries of an app.
///
/// Entries are compiled when they are first needed, once for all threads.
public struct LuaWorkflowCode: WorkflowCode {
  let application: LuaApplication
  /// Whether side effects take fresh randomness from the operating system, as a worker must. By default they take it from
  /// a sequence that the run's id decides, so that replaying an open history twice goes on alike.
  public var usesSystemRandomness = false
  /// The processes that workflows may send messages to. Without any, as in a replay, what is sent to them counts as sent.
  package var processes: (any ProcessRelay)?

  /// The workflow types that the code defines, sorted.
  public var workflowTypes: [String] { application.workflowTypes }
  /// The activity types that the code defines, sorted.
  public var activityTypes: [String] { application.activityTypes }

  /// Takes the Lua entries of a registry.
  ///
  /// - Parameter countsCoverage: whether the code is translated so that it counts which ways it goes, for runtimes that
  ///   collect coverage.
  public init(_ registry: Registry, countsCoverage: Bool = false) {
    let definitions = registry.luaEntries.map { LuaDefinition($0, in: registry) }
    application = LuaApplication(
      definitions, activityTypes: registry.activities.map(\.id.description).sorted(),
      state: LuaAppState(entries: registry.entries, environment: registry.environment),
      countsCoverage: countsCoverage)
  }

  /// Takes source texts, without a registry.
  /// - Parameters:
  ///   - workflows: source texts by workflow type, which is also the entry's id, such as `app:order`.
  ///   - functions: likewise for activities.
  ///   - libraries: likewise for libraries; each becomes a global named by the part of its id after the colon.
  ///   - modules: the modules that become globals; nil: all that a workflow may have.
  ///   - countsCoverage: as for a registry.
  public init(
    workflows: [String: String], functions: [String: String] = [:], libraries: [String: String] = [:],
    modules: [String]? = nil, countsCoverage: Bool = false
  ) {
    let modules = modules ?? ModuleCatalog.workflowModules.subtracting(["contract"]).sorted()
    let imports = libraries.keys.sorted().map { id in
      let entry = EntryID(parsing: id)
      return LuaImport(alias: entry.name, id: entry, position: SourcePosition(file: id, line: 1, column: 1))
    }
    func definitions(_ sources: [String: String], _ kind: LuaEntry.Kind) -> [LuaDefinition] {
      sources.sorted { $0.key < $1.key }.map { id, text in
        let file = EntryID(parsing: id).name + ".lua"
        let position = SourcePosition(file: file, line: 1, column: 1)
        return LuaDefinition(
          id: id, kind: kind, bytes: Array(text.utf8), place: SourceText(file: file, relativePath: file),
          method: "main", modules: modules.map { PositionedName(name: $0, position: position) },
          imports: kind == .library ? [] : imports, workflowTypes: kind == .workflow ? [id] : [])
      }
    }
    application = LuaApplication(
      definitions(workflows, .workflow) + definitions(functions, .function) + definitions(libraries, .library),
      activityTypes: functions.keys.sorted(), countsCoverage: countsCoverage)
  }

  /// The workflow entries and the libraries that they import, whether they were loaded or not.
  public func coverageMap() -> CoverageMap { application.coverageMap() }

  /// The modules that entries may name and whose functions say, when they are called, that they are not there.
  package static let modulesWithoutFunctions = Set(ModuleCatalog.unavailable)

  /// Makes what one thread needs: a Lua machine with all modules.
  public func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    try LuaWorkflowRuntime(application, options, usesSystemRandomness: usesSystemRandomness, processes: processes)
  }
}
