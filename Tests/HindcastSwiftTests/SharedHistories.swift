import Foundation
import HindcastHistory
import XCTest

/// Histories that other projects recorded; they lie beside this package and are no part of it.
enum SharedHistories {
  /// The history of the Go SDK's replay tests with this file name.
  /// - Throws: `XCTSkip` when the histories are not there.
  static func goSDK(_ file: String) throws -> WorkflowHistory {
    let path = try folder().appendingPathComponent(file).path
    let histories = try HistoryReader.histories(inFile: path)
    return try XCTUnwrap(histories.first, "\(file) holds no history")
  }

  private static func folder() throws -> URL {
    let root =
      ProcessInfo.processInfo.environment["HINDCAST_SHARED"].map { URL(fileURLWithPath: $0) }
      ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
    let folder = root.appendingPathComponent("histories/sdk-go")
    guard FileManager.default.fileExists(atPath: folder.path) else {
      throw XCTSkip("the Go SDK's histories are not at \(folder.path); set HINDCAST_SHARED to the folder that has them")
    }
    return folder
  }
}
