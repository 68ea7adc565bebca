import Foundation
import HindcastTestSupport
import XCTest

/// What only a process of its own shows: the exit status, the streams, and a pipe that nobody reads to its end.
final class BinaryTests: XCTestCase {
  private func run(_ arguments: [String], input: [UInt8] = []) throws -> (status: Int32, output: String, errors: String)
  {
    let folder = try TemporaryFolder()
    let files = try ["in", "out", "err"].map { try folder.write($0 == "in" ? input : [], to: $0) }
    let process = Process()
    process.executableURL = try HindcastBinary.url()
    process.arguments = arguments
    process.standardInput = FileHandle(forReadingAtPath: files[0])
    process.standardOutput = FileHandle(forWritingAtPath: files[1])
    process.standardError = FileHandle(forWritingAtPath: files[2])
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, try String(contentsOfFile: files[1], encoding: .utf8),
      try String(contentsOfFile: files[2], encoding: .utf8)
    )
  }

  func testExitStatusAndStreams() throws {
    let shown = try run(["show", "-"], input: try Samples.json())
    XCTAssertEqual(shown.status, 0)
    XCTAssertTrue(shown.output.hasPrefix("<stdin>\n"), shown.output)
    XCTAssertEqual(shown.errors, "")
    let checked = try run(["check", "-"], input: Array("{\"events\": [".utf8))
    XCTAssertEqual(checked.status, 1)
    let wrong = try run(["replay"])
    XCTAssertEqual(wrong.status, 2)
    XCTAssertEqual(wrong.output, "")
    XCTAssertTrue(wrong.errors.contains("Usage: hindcast replay"), wrong.errors)
  }

  func testAReaderThatGoesAwayIsNoCrash() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Samples.json(), to: "a.json")
    let process = Process()
    let pipe = Pipe()
    process.executableURL = try HindcastBinary.url()
    process.arguments = ["show", path]
    process.standardOutput = pipe
    // The other end is closed before the process can write.
    try pipe.fileHandleForReading.close()
    try process.run()
    process.waitUntilExit()
    XCTAssertEqual(process.terminationReason, .exit)
    XCTAssertEqual(process.terminationStatus, 2)
  }
}
