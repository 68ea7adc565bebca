/// What the parser remembers of an expression after its text has gone by.
struct DialectExpression {
  /// The range of its source.
  var start: Int
  var end: Int
  var shape: Shape = .value
  /// The value of a number literal or of arithmetic on literals.
  var constant: Double?
  /// Whether `constant` is the result of arithmetic, so the text must become a float literal.
  var isFolded = false
  var number: NumberKind = .unknown
  /// Whether it is a `function … end`, parentheses aside.
  var isFunction = false
  /// How deep support calls nest at its left edge.
  var depth = 0

  enum Shape {
    case value, name, field, call, parenthesizedCall, vararg
  }

  /// What is known before running of the number it gives, if it is one.
  enum NumberKind {
    case unknown, integer
    case float(isIntegral: Bool)
  }

  /// Whether it may give more or fewer than one value.
  var isMultiple: Bool {
    switch shape {
    case .call, .vararg: true
    case .value, .name, .field, .parenthesizedCall: false
    }
  }
}
