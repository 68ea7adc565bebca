import Dispatch
import HindcastCore
import HindcastSwift
import XCTest

/// Work that leaves a workflow's executor, where no event would ever bring it back in the same order.
final class EscapeTests: XCTestCase {
  private static let escapes: [(name: String, part: String, body: @Sendable (WorkflowContext) async throws -> Void)] = [
    ("Task", "Task { }", { _ in _ = Task {} }),
    ("Task awaited", "Task { }", { _ in await Task {}.value }),
    ("detached", "Task { }", { _ in Task.detached {} }),
    ("Task.sleep", "Task.sleep", { _ in try await Task.sleep(for: .seconds(60)) }),
    ("main actor", "another actor", { _ in await MainActor.run {} }),
    (
      "continuation", "nobody resumes",
      { _ in await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
    ),
    (
      "other coroutine", "coroutine \"stuck\"",
      { context in
        context.spawn("stuck") { _ in await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
        try await context.sleep(for: .seconds(1))
      }
    ),
  ]

  func testEscapesFailTheTask() throws {
    for escape in Self.escapes {
      let failure = try SwiftWorkflows().workflow("W") { context in try await escape.body(context) }.taskFailure()
      XCTAssertEqual(failure.kind, .codeError, escape.name)
      XCTAssertTrue(failure.message.contains(escape.part), "\(escape.name): \(failure.message)")
    }
  }

  func testUseFromAnotherThreadFailsTheTask() throws {
    let failure = try SwiftWorkflows().workflow("W") { context in
      let isDone = DispatchSemaphore(value: 0)
      DispatchQueue.global().async {
        _ = context.timer(for: .seconds(1))
        isDone.signal()
      }
      isDone.wait()
    }.taskFailure()
    XCTAssertEqual(failure.kind, .codeError)
    XCTAssertTrue(failure.message.contains("another thread"), failure.message)
  }

  /// The hook that finds escapes must leave all other tasks of the process alone.
  func testOtherTasksOfTheProcessRunOn() async throws {
    _ = try SwiftWorkflows().workflow("W") { try await $0.sleep(for: .seconds(1)) }.record()
    let value = await Task.detached { 1 }.value
    XCTAssertEqual(value, 1)
  }
}
