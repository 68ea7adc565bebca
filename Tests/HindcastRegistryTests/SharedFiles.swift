import Foundation
import XCTest

/// The material that lies beside the package and is not part of it.
enum SharedFiles {
  /// The text of a file.
  ///
  /// - Throws: `XCTSkip` when the material is not there.
  static func text(_ name: String) throws -> String {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared =
      ProcessInfo.processInfo.environment["HINDCAST_SHARED"].map { URL(fileURLWithPath: $0) }
      ?? package.deletingLastPathComponent().appendingPathComponent("shared")
    let file = shared.appendingPathComponent(name)
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
      throw XCTSkip("\(name) is not beside the package; HINDCAST_SHARED names the directory that holds it")
    }
    return text
  }
}
