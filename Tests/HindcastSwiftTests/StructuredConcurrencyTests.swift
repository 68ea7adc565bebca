import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

/// Swift's own concurrency inside of a workflow: it runs on the workflow's executor, in one order.
final class StructuredConcurrencyTests: XCTestCase {
  func testAsyncLetRunsActivitiesSideBySide() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> Int in
      async let first: Int = context.executeActivity("A", options: .startToClose(.seconds(1)))
      async let second: Int = context.executeActivity("B", options: .startToClose(.seconds(1)))
      return try await first * 10 + second
    }.record {
      $0.answers = ["A": .completed(.json("4")), "B": .completed(.json("2"))]
    }
    XCTAssertEqual(
      history.commandEvents, [.activityTaskScheduled, .activityTaskScheduled, .workflowExecutionCompleted])
    XCTAssertEqual(history.result, "42")
  }

  func testTaskGroupKeepsTheOrderOfItsChildren() throws {
    let code = SwiftWorkflows().workflow("W") { context -> [Int] in
      try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<20 {
          group.addTask {
            if number.isMultiple(of: 3) { await Task.yield() }
            try await context.sleep(for: .seconds(number + 1))
            return number
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    let histories = try (0..<5).map { _ in try code.record() }
    XCTAssertEqual(Set(histories.map(\.events)).count, 1)
    XCTAssertEqual(histories.first?.commandEvents.count, 21)
  }

  func testActorsRunOnTheWorkflowsExecutor() throws {
    actor Counter {
      var value = 0
      func add(_ number: Int) async -> Int {
        await Task.yield()
        value += number
        return value
      }
    }
    let history = try SwiftWorkflows().workflow("W") { context -> Int in
      let counter = Counter()
      _ = await counter.add(1)
      try await context.sleep(for: .seconds(1))
      return await counter.add(2)
    }.record()
    XCTAssertEqual(history.result, "3")
  }

  /// Leaving a scope cancels an `async let` in it, and with it the timer it waits for.
  func testCancelledTasksCancelWhatTheyWaitFor() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> String in
      try await withThrowingTaskGroup(of: String.self) { group in
        group.addTask {
          try await context.sleep(for: .seconds(3600))
          return "timer"
        }
        group.addTask { try await context.executeActivity("A", options: .startToClose(.seconds(1))) }
        let winner = try await group.next() ?? ""
        group.cancelAll()
        return winner
      }
    }.record {
      $0.answers = ["A": .completed(.json("\"activity\""))]
      $0.holdsTimers = true
    }
    XCTAssertEqual(history.result, "\"activity\"")
    XCTAssertEqual(
      history.commandEvents, [.timerStarted, .activityTaskScheduled, .timerCanceled, .workflowExecutionCompleted])
  }

  func testCancelledTasksStopReceiving() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> String in
      let signals = context.signalChannel(named: "s", of: String.self)
      async let _ = signals.receive()
      try await context.sleep(for: .seconds(1))
      return "done"
    }.record()
    XCTAssertEqual(history.commandEvents, [.timerStarted, .workflowExecutionCompleted])
  }
}
