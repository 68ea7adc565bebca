import Foundation
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastTestSupport
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// Workflow tasks, from the poll to the answer.
final class WorkflowTaskTests: XCTestCase {
  private static let order: [Step] = [.activity("charge"), .timer(10), .complete("\"done\"")]

  func testEachTaskIsAnsweredWithItsCommands() async throws {
    let cases: [(steps: [Step], commands: [[CommandType]])] = [
      (Self.order, [[.scheduleActivityTask], [.startTimer], [.completeWorkflowExecution]]),
      (
        [.parallel([.activity("a"), .timer(1)])], [[.scheduleActivityTask, .startTimer], [.completeWorkflowExecution]]
      ),
      ([.sideEffect("1"), .fail("no")], [[.recordMarker, .failWorkflowExecution]]),
      (
        [.child("other"), .continueAsNew("next")],
        [[.startChildWorkflowExecution], [.continueAsNewWorkflowExecution]]
      ),
    ]
    for (steps, commands) in cases {
      let recording = try Recording(steps)
      XCTAssertEqual(recording.taskCount, commands.count)
      let service = ScriptedService()
      try await withWorker(on: service, workflows: ScriptedCode(steps)) {
        for (index, expected) in commands.enumerated() {
          service.offer(recording.task(index + 1))
          let answer = try await service.request(TaskCompleted.self)
          XCTAssertEqual(answer.commands.map(\.commandType), expected)
          XCTAssertEqual(answer.taskToken, Data("token".utf8))
          XCTAssertEqual(answer.namespace, "space")
          XCTAssertEqual(answer.identity, "tester")
          XCTAssertFalse(answer.hasStickyAttributes)
        }
      }
    }
  }

