/// `logger`, which functions and processes may use; workflows only print.
enum LoggerModule: LuaModule {
  static func register(_ host: ModuleHost) {
    for level in ["debug", "info", "warn", "error"] {
      host.define(level, of: "logger") { call, host throws(LuaRaise) in
        // A method call passes the logger itself first.
        let first = call.type(1) == .string ? 1 : 2
        let message = try call.checkString(first)
        var fields: [(String, String)] = []
        let stack = call
        if call.type(first + 1) == .table {
          call.forEachField(of: first + 1) { key, value in
            fields.append((stack.text(key), stack.text(value)))
            return true
          }
        }
        host.client?.log(level, message, fields.sorted { $0.0 < $1.0 })
        return .nothing
      }
    }
    for name in ["with", "named"] {
      host.define(name, of: "logger") { call, _ throws(LuaRaise) in
        call.pushLibrary("logger")
        return .results(1)
      }
    }
  }
}

/// Modules that entries may name and that Hindcast does not have: whatever is read from them says so when it is called.
enum UnavailableModule: LuaModule {
  static func register(_ host: ModuleHost) {
    for module in ModuleCatalog.unavailable {
      for function in functions[module] ?? [] {
        host.define(function, of: module) { _, _ throws(LuaRaise) in
          throw .message("\(module).\(function) is not available in Hindcast yet")
        }
      }
      if functions[module] == nil {
        host.machine.setField("available", of: module) { $0.push(false) }
      }
    }
  }

  /// The functions of modules that a workflow may name.
  private static let functions: [String: [String]] = [
    "contract": ["get", "open", "find_implementations", "is"], "yaml": ["encode", "decode"],
    "html": ["sanitize", "parse"], "text": ["diff", "regexp", "splitter"], "template": ["get", "render"],
    "expr": ["eval", "compile"],
    "compress": ["gzip", "gunzip", "deflate", "inflate", "zstd", "brotli", "encode", "decode"],
    "treesitter": ["parse", "language", "query"],
  ]
}
