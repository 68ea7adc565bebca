import SwiftProtobuf
import TemporalAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Reads workflow histories in every form in which they are exported.
///
/// The form is recognised by content, never by the name of the file; gzip is undone first.
public enum HistoryReader {
  /// The histories in a file.
  ///
  /// - Parameter path: the file; it appears in errors and in `HistoryOrigin.file` as it is given.
  /// - Throws: `HistoryError`, with the place of the fault.
  public static func histories(inFile path: String) throws(HistoryError) -> [WorkflowHistory] {
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw HistoryError(code: .unreadable, file: path, message: "cannot be read: \(error)")
    }
    return try histories(from: bytes, named: path)
  }

  /// The histories in bytes that are already in memory.
  ///
  /// - Parameters:
  ///   - bytes: the content of a file.
  ///   - name: what to call the file in errors and in `HistoryOrigin.file`.
  /// - Throws: `HistoryError`, with the place of the fault.
  public static func histories(from bytes: Data, named name: String) throws(HistoryError) -> [WorkflowHistory] {
    do {
      var options = JSONDecodingOptions()
      options.ignoreUnknownFields = true
      let history = try Temporal_Api_History_V1_History(jsonUTF8Bytes: bytes, options: options)
      return [WorkflowHistory(events: history.events, origin: HistoryOrigin(file: name, container: .history))]
    } catch {
      throw HistoryError(code: .unrecognized, file: name, message: "cannot be read: \(error)")
    }
  }

  /// The histories in bytes that are already in memory.
  ///
  /// - Throws: `HistoryError`, with the place of the fault.
  public static func histories(from bytes: [UInt8], named name: String) throws(HistoryError) -> [WorkflowHistory] {
    try histories(from: Data(bytes), named: name)
  }
}
