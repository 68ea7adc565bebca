/// Which calls issue commands of the workflow, those of local functions that do so included.
struct Commands {
  private let references: References
  /// By function: the first command that calling it issues.
  private var known: [Int: String?] = [:]

  init(_ references: References) { self.references = references }

  private static let plain: Set<String> = [
    "funcs.call", "funcs.async", "time.sleep", "time.after", "time.timer", "time.ticker", "workflow.exec",
    "workflow.version", "workflow.attrs", "process.send", "process.terminate", "process.cancel", "process.exec",
    "uuid.v1", "uuid.v4", "uuid.v7", "crypto.random.uuid", "crypto.random.string", "crypto.random.bytes",
    "crypto.encrypt.aes", "crypto.encrypt.chacha20",
  ]

  /// What a call issues by itself, such as `time.sleep`; nil for nothing.
  func command(_ call: References.Call) -> String? {
    if let method = call.method {
      if method == "call" || method == "async" {
        return references.executorOptions(call.callee) == nil ? nil : "funcs.\(method)"
      }
      guard method == "exec" || method.hasPrefix("spawn") else { return nil }
      return references.spawnerOptions(call.callee) == nil ? nil : "process.\(method)"
    }
    guard let path = call.path else { return nil }
    let name = path.joined(separator: ".")
    return Self.plain.contains(name) || name.hasPrefix("process.spawn") ? name : nil
  }

  /// The first command that running a block issues.
  ///
  /// - Parameter entersArguments: whether functions that are arguments of a call count as run.
  mutating func first(in block: Block, entersArguments: Bool = true) -> (name: String, position: Position)? {
    var found: (String, Position)?
    var finder = self
    let walk = Walk(
      statement: { _ in found == nil },
      expression: { expression in
        guard found == nil else { return false }
        for call in finder.references.calls(in: expression) where found == nil {
          if let name = finder.issued(by: call) { found = (name, call.position) }
        }
        return found == nil
      }, function: { _, isArgument in isArgument && entersArguments && found == nil })
    walk(block)
    self = finder
    return found
  }

  private mutating func issued(by call: References.Call) -> String? {
    if let name = command(call) { return name }
    guard call.method == nil, let body = references.body(call.callee) else { return nil }
    if let known = known[body.id] { return known }
    // One that calls itself issues what else it issues.
    known[body.id] = .some(nil)
    let name = first(in: body.block)?.name
    known[body.id] = .some(name)
    return name
  }
}
