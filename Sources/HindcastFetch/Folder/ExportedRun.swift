/// How a folder's histories are made. One folder holds histories of one kind only: a second call with other options would
/// otherwise leave what the first one wrote.
public struct ExportOptions: Sendable, Hashable, Codable {
  /// The namespace that the runs are from.
  public var namespace: String
  /// How payloads are redacted; nil where they are not.
  public var redaction: String?
  /// Whether payloads were decoded by a codec.
  public var isDecoded: Bool
  /// Whether only one of several histories of the same shape is kept.
  public var isUnique: Bool

  /// Describes an export.
  public init(namespace: String, redaction: String? = nil, isDecoded: Bool = false, isUnique: Bool = false) {
    self.namespace = namespace
    self.redaction = redaction
    self.isDecoded = isDecoded
    self.isUnique = isUnique
  }
}

/// A run whose history was fetched.
public struct ExportedRun: Sendable, Hashable, Codable {
  /// The run.
  public var run: RunKey
  /// The file with its history; nil where a history of the same shape is kept in its place.
  public var file: String?
  /// How many events there are.
  public var events: Int
  /// Whether the run has ended, so that no event can follow.
  public var isClosed: Bool
  /// A hash of what the run did; nil where nobody asked.
  public var shape: UInt64?
}
