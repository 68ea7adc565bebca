import HindcastCore
import HindcastRegistry
import Synchronization

/// The Lua entries of an app. Each is compiled once, when it is first needed, for all threads.
final class LuaApplication: Sendable {
  let definitions: [String: LuaDefinition]
  /// Whether programs count which ways they go.
  let countsCoverage: Bool
  private let workflows: [String: [LuaDefinition]]
  let workflowTypes: [String]
  let activityTypes: [String]
  /// What the activities share while the app runs.
  let state: LuaAppState
  private let blueprints = Mutex<[String: Result<LuaBlueprint, WorkflowLoadError>]>([:])
  private let units = Mutex<[String: Result<LuaUnit, WorkflowLoadError>]>([:])

  init(
    _ definitions: [LuaDefinition], activityTypes: [String], state: LuaAppState = LuaAppState(),
    countsCoverage: Bool = false
  ) {
    self.countsCoverage = countsCoverage
    self.state = state
    self.definitions = Dictionary(definitions.map { ($0.id, $0) }) { first, _ in first }
    var workflows: [String: [LuaDefinition]] = [:]
    for definition in definitions {
      for type in definition.workflowTypes { workflows[type, default: []].append(definition) }
    }
    workflowTypes = workflows.keys.sorted()
    // Runs that continued as new without naming a target carry the entry's id (spec/wippy.md 4.3).
    for definition in definitions where !definition.workflowTypes.isEmpty && workflows[definition.id] == nil {
      workflows[definition.id] = [definition]
    }
    self.workflows = workflows
    self.activityTypes = activityTypes
  }

  /// The options that a function's entry gives to every call of it.
  func options(of function: String) -> [String: GoValue] { definitions[function]?.options ?? [:] }

  /// How many calls of a function may run at once; nil: any number, and for what is no function.
  func mostCalls(of function: String) -> Int? { definitions[function]?.mostCalls }

  /// What a run of a workflow type loads. Of several workers that register the type, the one on the run's queue counts.
  func workflow(_ type: String, taskQueue: String) throws(WorkflowLoadError) -> LuaBlueprint {
    guard let candidates = workflows[type], let first = candidates.first else { throw unregistered(type) }
    return try blueprint(candidates.first { $0.worker?.taskQueue == taskQueue } ?? first)
  }

  /// What a run of an activity type loads.
  func activity(_ type: String) throws(WorkflowLoadError) -> LuaBlueprint {
    guard let definition = definitions[type], definition.kind == .function || definition.kind == .process else {
      throw WorkflowLoadError(
        .unregisteredType, "unable to find activityType=\(type)",
        hint: Suggestion.hint(for: type, among: activityTypes, kind: "activities"))
    }
    return try blueprint(definition)
  }

  private func unregistered(_ type: String) -> WorkflowLoadError {
    WorkflowLoadError(
      .unregisteredType,
      "unable to find workflow type: \(type). Supported types: [\(workflowTypes.joined(separator: ", "))]",
      hint: Suggestion.hint(for: type, among: workflowTypes, kind: nil))
  }

  // MARK: Compiling

  private func blueprint(_ definition: LuaDefinition) throws(WorkflowLoadError) -> LuaBlueprint {
    if let known = blueprints.withLock({ $0[definition.id] }) { return try known.get() }
    let made = make(definition)
    blueprints.withLock { $0[definition.id] = made }
    return try made.get()
  }

  private func make(_ definition: LuaDefinition) -> Result<LuaBlueprint, WorkflowLoadError> {
    do throws(WorkflowLoadError) {
      // Whatever runs has this module without declaring it (`ExecutableAmbientModules` in wippyai/runtime).
      var globals: [LuaBlueprint.Global] = [.module("process")]
      var seen: Set<String> = []
      var path = [definition.id]
      try collect(definition, for: definition.kind, into: &globals, seen: &seen, path: &path)
      return .success(LuaBlueprint(definition: definition, globals: globals, main: try unit(definition)))
    } catch {
      return .failure(error)
    }
  }

  /// The modules and libraries of an entry, what they need before them.
  private func collect(
    _ definition: LuaDefinition, for kind: LuaEntry.Kind, into globals: inout [LuaBlueprint.Global],
    seen: inout Set<String>, path: inout [String]
  ) throws(WorkflowLoadError) {
    for module in definition.modules {
      try admit(module, for: kind)
      if seen.insert(module.name).inserted { globals.append(.module(module.name)) }
    }
    for item in definition.imports {
      let id = item.id.description
      guard let library = definitions[id] else {
        throw WorkflowLoadError(
          .invalidCode, "dependency from \(definition.id) to \(id) not found", location: SourceLocation(item.position),
          hint: Suggestion.hint(for: id, among: definitions.keys.sorted(), kind: nil))
      }
      guard !path.contains(id) else {
        throw WorkflowLoadError(
          .invalidCode, "imports form a circle: \((path + [id]).joined(separator: " → "))",
          location: SourceLocation(item.position))
      }
      guard seen.insert("\(item.alias)=\(id)").inserted else { continue }
      path.append(id)
      try collect(library, for: kind, into: &globals, seen: &seen, path: &path)
      path.removeLast()
      globals.append(.library(alias: item.alias, try unit(library)))
    }
  }

  private func admit(_ module: PositionedName, for kind: LuaEntry.Kind) throws(WorkflowLoadError) {
    let isKnown =
      ModuleCatalog.workflowModules.contains(module.name) || ModuleCatalog.otherModules.contains(module.name)
    guard isKnown else {
      throw WorkflowLoadError(
        .invalidCode, "node with ID :\(module.name) not found", location: SourceLocation(module.position),
        hint: Suggestion.hint(
          for: module.name, among: ModuleCatalog.workflowModules.union(ModuleCatalog.otherModules).sorted(), kind: nil)
          ?? "it is no module of the runtime; libraries belong under imports")
    }
    if kind == .workflow, !ModuleCatalog.workflowModules.contains(module.name) {
      throw WorkflowLoadError(
        .invalidCode, "module does not have any allowed class: \(module.name)",
        location: SourceLocation(module.position), hint: "a workflow cannot use it; call an activity that does")
    }
  }

  func unit(_ definition: LuaDefinition) throws(WorkflowLoadError) -> LuaUnit {
    if let known = units.withLock({ $0[definition.id] }) { return try known.get() }
    let made: Result<LuaUnit, WorkflowLoadError>
    do throws(WorkflowLoadError) {
      made = .success(try LuaUnit(definition, countsCoverage: countsCoverage))
    } catch {
      made = .failure(error)
    }
    units.withLock { $0[definition.id] = made }
    return try made.get()
  }
}

extension SourceLocation {
  init(_ position: SourcePosition) {
    self.init(file: position.file, line: position.line, column: position.column)
  }
}

/// What a misspelt name may have meant.
enum Suggestion {
  static func hint(for name: String, among names: [String], kind: String?) -> String? {
    let limit = max(1, name.count / 3)
    let nearest = names.map { (distance(name, $0), $0) }.min { $0.0 < $1.0 }
    if let nearest, nearest.0 <= limit, nearest.0 > 0 { return "did you mean \(nearest.1)?" }
    guard let kind else { return nil }
    return names.isEmpty ? "no \(kind) are registered" : "registered \(kind): \(names.joined(separator: ", "))"
  }

  /// How many characters have to be changed, added or left out.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.utf8), Array(b.utf8))
    guard abs(a.count - b.count) <= 8 else { return .max }
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let change = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, min(row[j], diagonal) + 1)
      }
    }
    return row[b.count]
  }
}
