import HindcastSwift
import HindcastTestKit
import HindcastTesting
import Testing

@testable import HindcastTestKit

/// The same in Swift Testing.
@Suite struct SwiftTestingTests {
  @Test(arguments: try HistoryCase.all(in: "Histories/orders"))
  func replays(_ history: HistoryCase) { assertReplays(history) }

  @Test func anIssueIsAtTheCall() async throws {
    let changed = SwiftWorkflows().workflow("Wait") { (context) async throws in
      try await context.sleep(for: .seconds(1))
      try await context.sleep(for: .seconds(2))
    }
    let recorded = SwiftWorkflows().workflow("Wait") { (context) async throws in
      try await context.sleep(for: .seconds(1))
    }
    let run = try await TestEnvironment(workflows: recorded).start("Wait")
    try await run.waitUntilClosed()
    let history = try await run.history()
    let line = #line + 2
    withKnownIssue {
      assertReplays(history, workflows: changed)
    } matching: { issue in
      issue.sourceLocation?.line == line && issue.sourceLocation?.fileName == "SwiftTestingTests.swift"
        && "\(issue)".contains("extra-command")
    }
    assertReplays(history, workflows: recorded)
  }
}
