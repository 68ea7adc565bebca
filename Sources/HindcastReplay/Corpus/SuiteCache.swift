/// The suites of the folders that the histories of a call lie in.
public struct SuiteCache {
  /// Files of one folder follow each other, so only the last folder's suite is kept.
  private var folder: String?
  private var suite = Suite()
  /// Folders whose errors were given out.
  private var reported: Set<String> = []

  /// A cache that has read no suite.
  public init() {}

  /// Adds to a verdict what only its place in the corpus tells: what the suite expects. The suite's faults come before the
  /// first history of its folder.
  public mutating func settle(_ result: ReplayResult, isStrict: Bool) -> [ReplayResult] {
    guard case .verdict(var verdict) = result else { return [result] }
    let (expectation, errors) = expectation(forFile: verdict.file, named: verdict.name)
    verdict.expectation = expectation
    if isStrict { verdict.promoteWarnings() }
    return errors.map(ReplayResult.suiteError) + [.verdict(verdict)]
  }

  /// What is expected of a history, and, the first time its folder is looked at, what is wrong with its suite.
  mutating func expectation(forFile file: String, named name: String) -> (Expectation?, [SuiteError]) {
    let folder = Self.split(file).folder
    if folder != self.folder {
      self.folder = folder
      suite = Suite(ofFolder: folder)
    }
    let errors = suite.errors.isEmpty || !reported.insert(folder).inserted ? [] : suite.errors
    return (suite.expectations.isEmpty ? nil : suite.expectations[Self.split(name).name], errors)
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    return (folder, String(path[path.utf8.index(after: slash)...]))
  }
}
