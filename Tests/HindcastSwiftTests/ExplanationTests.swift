import HindcastCore
import HindcastReplay
import HindcastSwift
import HindcastTestSupport
import TemporalAPI
import XCTest

/// What is said of Swift workflows that were changed: places in Swift files, and fixes in Swift.
final class ExplanationTests: XCTestCase {
  private func explanation(
    _ recorded: @escaping @Sendable (WorkflowContext) async throws -> Void,
    _ changed: @escaping @Sendable (WorkflowContext) async throws -> Void
  ) throws -> Explanation {
    let history = try SwiftWorkflows().workflow("W", recorded).record()
    let verdict = Replayer(code: SwiftWorkflows().workflow("W", changed)).verdict(on: history)
    XCTAssertEqual(verdict.verdict, .nondeterministic)
    return try XCTUnwrap(verdict.failure?.explanation)
  }

  func testAnActivityMoreIsGatedInSwift() throws {
    let found = try explanation(
      { context in try await context.sleep(for: .seconds(90)) },
      { context in
        try await context.executeActivity("Audit", "x", options: .startToClose(.seconds(1)))
        try await context.sleep(for: .seconds(90))
      })
    XCTAssertEqual(found.cause, "the code runs a new activity Audit before the timer of 1m30s (event 5)")
    let location = try XCTUnwrap(found.edits.first?.location)
    XCTAssertEqual(location.file, "HindcastSwiftTests/ExplanationTests.swift")
    XCTAssertEqual(location.line, #line - 6, "the line of the call")
    XCTAssertEqual(
      found.fix?.snippet,
      """
      if context.version(of: "add-audit", max: 1) >= 1 {
        try await context.executeActivity("Audit", ...)
      }
      """)
  }

  func testBothOrdersAreWrittenOut() throws {
    let options = ActivityOptions.startToClose(.seconds(1))
    let found = try explanation(
      { context in
        let a: WorkflowFuture<Void> = context.startActivity("A", options: options)
        let b: WorkflowFuture<Void> = context.startActivity("B", options: options)
        try await a.get()
        try await b.get()
      },
      { context in
        let b: WorkflowFuture<Void> = context.startActivity("B", options: options)
        let a: WorkflowFuture<Void> = context.startActivity("A", options: options)
        try await a.get()
        try await b.get()
      })
    XCTAssertTrue(found.cause.contains("order of two commands: it runs activity B before activity A"), found.cause)
    XCTAssertEqual(
      found.fix?.snippet,
      """
      let a: ..., b: ...
      if context.version(of: "reorder-a", max: 1) >= 1 {
        b = context.startActivity("B", ...)
        a = context.startActivity("A", ...)
      } else {
        a = context.startActivity("A", ...)
        b = context.startActivity("B", ...)
      }
      """)
  }

  func testATimerLessStaysForOldRuns() throws {
    let found = try explanation(
      { context in
        try await context.sleep(for: .milliseconds(250))
        try await context.sleep(for: .seconds(7))
      }, { context in try await context.sleep(for: .seconds(7)) })
    XCTAssertEqual(
      found.cause, "the code no longer starts the timer of 250ms (event 5); it goes on with the timer of 7s (event 10)")
    XCTAssertEqual(
      found.fix?.snippet,
      """
      if context.version(of: "remove-timer-250ms", max: 1) < 1 {
        try await context.sleep(for: .milliseconds(250))
      }
      """)
  }
}
