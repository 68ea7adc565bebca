/// Wippy's Lua (a Lua 5.1 family language with integers, bit operators, `goto` and gradual types) for a stock Lua 5.4.
///
/// The translator copies the source and edits what differs, so a line of the result is the same line of the source:
/// - types disappear; a top-level `type` or `interface` that the code uses as a value becomes a local on line 1;
/// - operators whose numbers differ become calls of `LuaSupport` functions, and arithmetic on literals becomes the float
///   that the dialect folds it to;
/// - a numeric `for` whose kind (integer or float) is not plain from the text asks `forprep`;
/// - `local f = function` sees `f` in its body, as the dialect's compiler has it;
/// - string escapes that only Lua 5.4 knows lose their backslash.
public enum LuaDialect {
  /// Translates `source`, in time linear in its length.
  ///
  /// - Parameters:
  ///   - chunkName: names the chunk in errors.
  ///   - countsCoverage: whether the text counts, through `LuaSupport.hit`, which ways it goes.
  /// - Throws: `LuaSyntaxError` for what the dialect's own compiler refuses, for bytecode and for NUL bytes.
  public static func translate(
    _ source: [UInt8], chunkName: String, countsCoverage: Bool = false
  ) throws(LuaSyntaxError) -> LuaTranslation {
    try refuseBinary(source, chunkName: chunkName)
    var parser = DialectParser(source: source, chunkName: chunkName, countsCoverage: countsCoverage)
    try parser.parseChunk()
    return parser.translation()
  }

  /// Translates `source`; see the overload for bytes.
  public static func translate(_ source: String, chunkName: String) throws(LuaSyntaxError) -> LuaTranslation {
    try translate(Array(source.utf8), chunkName: chunkName)
  }

  static func refuseBinary(_ source: [UInt8], chunkName: String) throws(LuaSyntaxError) {
    if source.first == 0x1B {
      throw LuaSyntaxError(
        chunkName: chunkName, line: 1, column: 1, message: "precompiled Lua (bytecode) is not accepted",
        hint: "give the source text")
    }
    if source.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw LuaSyntaxError(
        chunkName: chunkName, line: 1, column: 1, message: "the file starts with a byte order mark",
        hint: "save it as UTF-8 without BOM")
    }
  }
}
