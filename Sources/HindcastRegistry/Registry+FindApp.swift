import Foundation

extension Registry {
  /// The app that a file or directory belongs to: the nearest directory at or above it that holds registry entries, or
  /// the project round that directory when the project's `wippy.lock` says that its entries lie there.
  ///
  /// Every call looks at the file system: a caller with many files asks once a directory.
  ///
  /// - Parameter path: a file or directory, which need not exist.
  /// - Returns: the directory, relative to the current one where it lies below that; `nil` when there is none.
  public static func findApp(near path: String) -> String? {
    let current = FileManager.default.currentDirectoryPath
    let absolute = Path.clean(path.hasPrefix("/") ? path : Path.join(current, path))
    let start = DirectoryWalk.isDirectory(absolute) ? absolute : Path.directory(absolute)
    guard let nearest = ancestors(of: start).first(where: holdsEntries) else { return nil }
    let project = ancestors(of: nearest).first { contains($0, nearest) } ?? nearest
    return Path.shortened(project, from: current)
  }

  /// A directory and all above it.
  private static func ancestors(of path: String) -> UnfoldFirstSequence<String> {
    sequence(first: path) { $0 == "/" || $0.isEmpty ? nil : Path.directory($0) }
  }

  /// Whether a project's `wippy.lock` takes in a directory below it.
  private static func contains(_ project: String, _ directory: String) -> Bool {
    let sources = AppSources.directory(project)
    guard DirectoryWalk.type(of: Path.join(project, AppSources.lockName)) == .file, let roots = try? sources.roots()
    else { return false }
    return roots.contains { root in
      let root = Path.join(project, root)
      return directory == root || directory.hasPrefix(root + "/")
    }
  }

  /// Whether a registry file or a `wippy.lock` stands in a directory itself.
  private static func holdsEntries(_ directory: String) -> Bool {
    let names = DirectoryWalk.names(in: directory)
    if names.contains(AppSources.lockName) { return true }
    // The likeliest first: histories may lie in thousands beside them.
    let candidates = names.filter(DirectoryWalk.isCandidate)
    let ordered =
      candidates.filter { $0.hasPrefix("_index.") } + candidates.filter { !$0.hasSuffix(".json") }
      + candidates.filter { $0.hasSuffix(".json") }
    return ordered.contains { isRegistryFile(Path.join(directory, $0), name: $0) }
  }

  private static func isRegistryFile(_ path: String, name: String) -> Bool {
    guard let prefix = try? RegularFile.readPrefix(path, count: RegistryFile.prefixSize),
      !RegistryFile.isHistory(name, prefix: prefix)
    else { return false }
    let file = SourceFile(displayPath: path, relativePath: name)
    let bytes = (try? RegularFile.read(path, limit: YAMLLimits.fileSize).bytes) ?? prefix
    if name.hasSuffix(".json"), !RegistryFile.isMeant(name, bytes: bytes) { return false }
    do {
      guard let value = try YAMLReader.read(bytes, file: file).value, let parser = EntryParser(value, path: name)
      else { return false }
      return !parser.entries.isEmpty || parser.problems.contains { $0.severity == .error }
    } catch {
      // A broken registry file still says where the app is, so that its errors are shown.
      return RegistryFile.isMeant(name, bytes: bytes)
    }
  }
}
