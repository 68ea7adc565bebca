public import HindcastHistory

/// The files with histories under some paths, in one order on every machine.
///
/// Folders are walked as they are reached, sorted by the names' characters; folders whose names begin with a dot, and links
/// to folders, are not entered.
public struct Corpus: Sequence, Sendable {
  /// What standard input is called in reports.
  public static let standardInputName = "<stdin>"

  private let paths: [String]
  private let shard: Shard
  private let standardInput: @Sendable () throws(HistoryError) -> [UInt8]

  /// Describes a corpus.
  ///
  /// - Parameters:
  ///   - paths: files, folders, or `-` for standard input.
  ///   - shard: the part of the files to give.
  ///   - standardInput: reads standard input to its end.
  public init(
    _ paths: [String], shard: Shard = .whole,
    standardInput: @escaping @Sendable () throws(HistoryError) -> [UInt8] = Self.noStandardInput
  ) {
    self.paths = paths
    self.shard = shard
    self.standardInput = standardInput
  }

  /// Walks the paths in their order.
  public func makeIterator() -> CorpusIterator { CorpusIterator(paths, shard, standardInput) }

  /// What `-` is where nobody says otherwise: an error.
  public static func noStandardInput() throws(HistoryError) -> [UInt8] {
    throw HistoryError(code: .unreadable, file: standardInputName, message: "there is no standard input to read here")
  }

  private static let suffixes = [".json", ".json.gz", ".bin", ".binpb", ".pb", ".gz"]
  /// Files of apps that have such a suffix.
  private static let otherFiles: Set<String> = ["_index.json", "package.json", "package-lock.json"]

  /// Whether a file of this name, found in a folder, may hold histories.
  static func isCandidate(_ name: String) -> Bool {
    !otherFiles.contains(name) && suffixes.contains { name.hasSuffix($0) }
  }
}
