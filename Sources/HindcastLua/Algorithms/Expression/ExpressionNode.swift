/// An expression of the `expr` module, as a tree.
indirect enum ExpressionNode: Sendable {
  case value(GoValue)
  case name(String)
  /// `#`: what a predicate is asked about.
  case element
  case unary(String, ExpressionNode)
  case binary(String, ExpressionNode, ExpressionNode)
  case condition(ExpressionNode, ExpressionNode, ExpressionNode)
  /// `a.b`, `a["b"]`, `a[1]`; optional: nil where `a` is.
  case member(ExpressionNode, ExpressionNode, isOptional: Bool)
  /// `a[1:3]`
  case slice(ExpressionNode, ExpressionNode?, ExpressionNode?)
  case list([ExpressionNode])
  case map([(key: ExpressionNode, value: ExpressionNode)])
  case call(String, [ExpressionNode])
  /// `{ # > 1 }`, what functions such as `filter` ask of each element.
  case predicate(ExpressionNode)
  case binding(String, ExpressionNode, in: ExpressionNode)
}

/// Why an expression cannot be read or evaluated.
struct ExpressionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
