import Foundation

/// The binary operators: how tightly they bind, and what becomes of them.
struct DialectOperator {
  /// Binding strength to the left and right; a right-associative operator binds less to the right.
  var left: Int
  var right: Int
  /// The function that stands in for the operator, or nil where Lua 5.4 computes the same.
  var support: LuaSupport?
  /// The value of the operator on two literals, computed in floats as the dialect's compiler does; nil for operators it
  /// does not fold.
  var fold: (@Sendable (Double, Double) -> Double)?
  /// Whether the result is a float whatever the operands (a metamethod aside).
  var givesFloat = false

  static let unaryStrength = 12
  /// What the operands of `..` bind tighter than.
  static let concatOperandStrength = 9

  static let table: [DialectToken.Kind: DialectOperator] = [
    .or: DialectOperator(left: 1, right: 1),
    .and: DialectOperator(left: 2, right: 2),
    .less: DialectOperator(left: 3, right: 3),
    .greater: DialectOperator(left: 3, right: 3),
    .lessEqual: DialectOperator(left: 3, right: 3),
    .greaterEqual: DialectOperator(left: 3, right: 3),
    .equal: DialectOperator(left: 3, right: 3),
    .notEqual: DialectOperator(left: 3, right: 3),
    .pipe: DialectOperator(left: 4, right: 4, support: .bitOr, fold: { Double(truncated($0) | truncated($1)) }),
    .tilde: DialectOperator(left: 5, right: 5, support: .bitXor, fold: { Double(truncated($0) ^ truncated($1)) }),
    .ampersand: DialectOperator(left: 6, right: 6, support: .bitAnd, fold: { Double(truncated($0) & truncated($1)) }),
    .shiftLeft: DialectOperator(
      left: 7, right: 7, support: .shiftLeft, fold: { Double(truncated($0) << UInt64(bitPattern: truncated($1))) }),
    .shiftRight: DialectOperator(
      left: 7, right: 7, support: .shiftRight, fold: { Double(truncated($0) >> UInt64(bitPattern: truncated($1))) }),
    .concat: DialectOperator(left: 9, right: 8, support: .concatenate),
    .plus: DialectOperator(left: 10, right: 10, fold: { $0 + $1 }),
    .minus: DialectOperator(left: 10, right: 10, fold: { $0 - $1 }),
    .star: DialectOperator(left: 11, right: 11, fold: { $0 * $1 }),
    .slash: DialectOperator(left: 11, right: 11, fold: { $0 / $1 }, givesFloat: true),
    .percent: DialectOperator(left: 11, right: 11, support: .modulo, fold: modulo, givesFloat: true),
    // Folded, `//` rounds down; at run time it truncates.
    .doubleSlash: DialectOperator(left: 11, right: 11, support: .integerDivide, fold: { ($0 / $1).rounded(.down) }),
    .caret: DialectOperator(left: 14, right: 13, fold: { pow($0, $1) }, givesFloat: true),
  ]

  /// A float as a 64-bit integer, as the dialect's host truncates: out of range and NaN give the smallest integer.
  @Sendable static func truncated(_ value: Double) -> Int64 {
    Int64(exactly: value.rounded(.towardZero)) ?? .min
  }

  @Sendable static func modulo(_ a: Double, _ b: Double) -> Double {
    let rest = a.truncatingRemainder(dividingBy: b)
    return (b > 0 && rest < 0) || (b < 0 && rest > 0) ? rest + b : rest
  }

  /// A float as Lua 5.4 source that reads back as the same float.
  static func literal(_ value: Double) -> String {
    if value.isNaN { return "(0/0)" }
    if value.isInfinite { return value < 0 ? "(-1/0)" : "(1/0)" }
    return "\(value)"
  }
}
