/// A library that a Lua entry imports.
public struct LuaImport: Hashable, Sendable {
  /// The name of the global that holds the library's value.
  public var alias: String
  /// The library's entry.
  public var id: EntryID
  /// Where the import is written.
  public var position: SourcePosition

  /// Makes an import.
  public init(alias: String, id: EntryID, position: SourcePosition) {
    self.alias = alias
    self.id = id
    self.position = position
  }
}
