import Foundation

/// The repository that an app's folder lies in.
struct AppRepository: Sendable {
  let git: Git
  /// The folder of its working tree, absolute.
  let root: String
  /// The app's folder relative to the root; empty for the root itself.
  let folder: String

  /// Finds the repository of a folder.
  ///
  /// - Parameters:
  ///   - directory: the folder, absolute; it need not exist any more.
  ///   - environment: the variables of the process.
  init(ofApp directory: String, environment: [String: String]) throws(GitError) {
    var existing = URL(fileURLWithPath: directory).standardizedFileURL.path
    var missing: [String] = []
    while existing != "/", !Self.isFolder(existing) {
      let url = URL(fileURLWithPath: existing)
      missing.insert(url.lastPathComponent, at: 0)
      existing = url.deletingLastPathComponent().path
    }
    let git = Git(in: existing, environment: environment)
    let lines: [Substring]
    do {
      lines = try git.run("rev-parse", "--show-toplevel", "--show-prefix")
        .split(separator: "\n", omittingEmptySubsequences: false)
    } catch {
      if error.hint != nil { throw error }
      throw GitError("\(directory) is in no git working tree (\(error))")
    }
    root = lines.first.map(String.init) ?? existing
    let prefix = lines.count > 1 ? lines[1].split(separator: "/").map(String.init) : []
    folder = (prefix + missing).joined(separator: "/")
    self.git = git.inFolder(root)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// The app's folder in words.
  var folderName: String { folder.isEmpty ? "the repository's root" : folder }

  /// The full id of the commit that a name stands for.
  func commit(named name: String) throws(GitError) -> String {
    do {
      return try git.run("rev-parse", "--verify", "--quiet", "\(name)^{commit}")
    } catch {
      let isShallow = try git.run("rev-parse", "--is-shallow-repository") == "true"
      throw GitError(
        "'\(name)' names no commit of \(root)",
        hint: isShallow ? "the clone is shallow; git fetch --unshallow gets the other commits" : nil)
    }
  }

  /// The commits that came from one commit to another.
  ///
  /// - Throws: when the first is no ancestor of the second.
  func commits(from good: String, to bad: String, range: CommitRange) throws(GitError) -> CommitGraph {
    if good == bad { throw GitError("\(range.good) and \(range.bad) are the same commit") }
    guard try git.succeeds("merge-base", "--is-ancestor", good, bad) else {
      var hint: String?
      if try git.succeeds("merge-base", "--is-ancestor", bad, good) {
        hint = "it is the other way round: \(range.bad)..\(range.good)"
      } else if let base = try? git.run("merge-base", good, bad) {
        hint = "both go back to \(base.prefix(12)): does it pass there?"
      }
      throw GitError("\(range.good) is no ancestor of \(range.bad)", hint: hint)
    }
    let list = try git.run("rev-list", "--topo-order", "--reverse", "--parents", bad, "^\(good)")
    guard let graph = CommitGraph(revList: list, good: good) else {
      throw GitError("git rev-list printed something that is no list of commits")
    }
    return graph
  }

  /// The id of what the app's folder holds in a commit; nil where it has no such folder.
  func tree(of commit: String) throws(GitError) -> String? {
    let name = folder.isEmpty ? "\(commit)^{tree}" : "\(commit):\(folder)"
    guard let id = try? git.run("rev-parse", "--verify", "--quiet", name) else { return nil }
    return try git.run("cat-file", "-t", id) == "tree" ? id : nil
  }

  /// What is to be said of a commit.
  func details(of commit: String) throws(GitError) -> CommitDetails {
    let fields = try git.run(
      "log", "-1", "--no-color", "--encoding=UTF-8", "--date=iso-strict", "--format=%H%x00%h%x00%an <%ae>%x00%ad%x00%s",
      commit
    ).split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 5 else { throw GitError("git log printed something unexpected about \(commit)") }
    return CommitDetails(id: fields[0], shortID: fields[1], author: fields[2], date: fields[3], subject: fields[4])
  }

  /// What a commit changed in the app's folder, compared with its first parent, as a unified diff.
  func changes(in commit: String) throws(GitError) -> String {
    let parents = try git.run("rev-list", "--parents", "-n", "1", commit).split(separator: " ").dropFirst()
    let from: String
    // Only a branch that began on its own has a commit without parents between the ends.
    if let parent = parents.first { from = String(parent) } else { from = try emptyTree() }
    return try git.run(
      "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--unified=3", "--src-prefix=a/",
      "--dst-prefix=b/", from, commit, "--", ":(top,literal)\(folder)")
  }

  private func emptyTree() throws(GitError) -> String { try git.run("hash-object", "-t", "tree", "/dev/null") }
}

/// A commit as people know it.
struct CommitDetails: Sendable {
  let id: String
  let shortID: String
  /// Name and address.
  let author: String
  /// ISO 8601, in the author's time zone.
  let date: String
  let subject: String
}
