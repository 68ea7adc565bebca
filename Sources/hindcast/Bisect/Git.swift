import Foundation
import Synchronization

/// Why git did not do what it was asked for.
struct GitError: Error, CustomStringConvertible {
  let description: String
  /// What the user may do about it.
  var hint: String?

  init(_ message: String, hint: String? = nil) {
    description = message
    self.hint = hint
  }
}

/// Runs git in a folder.
struct Git: Sendable {
  /// The folder that it runs in.
  var directory: String
  private let environment: [String: String]

  /// Variables by which a hook of git tells its own repository, which need not be the one that is asked about.
  private static let misleading = [
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
    "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
    "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_TRACE", "GIT_PAGER",
  ]

  /// Settings of the user's that are for what the user does: hooks, watchers of files, submodules beside every checkout. A
  /// signature is no part of what is read here.
  private static let settings = [
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "submodule.recurse=false", "log.showSignature=false",
    "core.quotePath=false",
  ]

  /// - Parameter environment: the variables of the process.
  init(in directory: String, environment: [String: String]) {
    self.directory = directory
    var environment = environment
    for name in Self.misleading { environment[name] = nil }
    environment["LC_ALL"] = "C"
    environment["GIT_TERMINAL_PROMPT"] = "0"
    // Reading must not refresh the user's index.
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    environment["PATH"] = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    self.environment = environment
  }

  /// The same in another folder.
  func inFolder(_ directory: String) -> Git {
    var copy = self
    copy.directory = directory
    return copy
  }

  /// Runs a command and gives what it prints, without the line feed at its end.
  ///
  /// - Throws: when git cannot be run or refuses, with its own words.
  func run(_ arguments: String...) throws(GitError) -> String { try run(arguments) }

  /// Runs a command and gives what it prints, without the line feed at its end.
  func run(_ arguments: [String]) throws(GitError) -> String {
    let (status, output, errors) = try launch(arguments)
    if status == 0 { return output.hasSuffix("\n") ? String(output.dropLast()) : output }
    if status == 127 { throw GitError("git cannot be run", hint: "hindcast bisect needs git on the PATH") }
    let words = errors.split(separator: "\n").first.map(String.init) ?? "git failed with status \(status)"
    throw GitError("git \(arguments.first ?? ""): \(words)")
  }

  /// Whether a command ends with status 0; what it prints is of no interest.
  func succeeds(_ arguments: String...) throws(GitError) -> Bool { try launch(arguments).status == 0 }

  private func launch(_ arguments: [String]) throws(GitError) -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", directory] + Self.settings.flatMap { ["-c", $0] } + arguments
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw GitError("git cannot be run: \(error.localizedDescription)")
    }
    // Both are read at once: a pipe that nobody empties would stop git.
    let complaints = Mutex(Data())
    let isRead = DispatchGroup()
    DispatchQueue.global().async(group: isRead) {
      let data = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
      complaints.withLock { $0 = data }
    }
    let printed = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    isRead.wait()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: printed, as: UTF8.self),
      String(decoding: complaints.withLock(\.self), as: UTF8.self)
    )
  }
}
