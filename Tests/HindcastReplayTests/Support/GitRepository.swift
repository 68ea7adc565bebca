import Foundation
import HindcastTestSupport
import XCTest

@testable import hindcast

/// A git repository in a temporary folder, made at one go.
final class GitRepository {
  /// A commit to make: its message, the numbers of its parents among those made before, and the files that it changes.
  struct Commit {
    var message: String
    var parents: [Int]
    /// By path; nil removes the file.
    var files: [(path: String, text: String?)]
  }

  let folder: TemporaryFolder
  /// The commits' ids.
  private(set) var ids: [String] = []

  /// Makes the commits on `main`, the last of which is checked out.
  init(_ commits: [Commit]) throws {
    folder = try TemporaryFolder()
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/git") else {
      throw XCTSkip("there is no /usr/bin/git")
    }
    try git("init", "--quiet", "--initial-branch=main")
    var stream = ""
    func data(_ text: String) -> String { "data \(text.utf8.count)\n\(text)\n" }
    for (number, commit) in commits.enumerated() {
      let person = "Ada <ada@example.org> \(1_700_000_000 + number * 60) +0000"
      stream += "commit refs/heads/main\nmark :\(number + 1)\nauthor \(person)\ncommitter \(person)\n"
      stream += data(commit.message)
      for (place, parent) in commit.parents.enumerated() {
        stream += "\(place == 0 ? "from" : "merge") :\(parent + 1)\n"
      }
      for (path, text) in commit.files {
        stream += text.map { "M 100644 inline \(path)\n" + data($0) } ?? "D \(path)\n"
      }
    }
    let input = try folder.write(stream, to: ".git/stream")
    try git("fast-import", "--quiet", "--force", "--export-marks=.git/made", input: input)
    let made = try String(contentsOfFile: folder[".git/made"], encoding: .utf8).split(separator: "\n")
    let byMark = Dictionary(
      uniqueKeysWithValues: made.map { line in
        let parts = line.dropFirst().split(separator: " ")
        return (String(parts[0]), String(parts[1]))
      })
    ids = try commits.indices.map { try XCTUnwrap(byMark["\($0 + 1)"]) }
    try git("reset", "--quiet", "--hard", "main")
  }

  /// The variables of a git that reads no configuration of whoever runs the tests.
  static let environment = [
    "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent",
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
  ]

  /// Runs git in the repository; what it prints.
  @discardableResult
  func git(_ arguments: String..., input: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
    process.arguments =
      ["-C", folder.path, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"] + arguments
    process.environment = Self.environment
    process.standardInput = input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    XCTAssertEqual(process.terminationStatus, 0, arguments.joined(separator: " "))
    return String(decoding: data, as: UTF8.self)
  }

  /// Everything that a bisection must leave as it is.
  func state() throws -> String {
    try [
      git("rev-parse", "HEAD"), git("symbolic-ref", "HEAD"), git("status", "--porcelain=v2"), git("stash", "list"),
      git("worktree", "list", "--porcelain"), git("for-each-ref"), git("config", "--local", "--list"),
      git("ls-files", "-s"),
      git("diff"),
    ].joined(separator: "\n--\n")
  }
}
