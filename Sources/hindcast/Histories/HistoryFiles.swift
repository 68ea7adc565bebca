import HindcastHistory
import HindcastReplay

/// Reads the histories that a command is given by name.
enum HistoryFiles {
  /// The histories of a file, or of standard input for `-`.
  static func read(_ path: String, _ console: Console) throws(HistoryError) -> [WorkflowHistory] {
    guard path == "-" else { return try HistoryReader.histories(inFile: path) }
    return try HistoryReader.histories(from: console.readStandardInput(), named: Corpus.standardInputName)
  }
}
