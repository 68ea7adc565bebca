import Foundation
import XCTest

/// `Tools/crash/run` kills a server 200 times; this does it often enough to see that the program itself works.
final class CrashTests: XCTestCase {
  func testWhatWasAnsweredSurvivesAKill() throws {
    let process = Process()
    process.executableURL = try program()
    process.arguments = [ProcessInfo.processInfo.environment["HINDCAST_KILLS"] ?? "5"]
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    XCTAssertEqual(process.terminationStatus, 0, complaint)
    XCTAssertTrue(said.contains("all are there"), said)
  }

  private func program() throws -> URL {
    let url = Bundle(for: Self.self).bundleURL.deletingLastPathComponent().appendingPathComponent("CrashTest")
    let beside =
      FileManager.default.isExecutableFile(atPath: url.path)
      ? url : Bundle.main.bundleURL.appendingPathComponent("CrashTest")
    return try XCTUnwrap(FileManager.default.isExecutableFile(atPath: beside.path) ? beside : nil)
  }
}
