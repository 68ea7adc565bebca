import Foundation
import Synchronization

/// A worktree of the user's repository in a temporary folder, which holds the app as it was in one commit after another.
/// The user's files, index, branch and stash are never touched, and it goes away with `remove()`.
final class BisectWorktree: Sendable {
  private let repository: AppRepository
  /// The temporary folder that holds the worktree, and nothing else.
  private let outer: String
  /// The worktree's folder.
  let root: String
  /// Held while git works in it, so that a signal does not take it away meanwhile.
  private let isRemoved = Mutex(false)

  private static let name = "hindcast-bisect"

  /// Makes a worktree without files.
  init(of repository: AppRepository, temporaryDirectory: String) throws(GitError) {
    self.repository = repository
    outer = temporaryDirectory + "/\(Self.name)-\(UUID().uuidString.prefix(8))"
    root = outer + "/" + Self.name
    do {
      try FileManager.default.createDirectory(
        atPath: outer, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw GitError("\(outer) cannot be made: \(error.localizedDescription)")
    }
  }

  deinit { remove() }

  /// The app's folder in the worktree.
  var app: String { repository.folder.isEmpty ? root : "\(root)/\(repository.folder)" }

  /// The path in the repository of a file of the app, as the app names it.
  func path(of file: String) -> String {
    if file.hasPrefix(root + "/") { return String(file.dropFirst(root.count + 1)) }
    return repository.folder.isEmpty || file.hasPrefix("/") ? file : "\(repository.folder)/\(file)"
  }

  /// Tells git of the worktree.
  func add(at commit: String) throws(GitError) {
    try exclusively { () throws(GitError) in
      _ = try repository.git.run("worktree", "add", "--detach", "--no-checkout", "--quiet", root, commit)
    }
  }

  /// Replaces the app's folder by what it was in a commit. Other folders stay empty: they may be large.
  func checkOut(_ commit: String) throws(GitError) {
    try exclusively { () throws(GitError) in
      let git = repository.git.inFolder(root)
      // The whole index, so that attributes of files above the app's folder count.
      _ = try git.run("read-tree", commit)
      empty()
      // The app need not be in the part of the repository that the user has checked out.
      _ = try git.run(
        "restore", "--worktree", "--ignore-skip-worktree-bits", "--", ":(top,literal)\(repository.folder)")
    }
  }

  private func empty() {
    guard repository.folder.isEmpty else {
      try? FileManager.default.removeItem(atPath: app)
      return
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where name != ".git" {
      try? FileManager.default.removeItem(atPath: "\(root)/\(name)")
    }
  }

  /// Removes the worktree; again and again does no harm.
  ///
  /// - Parameter last: what is done then, before anybody who wants to work in the worktree goes on: the end of the process.
  func remove(last: () -> Void = {}) {
    isRemoved.withLock { isRemoved in
      defer { last() }
      guard !isRemoved else { return }
      isRemoved = true
      // Only this one: `worktree prune` would also forget the user's own on disks that are away just now.
      _ = try? repository.git.run("worktree", "remove", "--force", root)
      try? FileManager.default.removeItem(atPath: outer)
    }
  }

  private func exclusively(_ body: () throws(GitError) -> Void) throws(GitError) {
    let result: Result<Void, GitError> = isRemoved.withLock { isRemoved in
      if isRemoved { return .failure(GitError("interrupted")) }
      return Result { () throws(GitError) in try body() }
    }
    try result.get()
  }
}
