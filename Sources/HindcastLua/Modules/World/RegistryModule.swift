import HindcastRegistry

/// `registry`, for activities: reading the app's entries.
enum RegistryModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("parse_id", of: "registry") { call, _ throws(LuaRaise) in
      let id = EntryID(parsing: try call.checkString(1))
      call.push(.object(["ns": .string(id.namespace), "name": .string(id.name)]))
      return .results(1)
    }
    host.define("get", of: "registry") { call, host throws(LuaRaise) in
      let id = EntryID(parsing: try call.checkString(1))
      guard let entry = host.client?.appState?.entry(id) else {
        return call.fail(.notFound("entry not found: \(id)"), host)
      }
      call.push(value(of: entry))
      return call.succeed()
    }
    host.define("find", of: "registry") { call, host throws(LuaRaise) in
      try call.check(1, is: .table)
      let criteria = call.stringFields(1)
      if let unknown = criteria.keys.sorted().first(where: { Criterion($0) == nil }) {
        throw .message("registry.find: the criterion \(unknown) is not available in Hindcast yet")
      }
      let found = host.client?.appState?.entries.filter { entry in
        criteria.allSatisfy { name, wanted in Criterion(name)?.holds(for: entry, wanted) ?? false }
      }
      call.push(GoValue.array((found ?? []).map(value)))
      return call.succeed()
    }
    for name in [
      "snapshot", "snapshot_at", "current_version", "versions", "history", "apply_version", "build_delta",
    ] {
      host.define(name, of: "registry") { _, _ throws(LuaRaise) in
        throw .message("registry.\(name) is not available in Hindcast: the entries of its apps do not change")
      }
    }
  }

  private static func value(of entry: RegistryEntry) -> GoValue {
    .object([
      "id": .string(entry.id.description), "kind": .string(entry.kind), "meta": GoValue(entry.meta),
      "data": GoValue(entry.data),
    ])
  }

  /// What an entry must match: a field of its own (`.kind`), or a value under `meta`, whole or a part of it.
  private struct Criterion {
    private enum Comparison {
      case equal, contains, prefix, suffix
    }

    private let comparison: Comparison
    private let path: Substring

    init?(_ name: String) {
      if name.hasPrefix(".") {
        guard ["kind", "name", "ns", "id"].contains(name.dropFirst()) else { return nil }
        (comparison, path) = (.equal, name[...])
        return
      }
      let comparisons: [Character: Comparison] = ["*": .contains, "^": .prefix, "$": .suffix]
      comparison = name.first.flatMap { comparisons[$0] } ?? .equal
      let field = comparison == .equal ? name[...] : name.dropFirst()
      guard field.hasPrefix("meta.") else { return nil }
      path = field.dropFirst("meta.".count)
    }

    func holds(for entry: RegistryEntry, _ wanted: GoValue) -> Bool {
      switch path {
      case ".kind": return wanted == .string(entry.kind)
      case ".name": return wanted == .string(entry.id.name)
      case ".ns": return wanted == .string(entry.id.namespace)
      case ".id": return wanted == .string(entry.id.description)
      default: break
      }
      guard let held = entry.meta[String(path)].map({ GoValue($0) }) else { return false }
      switch (comparison, held, wanted) {
      case (.equal, .int(let a), .double(let b)), (.equal, .double(let b), .int(let a)): return Double(a) == b
      case (.equal, _, _): return held == wanted
      case (.contains, .string(let text), .string(let part)): return text.contains(part)
      case (.contains, .array(let items), _): return items.contains(wanted)
      case (.prefix, .string(let text), .string(let part)): return text.hasPrefix(part)
      case (.suffix, .string(let text), .string(let part)): return text.hasSuffix(part)
      default: return false
      }
    }
  }
}
