/// An entry's name where another entry uses it.
public struct Reference: Hashable, Sendable {
  /// The entry meant.
  public var id: EntryID
  /// Where it is named.
  public var position: SourcePosition

  /// Makes a reference.
  public init(id: EntryID, position: SourcePosition) {
    self.id = id
    self.position = position
  }
}

/// A name in a list, with the place it is written at.
public struct PositionedName: Hashable, Sendable {
  /// The name.
  public var name: String
  /// Where it is written.
  public var position: SourcePosition

  /// Makes a name.
  public init(name: String, position: SourcePosition) {
    self.name = name
    self.position = position
  }
}
