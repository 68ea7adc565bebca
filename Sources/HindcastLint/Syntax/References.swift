/// What names and calls in a chunk refer to, as far as the text tells.
struct References {
  let chunk: Chunk
  /// Globals that the chunk assigns: what they hold is anybody's guess.
  private let assigned: Set<String>
  /// Functions that are fields of a local table, by `variable.field`.
  private var fields: [String: FunctionBody] = [:]

  /// Aliases of aliases: nobody follows further.
  private static let depthLimit = 16

  init(_ chunk: Chunk) {
    self.chunk = chunk
    assigned = Set(chunk.globals.lazy.filter(\.isWrite).map(\.name))
    var found: [String: FunctionBody] = [:]
    var ambiguous: Set<String> = []
    func note(_ variable: Int, _ field: String, _ body: FunctionBody) {
      let key = "\(variable).\(field)"
      if found.updateValue(body, forKey: key) != nil { ambiguous.insert(key) }
    }
    func note(_ target: Expression, _ body: FunctionBody) {
      guard case .chain(.name(let name), let suffixes) = target, let variable = name.variable, suffixes.count == 1,
        case .field(let field) = suffixes[0].kind
      else { return }
      note(variable, field, body)
    }
    let walk = Walk(statement: { statement in
      switch statement {
      case .function(let target, let body): note(target, body)
      case .assign(let targets, let values) where targets.count == 1 && values.count == 1:
        if case .function(let body) = values[0] { note(targets[0], body) }
      case .local(let variables, let values) where variables.count == 1 && values.count == 1:
        guard case .table(let items, _) = values[0] else { break }
        for item in items {
          if case .field(let field) = item.key, case .function(let body) = item.value {
            note(variables[0], field, body)
          }
        }
      default: break
      }
      return true
    })
    walk(chunk.block)
    for key in ambiguous { found[key] = nil }
    fields = found
  }

  /// The value that a local has for good, where it has one.
  func value(of name: Name) -> Expression? {
    guard let variable = name.variable, chunk.variables[variable].assignments == 0 else { return nil }
    return chunk.variables[variable].value
  }

  /// The global or module and the fields that lead to a value: `time.sleep`, whatever the locals between are called.
  func path(_ expression: Expression) -> [String]? { path(expression, depth: 0) }

  private func path(_ expression: Expression, depth: Int) -> [String]? {
    guard depth < Self.depthLimit else { return nil }
    switch expression.withoutParentheses {
    case .name(let name):
      if name.variable == nil { return assigned.contains(name.text) ? nil : [name.text] }
      return value(of: name).flatMap { path($0, depth: depth + 1) }
    case .chain(let base, let suffixes):
      guard var result = path(base, depth: depth + 1) else { return nil }
      for suffix in suffixes {
        switch suffix.kind {
        case .field(let field): result.append(field)
        case .call(let arguments):
          guard result == ["require"], arguments.count == 1, let module = arguments[0].string else { return nil }
          result = [module]
        case .index, .method: return nil
        }
      }
      return result
    default: return nil
    }
  }

  /// The function that a call of this value runs, where it is one of the chunk's own.
  func body(_ expression: Expression) -> FunctionBody? {
    switch expression.withoutParentheses {
    case .function(let body): return body
    case .name(let name):
      guard let value = value(of: name) else { return nil }
      if case .function(let body) = value { return body }
      if case .name(let other) = value, other.variable != name.variable { return body(.name(other)) }
      return nil
    case .chain(.name(let name), let suffixes):
      guard let variable = name.variable, suffixes.count == 1, case .field(let field) = suffixes[0].kind else {
        return nil
      }
      return fields["\(variable).\(field)"]
    default: return nil
    }
  }

  // MARK: Calls

  /// A call in a chain.
  struct Call {
    /// What is called; for a method, what it is called on.
    var callee: Expression
    var method: String?
    /// The callee's path, where it has one and is no method's.
    var path: [String]?
    var arguments: [Expression]
    var position: Position
  }

  /// The calls that an expression itself makes, those of its parts left out.
  func calls(in expression: Expression) -> [Call] {
    guard case .chain(let base, let suffixes) = expression else { return [] }
    var calls: [Call] = []
    for (index, suffix) in suffixes.enumerated() {
      let callee = index == 0 ? base : Expression.chain(base, Array(suffixes[..<index]))
      switch suffix.kind {
      case .field, .index: break
      case .call(let arguments):
        calls.append(
          Call(callee: callee, path: path(callee), arguments: arguments, position: base.position))
      case .method(let method, let arguments):
        calls.append(
          Call(callee: callee, method: method, arguments: arguments, position: suffix.position))
      }
      // A chain of hundreds of calls is nobody's workflow, and looking at each prefix takes its square.
      if index > 64 { break }
    }
    return calls
  }

  /// The tables that an executor got as options, if the expression is one: `funcs.new():with_options({…})`. The last counts.
  func executorOptions(_ expression: Expression) -> [Expression]? {
    builder(expression, begins: [["funcs", "new"]], depth: 0)
  }

  /// The same for what starts processes: `process.with_options({…})`.
  func spawnerOptions(_ expression: Expression) -> [Expression]? {
    builder(expression, begins: [["process", "with_options"], ["process", "with_context"]], depth: 0)
  }

  private func builder(_ expression: Expression, begins: [[String]], depth: Int) -> [Expression]? {
    guard depth < Self.depthLimit else { return nil }
    switch expression.withoutParentheses {
    case .name(let name): return value(of: name).flatMap { builder($0, begins: begins, depth: depth + 1) }
    case .chain(let base, let suffixes):
      // The longest prefix that is a path ends at the call that makes it; or the base is one already.
      var options = builder(base, begins: begins, depth: depth + 1)
      var prefix: [String]? = options == nil ? path(base) : nil
      for suffix in suffixes {
        switch suffix.kind {
        case .field(let field): prefix = options == nil ? prefix.map { $0 + [field] } : nil
        case .call(let arguments):
          if let path = prefix, path == ["require"], let module = arguments.first?.string {
            prefix = [module]
            continue
          }
          guard options == nil, let path = prefix, begins.contains(path) else { return nil }
          options = path.last == "with_options" ? arguments : []
          prefix = nil
        case .method(let method, let arguments):
          guard options != nil, method.hasPrefix("with_") else { return nil }
          if method == "with_options" { options = arguments }
        case .index: return nil
        }
        if prefix == nil, options == nil { return nil }
      }
      return options
    default: return nil
    }
  }
}
