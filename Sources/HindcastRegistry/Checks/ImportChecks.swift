/// Checks the modules and imports of Lua entries, those of imported libraries included.
///
/// What would keep a workflow or activity from running is an error. In entries that Temporal never runs it is a warning,
/// because an app is often checked without the libraries that its other parts need.
struct ImportChecks {
  private let entries: [LuaEntry]
  private let indices: [EntryID: Int]
  private let kinds: [EntryID: String]
  /// The entries that Temporal runs, and everything they import.
  private let reachable: Set<EntryID>
  private(set) var problems: [RegistryError] = []

  init(_ entries: [LuaEntry], kinds: [EntryID: String]) {
    self.entries = entries
    self.kinds = kinds
    let indices = Dictionary(entries.indices.map { (entries[$0].id, $0) }) { first, _ in first }
    self.indices = indices
    let roots = entries.filter { $0.kind == .workflow || $0.activity != nil }.map(\.id)
    reachable = Set(roots.flatMap { Self.closure(of: $0, entries, indices) })
    for entry in entries { checkImports(of: entry) }
    checkModules()
    checkCycles()
  }

  /// An entry and everything it imports, each once, nearest first.
  private static func closure(of id: EntryID, _ entries: [LuaEntry], _ indices: [EntryID: Int]) -> [EntryID] {
    var found = [id]
    var seen: Set<EntryID> = [id]
    var next = 0
    while next < found.count {
      if let index = indices[found[next]] {
        for item in entries[index].imports where seen.insert(item.id).inserted { found.append(item.id) }
      }
      next += 1
    }
    return found
  }

  private mutating func checkImports(of entry: LuaEntry) {
    for item in entry.imports where !item.id.name.isEmpty {
      guard let kind = kinds[item.id] else {
        let libraries = entries.filter { $0.kind == .library }.map(\.id.description)
        report(
          "node with ID \(item.id) not found", .notFound, at: item.position, of: entry,
          hint: didYouMean(item.id.description, among: libraries))
        continue
      }
      guard let imported = LuaEntry.Kind(rawValue: kind) else {
        report(
          "imports.\(item.alias) must be a library.lua, but \(item.id) is a \(kind)", .invalid, at: item.position,
          of: entry)
        continue
      }
      if imported != .library {
        problems.append(
          RegistryError(
            "imports.\(item.alias) runs the code of a \(kind) as a library", severity: .warning, at: item.position,
            entry: entry.id, hint: "put shared code into a library.lua"))
      }
    }
  }

  private mutating func checkModules() {
    // A module is refused once for every place it is declared at, named with the first workflow that reaches it.
    var reported: Set<SourcePosition> = []
    for workflow in entries where workflow.kind == .workflow {
      for id in Self.closure(of: workflow.id, entries, indices) {
        guard let index = indices[id] else { continue }
        for module in entries[index].modules where LuaModule.refusedInWorkflows.contains(module.name) {
          guard reported.insert(module.position).inserted else { continue }
          let via = id == workflow.id ? "" : "; the workflow imports \(id)"
          problems.append(
            RegistryError(
              "module does not have any allowed class (node_id=\":\(module.name)\"\(via))", kind: .permissionDenied,
              at: module.position, entry: workflow.id,
              hint: "\(module.name) is not deterministic; call a function.lua that uses it as an activity"))
        }
      }
    }
    for entry in entries {
      for module in entry.modules where !module.name.isEmpty && !module.name.contains(":") {
        checkIsKnown(module, of: entry)
      }
    }
  }

  private mutating func checkIsKnown(_ module: PositionedName, of entry: LuaEntry) {
    guard !LuaModule.all.contains(module.name) else { return }
    let isLibrary = entries.first { $0.kind == .library && $0.id.name == module.name }
    // Only workflows are sure to get no module but the runtime's own; a host may offer others to functions.
    problems.append(
      RegistryError(
        "dependency from \(entry.id) to :\(module.name) not found", kind: .notFound,
        severity: entry.kind == .workflow ? .error : .warning, at: module.position, entry: entry.id,
        hint: isLibrary.map { "\($0.id) is a library: put it under imports" }
          ?? didYouMean(module.name, among: LuaModule.all)))
  }

  private mutating func checkCycles() {
    enum Mark { case open, done }
    var marks: [EntryID: Mark] = [:]
    for start in entries where marks[start.id] == nil {
      // Depth first with an explicit stack: a chain of imports may be as long as the app is large.
      var stack: [(index: Int, next: Int)] = indices[start.id].map { [($0, 0)] } ?? []
      marks[start.id] = .open
      while let (index, next) = stack.last {
        guard next < entries[index].imports.count else {
          marks[entries[index].id] = .done
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let item = entries[index].imports[next]
        if marks[item.id] == .open {
          let path = stack.map { entries[$0.index].id }
          let cycle = path[(path.firstIndex(of: item.id) ?? 0)...].map(\.description) + [item.id.description]
          report(
            "adding dependency would create a cycle: \(cycle.joined(separator: " → "))", .invalid, at: item.position,
            of: entries[index])
        } else if marks[item.id] == nil, let imported = indices[item.id] {
          marks[item.id] = .open
          stack.append((imported, 0))
        }
      }
    }
  }

  private mutating func report(
    _ message: String, _ kind: RegistryError.Kind, at position: SourcePosition, of entry: LuaEntry, hint: String? = nil
  ) {
    problems.append(
      RegistryError(
        message, kind: kind, severity: reachable.contains(entry.id) ? .error : .warning, at: position, entry: entry.id,
        hint: hint))
  }
}
