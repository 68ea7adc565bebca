/// Replaces every text that starts with `file://` by the text of that file.
struct FileInclusion {
  /// The largest file that is taken in, in bytes.
  private static let maximumSize = 16 << 20
  private static let scheme = "file://"

  private let sources: AppSources
  /// The directory of the app, relative to it, that `file:///` starts from and that no path may leave.
  private var root = ""
  /// The registry file, relative to the app's directory.
  private var path = ""
  /// The files that were taken in; entries share what they hold.
  private var contents: [String: (text: String, bytes: [UInt8])] = [:]
  private(set) var problems: [RegistryError] = []

  init(_ sources: AppSources) { self.sources = sources }

  /// Turns to the entries of a registry file.
  mutating func start(on path: String, root: String) {
    self.path = path
    self.root = root
  }

  /// A map with the files in place.
  mutating func including(_ map: ConfigurationMap, of entry: EntryID) -> ConfigurationMap {
    map.mapValues { including($0.value, of: entry) }
  }

  private mutating func including(_ value: ConfigurationValue, of entry: EntryID) -> ConfigurationValue {
    var result = value
    switch value.content {
    case .null, .bool, .int, .float: break
    case .list(let elements): result.content = .list(elements.map { including($0, of: entry) })
    case .map(let map): result.content = .map(including(map, of: entry))
    case .string(let text):
      guard text.hasPrefix(Self.scheme) else { break }
      include(String(text.dropFirst(Self.scheme.count)), into: &result, of: entry)
    }
    return result
  }

  private mutating func include(_ written: String, into value: inout ConfigurationValue, of entry: EntryID) {
    value.isUnresolved = true
    func problem(_ message: String, kind: RegistryError.Kind = .invalid, hint: String? = nil) -> RegistryError {
      RegistryError("interpolation error: \(message)", kind: kind, at: value.position, entry: entry, hint: hint)
    }
    guard !written.isEmpty else {
      problems.append(problem("empty file path in file:// URL"))
      return
    }
    // Every path is taken relative to the root, so that leaving it shows.
    let start =
      written.hasPrefix("/") ? "" : String(Path.directory(path).dropFirst(root.isEmpty ? 0 : root.utf8.count + 1))
    let cleaned = Path.clean(Path.join(start, String(written.drop { $0 == "/" })))
    guard !Path.leavesRoot(cleaned) else {
      problems.append(
        problem(
          "path traversal detected in file path: \(written)", kind: .permissionDenied,
          hint: "files must lie in the app's source directory"))
      return
    }
    guard !cleaned.isEmpty, !written.utf8.contains(0) else {
      problems.append(problem("invalid file path: \(written.debugDescription)"))
      return
    }
    let target = Path.join(root, cleaned)
    do {
      let (text, bytes) = try read(target)
      value.content = .string(text)
      value.text = SourceText(file: sources.displayPath(target), relativePath: target, bytes: bytes)
      value.isUnresolved = false
    } catch {
      let near =
        error.isMissingFile && problems.count < suggestionLimit
        ? didYouMean(Path.name(target), among: sources.names(beside: target)) : nil
      problems.append(
        problem("failed to read file \(sources.displayPath(target)): \(error)", kind: .notFound, hint: near))
    }
  }

  private mutating func read(_ target: String) throws(RegularFile.Failure) -> (text: String, bytes: [UInt8]) {
    if let known = contents[target] { return known }
    let read = try sources.read(target, limit: Self.maximumSize)
    contents[target] = (read.text, read.bytes)
    return (read.text, read.bytes)
  }
}
