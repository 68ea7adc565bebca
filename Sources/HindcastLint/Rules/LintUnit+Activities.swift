import HindcastCore
import HindcastRegistry

extension LintUnit {
  /// Looks for activities and children that nobody runs, that have no timeout, or whose result nobody wants.
  mutating func checkActivities() {
    var calls: [(References.Call, ActivityCall)] = []
    var children: [References.Call] = []
    let references = references
    let walk = Walk(expression: { expression in
      for call in references.calls(in: expression) {
        if let activity = ActivityCall(call, references) { calls.append((call, activity)) }
        if ActivityCall.startsChild(call, references) { children.append(call) }
      }
      return true
    })
    walk(chunk.block)
    var seen: Set<String> = []
    for (call, activity) in calls {
      checkTarget(activity.target, at: call.position, kinds: [.function, .process], what: "activity")
      if let target = activity.target, activity.timeout == .none, seen.insert(target).inserted {
        checkTimeout(of: target, at: call.position)
      }
    }
    for call in children {
      checkTarget(call.arguments.first?.string, at: call.position, kinds: [.workflow], what: "workflow")
    }
    checkResults()
  }

  private mutating func checkTarget(
    _ target: String?, at position: Position, kinds: Set<LuaEntry.Kind>, what: String
  ) {
    guard let target, let registry else { return }
    let id = EntryID(parsing: target)
    guard !id.namespace.isEmpty else { return }
    guard let entry = registry.lua(id) else {
      guard registry[id] == nil else { return }
      let isForeign = !registry.entries.contains { $0.id.namespace == id.namespace }
      return report(
        .unknownTarget, "the app has no entry \(target)", at: position,
        // Another app, or one in another language, may run it.
        severity: isForeign ? .info : nil)
    }
    if !kinds.contains(entry.kind) {
      report(.unknownTarget, "\(target) is a \(entry.kind.rawValue), which is no \(what)", at: position)
    } else if what == "activity", entry.activity == nil {
      report(
        .unknownTarget, "\(target) is registered on no worker, so the activity is never run", at: position,
        hint: "name the worker under meta.temporal.activity in its entry")
    }
  }

  private mutating func checkTimeout(of target: String, at position: Position) {
    guard let entry = registry?.lua(EntryID(parsing: target)), entry.activity != nil else { return }
    let names = entry.options.fields.map(\.name)
    if names.contains(where: ActivityCall.isTimeout) { return }
    report(
      .activityTimeout,
      "the activity \(target) has no timeout of its own: each attempt may take the runtime's 10 minutes", at: position,
      hint: "set activity.start_to_close_timeout under meta.options of its entry, or with funcs.new():with_options")
  }

  private mutating func checkResults() {
    var found: [Position] = []
    let references = references
    let chunk = chunk
    func isAsync(_ expression: Expression) -> Bool {
      guard let call = references.calls(in: expression.withoutParentheses).last,
        case .chain(_, let suffixes) = expression.withoutParentheses, let activity = ActivityCall(call, references)
      else { return false }
      switch suffixes.last?.kind {
      case .call, .method: return activity.isAsync
      default: return false
      }
    }
    let walk = Walk(statement: { statement in
      switch statement {
      case .call(let call) where isAsync(call): found.append(call.position)
      case .local(let variables, let values):
        guard let variable = variables.first.map({ chunk.variables[$0] }), values.count == 1, isAsync(values[0]),
          variable.reads == 0, !variable.name.hasPrefix("_")
        else { break }
        found.append(variable.position)
      default: break
      }
      return true
    })
    walk(chunk.block)
    for position in found {
      report(
        .unawaited, "nobody waits for this activity or looks at its result", at: position,
        hint: "receive from its future, or name it _ to say that this is meant")
    }
  }
}

/// A call that schedules an activity.
struct ActivityCall {
  enum Timeout { case none, set, unknown }

  /// The literal name of the function.
  var target: String?
  var isAsync: Bool
  var timeout: Timeout

  init?(_ call: References.Call, _ references: References) {
    target = call.arguments.first?.string
    if let method = call.method {
      guard method == "call" || method == "async", let options = references.executorOptions(call.callee) else {
        return nil
      }
      isAsync = method == "async"
      timeout = Self.timeout(in: options)
    } else {
      guard call.path == ["funcs", "call"] || call.path == ["funcs", "async"] else { return nil }
      isAsync = call.path?.last == "async"
      timeout = .none
    }
  }

  /// Whether a call starts a child workflow.
  static func startsChild(_ call: References.Call, _ references: References) -> Bool {
    if let method = call.method {
      return (method == "exec" || method.hasPrefix("spawn")) && references.spawnerOptions(call.callee) != nil
    }
    guard let path = call.path, path.count == 2 else { return false }
    return path == ["workflow", "exec"] || path == ["process", "exec"]
      || path[0] == "process" && path[1].hasPrefix("spawn")
  }

  private static func timeout(in options: [Expression]) -> Timeout {
    guard let table = options.first else { return .none }
    guard case .table(let items, _) = table.withoutParentheses else { return .unknown }
    for item in items {
      switch item.key {
      case .field(let name) where isTimeout(name): return .set
      case .computed: return .unknown
      default: break
      }
    }
    return .none
  }

  /// Whether an option limits how long an attempt, or all of them, may take.
  static func isTimeout(_ option: String) -> Bool {
    let name = option.hasPrefix("temporal.") ? option.dropFirst("temporal.".count) : option[...]
    return name == "activity.start_to_close_timeout" || name == "activity.schedule_to_close_timeout"
  }
}
