/// A chunk of Wippy's Lua as stock Lua 5.4 text, and what a linter wants to know about it.
public struct LuaTranslation: Sendable, Equatable {
  /// Lua 5.4 source. Every token of the program stands on the line it had (only the name of a `for` variable may stand on
  /// the loop's `do`). Bytes, because Lua's strings are.
  public var text: [UInt8]
  /// The functions that the chunk expects as its first arguments, in this order.
  public var support: [LuaSupport]
  /// The `require` calls with a literal name, in source order.
  public var requires: [Mention]
  /// The globals the chunk reads, each at its first use; a field read straight from one counts by itself (`math.random`).
  public var globals: [Mention]
  /// The globals the chunk assigns, each at its first assignment.
  public var assignedGlobals: [Mention]
  /// The lines of each `for … in pairs(…)` and `for … in next, …` loop: table order is a determinism hazard.
  public var pairsLoops: [ClosedRange<Int>]
  /// What can be covered; nil unless the text was translated to count it.
  public var coverable: LuaCoverable?

  /// A name and the line where it stands.
  public struct Mention: Sendable, Equatable {
    /// The name, dotted for a field of a global.
    public var name: String
    /// The line, from 1.
    public var line: Int

    /// Makes a mention of `name` on `line`.
    public init(name: String, line: Int) {
      self.name = name
      self.line = line
    }
  }
}
