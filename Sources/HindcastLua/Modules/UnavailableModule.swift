/// Modules that entries may name and that Hindcast does not have: their functions say so when they are called.
enum UnavailableModule: LuaModule {
  static func register(_ host: ModuleHost) {
    for module in ModuleCatalog.unavailable {
      for library in functions[module] ?? [] {
        let name = library.name.isEmpty ? module : "\(module).\(library.name)"
        for function in library.functions {
          host.define(function, of: name) { _, _ throws(LuaRaise) in
            throw .message("\(name).\(function) is not available in Hindcast yet")
          }
        }
        if !library.name.isEmpty { host.nest(library.name, in: module) }
      }
    }
  }

  /// A module, or a library within it, with upstream's names.
  private struct Library {
    /// Empty for the module itself.
    var name = ""
    var functions: [String]
  }

  private static let functions: [String: [Library]] = [
    "contract": [Library(functions: ["get", "open", "find_implementations", "is"])],
    "html": [Library(name: "sanitize", functions: ["new_policy", "ugc_policy", "strict_policy"])],
    "template": [Library(functions: ["get"])],
    "treesitter": [Library(functions: ["parse", "language", "query", "parser", "supported_languages"])],
    "sql": [
      Library(functions: ["get"]),
      Library(name: "builder", functions: ["select", "insert", "update", "delete", "expr"]),
    ], "fs": [Library(functions: ["get"])], "http": [Library(functions: ["request", "response"])],
    "websocket": [Library(functions: ["connect"])], "queue": [Library(functions: ["publish", "message", "info"])],
    "events": [Library(functions: ["subscribe", "send"])],
    "io": [Library(functions: ["write", "print", "eprint", "read", "readline", "raw", "flush", "args"])],
    "exec": [Library(functions: ["get"])], "eval": [Library(functions: ["compile", "run"])],
    "system": [
      Library(functions: ["exit", "modules"]), Library(name: "memory", functions: ["stats", "allocated"]),
      Library(name: "runtime", functions: ["goroutines", "max_procs", "cpu_count"]),
      Library(name: "process", functions: ["pid", "hostname"]),
    ], "cloudstorage": [Library(functions: ["get"])], "excel": [Library(functions: ["new", "open"])],
    "pg": [Library(functions: ["open"])],
    "hub": [
      Library(name: "modules", functions: ["list", "get"]), Library(name: "versions", functions: ["list", "get"]),
    ],
    "cdc": [Library(functions: ["list_sources", "source"])], "tty": [Library(functions: ["start", "stop"])],
  ]
}
