import Foundation
import XCTest

/// The tool that was built with the tests.
final class HindcastBinary {
  /// Where it is; skips the test where it is not beside the tests.
  static func url() throws -> URL {
    let url = Bundle(for: Self.self).bundleURL.deletingLastPathComponent().appendingPathComponent("hindcast")
    let beside =
      FileManager.default.isExecutableFile(atPath: url.path)
      ? url : Bundle.main.bundleURL.appendingPathComponent("hindcast")
    guard FileManager.default.isExecutableFile(atPath: beside.path) else {
      throw XCTSkip("there is no hindcast binary beside the tests, at \(beside.path)")
    }
    return beside
  }
}
