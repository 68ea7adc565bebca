package import HindcastCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The files of workflow code that findings point into.
package struct SourceFiles {
  private let workingDirectory: String
  /// By app folder and file as the code knows it: the path for the user.
  private var paths: [String: String] = [:]
  /// The lines of the file looked at last; failures of one file follow each other.
  private var lines: (path: String, lines: [Substring])?

  /// Files larger than this are no code that anyone wants to see a line of, in bytes.
  private static let sizeLimit = 4 << 20

  /// - Parameter workingDirectory: the folder that paths are made relative to; absolute.
  package init(workingDirectory: String) {
    self.workingDirectory = workingDirectory.hasSuffix("/") ? workingDirectory : workingDirectory + "/"
  }

  /// A location whose file can be opened from the working directory, where there is such a file.
  package mutating func resolve(_ location: SourceLocation, app: String?) -> SourceLocation {
    var location = location
    location.file = path(of: location.file, app: app)
    return location
  }

  /// A path relative to the working directory, where it is in it.
  package func relative(_ path: String) -> String {
    path.hasPrefix(workingDirectory) ? String(path.dropFirst(workingDirectory.count)) : path
  }

  private mutating func path(of file: String, app: String?) -> String {
    let key = "\(app ?? "")\u{0}\(file)"
    if let path = paths[key] { return path }
    var candidates = [file]
    if let app, !file.hasPrefix("/") { candidates.insert(app == "." ? file : "\(app)/\(file)", at: 0) }
    let found = candidates.first { FileManager.default.fileExists(atPath: absolute($0)) } ?? file
    let path = relative(found)
    paths[key] = path
    return path
  }

  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : workingDirectory + path }

  /// Lines of a resolved location's file round its line, with their numbers; nothing where the file cannot be read.
  package mutating func excerpt(at location: SourceLocation, before: Int, after: Int) -> [(
    number: Int, text: Substring
  )] {
    let all = readLines(location.file)
    guard location.line >= 1, location.line <= all.count else { return [] }
    let range = max(1, location.line - before)...min(all.count, location.line + after)
    return range.map { ($0, all[$0 - 1]) }
  }

  private mutating func readLines(_ path: String) -> [Substring] {
    if let lines, lines.path == path { return lines.lines }
    let size = (try? FileManager.default.attributesOfItem(atPath: absolute(path))[.size]) as? Int ?? .max
    var result: [Substring] = []
    if size <= Self.sizeLimit, let data = FileManager.default.contents(atPath: absolute(path)) {
      // By bytes: to Swift a carriage return and a line feed are one character, which is not the latter.
      result = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { Substring(decoding: $0, as: UTF8.self) }
    }
    lines = (path, result)
    return result
  }
}
