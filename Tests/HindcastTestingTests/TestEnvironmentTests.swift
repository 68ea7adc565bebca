import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTesting
import TemporalAPI
import XCTest

final class TestEnvironmentTests: XCTestCase {
  func testAThirtyDayTimerTakesNoTime() async throws {
    let workflows = SwiftWorkflows()
      .workflow("Sleeper") { (context, days: Int) async throws -> String in
        try await context.sleep(for: .seconds(86_400 * days))
        return "slept \(days) days"
      }
    let environment = TestEnvironment(workflows: workflows)
    let before = await environment.now
    let run = try await environment.start("Sleeper", 30)
    let result: String = try await run.result()
    XCTAssertEqual(result, "slept 30 days")
    let after = await environment.now
    XCTAssertEqual(after - before, 30 * 86_400 * 1_000_000_000)
    let history = try await run.history()
    XCTAssertEqual(history.events.map(\.eventType).last, .workflowExecutionCompleted)
  }

  func testHiddenStateFailsTheTest() async throws {
    let counter = Counter()
    let workflows = SwiftWorkflows()
      .workflow("Hidden") { (context) async throws -> Int in
        let count = counter.next()
        try await context.sleep(for: .seconds(count))
        return count
      }
    let environment = TestEnvironment(workflows: workflows)
    let run = try await environment.start("Hidden")
    do {
      let _: Int = try await run.result()
      XCTFail("hidden state was not found")
    } catch TestEnvironmentError.reexecutionDiffers(let difference) {
      XCTAssertEqual(difference.finding.rule, .durationChanged)
      XCTAssertTrue("\(difference)".contains("does not do the same twice"), "\(difference)")
    }
  }
}

private final class Counter: @unchecked Sendable {
  private var value = 0
  func next() -> Int {
    value += 1
    return value
  }
}
