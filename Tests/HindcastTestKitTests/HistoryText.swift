import Foundation
import HindcastHistory
import TemporalAPI

/// Histories in other forms than Hindcast writes them.
enum HistoryText {
  /// On one line.
  static func compact(_ history: WorkflowHistory) -> Data {
    let events = history.events.map { HistoryWriter.json($0, indented: false) }
    return Data("{\"events\":[\(events.joined(separator: ","))]}".utf8)
  }
}
