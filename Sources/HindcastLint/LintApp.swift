import HindcastCore
import HindcastRegistry

/// The sources of an app, each checked as the entries run it that reach it.
struct LintApp {
  private let registry: Registry
  /// By entry.
  private var sources: [EntryID: Result<LintSource, LintFailure>] = [:]
  /// What was found in each source, before comments have their say.
  private var found: [EntryID: [LintFinding]] = [:]

  init(_ registry: Registry) { self.registry = registry }

  /// Everything there is to say about the sources, in no order; the same thing may be said twice.
  mutating func findings() -> [LintFinding] {
    var reached: Set<EntryID> = []
    for entry in registry.luaEntries where entry.kind != .library { check(entry, reached: &reached) }
    // Libraries that nobody imports.
    for entry in registry.luaEntries where !reached.contains(entry.id) { check(entry, reached: &reached) }
    return settled()
  }

  private mutating func check(_ root: LuaEntry, reached: inout Set<EntryID>) {
    let entries = closure(of: root)
    // Every kind has these without declaring them.
    var visible: Set<String> = ["process", "channel"]
    for entry in entries {
      reached.insert(entry.id)
      visible.formUnion(entry.modules.map(\.name))
      visible.formUnion(entry.imports.map(\.alias))
    }
    let run = entries.map { source(of: $0) }.compactMap { try? $0.get() }
    let defined = Set(run.flatMap { $0.chunk.globals.lazy.filter(\.isWrite).map(\.name) })
    for entry in entries {
      switch source(of: entry) {
      case .failure(let failure): found[entry.id, default: []].append(failure.finding)
      case .success(let source):
        var written: [String: SourceLocation] = [:]
        for other in run where other.entry?.id != entry.id {
          for use in other.chunk.globals where use.isWrite && use.function != 0 && written[use.name] == nil {
            written[use.name] = other.location(use.position)
          }
        }
        var unit = LintUnit(
          source, role: root.kind == .workflow ? .workflow : .function,
          // Who will import a library that nobody imports, and with what, is not known.
          visible: root.kind == .library ? nil : visible, writtenElsewhere: written, defined: defined,
          registry: registry)
        found[entry.id, default: []] += unit.run()
      }
    }
  }

  /// An entry and everything it imports, nearest first.
  private func closure(of root: LuaEntry) -> [LuaEntry] {
    var seen: Set<EntryID> = [root.id]
    var entries = [root]
    var next = 0
    while next < entries.count {
      for item in entries[next].imports where seen.insert(item.id).inserted {
        if let entry = registry.lua(item.id) { entries.append(entry) }
      }
      next += 1
    }
    return entries
  }

  private mutating func source(of entry: LuaEntry) -> Result<LintSource, LintFailure> {
    if let known = sources[entry.id] { return known }
    let read = LintSource.read(entry.source.bytes, place: entry.source.place, entry: entry)
    sources[entry.id] = read
    return read
  }

  /// Findings with the comments of their sources applied: a comment counts for all entries that share a file.
  private func settled() -> [LintFinding] {
    var byText: [SourceText: [EntryID]] = [:]
    for entry in registry.luaEntries {
      var place = entry.source.place
      place.bytes = nil
      byText[place, default: []].append(entry.id)
    }
    return byText.values.flatMap { ids -> [LintFinding] in
      let findings = Array(Set(ids.flatMap { found[$0] ?? [] }))
      guard case .success(let source)? = ids.lazy.compactMap({ sources[$0] }).first else { return findings }
      return source.settle(findings)
    }
  }
}
