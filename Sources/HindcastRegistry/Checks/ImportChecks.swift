/// Checks the modules and imports of Lua entries, those of imported libraries included.
///
/// What would keep a workflow or activity from running is an error. In entries that Temporal never runs it is a warning,
/// because an app is often checked without the libraries that its other parts need.
struct ImportChecks {
  private let entries: [LuaEntry]
  private let indices: [EntryID: Int]
  private let kinds: [EntryID: String]
  /// The libraries, for suggestions.
  private let libraries: [EntryID]
  /// The entries that Temporal runs, and everything they import.
  private var reachable: Set<EntryID> = []
  private(set) var problems: [RegistryError] = []

  init(_ entries: [LuaEntry], kinds: [EntryID: String]) {
    self.entries = entries
    self.kinds = kinds
    indices = Dictionary(entries.indices.map { (entries[$0].id, $0) }) { first, _ in first }
    libraries = entries.filter { $0.kind == .library }.map(\.id)
    for entry in entries where entry.kind == .workflow || entry.activity != nil {
      _ = reach(from: entry.id, seen: &reachable)
    }
    for entry in entries { checkImports(of: entry) }
    checkModules()
    checkCycles()
  }

  /// An entry and everything it imports, nearest first, but for what was seen before.
  private func reach(from id: EntryID, seen: inout Set<EntryID>) -> [EntryID] {
    var found = seen.insert(id).inserted ? [id] : []
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
        report(
          "node with ID \(item.id) not found", .notFound, at: item.position, of: entry,
          hint: kinds[item.id.withDefaultNamespace(entry.id.namespace)] != nil
            ? "write \(item.id.withDefaultNamespace(entry.id.namespace))"
            : suggestion(for: item.id.description, among: libraries.lazy.map(\.description)))
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
    // A library is held against the first workflow that reaches it.
    var seen: Set<EntryID> = []
    for workflow in entries where workflow.kind == .workflow {
      for id in reach(from: workflow.id, seen: &seen) {
        guard let index = indices[id] else { continue }
        for module in entries[index].modules where LuaModule.refusedInWorkflows.contains(module.name) {
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
    let library = problems.count < suggestionLimit ? libraries.first { $0.name == module.name } : nil
    // Only workflows are sure to get no module but the runtime's own; a host may offer others to functions.
    problems.append(
      RegistryError(
        "dependency from \(entry.id) to :\(module.name) not found", kind: .notFound,
        severity: entry.kind == .workflow ? .error : .warning, at: module.position, entry: entry.id,
        hint: library.map { "\($0) is a library: put it under imports" }
          ?? suggestion(for: module.name, among: LuaModule.all)))
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
          let cycle = path[(path.lastIndex(of: item.id) ?? 0)...] + [item.id]
          report(
            "adding dependency would create a cycle: \(Self.shortened(cycle))", .invalid, at: item.position,
            of: entries[index])
        } else if marks[item.id] == nil, let imported = indices[item.id] {
          marks[item.id] = .open
          stack.append((imported, 0))
        }
      }
    }
  }

  /// A cycle in one line, without its middle where it is long.
  private static func shortened(_ cycle: ArraySlice<EntryID>) -> String {
    var names = cycle.map(\.description)
    if names.count > 8 { names.replaceSubrange(4..<names.count - 3, with: ["…"]) }
    return names.joined(separator: " → ")
  }

  /// A suggestion, unless there are problems without end.
  private func suggestion(for word: String, among known: some Sequence<String>) -> String? {
    problems.count < suggestionLimit ? didYouMean(word, among: known) : nil
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
