import Foundation
import HindcastLint
import HindcastRegistry

/// What the paths of `hindcast lint` mean: apps, parts of apps, and files that belong to none.
struct LintTargets {
  /// An app's folder, and the files and folders of it that are asked for; none for all.
  struct App {
    var directory: String
    var parts: [String] = []
  }

  private(set) var apps: [App] = []
  /// Lua files that are part of no app.
  private(set) var files: [String] = []
  /// Paths at which there is nothing to check, and why.
  private(set) var problems: [String] = []

  /// The apps that folders belong to: files given by a pattern lie in thousands in one folder.
  private var known: [String: String?] = [:]

  /// Folders in folders: nobody keeps apps deeper.
  private static let depthLimit = 32

  init(paths: [String], apps directories: [String]) {
    for directory in directories {
      if Self.isFolder(directory) {
        add(App(directory: directory))
      } else {
        problems.append("\(directory): there is no such folder")
      }
    }
    for path in paths {
      let (appCount, fileCount) = (apps.count, files.count)
      guard FileManager.default.fileExists(atPath: path) else {
        problems.append("\(path): there is no such file or folder")
        continue
      }
      if let app = self.app(near: path) {
        add(App(directory: app, parts: Self.isSame(app, path) ? [] : [path]))
      } else if Self.isFolder(path) {
        search(path, depth: 0)
        if apps.count == appCount, files.count == fileCount,
          !apps.contains(where: { Self.lies($0.directory, in: path) })
        {
          problems.append("\(path): no app was found in it")
        }
      } else {
        files.append(path)
      }
    }
  }

  private mutating func app(near path: String) -> String? {
    let folder = Self.isFolder(path) ? path : URL(fileURLWithPath: path).deletingLastPathComponent().path
    if let found = known[folder] { return found }
    let found = Registry.findApp(near: folder)
    known[folder] = .some(found)
    return found
  }

  /// Whether a file is asked for.
  static func contains(_ app: App, file: String) -> Bool {
    app.parts.isEmpty || app.parts.contains { lies(file, in: $0) }
  }

  private mutating func add(_ app: App) {
    guard let index = apps.firstIndex(where: { Self.isSame($0.directory, app.directory) }) else {
      apps.append(app)
      return
    }
    if apps[index].parts.isEmpty || app.parts.isEmpty {
      apps[index].parts = []
    } else {
      apps[index].parts += app.parts
    }
  }

  /// Looks for apps below a folder that belongs to none.
  private mutating func search(_ folder: String, depth: Int) {
    guard depth < Self.depthLimit else { return }
    for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() {
      let path = folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      guard !name.hasPrefix("."), name != "node_modules", !Self.isLink(path), Self.isFolder(path) else { continue }
      if let app = Registry.findApp(near: path) { add(App(directory: app)) } else { search(path, depth: depth + 1) }
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private static func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  private static func isSame(_ a: String, _ b: String) -> Bool { absolute(a) == absolute(b) }

  private static func lies(_ path: String, in folder: String) -> Bool {
    let (path, folder) = (absolute(path), absolute(folder))
    return path == folder || path.hasPrefix(folder == "/" ? folder : folder + "/")
  }
}
