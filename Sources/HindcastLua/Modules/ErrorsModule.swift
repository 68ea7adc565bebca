/// `errors`: error values with a kind, and their methods (spec/wippy.md 9.1).
enum ErrorsModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("new", of: "errors", new)
    host.define("wrap", of: "errors", wrap)
    host.define("is", of: "errors", isKind)
    host.define("call_stack", of: "errors", callStack)
    for (name, kind) in ErrorKind.constants {
      host.machine.setField(name, of: "errors") { $0.push(kind) }
    }
    host.machine.setGlobal(library: "errors", true)

    let kind = host.errors
    kind.setDescription { error, purpose in purpose == .text ? error.message : error.fullText }
    host.define("kind", of: kind) { call, host throws(LuaRaise) in call.reply(try error(call, host).kind) }
    host.define("message", of: kind) { call, host throws(LuaRaise) in call.reply(try error(call, host).message) }
    host.define("retryable", of: kind, retryable)
    host.define("details", of: kind, details)
    host.define("stack", of: kind) { call, host throws(LuaRaise) in
      call.reply(try error(call, host).stack.joined(separator: "\n"))
    }
    host.define(metamethod: "__concat", of: kind, concatenate)
  }

  private static func error(_ call: LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaErrorValue {
    try call.checkObject(1, host.errors)
  }

  /// `errors.new("text")`, or with a table of message, kind, retryable and details.
  private static func new(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    guard call.type(1) == .table else {
      host.push(
        LuaErrorValue(kind: ErrorKind.unknown, message: try call.checkString(1), stack: host.stackLines), onto: call)
      return .results(1)
    }
    let table = call
    func text(_ field: String) -> String? { table.field(field, of: 1) { table.string($0) } }
    guard let message = text("message") else { throw .argument(1, "message must be a string") }
    let isRetryable = table.field("retryable", of: 1) { table.boolean($0) }
    let details = table.field("details", of: 1) { position -> [String: GoValue]? in
      table.type(position) == .table ? stringFields(table, position) : nil
    }
    host.push(
      LuaErrorValue(
        kind: text("kind") ?? ErrorKind.unknown, message: message, isRetryable: isRetryable, details: details,
        stack: host.stackLines), onto: call)
    return .results(1)
  }

  /// Only fields with string keys; a list inside becomes an empty map, as upstream's conversion has it.
  private static func stringFields(_ call: LuaCall, _ position: Int, depth: Int = 0) -> [String: GoValue] {
    var fields: [String: GoValue] = [:]
    guard depth < JSONReader.maximumDepth else { return fields }
    call.forEachField(of: position) { key, value in
      guard call.type(key) == .string, let name = call.string(key) else { return true }
      fields[name] =
        call.type(value) == .table ? .object(stringFields(call, value, depth: depth + 1)) : call.goValue(value)
      return true
    }
    return fields
  }

  /// The new message is the parent's full text; the context shows only when it is wrapped again.
  private static func wrap(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let context: String
    if let error = call.object(2, host.errors) {
      context = error.message
    } else {
      context = try call.checkString(2, or: "")
    }
    let wrapped: LuaErrorValue
    if let parent = call.object(1, host.errors) {
      wrapped = LuaErrorValue(
        kind: parent.kind, message: parent.fullText, context: context, isRetryable: parent.isRetryable,
        details: parent.details, stack: parent.stack)
    } else {
      wrapped = LuaErrorValue(
        kind: ErrorKind.unknown, message: try call.checkString(1), context: context, stack: host.stackLines)
    }
    host.push(wrapped, onto: call)
    return .results(1)
  }

  private static func isKind(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let kind = try call.checkString(2)
    return call.reply(call.object(1, host.errors).map { $0.kind == kind } ?? false)
  }

  private static func callStack(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    guard let error = call.object(1, host.errors), !error.stack.isEmpty else {
      call.pushNil()
      return .results(1)
    }
    call.pushTable(fields: 2)
    call.push("main")
    call.setField("thread", of: -2)
    call.pushTable(elements: error.stack.count)
    for (index, line) in error.stack.enumerated() {
      call.pushTable(fields: 2)
      call.push(index)
      call.setField("level", of: -2)
      call.push(line)
      call.setField("source", of: -2)
      call.setElement(index + 1, of: -2)
    }
    call.setField("frames", of: -2)
    return .results(1)
  }

  private static func retryable(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    if let isRetryable = try error(call, host).isRetryable { call.push(isRetryable) } else { call.pushNil() }
    return .results(1)
  }

  private static func details(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    if let details = try error(call, host).details { call.push(GoValue.object(details)) } else { call.pushNil() }
    return .results(1)
  }

  private static func concatenate(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    call.reply(try part(call, host, 1) + part(call, host, 2))
  }

  private static func part(_ call: LuaCall, _ host: ModuleHost, _ position: Int) throws(LuaRaise) -> String {
    if let error = call.object(position, host.errors) { return error.message }
    switch call.type(position) {
    case .string, .number: return call.text(position)
    default: throw .message("attempt to concatenate a \(call.typeName(position)) value")
    }
  }
}

extension ModuleHost {
  /// The lines of the code that runs, innermost first, for an error's stack.
  var stackLines: [String] {
    machine.currentTraceback.compactMap { frame in frame.location.map { "\($0) in \(frame.function)" } }
  }
}
