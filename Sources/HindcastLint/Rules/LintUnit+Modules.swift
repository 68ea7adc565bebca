import HindcastCore
import HindcastLua
import HindcastRegistry

/// What there is without a declaration, and what stock Lua has that the runtime lacks.
enum RuntimeNames {
  static let libraries: Set<String> = [
    "string", "table", "math", "os", "coroutine", "package", "errors", "payload", "channel",
  ]

  static let globals: Set<String> = libraries.union([
    "assert", "error", "getmetatable", "setmetatable", "next", "pairs", "ipairs", "pcall", "xpcall", "print",
    "rawequal",
    "rawget", "rawset", "select", "tonumber", "tostring", "type", "unpack", "require", "_G", "_VERSION",
    "_GOPHER_LUA_VERSION", "subscribe", "unsubscribe",
  ])

  static let missing: Set<String> = [
    "load", "loadstring", "dofile", "loadfile", "collectgarbage", "module", "rawlen", "getfenv", "setfenv", "utf8",
    "io",
    "debug", "bit32",
  ]

  static let missingFields: Set<String> = [
    "table.pack", "table.move", "os.getenv", "os.execute", "os.remove", "os.rename", "os.tmpname", "os.exit",
    "os.setlocale",
  ]

  /// The library tables that are known to be read-only.
  static let immutable: Set<String> = ["string", "table", "math", "os", "coroutine"]

  /// What to use instead.
  static func hint(for name: String) -> String? {
    switch name {
    case "os.getenv": "the module env reads variables, in an activity"
    case "os.exit", "os.execute", "os.remove", "os.rename", "os.tmpname", "io": "call an activity that does it"
    case "table.pack": "write {n = select(\"#\", ...), ...}"
    case "utf8": "the module text knows UTF-8"
    case "bit32": "the dialect has the operators & | ~ << >>"
    default: nil
    }
  }
}

extension LintUnit {
  /// Looks for modules that are not declared, and for globals that are not there.
  mutating func checkModules() {
    checkRequires()
    // Whoever handles the table of globals may define any.
    guard !chunk.globals.contains(where: { $0.name == "_G" }) else { return }
    let bases = basesOfChains()
    // A global that is looked at by itself is asked for: `if utf8 then`.
    let tested = Set(
      chunk.globals.lazy.filter { !$0.isWrite && bases[$0.position] == nil }.map(\.name))
    var seen: Set<String> = []
    for use in chunk.globals where !use.isWrite && bases[use.position] != nil {
      guard !tested.contains(use.name), !isDefined(use.name), seen.insert(use.name).inserted else { continue }
      reportMissing(use)
    }
  }

  private func isDefined(_ name: String) -> Bool {
    RuntimeNames.globals.contains(name) || defined.contains(name) || source.tokens.typeNames.contains(name)
      || visible?.contains(name) ?? (ModuleNames.all.contains(name) && name != "io")
  }

  private mutating func reportMissing(_ use: GlobalUse) {
    if ModuleNames.all.contains(use.name), visible != nil {
      reportUndeclared(use.name, at: use.position)
    } else if RuntimeNames.missing.contains(use.name) {
      report(
        .unavailable, "the runtime has no '\(use.name)'", at: use.position, hint: RuntimeNames.hint(for: use.name))
    } else if visible != nil {
      report(
        .undefinedGlobal, "nothing defines the global '\(use.name)', so using it raises an error", at: use.position,
        hint: "is it misspelt, or a module or import that the entry does not name?")
    }
  }

  private mutating func checkRequires() {
    guard let visible else { return }
    var found: [(String, Position)] = []
    let references = references
    let walk = Walk(expression: { expression in
      for call in references.calls(in: expression) where call.path == ["require"] {
        if let name = call.arguments.first?.string { found.append((name, call.position)) }
      }
      return true
    })
    walk(chunk.block)
    for (name, position) in found
    where !visible.contains(name) && !RuntimeNames.libraries.contains(name) && !defined.contains(name) {
      reportUndeclared(name, at: position)
    }
  }

  private mutating func reportUndeclared(_ name: String, at position: Position) {
    let owner = source.entry.map { "\($0.id)" } ?? "the entry"
    if role == .workflow, ModuleNames.refusedInWorkflows.contains(name) {
      report(
        .missingModule, "the module '\(name)' is not for workflows, as it sees the world outside", at: position,
        hint: "call a function.lua that uses it as an activity")
    } else if ModuleNames.all.contains(name) {
      report(
        .missingModule, "\(owner) does not declare the module '\(name)'", at: position,
        hint: "add \(name) to modules: in its entry")
    } else {
      report(
        .missingModule, "\(owner) has neither a module nor an import '\(name)'", at: position,
        // A host may offer modules of its own to functions.
        severity: role == .workflow ? nil : .warning, hint: "name it under imports: in its entry")
    }
  }

  /// The positions of names that are called or indexed.
  private func basesOfChains() -> [Position: Bool] {
    var bases: [Position: Bool] = [:]
    let walk = Walk(expression: { expression in
      if case .chain(let base, _) = expression, case .name(let name) = base.withoutParentheses {
        bases[name.position] = true
      }
      return true
    })
    walk(chunk.block)
    return bases
  }

  /// Looks for fields that the library tables lack, and for assignments to those they have.
  mutating func checkLibraries() {
    var found: [(LintRule, String, Position, String?)] = []
    let references = references
    func target(_ expression: Expression) {
      guard case .chain(let base, let suffixes) = expression, let path = references.path(base), path.count == 1,
        RuntimeNames.immutable.contains(path[0]), suffixes.count == 1
      else { return }
      found.append(
        (.immutableLibrary, "the table '\(path[0])' is read-only: assigning to it raises an error", base.position, nil))
    }
    let walk = Walk(
      statement: { statement in
        if case .assign(let targets, _) = statement { targets.forEach(target) }
        if case .function(let name, _) = statement { target(name) }
        return true
      },
      expression: { expression in
        if let (path, position) = references.mention(in: expression), path.count >= 2,
          RuntimeNames.missingFields.contains("\(path[0]).\(path[1])"), references.isCalled(expression)
        {
          let name = "\(path[0]).\(path[1])"
          found.append((.unavailable, "the runtime has no '\(name)'", position, RuntimeNames.hint(for: name)))
        }
        return true
      })
    walk(chunk.block)
    for (rule, message, position, hint) in found { report(rule, message, at: position, hint: hint) }
  }
}

extension References {
  /// Whether the first thing that is not a field in a chain is a call.
  fileprivate func isCalled(_ expression: Expression) -> Bool {
    guard case .chain(_, let suffixes) = expression else { return false }
    for suffix in suffixes {
      switch suffix.kind {
      case .field: continue
      case .call: return true
      case .index, .method: return false
      }
    }
    return false
  }
}
