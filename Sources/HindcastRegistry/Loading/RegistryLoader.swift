/// Reads every file of an app, and gathers the entries and problems.
struct RegistryLoader {
  private let sources: AppSources
  private var entries: [RegistryEntry] = []
  private var problems: [RegistryError] = []
  /// Whether any file was a registry file.
  private var foundFile = false
  private var inclusion: FileInclusion

  private init(_ sources: AppSources) {
    self.sources = sources
    inclusion = FileInclusion(sources)
  }

  /// Reads an app.
  ///
  /// - Returns: the entries, those of an identity that is taken left out, in the order of files and lines.
  static func load(_ sources: AppSources) -> (entries: [RegistryEntry], problems: [RegistryError]) {
    var loader = RegistryLoader(sources)
    loader.loadAll()
    return (loader.entries, loader.problems + loader.inclusion.problems)
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
    var prefix: [UInt8] = []
    let bytes: [UInt8]
    do {
      prefix = try sources.prefix(path)
      if RegistryFile.isHistory(path, prefix: prefix) { return }
      bytes = try sources.read(path, limit: YAMLLimits.fileSize).bytes
    } catch {
      if RegistryFile.isMeant(path, bytes: prefix) {
        let start = SourcePosition(file: file.displayPath, line: 1, column: 1)
        problems.append(RegistryError("failed to read the file: \(error)", kind: .notFound, at: start))
      }
      return
    }
    // Other tools' JSON, however large, is not worth building values of.
    if path.hasSuffix(".json"), !RegistryFile.isMeant(path, bytes: bytes) { return }
    do {
      let (value, duplicates) = try YAMLReader.read(bytes, file: file)
      guard let value, let parser = EntryParser(value, path: path) else { return }
      foundFile = foundFile || parser.hasEntries
      problems += duplicates + parser.problems
      inclusion.start(on: path, root: root)
      for entry in parser.entries { entries.append(complete(entry)) }
    } catch {
      if RegistryFile.isMeant(path, bytes: bytes) { problems.append(error) }
    }
  }

  /// An entry with its files in place and its secrets marked; entries of other kinds keep their `file://`, since nothing
  /// here reads them.
  private mutating func complete(_ entry: RegistryEntry) -> RegistryEntry {
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
