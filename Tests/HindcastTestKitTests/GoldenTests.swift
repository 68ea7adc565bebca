import Foundation
import HindcastSwift
import HindcastTestKit
import HindcastTesting
import XCTest

@testable import HindcastTestKit

final class GoldenTests: XCTestCase {
  private static func waiting(_ seconds: Int...) -> SwiftWorkflows {
    SwiftWorkflows().workflow("Wait") { (context) async throws in
      for seconds in seconds { try await context.sleep(for: .seconds(seconds)) }
    }
  }

  private func run(_ workflows: SwiftWorkflows) async throws -> TestRun {
    let run = try await TestEnvironment(workflows: workflows).start("Wait")
    try await run.waitUntilClosed()
    return run
  }

  /// What a golden assertion in an environment makes of a run: its issues.
  private func check(
    _ workflows: SwiftWorkflows, in folder: String, record: RecordMode? = nil, _ environment: [String: String] = [:]
  ) async throws -> [TestIssue] {
    let run = try await run(workflows)
    return await GoldenAssertion.$environment.withValue(environment) {
      await issues { await assertGolden(run, named: "wait", record: record, in: folder) }
    }
  }

  func testWhatIsRecordedIsHeldAgainstLaterRuns() async throws {
    let folder = try temporaryFolder()
    let before = Self.waiting(1)
    let first = try await check(before, in: folder)
    XCTAssertEqual(first.map(\.message), [])
    let recorded = try Data(contentsOf: URL(filePath: "\(folder)/wait.json"))
    let again = try await check(before, in: folder)
    XCTAssertEqual(again.map(\.message), [])

    let changed = try await check(Self.waiting(1, 2), in: folder)
    XCTAssertEqual(changed.count, 1)
    let message = changed.first?.message ?? ""
    // Runs under way break, new runs go another way, and this is how to record it.
    for words in ["extra-command", "GoldenTests.swift:", "5 only in the second", "HINDCAST_RECORD=failed"] {
      XCTAssertTrue(message.contains(words), "\(words) is not in \(message)")
    }
    XCTAssertEqual(try Data(contentsOf: URL(filePath: "\(folder)/wait.json")), recorded)
  }

  func testAChangeThatReplaysButGoesAnotherWayIsAnIssue() async throws {
    let folder = try temporaryFolder()
    _ = try await check(Self.waiting(1), in: folder)
    // The length of a timer is nothing that a replay fails on.
    let issues = try await check(Self.waiting(5), in: folder)
    XCTAssertEqual(issues.count, 1)
    XCTAssertTrue(issues.first?.message.contains("startToFireTimeout") ?? false, issues.first?.message ?? "")
  }

  func testModes() async throws {
    enum Left { case nothing, old, new }
    let mode = RecordMode.variable
    let cases:
      [(
        name: String, isThere: Bool, fits: Bool, asked: RecordMode?, environment: [String: String], issues: Int,
        left: Left
      )] = [
        ("missing by default", false, true, nil, [:], 0, .new),
        ("nothing is recorded in CI", false, true, nil, ["CI": "true"], 1, .nothing),
        ("whatever is asked for", false, true, .all, ["CI": "1", mode: "all"], 1, .nothing),
        ("CI=false is none", false, true, nil, ["CI": "false"], 0, .new),
        ("never", false, true, .never, [:], 1, .nothing),
        ("the environment decides", false, true, .never, [mode: "missing"], 0, .new),
        ("one that does not fit", true, false, nil, [:], 1, .old),
        ("is recorded anew", true, false, .failed, [:], 0, .new),
        ("but not in CI", true, false, .failed, ["CI": "true"], 1, .old),
        ("one that fits stays", true, true, .failed, [:], 0, .old),
        ("all", true, true, nil, [mode: "all"], 0, .new),
        ("an unknown mode", true, true, nil, [mode: "always"], 1, .old),
      ]
    for (name, isThere, fits, asked, environment, count, left) in cases {
      let folder = try temporaryFolder()
      let file = "\(folder)/wait.json"
      if isThere {
        let run = try await run(Self.waiting(1))
        // Its bytes differ from what is recorded, its contents do not.
        try HistoryText.compact(try await run.history()).write(to: URL(filePath: file))
      }
      let old = FileManager.default.contents(atPath: file)
      let found = try await check(fits ? Self.waiting(1) : Self.waiting(1, 2), in: folder, record: asked, environment)
      XCTAssertEqual(found.count, count, "\(name): \(found.map(\.message))")
      let now = FileManager.default.contents(atPath: file)
      switch left {
      case .nothing: XCTAssertNil(now, name)
      case .old: XCTAssertEqual(now, old, name)
      case .new:
        XCTAssertNotNil(now, name)
        XCTAssertNotEqual(now, old, name)
      }
    }
  }

  func testABrokenGoldenFileIsAnIssueThatNamesThePlace() async throws {
    let folder = try temporaryFolder()
    try "{\"events\": [".write(toFile: "\(folder)/wait.json", atomically: true, encoding: .utf8)
    let issues = try await check(Self.waiting(1), in: folder)
    XCTAssertEqual(issues.count, 1)
    XCTAssertTrue(issues.first?.message.contains("wait.json") ?? false, issues.first?.message ?? "")
  }

  func testTheFileIsBesideTheTest() async throws {
    let place = TestPlace(fileID: "Module/OrderTests.swift", filePath: "/package/Tests/OrderTests.swift")
    for (function, name) in [
      ("testHappy()", "testHappy"), ("replays(_:)", "replays"), ("../../etc", "-.-..-etc"), ("a/b", "a-b"),
      ("", "history"),
    ] {
      let assertion = GoldenAssertion(name: function, folder: nil, asked: nil, place: place, code: Self.waiting(1))
      XCTAssertEqual(assertion.path, "/package/Tests/Histories/OrderTests/\(name).json")
    }
  }
}
