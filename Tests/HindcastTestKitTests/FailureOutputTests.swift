import Foundation
import HindcastSwift
import HindcastTestKit
import HindcastTesting
import XCTest

@testable import HindcastTestKit

/// A test that is meant to fail, when ``FailureOutputTests`` runs it in a process of its own.
final class DeliberateFailure: XCTestCase {
  static let variable = "HINDCAST_TEST_GOLDEN_FOLDER"
  static let line: UInt = #line + 13

  func testGolden() async throws {
    guard let folder = ProcessInfo.processInfo.environment[Self.variable] else {
      throw XCTSkip("runs only in the process of FailureOutputTests")
    }
    let isChanged = ProcessInfo.processInfo.environment["HINDCAST_TEST_CHANGED"] != nil
    let workflows = SwiftWorkflows().workflow("Wait") { (context) async throws in
      try await context.sleep(for: .seconds(1))
      if isChanged { try await context.sleep(for: .seconds(2)) }
    }
    let run = try await TestEnvironment(workflows: workflows).start("Wait")
    try await run.waitUntilClosed()
    await assertGolden(run, in: folder)
  }
}

/// What a failing golden looks like to who runs the tests.
final class FailureOutputTests: XCTestCase {
  private func runTest(_ folder: String, _ variables: [String: String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: CommandLine.arguments[0])
    process.arguments = ["HindcastTestKitTests.DeliberateFailure/testGolden"]
    var environment = ProcessInfo.processInfo.environment
    for name in ["CI", RecordMode.variable] { environment[name] = nil }
    environment[DeliberateFailure.variable] = folder
    process.environment = environment.merging(variables) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  func testTheReportIsInTheOutputAtTheLineAndRecordingAnewMendsIt() throws {
    let folder = try temporaryFolder()
    let changed = ["HINDCAST_TEST_CHANGED": "1"]
    let place = "FailureOutputTests.swift:\(DeliberateFailure.line): error: DeliberateFailure.testGolden"
    let steps: [(name: String, variables: [String: String], passes: Bool, words: [String])] = [
      ("not there, in CI", ["CI": "true"], false, [place, "there is no golden history"]),
      ("recorded", [:], true, ["testGolden.json recorded"]),
      ("the same", ["CI": "true"], true, []),
      ("changed", changed, false, [place, "extra-command", "StartTimer 2s", "HINDCAST_RECORD=failed"]),
      ("recording in CI", changed.merging(["CI": "true", "HINDCAST_RECORD": "all"]) { $1 }, false, [place]),
      ("recorded anew", changed.merging(["HINDCAST_RECORD": "failed"]) { $1 }, true, ["recorded anew"]),
      ("mended", changed.merging(["CI": "true"]) { $1 }, true, []),
    ]
    for step in steps {
      let (status, output) = try runTest(folder, step.variables)
      XCTAssertEqual(status == 0, step.passes, "\(step.name): \(output)")
      for words in step.words { XCTAssertTrue(output.contains(words), "\(step.name): no '\(words)' in \(output)") }
    }
  }
}
