/// The files with histories under some paths, in one order on every machine.
///
/// Folders are walked as they are reached, sorted by the names' characters; folders whose names begin with a dot, and links
/// to folders, are not entered.
public struct Corpus: Sequence, Sendable {
  /// A file, or a path that cannot be looked at.
  public enum Element: Sendable, Hashable {
    /// A file; explicit when a path names it.
    case file(String, isExplicit: Bool)
    /// Standard input, asked for with `-`.
    case standardInput
    /// There is nothing at this path, or nothing that may be read, for this reason.
    case unreadable(String, reason: String)
  }

  private let paths: [String]

  /// The corpus of the paths: files, folders, or `-`.
  public init(_ paths: [String]) { self.paths = paths }

  /// Walks the paths in their order.
  public func makeIterator() -> CorpusIterator { CorpusIterator(paths) }

  private static let suffixes = [".json", ".json.gz", ".bin", ".binpb", ".pb", ".gz"]
  /// Files of apps that have such a suffix.
  private static let otherFiles: Set<String> = ["_index.json", "package.json", "package-lock.json"]

  /// Whether a file of this name, found in a folder, may hold histories.
  static func isCandidate(_ name: String) -> Bool {
    !otherFiles.contains(name) && suffixes.contains { name.hasSuffix($0) }
  }
}