  func testPollNamesQueueAndWorker() async throws {
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode([])) {
      let poll = try await service.request(Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest.self)
      XCTAssertEqual(poll.taskQueue.name, "queue")
      XCTAssertEqual(poll.namespace, "space")
      XCTAssertEqual(poll.identity, "tester")
      XCTAssertEqual(poll.binaryChecksum, "")
    }
  }

  func testRemainingPagesOfTheHistoryAreFetched() async throws {
    let recording = try Recording(Self.order)
    let whole = recording.task(3)
    // Pages of two events; the last one is empty, as servers do it.
    let pages =
      stride(from: 0, to: whole.history.events.count, by: 2).map {
        Array(whole.history.events[$0..<min($0 + 2, whole.history.events.count)])
      } + [[]]
    let service = ScriptedService { request in
      guard let request = request as? Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest,
        let page = Int(String(decoding: request.nextPageToken, as: UTF8.self))
      else { return nil }
      return Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse.with {
        $0.history.events = pages[page]
        if page + 1 < pages.count { $0.nextPageToken = Data("\(page + 1)".utf8) }
      }
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      var first = whole
      first.history.events = pages[0]
      first.nextPageToken = Data("1".utf8)
      service.offer(first)
      let answer = try await service.request(TaskCompleted.self)
      XCTAssertEqual(answer.commands.map(\.commandType), [.completeWorkflowExecution])
    }
  }

  func testTheSDKIsNamedOnceInARun() async throws {
    let service = ScriptedService()
    var recording = try Recording(Self.order).task(2)
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      service.offer(recording)
      let foreign = try await service.request(TaskCompleted.self)
      XCTAssertEqual(foreign.sdkMetadata.sdkName, "hindcast")
      XCTAssertFalse(foreign.sdkMetadata.sdkVersion.isEmpty)

      for index in recording.history.events.indices
      where recording.history.events[index].eventType == .workflowTaskCompleted {
        recording.history.events[index].workflowTaskCompletedEventAttributes.sdkMetadata = foreign.sdkMetadata
      }
      service.offer(recording)
      let own = try await service.request(TaskCompleted.self)
      XCTAssertEqual(own.sdkMetadata.sdkName, "")
    }
  }

  func testUpdateIsAnsweredWithMessages() async throws {
    let steps: [Step] = [.receive("go"), .handleUpdate(), .complete("1")]
    let recording = try Recording(steps, incidents: [2: [.signal("go", Payloads())]])
    var task = recording.task(2)
    let request = Temporal_Api_Update_V1_Request.with {
      $0.meta.updateID = "u1"
      $0.input.name = "change"
    }
    let body = try Google_Protobuf_Any(message: request)
    let started = Int64(task.history.events.count)
    task.messages = [
      .with {
        $0.id = "u1/request"
        $0.protocolInstanceID = "u1"
        $0.eventID = started - 1
        $0.body = body
      }
    ]
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode(steps)) {
      service.offer(task)
      let answer = try await service.request(TaskCompleted.self)
      XCTAssertEqual(answer.messages.map(\.id), ["u1/accept", "u1/complete"])
      XCTAssertEqual(
        answer.commands.map(\.commandType), [.protocolMessage, .protocolMessage, .completeWorkflowExecution])
    }
  }

  // MARK: Failures

  func testTasksThatCannotBeWorkedAreFailed() async throws {
    let recording = try Recording(Self.order)
    var headless = recording.task(2)
    headless.history.events.removeFirst()
    var completed = recording.task(1)
    completed.history.events = Array(recording.history.events.prefix(4))
    let cases:
      [(task: WorkflowPoll, code: [Step], cause: Temporal_Api_Enums_V1_WorkflowTaskFailedCause, text: String)] =
        [
          (recording.task(2), [.activity("refund"), .timer(10)], .nonDeterministicError, "[TMPRL1100]"),
          (recording.task(2), [.timer(10)], .nonDeterministicError, "(event 5)"),
          (recording.task(3), [.activity("charge")], .nonDeterministicError, "rule completed-early"),
          (headless, Self.order, .workflowWorkerUnhandledFailure, "does not begin with WorkflowExecutionStarted"),
          (completed, Self.order, .workflowWorkerUnhandledFailure, "started and not completed"),
        ]
    for (task, code, cause, text) in cases {
      let service = ScriptedService()
      try await withWorker(on: service, workflows: ScriptedCode(code)) {
        service.offer(task)
        let answer = try await service.request(TaskFailed.self)
        XCTAssertEqual(answer.cause, cause)
        XCTAssertTrue(answer.failure.message.contains(text), answer.failure.message)
        XCTAssertEqual(answer.taskToken, task.taskToken)
        XCTAssertEqual(answer.identity, "tester")
      }
    }
  }

  func testUnknownTypeFailsTheTaskAndTheWorkerGoesOn() async throws {
    let recording = try Recording(Self.order)
    var unknown = recording.task(1)
    unknown.history.events[0].workflowExecutionStartedEventAttributes.workflowType.name = "stranger"
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      service.offer(unknown)
      let answer = try await service.request(TaskFailed.self)
      XCTAssertEqual(
        answer.failure.message, "unable to find workflow type: stranger. Supported types: [workflow]")
      service.offer(recording.task(1))
      let next = try await service.request(TaskCompleted.self)
      XCTAssertEqual(next.commands.count, 1)
    }
  }

  func testCodeThatDoesNotLoadFailsTheTask() async throws {
    struct BrokenCode: WorkflowCode {
      let workflowTypes = ["workflow"]
      func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
        throw WorkflowLoadError(
          .invalidCode, "'end' expected", location: SourceLocation(file: "order.lua", line: 3))
      }
    }
    let service = ScriptedService()
    try await withWorker(on: service, workflows: BrokenCode()) {
      service.offer(try Recording(Self.order).task(1))
      let answer = try await service.request(TaskFailed.self)
      XCTAssertEqual(answer.failure.message, "order.lua:3: 'end' expected")
      XCTAssertEqual(answer.cause, .workflowWorkerUnhandledFailure)
    }
  }

  func testCommandsThatAreTooLargeFailTheTask() async throws {
    let service = ScriptedService { request in
      guard request is TaskCompleted else { return nil }
      throw ServiceError(.resourceExhausted, "message larger than max")
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      service.offer(try Recording(Self.order).task(1))
      let answer = try await service.request(TaskFailed.self)
      XCTAssertEqual(answer.cause, .grpcMessageTooLarge)
      XCTAssertEqual(answer.failure.message, "message larger than max")
    }
  }

  // MARK: Queries

  func testQueryTaskIsAnsweredFromTheReplayedState() async throws {
    let recording = try Recording(Self.order)
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      service.offer(recording.query("line"))
      let answered = try await service.request(QueryCompleted.self)
      XCTAssertEqual(answered.completedType, .answered)
      XCTAssertEqual(answered.queryResult.payloads.first?.jsonText, "3")
      XCTAssertEqual(answered.taskToken, Data("token".utf8))

      service.offer(recording.query("weather"))
      let failed = try await service.request(QueryCompleted.self)
      XCTAssertEqual(failed.completedType, .failed)
      XCTAssertEqual(failed.errorMessage, "no query weather")

      service.offer(recording.query("__stack_trace"))
      let stack = try await service.request(QueryCompleted.self)
      XCTAssertEqual(stack.queryResult.payloads.first?.jsonText?.contains("script:3 in main"), true)
    }
  }

  func testQueryOfCodeThatNoLongerFitsIsFailed() async throws {
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode([.timer(1)])) {
      service.offer(try Recording(Self.order).query("line"))
      let answer = try await service.request(QueryCompleted.self)
      XCTAssertEqual(answer.completedType, .failed)
      XCTAssertEqual(answer.cause, .nonDeterministicError)
      XCTAssertTrue(answer.errorMessage.hasPrefix("[TMPRL1100]"), answer.errorMessage)
    }
  }

  func testQueriesBesideATaskSeeWhatTheTaskDid() async throws {
    var task = try Recording(Self.order).task(2)
    task.queries = [
      "q1": .with { $0.queryType = "line" },
      "q2": .with { $0.queryType = "weather" },
    ]
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      service.offer(task)
      let answer = try await service.request(TaskCompleted.self)
      XCTAssertEqual(answer.commands.map(\.commandType), [.startTimer])
      XCTAssertEqual(answer.queryResults["q1"]?.answer.payloads.first?.jsonText, "2")
      XCTAssertEqual(answer.queryResults["q2"]?.resultType, .failed)
      XCTAssertEqual(answer.queryResults["q2"]?.errorMessage, "no query weather")
    }
  }

  // MARK: Answers that nobody wants

  func testRefusedAnswerIsLoggedAndTheWorkerGoesOn() async throws {
    let recording = try Recording(Self.order)
    let refusals = Mutex(0)
    let lines = Mutex<[WorkerLogLine]>([])
    let service = ScriptedService { request in
      guard request is TaskCompleted,
        refusals.withLock({
          $0 += 1; return $0
        }) == 1
      else { return nil }
      throw ServiceError(.invalidArgument, "bad command")
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.log = { line in lines.withLock { $0.append(line) } }
    } _: {
      service.offer(recording.task(1))
      _ = try await service.request(TaskCompleted.self)
      service.offer(recording.task(1))
      _ = try await service.request(TaskCompleted.self)
    }
    let errors = lines.withLock { $0 }.filter { $0.level == .error }
    XCTAssertEqual(errors.count, 1)
    XCTAssertEqual(errors.first?.fields.first, .init("error", "INVALID_ARGUMENT: bad command"))
  }
}
