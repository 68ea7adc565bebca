import HindcastHistory
import HindcastSwift
import HindcastTesting
import TemporalAPI
import Testing

/// The same in Swift Testing: everything throws, so nothing needs a test case to be told of.
@Suite struct SwiftTestingTests {
  private static let workflows = SwiftWorkflows()
    .workflow("Approval") { (context, days: Int) async throws -> String in
      let approvals = context.signalChannel(named: "approve", of: String.self)
      try await context.sleep(for: .seconds(86_400 * days))
      guard let name = approvals.tryReceive() else { return "expired" }
      return "approved by \(name)"
    }

  @Test(arguments: [1, 7, 30]) func anApprovalExpires(days: Int) async throws {
    let run = try await TestEnvironment(workflows: Self.workflows).start("Approval", days)
    #expect(try await run.result() == "expired")
    try await run.history().require(.timerFired, count: 1)
  }

  @Test func anApprovalCounts() async throws {
    let environment = TestEnvironment(workflows: Self.workflows)
    let run = try await environment.start("Approval", 7)
    try await environment.advance(by: .seconds(86_400))
    try await run.signal("approve", "Ada")
    #expect(try await run.result() == "approved by Ada")
  }

  @Test func errorsAreTyped() async throws {
    let run = TestEnvironment(workflows: Self.workflows).run(workflowID: "nobody")
    await #expect(throws: TestEnvironmentError.self) { try await run.signal("approve", "Ada") }
    #expect(throws: HistoryRequirementError.self) { try WorkflowHistory(events: []).require(.timerFired) }
  }
}
