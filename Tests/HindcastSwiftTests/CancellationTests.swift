import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

final class CancellationTests: XCTestCase {
  func testCancelRequestEndsASleepingWorkflow() throws {
    let history = try SwiftWorkflows().workflow("W") { try await $0.sleep(for: .seconds(60)) }.record {
      $0.holdsTimers = true
      $0.incidents = [2: [.cancelRequest]]
    }
    XCTAssertEqual(history.commandEvents, [.timerStarted, .timerCanceled, .workflowExecutionCanceled])
  }

  func testCommandsThatAnEventCausedHaveNoPlace() throws {
    let code = SwiftWorkflows().workflow("W") { context in
      let child = context.cancellable().startChildWorkflow("Child")
      child.cancel()
      try await context.sleep(for: .seconds(60))
    }
    let history = try code.record {
      $0.answers = ["Child": .never]
      $0.holdsTimers = true
      $0.incidents = [3: [.cancelRequest]]
    }
    let commands = try code.commands(for: history)
    let cancelTimer = try XCTUnwrap(commands.first { $0.command.commandType == .cancelTimer })
    XCTAssertNil(cancelTimer.location)
  }

  func testDisconnectedScopeCleansUp() throws {
    let history = try SwiftWorkflows().workflow("W") { context in
      do {
        try await context.executeActivity("Charge", options: .startToClose(.seconds(1)))
      } catch {
        XCTAssertTrue(context.isCanceled)
        try await context.disconnected().executeActivity("Refund", options: .startToClose(.seconds(1)))
        throw error
      }
    }.record {
      $0.answers = ["Charge": .never]
      $0.incidents = [2: [.cancelRequest]]
    }
    XCTAssertEqual(
      history.commandEvents,
      [.activityTaskScheduled, .activityTaskCancelRequested, .activityTaskScheduled, .workflowExecutionCanceled])
  }

  /// As in Go both commands are sent; a timer that was never sent is not simply left out.
  func testTimerThatIsCancelledAtOnceIsSentBothWays() throws {
    let history = try SwiftWorkflows().workflow("W") { context in
      let timer = context.timer(for: .seconds(60))
      timer.cancel()
      do {
        try await timer.get()
        XCTFail("the timer fired")
      } catch is CanceledFailure {}
    }.record()
    XCTAssertEqual(history.commandEvents, [.timerStarted, .timerCanceled, .workflowExecutionCompleted])
  }

  func testScopesAreCancelledWithTheirParents() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> [Bool] in
      let outer = context.cancellable()
      let inner = outer.cancellable()
      let apart = outer.disconnected()
      outer.scope.cancel()
      return [context, outer, inner, apart, inner.cancellable()].map(\.isCanceled)
    }.record()
    XCTAssertEqual(history.result, "[false,true,true,false,true]")
  }

  func testChildIsCancelledOnceItHasStarted() throws {
    let history = try SwiftWorkflows().workflow("W") { context in
      let child = context.startChildWorkflow("Child")
      child.cancel()
      try await child.started()
      try await context.sleep(for: .seconds(1))
    }.record { $0.answers = ["Child": .never] }
    XCTAssertEqual(
      history.commandEvents,
      [
        .startChildWorkflowExecutionInitiated, .requestCancelExternalWorkflowExecutionInitiated, .timerStarted,
        .workflowExecutionCompleted,
      ])
  }

  func testChildUnderACancelledScopeIsNotAskedFor() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> String in
      let scope = context.cancellable()
      scope.scope.cancel()
      do {
        try await scope.executeChildWorkflow("Child")
        return "ran"
      } catch is CanceledFailure {
        return "canceled"
      }
    }.record()
    XCTAssertEqual(history.commandEvents, [.workflowExecutionCompleted])
    XCTAssertEqual(history.result, "\"canceled\"")
  }

  func testConditionThrowsWhenTheWorkflowIsCancelled() throws {
    let history = try SwiftWorkflows().workflow("W") { try await $0.condition { false } }.record {
      $0.incidents = [2: [.cancelRequest, .signal("wake", .init())]]
    }
    XCTAssertEqual(history.commandEvents, [.workflowExecutionCanceled])
  }
}
