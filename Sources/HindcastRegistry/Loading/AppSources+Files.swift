extension AppSources {
  /// The largest `wippy.lock` that is read, in bytes.
  private static let maximumLockSize = 1 << 20
  static let lockName = "wippy.lock"

  /// The directories, relative to the app's, whose files belong to it: those that `wippy.lock` names, else the app's own.
  func roots() throws(RegistryError) -> [String] {
    let lock: RegularFile.Contents
    do {
      lock = try read(Self.lockName, limit: Self.maximumLockSize)
    } catch {
      if error.isMissingFile { return [""] }
      throw RegistryError(
        "failed to read \(displayPath(Self.lockName)): \(error)", kind: .notFound,
        at: SourcePosition(file: displayPath(Self.lockName), line: 1, column: 1))
    }
    let file = SourceFile(displayPath: displayPath(Self.lockName), relativePath: Self.lockName)
    let value = try YAMLReader.read(lock.bytes, file: file).value
    let directories = value?["directories"]
    var roots: [String] = []
    for (name, fallback) in [("src", "."), ("modules", ".wippy")] {
      let written = directories?[name]
      guard let path = written?.string ?? (written == nil ? fallback : nil) else {
        throw RegistryError("directories.\(name) must be a string", at: written?.position)
      }
      let cleaned = Path.clean(path)
      if cleaned.hasPrefix("/") || Path.leavesRoot(cleaned) {
        throw RegistryError(
          "directories.\(name) leads out of the project: \(path)", kind: .permissionDenied, at: written?.position)
      }
      if !roots.contains(cleaned) { roots.append(cleaned) }
    }
    return roots
  }

  /// The candidates below one of the roots, in the order in which the runtime meets them.
  func candidates(under root: String) -> [String] {
    switch self {
    case .directory(let directory):
      return DirectoryWalk.candidates(under: root, root: directory)
    case .memory(let files):
      let paths = files.keys.filter { path in
        (root.isEmpty || path.hasPrefix(root + "/")) && DirectoryWalk.isCandidate(path)
      }
      // Component by component, as a walk over directories meets them.
      return paths.sorted { left, right in
        left.split(separator: "/").lexicographicallyPrecedes(right.split(separator: "/")) {
          $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
      }
    }
  }

  /// How a file starts.
  func prefix(_ path: String) throws(RegularFile.Failure) -> [UInt8] {
    switch self {
    case .directory(let root):
      return try RegularFile.readPrefix(Path.join(root, path), count: RegistryFile.prefixSize)
    case .memory(let files):
      guard let text = files[path] else { throw .missing }
      return Array(text.utf8.prefix(RegistryFile.prefixSize))
    }
  }

  /// The names of the files in the directory of a file, to find the one that was meant.
  func names(beside path: String) -> [String] {
    switch self {
    case .directory(let root):
      return DirectoryWalk.names(in: Path.join(root, Path.directory(path)))
    case .memory(let files):
      return files.keys.filter { Path.directory($0) == Path.directory(path) }.map(Path.name).sorted()
    }
  }
}
