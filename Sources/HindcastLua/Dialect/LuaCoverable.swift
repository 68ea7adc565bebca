public import HindcastCore

/// What a chunk has that can be covered, and where its translation counts. Lines are those of the chunk.
public struct LuaCoverable: Sendable, Equatable {
  /// The lines that hold more than words and brackets that close something: of those that Lua has code for, the ones
  /// that count.
  public var codeLines: Set<Int> = []
  /// The functions, in the order of their text.
  public var functions: [CoverageMap.Function] = []
  /// Where the code goes one of several ways.
  public var branches: [CoverageMap.Branch] = []
  /// The calls of `workflow.version` with literal arguments.
  public var versions: [CoverageMap.VersionCall] = []
}
