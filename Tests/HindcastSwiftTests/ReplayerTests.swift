import HindcastCore
import HindcastHistory
import HindcastReplay
import HindcastSwift
import HindcastTestSupport
import Synchronization
import XCTest

/// Swift workflows under the replayer, which runs several histories at a time and each of them twice.
final class ReplayerTests: XCTestCase {
  private func workflow(_ name: String, then body: @escaping @Sendable (WorkflowContext) async throws -> Void)
    -> SwiftWorkflows
  {
    SwiftWorkflows().workflow(name) { context in
      try await context.sleep(for: .seconds(1))
      try await body(context)
    }
  }

  func testAHistoryThatDoesNotComeBackLeavesTheOthersAlone() throws {
    let isOver = Atomic<Bool>(false)
    let fine = try workflow("Fine") { _ in }.record()
    let busy = try workflow("Busy") { _ in }.record()
    let code = SwiftWorkflows()
      .workflow("Fine") { try await $0.sleep(for: .seconds(1)) }
      .workflow("Busy") { context in
        try await context.sleep(for: .seconds(1))
        while !isOver.load(ordering: .relaxed) {}
      }
    var options = ReplayOptions()
    options.jobs = 2
    options.limits = RunLimits(cpuTime: 20_000_000)
    let sources = (0..<20).map { HistorySource(name: "\($0)", content: .histories([$0 == 7 ? busy : fine])) }
    let verdicts = Replayer(code: code, options: options).results(of: sources).map { result in
      if case .verdict(let verdict) = result { verdict.verdict } else { Verdict.invalid }
    }
    XCTAssertEqual(verdicts, (0..<20).map { $0 == 7 ? .deadlocked : .passed })
    isOver.store(true, ordering: .relaxed)
  }

  /// Two replays of one history see different values of what code must not look at.
  func testCodeThatDependsOnTheProcessIsUnstable() throws {
    let runs = Atomic<Int>(0)
    let code = workflow("W") { context in
      let run = runs.add(1, ordering: .relaxed).newValue
      try await context.executeActivity("A", run, options: .startToClose(.seconds(1)))
    }
    let verdict = Replayer(code: code).verdict(on: try code.record())
    XCTAssertEqual(verdict.failure?.rule, .unstableCode)
    XCTAssertEqual(verdict.verdict, .nondeterministic)
  }
}
