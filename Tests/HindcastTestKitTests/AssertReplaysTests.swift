import Foundation
import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastTestKit
import XCTest

@testable import HindcastTestKit

final class AssertReplaysTests: XCTestCase {
  func testASuiteThatReplaysFailsNothing() {
    // Found above this file, wherever the tests are run; stuck.json is expected to deadlock.
    let summary = assertReplays("Histories/orders", "Histories/hello/")
    XCTAssertGreaterThan(summary[.passed], 5)
    XCTAssertEqual(summary.unacceptable, 0)
  }

  func testEachHistoryThatDoesNotReplayIsAnIssueAtTheCall() async throws {
    let folder = try temporaryFolder()
    let suite = TestPlace().resolve("Histories/orders")
    for name in ["happy", "declined"] {
      let text = try String(contentsOfFile: "\(suite)/\(name).json", encoding: .utf8)
      XCTAssertTrue(text.contains("app:charge_payment"))
      try text.replacing("app:charge_payment", with: "app:take_money")
        .write(toFile: "\(folder)/\(name).json", atomically: true, encoding: .utf8)
    }
    try FileManager.default.copyItem(atPath: "\(suite)/sold-out.json", toPath: "\(folder)/sold-out.json")
    let line: UInt = #line + 1
    let issues = await issues { assertReplays(folder, app: "Histories/orders") }
    XCTAssertEqual(issues.count, 2)
    for issue in issues {
      XCTAssertEqual(issue.place.line, line)
      XCTAssertEqual("\(issue.place.filePath)", #filePath)
      for words in ["activity-type-changed", "app:charge_payment", "app:take_money", "order_workflow.lua:"] {
        XCTAssertTrue(issue.message.contains(words), "\(words) is not in \(issue.message)")
      }
    }
  }

  func testWhatCannotBeReplayedIsAnIssue() async throws {
    let folder = try temporaryFolder()
    try "{".write(toFile: "\(folder)/broken.json", atomically: true, encoding: .utf8)
    let empty = try temporaryFolder()
    let cases: [(name: String, run: @Sendable () -> Void, words: String)] = [
      ("no history", { assertReplays(empty) }, "no history found in \(empty)"),
      ("nothing there", { assertReplays("Histories/nowhere") }, "there is no such file"),
      ("broken", { assertReplays("\(folder)/broken.json", app: "Histories/orders") }, "broken.json"),
      ("no app", { assertReplays("Histories/orders/happy.json", app: empty) }, "no registry entries found"),
    ]
    for (name, run, words) in cases {
      let issues = await issues { run() }
      XCTAssertEqual(issues.count, 1, name)
      XCTAssertTrue(issues.first?.message.contains(words) ?? false, "\(name): \(issues.first?.message ?? "")")
    }
  }

  func testAParametrisedTestHasACaseAFile() async throws {
    let cases = try HistoryCase.all(in: "Histories/orders")
    XCTAssertEqual(cases.first?.testDescription, "Histories/orders/day-long-window.json")
    let files = try FileManager.default.contentsOfDirectory(atPath: TestPlace().resolve("Histories/orders"))
    XCTAssertEqual(cases.count, files.count { $0.hasSuffix(".json") })
    XCTAssertThrowsError(try HistoryCase.all(in: try temporaryFolder()))
  }
}
