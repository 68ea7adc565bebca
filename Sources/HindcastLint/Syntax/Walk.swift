/// Goes through code in the order of its text. Each closure says whether what it was given is entered.
struct Walk {
  var statement: (Statement) -> Bool = { _ in true }
  var expression: (Expression) -> Bool = { _ in true }
  /// Asked for each function's body, its place in a call told: a function given to `pcall` runs, one that is stored may not.
  var function: (FunctionBody, Bool) -> Bool = { _, _ in true }

  func callAsFunction(_ block: Block) {
    for statement in block { enter(statement) }
  }

  func callAsFunction(_ expression: Expression) { enter(expression, isArgument: false) }

  private func enter(_ statement: Statement) {
    guard self.statement(statement) else { return }
    switch statement {
    case .local(_, let values): values.forEach { enter($0) }
    case .localFunction(_, let body): enter(body, isArgument: false)
    case .assign(let targets, let values): (targets + values).forEach { enter($0) }
    case .call(let call): enter(call)
    case .do(let block): self(block)
    case .while(let condition, let block):
      enter(condition)
      self(block)
    case .repeat(let block, let condition):
      self(block)
      enter(condition)
    case .if(let branches, let last):
      for branch in branches {
        enter(branch.condition)
        self(branch.block)
      }
      if let last { self(last) }
    case .numericFor(let bounds, let block), .genericFor(let bounds, let block, _):
      bounds.forEach { enter($0) }
      self(block)
    case .function(let target, let body):
      enter(target)
      enter(body, isArgument: false)
    case .return(let values): values.forEach { enter($0) }
    }
  }

  private func enter(_ body: FunctionBody, isArgument: Bool) {
    if function(body, isArgument) { self(body.block) }
  }

  private func enter(_ expression: Expression, isArgument: Bool = false) {
    guard self.expression(expression) else { return }
    switch expression {
    case .literal, .name: break
    case .function(let body): enter(body, isArgument: isArgument)
    case .table(let items, _):
      for item in items {
        if case .computed(let key) = item.key { enter(key) }
        enter(item.value)
      }
    case .chain(let base, let suffixes):
      enter(base, isArgument: suffixes.first.map { if case .call = $0.kind { true } else { false } } ?? false)
      for suffix in suffixes {
        switch suffix.kind {
        case .field: break
        case .index(let index): enter(index)
        case .call(let arguments), .method(_, let arguments): arguments.forEach { enter($0, isArgument: true) }
        }
      }
    case .unary(_, let operand, _), .parenthesized(let operand, _): enter(operand, isArgument: isArgument)
    case .operation(let operands, _): operands.forEach { enter($0) }
    }
  }
}
