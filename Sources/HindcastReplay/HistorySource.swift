public import HindcastHistory

/// Something that holds histories, read only when its turn comes.
public struct HistorySource: Sendable {
  /// Where the histories are.
  public enum Content: Sendable {
    /// In the file of this path.
    case file(String)
    /// In these bytes, in any form that a file can have.
    case bytes([UInt8])
    /// In the bytes that this reads when their turn comes.
    case deferred(@Sendable () throws(HistoryError) -> [UInt8])
    /// Here.
    case histories([WorkflowHistory])
    /// Wherever this gets them from when their turn comes; it may take its time.
    case fetched(@Sendable () throws(HistoryError) -> [WorkflowHistory])
  }

  /// What the source is called in verdicts and errors: the path of a file.
  public var name: String
  /// Where the histories are.
  public var content: Content
  /// Whether the user asked for this very source, so that it is an error when it holds no history.
  public var isExplicit: Bool

  /// Describes a source.
  public init(name: String, content: Content, isExplicit: Bool = true) {
    self.name = name
    self.content = content
    self.isExplicit = isExplicit
  }

  /// A file.
  public static func file(_ path: String, isExplicit: Bool = true) -> HistorySource {
    HistorySource(name: path, content: .file(path), isExplicit: isExplicit)
  }

  /// A path that leads to nothing that can be read.
  public static func unreadable(_ path: String, because reason: String) -> HistorySource {
    HistorySource(
      name: path,
      content: .deferred({ () throws(HistoryError) in
        throw HistoryError(code: .unreadable, file: path, message: reason)
      }))
  }

  /// The histories, each with its origin.
  public func read() throws(HistoryError) -> [WorkflowHistory] {
    switch content {
    case .file(let path): try HistoryReader.histories(inFile: path)
    case .bytes(let bytes): try HistoryReader.histories(from: bytes, named: name)
    case .deferred(let read): try HistoryReader.histories(from: read(), named: name)
    case .histories(let histories): histories
    case .fetched(let fetch): try fetch()
    }
  }
}
