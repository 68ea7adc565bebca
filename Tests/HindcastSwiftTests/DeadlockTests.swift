import Dispatch
import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import Synchronization
import TemporalAPI
import XCTest

/// Code that does not yield, or that nothing can wake.
final class DeadlockTests: XCTestCase {
  private let limits = RunLimits(cpuTime: 40_000_000)

  func testBusyLoopEndsInItsBudgetAndOthersGoOn() throws {
    let isOver = Flag()
    let runtime = try SwiftWorkflows()
      .workflow("Busy") { context in
        try await context.sleep(for: .seconds(1))
        while !isOver.isSet { isOver.spin() }
        // Too late: the thread finds the run given up.
        _ = context.timer(for: .seconds(1))
      }
      .workflow("Fine") { context in try await context.sleep(for: .seconds(1)) }
      .makeRuntime(RuntimeOptions(limits: limits))
    var busy = RecordingServer(type: "Busy")
    XCTAssertThrowsError(try busy.record(runtime)) { error in
      let failure = error as? TaskFailure
      XCTAssertEqual(failure?.kind, .deadlock)
      XCTAssertEqual(
        failure?.message,
        "[TMPRL1101] Potential deadlock detected: workflow goroutine \"root\" didn't yield for over 40ms")
      XCTAssertEqual(failure?.location?.file, "HindcastSwiftTests/DeadlockTests.swift")
      XCTAssertEqual(failure?.coroutines.map(\.name), ["root"])
    }
    var fine = RecordingServer(type: "Fine")
    XCTAssertEqual(try fine.record(runtime).commandEvents, [.timerStarted, .workflowExecutionCompleted])
    isOver.set()
  }

  func testBlockedThreadIsADeadlockToo() throws {
    let gate = DispatchSemaphore(value: 0)
    let failure = try SwiftWorkflows().workflow("W") { _ in gate.wait() }
      .taskFailure(limits: RunLimits(cpuTime: 2_000_000))
    XCTAssertEqual(failure.kind, .deadlock)
    XCTAssertTrue(failure.message.contains("waits for something outside"), failure.message)
    gate.signal()
  }

  func testCoroutinesThatNeverRestAreADeadlock() throws {
    let failure = try SwiftWorkflows().workflow("W") { context in
      let (there, back) = (context.channel(of: Int.self), context.channel(of: Int.self))
      context.spawn { _ in for try await ball in there { try await back.send(ball) } }
      while true {
        try await there.send(1)
        _ = try await back.receive()
      }
    }.taskFailure(limits: RunLimits(cpuTime: 5_000_000))
    XCTAssertEqual(failure.kind, .deadlock)
    XCTAssertTrue(failure.message.contains("kept each other busy for over 50ms"), failure.message)
  }

  func testWithoutALimitCodeRunsOnTheCallersThread() throws {
    let history = try SwiftWorkflows().workflow("W") { context -> Bool in
      try await context.sleep(for: .seconds(1))
      return true
    }.record(limits: RunLimits(cpuTime: nil))
    XCTAssertEqual(history.result, "true")
  }

  func testNothingCanWakeACoroutineThatWaitsForAChannel() throws {
    func code(waits: Bool) -> SwiftWorkflows {
      SwiftWorkflows().workflow("W") { context in
        if waits { _ = try await context.channel(of: Int.self, name: "never").receive() }
        try await context.sleep(for: .seconds(1))
      }
    }
    let history = try code(waits: false).record()
    let outcome = HistoryReplay(history).run(in: try code(waits: true).makeRuntime(RuntimeOptions()))
    XCTAssertEqual(outcome.verdict, .deadlocked)
    XCTAssertEqual(outcome.failure?.coroutines.first?.waitingFor, "never.Receive")
    XCTAssertEqual(outcome.failure?.location?.file, "HindcastSwiftTests/DeadlockTests.swift")
  }

  /// Keeps a loop busy with something that no compiler leaves out.
  private final class Flag: Sendable {
    private let state = Atomic<Bool>(false)
    private let turns = Atomic<Int>(0)

    var isSet: Bool { state.load(ordering: .relaxed) }
    func set() { state.store(true, ordering: .relaxed) }
    func spin() { turns.add(1, ordering: .relaxed) }
  }
}
