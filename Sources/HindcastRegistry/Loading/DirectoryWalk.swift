import Foundation

/// Lists the files of an app.
enum DirectoryWalk {
  /// Directories that hold no entries of the app.
  private static let skippedDirectories: Set<String> = ["node_modules"]
  /// Deeper trees are not walked; nobody writes them, and links cannot make one, because they are not followed.
  private static let maximumDepth = 64

  /// The endings of registry files.
  static let extensions = [".yaml", ".yml", ".json"]

  static func isCandidate(_ name: String) -> Bool { extensions.contains { name.hasSuffix($0) } }

  /// The candidates below a directory, relative to `root`, in the order in which the runtime meets them: by name in every
  /// directory. Hidden directories are left out, as `.git` and `.build` are none of the app's.
  static func candidates(under directory: String, root: String) -> [String] {
    var found: [String] = []
    collect(directory, root: root, depth: 0, into: &found)
    return found
  }

  private static func collect(_ directory: String, root: String, depth: Int, into found: inout [String]) {
    guard depth < maximumDepth else { return }
    for name in names(in: Path.join(root, directory)) {
      let path = Path.join(directory, name)
      switch type(of: Path.join(root, path)) {
      case .directory where !skippedDirectories.contains(name) && !name.hasPrefix("."):
        collect(path, root: root, depth: depth + 1, into: &found)
      case .file where isCandidate(name): found.append(path)
      default: break
      }
    }
  }

  /// The names in a directory in the order of their bytes; none when it cannot be read.
  static func names(in directory: String) -> [String] {
    let path = directory.isEmpty ? "." : directory
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  enum EntryType { case file, directory, other }

  /// What stands at a path; a link counts as a file when it leads to one, and as nothing otherwise.
  static func type(of path: String) -> EntryType {
    var status = stat()
    guard lstat(path.isEmpty ? "." : path, &status) == 0 else { return .other }
    if status.st_mode & S_IFMT == S_IFLNK {
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return .other }
      return .file
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  /// Whether a path leads to a directory, links followed.
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path.isEmpty ? "." : path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
