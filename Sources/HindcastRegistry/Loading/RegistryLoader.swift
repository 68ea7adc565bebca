/// Reads every file of an app, and gathers the entries and problems.
struct RegistryLoader {
  private let sources: AppSources
  private var entries: [RegistryEntry] = []
  private var problems: [RegistryError] = []
  /// Whether any file was a registry file.
  private var foundFile = false

  private init(_ sources: AppSources) { self.sources = sources }

  /// Reads an app.
  ///
  /// - Returns: the entries, those of an identity that is taken left out, in the order of files and lines.
  static func load(_ sources: AppSources) -> (entries: [RegistryEntry], problems: [RegistryError]) {
    var loader = RegistryLoader(sources)
    loader.loadAll()
    return (loader.entries, loader.problems)
  }

  private mutating func loadAll() {
    if case .directory(let directory) = sources, !DirectoryWalk.isDirectory(directory) {
      problems.append(
        RegistryError(
          "\(directory) is no directory that can be read", kind: .notFound,
          hint: DirectoryWalk.type(of: directory) == .file ? "name the directory that the file is in" : nil))
      return
    }
    do {
      let roots = try sources.roots()
      var seen: Set<String> = []
      for root in roots {
        for path in sources.candidates(under: root) where seen.insert(path).inserted { load(path, root: root) }
      }
    } catch {
      problems.append(error)
      return
    }
    if !foundFile, problems.allSatisfy({ $0.severity == .warning }) {
      problems.append(
        RegistryError(
          "no registry entries found\(directoryName.map { " in \($0)" } ?? "")", kind: .notFound,
          hint: "entries stand in .yaml, .yml or .json files with a namespace, as a rule in _index.yaml"))
    }
    refuseDuplicates()
  }

  private var directoryName: String? { if case .directory(let directory) = sources { directory } else { nil } }

  private mutating func load(_ path: String, root: String) {
    let file = SourceFile(displayPath: sources.displayPath(path), relativePath: path)
    let start = SourcePosition(file: file.displayPath, line: 1, column: 1)
    var prefix: [UInt8] = []
    do {
      prefix = try sources.prefix(path)
      if RegistryFile.isHistory(path, prefix: prefix) { return }
      try read(try sources.read(path, limit: YAMLLimits.fileSize).bytes, file: file, prefix: prefix, root: root)
    } catch {
      if RegistryFile.looksMeant(path, prefix: prefix) {
        problems.append(RegistryError("failed to read the file: \(error)", kind: .notFound, at: start))
      }
    }
  }

  private mutating func read(
    _ bytes: [UInt8], file: SourceFile, prefix: [UInt8], root: String
  ) throws(RegularFile.Failure) {
    let isMeant = RegistryFile.looksMeant(file.relativePath, prefix: prefix)
    let value: ConfigurationValue?
    let duplicates: [RegistryError]
    do {
      (value, duplicates) = try YAMLReader.read(bytes, file: file)
    } catch {
      if isMeant {
        problems.append(error)
      }
      return
    }
    guard let value, let parser = EntryParser(value, path: file.relativePath) else { return }
    foundFile = foundFile || parser.hasEntries
    problems += duplicates + parser.problems
    var inclusion = FileInclusion(sources: sources, root: root, path: file.relativePath)
    for entry in parser.entries { entries.append(Self.complete(entry, with: &inclusion)) }
    problems += inclusion.problems
  }

  /// An entry with its files in place and its secrets marked; entries of other kinds keep their `file://`, since nothing
  /// here reads them.
  private static func complete(_ entry: RegistryEntry, with inclusion: inout FileInclusion) -> RegistryEntry {
    guard let kind = EntryKind(rawValue: entry.kind) else {
      return entry.replacing(data: SecretMarker.marking(entry.data))
    }
    let data = SecretMarker.marking(entry.data, by: kind.fields)
    return entry.replacing(
      data: inclusion.including(data, of: entry.id), meta: inclusion.including(entry.meta, of: entry.id))
  }

  private mutating func refuseDuplicates() {
    var first: [EntryID: SourcePosition] = [:]
    entries = entries.filter { entry in
      guard let other = first[entry.id] else {
        first[entry.id] = entry.position
        return true
      }
      problems.append(
        RegistryError(
          "the entry is defined twice", kind: .alreadyExists, at: entry.position, entry: entry.id,
          hint: "first defined at \(other)"))
      return false
    }
  }
}
