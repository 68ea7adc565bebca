private import Foundation

#if canImport(Glibc)
private import Glibc
#elseif canImport(Musl)
private import Musl
#else
private import Darwin
#endif

/// What an export did so far, a JSON line each, in a file of its own beside the histories.
///
/// Lines are only added. A process that is killed while it writes leaves half a line at the end, which is cut off.
final class ExportJournal {
  static let name = ".hindcast-fetch.jsonl"

  /// A line.
  enum Line: Codable, Sendable {
    /// How the folder is filled; the first line.
    case options(ExportOptions)
    /// What became of a run. The last line of a run counts.
    case run(ExportedRun)
  }

  private let descriptor: Int32
  private let path: String
  private let encoder: JSONEncoder

  /// Opens or makes the journal of a folder.
  init(in folder: String) throws(ExportError) {
    path = "\(folder)/\(Self.name)"
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw AtomicFile.failure(path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw ExportError(path: folder, message: "another hindcast fetch writes into this folder")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The lines that earlier calls wrote.
  func lines() throws(ExportError) -> [Line] {
    guard let data = FileManager.default.contents(atPath: path) else { throw AtomicFile.failure(path) }
    let end = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if end < data.count, ftruncate(descriptor, off_t(end)) != 0 { throw AtomicFile.failure(path) }
    let decoder = JSONDecoder()
    var lines: [Line] = []
    for text in data[..<end].split(separator: UInt8(ascii: "\n")) {
      guard let line = try? decoder.decode(Line.self, from: Data(text)) else {
        throw ExportError(
          path: path, message: "line \(lines.count + 1) is none of this version's; export to another folder")
      }
      lines.append(line)
    }
    return lines
  }

  /// Adds a line.
  func add(_ line: Line) throws(ExportError) {
    guard let data = try? encoder.encode(line) else {
      throw ExportError(path: path, message: "a line cannot be written as JSON")
    }
    try AtomicFile.writeAll(Array(data) + [UInt8(ascii: "\n")], to: descriptor, path)
  }
}
