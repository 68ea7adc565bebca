/// An entry as it stands in its file, of whatever kind.
public struct RegistryEntry: Hashable, Sendable {
  /// The entry's identity: its file's namespace and its own name.
  public let id: EntryID
  /// What it is, for example `temporal.worker` or `http.router`.
  public let kind: String
  /// Where it is written.
  public let position: SourcePosition
  /// `meta`, with the file's `meta` underneath it.
  public let meta: ConfigurationMap
  /// Every other field as written: `data` where the entry has it, else all but `name`, `kind` and `meta`.
  public let data: ConfigurationMap

  /// The same entry with other fields.
  func replacing(data: ConfigurationMap, meta: ConfigurationMap? = nil) -> RegistryEntry {
    RegistryEntry(id: id, kind: kind, position: position, meta: meta ?? self.meta, data: data)
  }
}
