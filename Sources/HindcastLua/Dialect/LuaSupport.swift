/// A function that translated text calls where stock Lua 5.4 computes something else than Wippy's Lua.
///
/// The machine passes them to the translated chunk as its arguments, in the order of `LuaTranslation.support`.
/// "Number" means both subtypes; every function raises the dialect's own error for operands it cannot take, and
/// tries the metamethod of the operator where the dialect has one (all but `//` and the bit operators).
public enum LuaSupport: String, CaseIterable, Sendable {
  /// `cat(a, b)`: `a .. b`; integral floats print without `.0`, other floats as Go's shortest form.
  case concatenate = "cat"
  /// `len(v)`: `#v` as a float.
  case length = "len"
  /// `unm(v)`: `-v`; a float for every number.
  case negate = "unm"
  /// `mod(a, b)`: `a % b` in floats.
  case modulo = "mod"
  /// `idiv(a, b)`: operands truncated to 64-bit integers, quotient truncated like Go's; raises `attempt to divide by zero`.
  case integerDivide = "idiv"
  /// `band(a, b)` on 64-bit integers after truncation, like the five below.
  case bitAnd = "band"
  /// `bor(a, b)`.
  case bitOr = "bor"
  /// `bxor(a, b)`.
  case bitXor = "bxor"
  /// `shl(a, b)`.
  case shiftLeft = "shl"
  /// `shr(a, b)`.
  case shiftRight = "shr"
  /// `bnot(v)`.
  case bitNot = "bnot"
  /// `forprep(start, limit, step)` gives the three values of a numeric `for`: the function that `LuaLoopRuntime.source`
  /// returns.
  ///
  /// All three unchanged when all are integers, otherwise `(start - step) + step`, `limit` and `step` as floats: the
  /// dialect's loop subtracts the step first and adds it again, which shows in the last digits. Raises
  /// `for statement init must be a number`, likewise `step` and `limit`, tested in this order.
  case prepareFor = "forprep"
  /// `type(definitions, name, …)` gives one callable type value a name: the function that `LuaTypeRuntime.source` returns.
  case type = "type"
  /// The standard `select`: a top-level `...` must not see the support functions that come first.
  case select = "select"
  /// `hit(number)` counts that a place was reached; only in text that was translated for coverage.
  case hit = "hit"
}
