/// An expression that was read.
final class CompiledExpression {
  let node: ExpressionNode

  init(_ node: ExpressionNode) { self.node = node }
}

/// `expr`: the language of expr-lang, without its functions of time and of bits.
enum ExprModule: LuaModule {
  static func register(_ host: ModuleHost) {
    host.define("compile", of: "expr") { call, host throws(LuaRaise) in
      guard let text = try expression(call) else { return call.fail(.invalid("expression cannot be empty"), host) }
      do throws(ExpressionError) {
        let node = try ExpressionParser.parse(text)
        if !call.isNil(2) { try check(node, variables(call, 2)) }
        call.push(CompiledExpression(node), host.programs)
        return call.succeed()
      } catch {
        return call.fail(.internalError(error.description, context: "compile failed"), host)
      }
    }
    host.define("eval", of: "expr") { call, host throws(LuaRaise) in
      guard let text = try expression(call) else { return call.fail(.invalid("expression cannot be empty"), host) }
      let node: ExpressionNode
      do throws(ExpressionError) {
        node = try ExpressionParser.parse(text)
      } catch {
        return call.fail(.internalError(error.description, context: "compile failed"), host)
      }
      return run(node, call, host, "eval failed")
    }
    host.define("run", of: host.programs) { call, host throws(LuaRaise) in
      guard let program = call.object(1, host.programs) else { throw .argument(1, "expected expr.Program") }
      return run(program.node, call, host, "run failed")
    }
  }

  private static func expression(_ call: LuaCall) throws(LuaRaise) -> String? {
    let text = try call.checkString(1)
    call.charge(instructions: Int64(text.utf8.count))
    return text.isEmpty ? nil : text
  }

  private static func variables(_ call: LuaCall, _ position: Int) -> [String: GoValue] {
    if case .object(let fields) = call.goValue(position) { fields } else { [:] }
  }

  private static func run(
    _ node: ExpressionNode, _ call: LuaCall, _ host: ModuleHost, _ context: String
  ) -> LuaReply {
    var evaluator = ExpressionEvaluator(variables: variables(call, 2))
    defer { call.charge(instructions: Int64(evaluator.steps)) }
    do throws(ExpressionError) {
      call.push(try evaluator.value(of: node), floatsOnly: true)
      return call.succeed()
    } catch {
      return call.fail(.internalError(error.description, context: context), host)
    }
  }

  /// With an environment to go by, names that it does not have are errors.
  private static func check(_ node: ExpressionNode, _ variables: [String: GoValue]) throws(ExpressionError) {
    if let unknown = node.firstName(otherThan: Set(variables.keys)) { throw ExpressionError("unknown name \(unknown)") }
  }
}

extension ExpressionNode {
  /// The first name or function that is none of these.
  fileprivate func firstName(otherThan known: Set<String>) -> String? {
    func first(_ nodes: [ExpressionNode?], _ known: Set<String>) -> String? {
      nodes.lazy.compactMap { $0?.firstName(otherThan: known) }.first
    }
    switch self {
    case .value, .element: return nil
    case .name(let name): return known.contains(name) ? nil : name
    case .unary(_, let inner), .predicate(let inner): return first([inner], known)
    case .binary(_, let left, let right): return first([left, right], known)
    case .condition(let condition, let yes, let no): return first([condition, yes, no], known)
    case .member(let object, let key, _): return first([object, key], known)
    case .slice(let object, let from, let to): return first([object, from, to], known)
    case .list(let nodes): return first(nodes, known)
    case .map(let fields): return first(fields.flatMap { [$0.key, $0.value] }, known)
    case .call(let name, let nodes):
      return ExpressionEvaluator.functions.contains(name) ? first(nodes, known) : name
    case .binding(let name, let value, let rest):
      return first([value], known) ?? first([rest], known.union([name]))
    }
  }
}
