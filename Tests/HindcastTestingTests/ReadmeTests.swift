import Foundation
import XCTest

final class ReadmeTests: XCTestCase {
  func testTheUnitTestInTheReadmeIsTheOneThatRuns() throws {
    let readme = try String(contentsOfFile: "\(Folders.package)/README.md", encoding: .utf8)
    let test = try String(
      contentsOfFile: "\(Folders.package)/Tests/HindcastTestingTests/OrderTests.swift", encoding: .utf8)
    XCTAssertTrue(readme.contains("```swift\n\(test)```\n"), "README.md shows another test than OrderTests.swift")
    XCTAssertLessThan(test.split(separator: "\n", omittingEmptySubsequences: false).count - 1, 25)
  }
}
