import Foundation
import HindcastHistory
import HindcastReplay

/// Reads the histories that a command is given by name.
enum HistoryFiles {
  /// The histories of a file, or of standard input for `-`.
  static func read(_ path: String, _ console: Console) throws(HistoryError) -> [WorkflowHistory] {
    guard path == "-" else { return try HistoryReader.histories(inFile: path) }
    return try HistoryReader.histories(from: console.readStandardInput(), named: Corpus.standardInputName)
  }

  /// Whether a file begins as JSON text does.
  static func isPlainText(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    let start = (try? handle.read(upToCount: 64)) ?? Data()
    // White space and a byte order mark may come first.
    let first = start.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }
}
