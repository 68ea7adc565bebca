#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Walks a `Corpus`.
public struct CorpusIterator: IteratorProtocol, Sendable {
  /// What is left to look at, the next one last.
  private var stack: [(path: String, isExplicit: Bool)]

  init(_ paths: [String]) {
    stack = paths.reversed().map { ($0, true) }
  }

  /// The next file.
  public mutating func next() -> Corpus.Element? {
    while let (path, isExplicit) = stack.popLast() {
      if isExplicit, path == "-" { return .standardInput }
      switch FileKind(of: path, isExplicit: isExplicit) {
      case .folder: if let problem = push(path) { return problem }
      case .file: return .file(path, isExplicit: isExplicit)
      case .missing: return .unreadable(path, reason: "there is no such file or folder")
      case .other: continue
      }
    }
    return nil
  }

  private mutating func push(_ folder: String) -> Corpus.Element? {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      return .unreadable(folder, reason: "the folder cannot be read")
    }
    let prefix = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    for name in names.sorted().reversed() where !name.hasPrefix(".") {
      let path = prefix + name
      if Corpus.isCandidate(name) || FileKind(of: path, isExplicit: false) == .folder { stack.append((path, false)) }
    }
    return nil
  }
}

/// What stands at a path.
private enum FileKind {
  case file
  case folder
  case other
  case missing

  init(of path: String, isExplicit: Bool) {
    guard let type = (try? FileManager.default.attributesOfItem(atPath: path)[.type]) as? FileAttributeType else {
      self = .missing
      return
    }
    switch type {
    case .typeRegular: self = .file
    case .typeDirectory: self = .folder
    case .typeSymbolicLink: self = Self.linked(path, isExplicit: isExplicit)
    // A pipe holds histories when the user says so; in a folder it is there for something else.
    default: self = isExplicit ? .file : .other
    }
  }

  /// A linked file is as good as a file; a linked folder may lead round in circles, unless it is where the walk begins.
  private static func linked(_ path: String, isExplicit: Bool) -> FileKind {
    var isFolder: Bool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .missing }
    return isFolder ? (isExplicit ? .folder : .other) : .file
  }
}
