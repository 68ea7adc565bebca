/// The identity of a registry entry, written `namespace:name`.
///
/// Text is split at its *first* colon; whatever follows belongs to the name, further colons and dots included. Text
/// without a colon has an empty namespace.
public struct EntryID: Hashable, Sendable {
  /// The dot-separated namespace of the file that declares the entry; empty when none was written.
  public var namespace: String
  /// The name of the entry inside its namespace.
  public var name: String

  /// Makes an identity of its two parts.
  public init(namespace: String, name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// Splits `text` at its first colon.
  public init(parsing text: some StringProtocol) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
      self.init(namespace: "", name: String(text))
      return
    }
    self.init(namespace: String(text[..<colon]), name: String(text[text.utf8.index(after: colon)...]))
  }

  /// This identity, in `namespace` when it names none itself.
  public func withDefaultNamespace(_ namespace: String) -> EntryID {
    self.namespace.isEmpty ? EntryID(namespace: namespace, name: name) : self
  }
}

extension EntryID: CustomStringConvertible {
  /// `namespace:name`; an identity without a namespace prints as `:name`.
  public var description: String { "\(namespace):\(name)" }
}

extension EntryID: Comparable {
  /// Orders by namespace, then by name.
  public static func < (left: EntryID, right: EntryID) -> Bool {
    (left.namespace, left.name) < (right.namespace, right.name)
  }
}
