/// A logger of Lua code: its name and the fields that each of its lines has.
final class LuaLogger {
  let name: String
  let fields: [(name: String, value: String)]

  init(name: String = "", fields: [(name: String, value: String)] = []) {
    self.name = name
    self.fields = fields
  }
}

/// `logger`, which functions and processes may use; workflows only print. The module is itself a logger, so that its
/// functions are methods: `logger:info("text", { field = 1 })`.
enum LoggerModule: LuaModule {
  static func register(_ host: ModuleHost) {
    let kind = host.loggers
    for level in ["debug", "info", "warn", "error"] {
      host.define(level, of: kind) { call, host throws(LuaRaise) in
        let logger = try self.logger(call, host)
        let message = try call.checkString(2)
        var fields: [(name: String, value: String)] = []
        if call.count > 2 {
          try call.check(3, is: .table)
          fields = self.fields(call, 3)
        }
        let name = logger.name.isEmpty ? [] : [(name: "logger", value: logger.name)]
        host.client?.log(level, message, (name + logger.fields + fields).map { ($0.name, $0.value) })
        return .nothing
      }
    }
    host.define("with", of: kind) { call, host throws(LuaRaise) in
      let logger = try self.logger(call, host)
      try call.check(2, is: .table)
      call.push(LuaLogger(name: logger.name, fields: logger.fields + fields(call, 2)), host.loggers)
      return .results(1)
    }
    host.define("named", of: kind) { call, host throws(LuaRaise) in
      let logger = try self.logger(call, host)
      let name = try call.checkString(2)
      if name.isEmpty { throw .argument(2, "name cannot be empty") }
      // zap joins the names of loggers within loggers with dots.
      let joined = logger.name.isEmpty ? name : "\(logger.name).\(name)"
      call.push(LuaLogger(name: joined, fields: logger.fields), host.loggers)
      return .results(1)
    }
  }

  private static func logger(_ call: LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaLogger {
    guard let logger = call.object(1, host.loggers) else { throw .argument(1, "expected logger.Logger") }
    return logger
  }

  /// The fields with string keys, sorted by name.
  private static func fields(_ stack: LuaCall, _ position: Int) -> [(name: String, value: String)] {
    var fields: [(name: String, value: String)] = []
    stack.forEachField(of: position) { key, value in
      if stack.type(key) == .string { fields.append((stack.string(key) ?? "", text(stack, value))) }
      return true
    }
    return fields.sorted { $0.name < $1.name }
  }

  private static func text(_ stack: LuaCall, _ position: Int) -> String {
    stack.type(position) == .table
      ? String(decoding: stack.goValue(position).json, as: UTF8.self) : stack.text(position)
  }
}
