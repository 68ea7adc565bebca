private import Testing
private import XCTest

/// Something that makes a test fail.
struct TestIssue: Sendable {
  var message: String
  var place: TestPlace

  /// Who is told of issues in place of the test that runs: the tests of this module.
  @TaskLocal static var listener: (@Sendable (TestIssue) -> Void)?

  /// Makes the test that runs fail, whichever framework it is of.
  func record() {
    if let listener = Self.listener { return listener(self) }
    if Test.current != nil {
      Issue.record(
        Comment(rawValue: message),
        sourceLocation: Testing.SourceLocation(
          fileID: place.fileID, filePath: "\(place.filePath)", line: Int(place.line), column: Int(place.column)))
    } else {
      XCTFail(message, file: place.filePath, line: place.line)
    }
  }
}
