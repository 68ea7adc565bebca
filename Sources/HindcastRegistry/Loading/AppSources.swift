/// Where the files of an app are: a directory, or memory.
public enum AppSources: Sendable {
  /// A directory, named as the user names it. Messages show the paths below it with this name in front.
  case directory(String)
  /// Files by their path relative to the app's directory, for tests.
  case memory([String: String])

  /// The path of a file of the app as the user would type it.
  func displayPath(_ path: String) -> String {
    switch self {
    case .memory: path
    case .directory(let root): root.isEmpty || root == "." ? path : Path.join(root, path)
    }
  }

  /// Reads a file; `path` is relative to the app's directory, or absolute.
  func read(_ path: String, limit: Int) throws(RegularFile.Failure) -> RegularFile.Contents {
    switch self {
    case .directory(let root):
      return try RegularFile.read(path.hasPrefix("/") ? path : Path.join(root, path), limit: limit)
    case .memory(let files):
      guard let text = files[path] ?? files[Path.clean(path)] else { throw .missing }
      if text.utf8.count > limit { throw .tooLarge(limit: limit) }
      return RegularFile.Contents(bytes: Array(text.utf8))
    }
  }
}
