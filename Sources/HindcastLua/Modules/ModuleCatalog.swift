/// A library of host functions.
protocol LuaModule {
  /// Registers the module's functions, once a machine.
  static func register(_ host: ModuleHost)
}

/// The modules that entries can name under `modules`, and who may use them (spec/wippy.md 10.1).
enum ModuleCatalog {
  /// Whatever is registered with a machine.
  static var modules: [any LuaModule.Type] {
    [
      ErrorsModule.self, ChannelModule.self, CoroutineModule.self, PubSubModule.self, PayloadModule.self,
      ProcessModule.self,
      FuncsModule.self, TimeModule.self, WorkflowModule.self, ContextModule.self, JSONModule.self,
      UUIDModule.self, CryptoModule.self, HashModule.self, Base64Module.self, LoggerModule.self,
      HTTPClientModule.self, StreamMethods.self, EnvModule.self, MetricsModule.self, SecurityModule.self,
      RegistryModule.self, StoreModule.self, YAMLModule.self, TextModule.self, CompressModule.self, ExprModule.self,
      UnavailableModule.self,
    ]
  }

  /// Modules that a workflow may name.
  static let workflowModules: Set<String> = [
    "process", "funcs", "workflow", "time", "os", "ctx", "uuid", "crypto", "contract", "json", "yaml", "base64", "hash",
    "html", "text", "template", "expr", "payload", "compress", "treesitter", "channel",
  ]

  /// Modules that exist, and that a workflow must not name because they see the world outside.
  static let otherModules: Set<String> = [
    "env", "logger", "security", "registry", "sql", "store", "fs", "http", "http_client", "websocket", "queue",
    "events",
    "metrics", "io", "exec", "eval", "system", "stream", "cloudstorage", "excel", "pg", "hub", "cdc", "tty",
  ]

  /// Modules that can be named, and whose functions say that Hindcast does not have them.
  static let unavailable: [String] = [
    "contract", "html", "template", "treesitter", "sql", "fs", "http", "websocket", "queue", "events", "io",
    "exec", "eval", "system", "cloudstorage", "excel", "pg", "hub", "cdc", "tty",
  ]
}
