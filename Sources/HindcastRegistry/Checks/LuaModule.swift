/// The modules of Wippy's Lua runtime, and which of them a workflow may use.
///
/// A workflow gets a module of the class `deterministic` or `workflow`; imports are held to the same.
enum LuaModule {
  /// A global of every entry, which workflows need not declare; functions and processes do.
  static let channel = "channel"

  static let admittedInWorkflows: Set<String> = [
    "process", "funcs", "workflow", "time", "os", "ctx", "uuid", "crypto", "contract", "json", "yaml", "base64", "hash",
    "html", "text", "template", "templates", "expr", "payload", "compress", "treesitter",
    // Globals that the runtime refuses to see declared, for no reason that matters to a workflow.
    channel,
  ]

  static let refusedInWorkflows: Set<String> = [
    "env", "logger", "security", "registry", "sql", "store", "fs", "http", "http_client", "websocket", "queue",
    "events",
    "metrics", "io", "exec", "eval", "eval_runner", "system", "stream", "cloudstorage", "excel", "pg", "hub", "cdc",
    "tty",
    "lsp", "loader",
  ]

  static let all: [String] = admittedInWorkflows.union(refusedInWorkflows).sorted()
}

/// The names of the runtime's modules, for whoever reads code that uses them.
package enum ModuleNames {
  /// All there are.
  package static let all = LuaModule.admittedInWorkflows.union(LuaModule.refusedInWorkflows)
  /// Those that a workflow must not name.
  package static let refusedInWorkflows = LuaModule.refusedInWorkflows
}
