import HindcastHistory

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Walks a `Corpus`; gives a source for each file, and one that cannot be read for each path that leads nowhere.
public struct CorpusIterator: IteratorProtocol, Sendable {
  /// What is left to look at, the next one last.
  private var stack: [(path: String, isExplicit: Bool)]
  private let shard: Shard
  private let standardInput: @Sendable () throws(HistoryError) -> [UInt8]
  private var index = 0

  init(
    _ paths: [String], _ shard: Shard, _ standardInput: @escaping @Sendable () throws(HistoryError) -> [UInt8]
  ) {
    stack = paths.reversed().map { ($0, true) }
    self.shard = shard
    self.standardInput = standardInput
  }

  /// The next source of the part.
  public mutating func next() -> HistorySource? {
    while let source = nextOfAll() {
      index += 1
      if shard.contains(index - 1) { return source }
    }
    return nil
  }

  private mutating func nextOfAll() -> HistorySource? {
    while let (path, isExplicit) = stack.popLast() {
      if isExplicit, path == "-" {
        return HistorySource(name: Corpus.standardInputName, content: .deferred(standardInput))
      }
      switch FileKind(of: path, isExplicit: isExplicit) {
      case .folder: if !push(path) { return .unreadable(path, because: "the folder cannot be read") }
      case .file: return .file(path, isExplicit: isExplicit)
      case .missing: return .unreadable(path, because: "there is no such file or folder")
      case .other: continue
      }
    }
    return nil
  }

  private mutating func push(_ folder: String) -> Bool {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return false }
    let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    for name in names.sorted().reversed() where !name.hasPrefix(".") {
      let path = prefix + name
      if Corpus.isCandidate(name) || FileKind(of: path, isExplicit: false) == .folder { stack.append((path, false)) }
    }
    return true
  }
}

/// What stands at a path.
private enum FileKind {
  case file
  case folder
  case other
  case missing

  init(of path: String, isExplicit: Bool) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      self = .missing
      return
    }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    if isLink, stat(path, &status) != 0 {
      self = .missing
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    // A linked folder may lead round in circles, unless it is where the walk begins.
    case S_IFDIR: self = isLink && !isExplicit ? .other : .folder
    // A pipe holds histories when the user says so; in a folder it is there for something else.
    default: self = isExplicit ? .file : .other
    }
  }
}
