import HindcastCore
import HindcastRegistry

/// `workflow` (spec/wippy.md 8.5).
enum WorkflowModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("info", of: "workflow", info)
    host.define("version", of: "workflow", version)
    host.define("attrs", of: "workflow", attributes)
    host.define("exec", of: "workflow", exec)
    host.define("history_length", of: "workflow") { call, host throws(LuaRaise) in
      call.push(Double(host.client?.workflow?.environment.info.historyLength ?? 0))
      return call.succeed()
    }
    host.define("history_size", of: "workflow") { call, host throws(LuaRaise) in
      call.push(Double(host.client?.workflow?.environment.info.historySizeBytes ?? 0))
      return call.succeed()
    }
  }

  private static func info(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    guard let info = host.client?.workflow?.environment.info else {
      call.pushNil()
      return call.succeed()
    }
    call.pushTable(fields: 8)
    for (name, text) in [
      ("workflow_id", info.workflowID), ("run_id", info.runID), ("workflow_type", info.workflowType),
      ("task_queue", info.taskQueue), ("namespace", info.namespace),
    ] {
      call.push(text)
      call.setField(name, of: -2)
    }
    for (name, number) in [
      ("attempt", Int64(info.attempt)), ("history_length", info.historyLength),
      ("history_size", info.historySizeBytes),
    ] {
      call.push(Double(number))
      call.setField(name, of: -2)
    }
    return call.succeed()
  }

  private static func version(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let changeID = try call.checkString(1)
    if changeID.isEmpty { return call.fail(.invalid("change ID required"), host) }
    let minimum = Int(clamping: try call.checkInteger(2))
    let maximum = Int(clamping: try call.checkInteger(3))
    if minimum > maximum {
      return call.fail(.invalid("min_supported cannot be greater than max_supported"), host)
    }
    guard host.client?.workflow != nil else {
      call.push(Double(maximum))
      return call.succeed()
    }
    return try host.wait(.operation(.version(changeID: changeID, minimum: minimum, maximum: maximum)), call)
  }

  private static func exec(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    let target = try call.checkString(1)
    if target.isEmpty { return call.fail(.invalid("workflow ID required"), host) }
    let id = EntryID(parsing: target)
    if id.namespace.isEmpty || id.name.isEmpty {
      return call.fail(.invalid("invalid workflow ID format (namespace:name required)"), host)
    }
    guard host.client?.workflow != nil else {
      return call.fail(.invalid("workflow.exec outside workflow context not yet supported"), host)
    }
    let child = ChildCall(
      target: id.description, host: "", arguments: call.payloads(2, through: call.count, isExported: true))
    return try host.wait(.operation(.exec(child, isWorkflowExec: true)), call)
  }

  // MARK: Search attributes and memo

  private static func attributes(_ call: inout LuaCall, _ host: ModuleHost) throws(LuaRaise) -> LuaReply {
    try call.check(1, is: .table)
    guard host.client?.workflow != nil else {
      return call.fail(.invalid("workflow.attrs only available in workflow context"), host)
    }
    var maps: [[String: GoValue]?] = []
    for name in ["search", "memo"] {
      call.pushField(name, of: 1)
      let position = call.top
      switch call.type(position) {
      case .nil, .none: maps.append(nil)
      case .table: maps.append(fields(call, position, depth: 0))
      default: return call.fail(.invalid("\(name) must be a table"), host)
      }
      call.pop()
    }
    if maps[0] == nil && maps[1] == nil {
      return call.fail(.invalid("at least one of search or memo required"), host)
    }
    return try host.wait(.operation(.attributes(search: maps[0] ?? [:], memo: maps[1] ?? [:])), call)
  }

  private static func fields(_ call: LuaCall, _ position: Int, depth: Int) -> [String: GoValue] {
    var fields: [String: GoValue] = [:]
    call.forEachField(of: position) { key, item in
      if call.type(key) == .string, let name = call.string(key) { fields[name] = value(call, item, depth: depth) }
      return true
    }
    return fields
  }

  /// As upstream converts here: integers become nil (spec/wippy.md 8.5).
  private static func value(_ call: LuaCall, _ position: Int, depth: Int) -> GoValue {
    switch call.type(position) {
    case .string: return .string(call.string(position) ?? "")
    case .boolean: return .bool(call.truth(position))
    case .number:
      if case .float(let number)? = call.number(position) { return .double(number) }
      return .null
    case .table:
      guard depth < JSONReader.maximumDepth, call.reserve(8) else { return .null }
      return list(call, position, depth: depth) ?? .object(fields(call, position, depth: depth + 1))
    default: return .null
    }
  }

  /// A table whose keys are 1 … n, as a list; nil for any other.
  private static func list(_ call: LuaCall, _ position: Int, depth: Int) -> GoValue? {
    var count = 0
    var largest = 0.0
    var isList = true
    call.forEachField(of: position) { key, _ in
      guard let index = call.double(key), index > 0, index == index.rounded() else {
        isList = false
        return false
      }
      largest = max(largest, index)
      count += 1
      return true
    }
    guard isList, count > 0, largest == Double(count) else { return nil }
    var items: [GoValue] = []
    for index in 1...count {
      call.pushElement(index, of: position)
      items.append(value(call, call.top, depth: depth + 1))
      call.pop()
    }
    return .array(items)
  }
}
