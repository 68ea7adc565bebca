/// Slash-separated paths, handled as text: nothing here asks the file system.
enum Path {
  /// Two paths in a row.
  static func join(_ first: String, _ second: String) -> String {
    if first.isEmpty { return second }
    if second.isEmpty { return first }
    return first.hasSuffix("/") ? first + second : "\(first)/\(second)"
  }

  /// Everything before the last component; empty where there is only one.
  static func directory(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component.
  static func name(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  /// The path without `.`, doubled slashes, and `..` where a component stands before it.
  static func clean(_ path: String) -> String {
    var components: [Substring] = []
    for component in path.split(separator: "/") where component != "." {
      if component == "..", let last = components.last, last != ".." {
        components.removeLast()
      } else if component != ".." || !path.hasPrefix("/") {
        components.append(component)
      }
    }
    return (path.hasPrefix("/") ? "/" : "") + components.joined(separator: "/")
  }

  /// An absolute path as a user in a directory would type it: relative where it lies in that directory.
  static func shortened(_ path: String, from current: String) -> String {
    if path == current { return "." }
    let below = current == "/" ? current : current + "/"
    return path.hasPrefix(below) ? String(path.dropFirst(below.count)) : path
  }

  /// Whether a cleaned relative path leads out of where it starts.
  static func leavesRoot(_ cleaned: String) -> Bool { cleaned == ".." || cleaned.hasPrefix("../") }
}
