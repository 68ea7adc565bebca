import Foundation
import HindcastReport
import HindcastTestSupport
import XCTest

final class DescriptorOutputTests: XCTestCase {
  func testWritesAllOfALongText() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "é, ", count: 100_000)
    do {
      let output = try DescriptorOutput(path: folder["a.txt"])
      try output.write(text)
      try output.write("end")
    }
    XCTAssertEqual(try String(contentsOfFile: folder["a.txt"], encoding: .utf8), text + "end")
  }

  func testAClosedPipeIsAnError() throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let output = DescriptorOutput(pipe.fileHandleForWriting.fileDescriptor)
    XCTAssertThrowsError(try output.write("text")) { XCTAssertEqual($0 as? OutputError, .closed) }
  }

  func testAFileThatCannotBeMadeIsAnError() {
    XCTAssertThrowsError(try DescriptorOutput(path: "/no/such/folder/report.txt")) { error in
      XCTAssertTrue("\(error)".contains("/no/such/folder/report.txt"), "\(error)")
    }
  }
}
