import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import Synchronization
import TemporalAPI
import XCTest

/// How workflow functions are registered, started, located and released.
final class InstanceTests: XCTestCase {
  private struct Order: Codable {
    var id: String
    var at: Date
  }

  func testArgumentsAndResultsAreCoded() throws {
    let history = try SwiftWorkflows().workflow("W") { (_, order: Order, rest: RawPayload, note: String?) -> [String] in
      [order.id, "\(order.at.timeIntervalSince1970)", "\(rest.payload.data.count)", note ?? "none"]
    }.record(.json(#"{"id":"o1","at":"1970-01-01T00:00:01.5Z"}"#, "[1,2]"))
    XCTAssertEqual(history.result, #"["o1","1.5","5","none"]"#)
  }

  func testMissingArgumentsFailTheWorkflow() throws {
    let failure = try XCTUnwrap(SwiftWorkflows().workflow("W") { (_, _: Int, _: Int) in }.record(.json("1")).failure)
    XCTAssertEqual(failure.message, "argument 2 (Int) is missing: there are 1 payloads")
  }

  func testRawPayloadsPassThrough() throws {
    let history = try SwiftWorkflows().workflow(rawPayloads: "W") { _, input in input }.record(.json("{ \"a\" : 1 }"))
    XCTAssertEqual(history.result, "{ \"a\" : 1 }")
  }

  func testRegistrationErrorsNameThePlace() throws {
    let twice = SwiftWorkflows().workflow("W") { _ in }.workflow("W") { _ in }
    XCTAssertThrowsError(try twice.makeRuntime(RuntimeOptions())) { error in
      XCTAssertEqual((error as? WorkflowLoadError)?.location?.file, "HindcastSwiftTests/InstanceTests.swift")
    }
    var server = RecordingServer(type: "Other")
    XCTAssertThrowsError(try server.record(SwiftWorkflows().workflow("W") { _ in }.makeRuntime(RuntimeOptions()))) {
      error in
      XCTAssertEqual(
        (error as? WorkflowLoadError)?.message, "unable to find workflow type: Other. Supported types: [W]")
    }
  }

  func testCommandsKnowTheirLine() throws {
    let code = SwiftWorkflows().workflow("W") { context in
      try await context.sleep(for: .seconds(1))
    }
    let line = #line - 2
    let commands = try code.commands(for: code.record())
    XCTAssertEqual(
      commands.first?.location, SourceLocation(file: "HindcastSwiftTests/InstanceTests.swift", line: line))
  }

  func testSideEffectsThatDoNotEncodeFailTheTask() throws {
    let failure = try SwiftWorkflows().workflow("W") { context in
      _ = try context.sideEffect { Double.nan }
    }.taskFailure()
    XCTAssertEqual(failure.kind, .codeError)
    XCTAssertTrue(failure.message.contains("side effect"), failure.message)
  }

  func testSideEffectsMustNotUseTheContext() throws {
    let failure = try SwiftWorkflows().workflow("W") { context in
      _ = try context.sideEffect { () -> Int in
        _ = context.timer(for: .seconds(1))
        return 1
      }
    }.taskFailure()
    XCTAssertEqual(failure.kind, .codeError)
    XCTAssertTrue(failure.message.contains("context"), failure.message)
  }

  func testLogLinesHaveTheirPlaceAndMayStartTasks() throws {
    let code = SwiftWorkflows().workflow("W") { context in
      context.logger.warn("careful", ["b": 1, "a": "x"])
    }
    let lines = Mutex<[WorkflowLogLine]>([])
    let history = try code.record()
    var options = HistoryReplayOptions()
    options.logger = { line in
      Task {}
      lines.withLock { $0.append(line) }
    }
    XCTAssertEqual(HistoryReplay(history, options: options).run(in: try code.makeRuntime(.init())).verdict, .passed)
    let line = try XCTUnwrap(lines.withLock { $0 }.first)
    XCTAssertEqual(line.level, "warn")
    XCTAssertEqual(line.fields.map { "\($0.0)=\($0.1)" }, ["a=x", "b=1"])
    XCTAssertEqual(line.location?.file, "HindcastSwiftTests/InstanceTests.swift")
  }

  func testSignalsToOtherWorkflowsAreDelivered() throws {
    let history = try SwiftWorkflows().workflow("W") { context in
      let other = WorkflowExecution(workflowID: "other")
      try await context.signalExternal(other, "hello", 1)
      try await context.cancelExternal(other)
      do {
        try await context.signalExternal(WorkflowExecution(workflowID: ""), "hello")
        XCTFail("a signal to nobody was sent")
      } catch ExternalWorkflowError.workflowIDNotSet {}
    }.record()
    XCTAssertEqual(
      history.commandEvents,
      [
        .signalExternalWorkflowExecutionInitiated, .requestCancelExternalWorkflowExecutionInitiated,
        .workflowExecutionCompleted,
      ])
  }

  /// A replay of thousands of open histories must not keep what their workflows held.
  func testClosingARunReleasesWhatItsCodeHeld() throws {
    final class Held: Sendable {
      static let living = Atomic<Int>(0)
      init() { Held.living.add(1, ordering: .relaxed) }
      deinit { Held.living.subtract(1, ordering: .relaxed) }
    }
    let code = SwiftWorkflows().workflow("W") { context in
      let held = Held()
      let timer = context.timer(for: .seconds(60))
      context.spawn { context in
        withExtendedLifetime(Held()) {}
        // Code that will not give up is given up itself.
        while true { try? await context.condition { false } }
      }
      async let other: Void = context.sleep(for: .seconds(50))
      defer { withExtendedLifetime(held) {} }
      do { try await timer.get() } catch { try await context.disconnected().sleep(for: .seconds(1)) }
      try await other
    }
    for _ in 0..<3 { _ = try code.record { $0.holdsTimers = true } }
    XCTAssertEqual(Held.living.load(ordering: .relaxed), 0)
  }
}
