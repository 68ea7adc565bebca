import HindcastCore
import HindcastHistory
import HindcastSwift
import HindcastTestSupport
import SwiftProtobuf
import TemporalAPI
import XCTest

extension SwiftWorkflows {
  /// Runs the only workflow of this code on a stand-in for a server, and then replays the history that this made.
  func record(
    _ input: Payloads = Payloads(), limits: RunLimits = RunLimits(), file: StaticString = #filePath, line: UInt = #line,
    _ prepare: (inout RecordingServer) -> Void = { _ in }
  ) throws -> WorkflowHistory {
    let runtime = try makeRuntime(RuntimeOptions(limits: limits))
    var server = RecordingServer(type: try XCTUnwrap(workflowTypes.first), input: input)
    prepare(&server)
    let history = try server.record(runtime)
    let outcome = HistoryReplay(history).run(in: runtime)
    XCTAssertEqual(outcome.verdict, .passed, "\(outcome.failure.map { "\($0)" } ?? "")", file: file, line: line)
    return history
  }

  /// The commands that a replay of the history issues.
  func commands(for history: WorkflowHistory) throws -> [IssuedCommand] {
    var options = HistoryReplayOptions()
    options.keepsCommands = true
    return HistoryReplay(history, options: options).run(in: try makeRuntime(RuntimeOptions())).commands
  }

  /// The failure of the first workflow task.
  func taskFailure(limits: RunLimits = RunLimits(), file: StaticString = #filePath, line: UInt = #line) throws
    -> TaskFailure
  {
    do {
      var server = RecordingServer(type: try XCTUnwrap(workflowTypes.first))
      _ = try server.record(makeRuntime(RuntimeOptions(limits: limits)))
    } catch let failure as TaskFailure {
      return failure
    }
    XCTFail("the task did not fail", file: file, line: line)
    return TaskFailure(.codeError, "")
  }
}

extension WorkflowHistory {
  /// The types of the events that commands made, in order.
  var commandEvents: [EventType] { events.map(\.eventType).filter(\.isCommandEvent) }

  /// The result that the workflow completed with, as JSON.
  var result: String? {
    guard case .workflowExecutionCompletedEventAttributes(let completed)? = events.last?.attributes else { return nil }
    return completed.result.payloads.first.map { String(decoding: $0.data, as: UTF8.self) }
  }

  /// What the workflow failed with.
  var failure: Failure? {
    guard case .workflowExecutionFailedEventAttributes(let failed)? = events.last?.attributes else { return nil }
    return failed.failure
  }
}
