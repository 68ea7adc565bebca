public import HindcastReplay
public import Testing

/// A file with histories, as the argument of a parametrised test: one test case a file.
///
/// ```swift
/// @Test(arguments: try HistoryCase.all(in: "Histories/orders"))
/// func replays(_ history: HistoryCase) { assertReplays(history) }
/// ```
public struct HistoryCase: Sendable, CustomTestStringConvertible {
  /// Where the histories are.
  public let source: HistorySource
  /// How the case is called in test reports: the path as it was given, and the file's place beneath it.
  public let testDescription: String

  /// All files with histories at or beneath some paths, in the order of their names.
  ///
  /// - Parameters:
  ///   - paths: Files or folders, from the nearest folder at or above the test's own that has them.
  /// - Throws: ``NoHistoryError`` where there is none: a test without cases would pass.
  public static func all(
    in paths: String..., fileID: String = #fileID, filePath: StaticString = #filePath
  ) throws(NoHistoryError) -> [HistoryCase] {
    let place = TestPlace(fileID: fileID, filePath: filePath)
    var cases: [HistoryCase] = []
    for path in paths {
      let resolved = place.resolve(path)
      for source in Corpus([resolved]) {
        let name = source.name.hasPrefix(resolved) ? path + source.name.dropFirst(resolved.count) : source.name
        cases.append(HistoryCase(source: source, testDescription: name))
      }
    }
    guard !cases.isEmpty else { throw NoHistoryError(paths: paths) }
    return cases
  }
}

/// There is no history where a test looks for some.
public struct NoHistoryError: Error, Sendable, CustomStringConvertible {
  /// Where it looked.
  public let paths: [String]

  /// The reason.
  public var description: String { "no history found in \(paths.joined(separator: ", "))" }
}
