private import Foundation

/// The place in a test that an issue belongs to.
public struct TestPlace: Sendable {
  let fileID: String
  let filePath: StaticString
  let line: UInt
  let column: UInt

  /// The place of the call that leaves these to their defaults.
  public init(
    fileID: String = #fileID, filePath: StaticString = #filePath, line: UInt = #line, column: UInt = #column
  ) {
    self.fileID = fileID
    self.filePath = filePath
    self.line = line
    self.column = column
  }

  /// The folder of the test's file.
  var folder: String { URL(filePath: "\(filePath)").deletingLastPathComponent().path }

  /// The test's file without its folder and suffix.
  var fileName: String { URL(filePath: "\(filePath)").deletingPathExtension().lastPathComponent }

  /// A path as a test means it: from the nearest folder at or above the test's own that has it, so that it does not matter where
  /// the tests are run; from the working directory where none has.
  func resolve(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    var folder = URL(filePath: folder)
    while true {
      let candidate = folder.appending(path: path).path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      let parent = folder.deletingLastPathComponent()
      guard parent.path != folder.path else { return path }
      folder = parent
    }
  }
}
