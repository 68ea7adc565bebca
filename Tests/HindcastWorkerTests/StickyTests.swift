import Foundation
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastServer
import HindcastService
import HindcastSwift
import HindcastTestSupport
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

private typealias Poll = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest
private typealias HistoryRequest = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest

/// Runs that stay with their worker between tasks.
final class StickyTests: XCTestCase {
  private static let order: [Step] = [.activity("charge"), .timer(10), .complete("\"done\"")]

  // MARK: Queues

  func testAnswersSayWhereTheNextTaskGoes() async throws {
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
      $0.stickyScheduleToStartTimeout = .milliseconds(2500)
    } _: {
      let polls = [try await service.request(Poll.self), try await service.request(Poll.self)]
      let sticky = try XCTUnwrap(polls.first { $0.taskQueue.kind == .sticky }?.taskQueue)
      XCTAssertEqual(sticky.normalName, "queue")
      XCTAssertEqual(polls.first { $0.taskQueue.kind == .normal }?.taskQueue.name, "queue")
      XCTAssertTrue(sticky.name.hasPrefix(ProcessInfo.processInfo.hostName + ":"), sticky.name)
      service.offer(try Recording(Self.order).firstTask)
      let answer = try await service.request(TaskCompleted.self)
      XCTAssertEqual(answer.stickyAttributes.workerTaskQueue, sticky)
      XCTAssertEqual(
        answer.stickyAttributes.scheduleToStartTimeout,
        .with {
          $0.seconds = 2
          $0.nanos = 500_000_000
        })
    }
  }

  func testPollsAreDividedBetweenTheQueues() async throws {
    // Pollers, slots, polls of the sticky queue, polls of the normal one.
    let cases = [(2, 10, 1, 1), (5, 10, 3, 2), (20, 100, 10, 10), (5, 3, 2, 1), (1, 10, 0, 1), (5, 1, 0, 1)]
    for (pollers, slots, sticky, normal) in cases {
      let service = ScriptedService()
      try await withWorker(on: service, workflows: ScriptedCode([])) {
        $0.workflowTaskPollers = pollers
        $0.maximumConcurrentWorkflowTasks = slots
      } _: {
        var kinds: [Temporal_Api_Enums_V1_TaskQueueKind] = []
        for _ in 0..<sticky + normal { kinds.append(try await service.request(Poll.self).taskQueue.kind) }
        XCTAssertEqual(kinds.filter { $0 == .sticky }.count, sticky, "\(pollers) pollers, \(slots) slots")
        XCTAssertEqual(kinds.filter { $0 == .normal }.count, normal, "\(pollers) pollers, \(slots) slots")
      }
    }
  }

  func testAQueueWithABacklogIsPolledFirst() async throws {
    let answered = Mutex(false)
    let service = ScriptedService { request in
      guard let poll = request as? Poll else { return nil }
      // The normal queue has nothing. The first poll of the sticky one brings a task and word of more; the others stay open.
      if poll.taskQueue.kind == .normal { return WorkflowPoll() }
      let isFirst = answered.withLock { isAnswered in
        defer { isAnswered = true }
        return !isAnswered
      }
      return isFirst ? try WorkflowPoll(Recording(Self.order).firstTask) { $0.backlogCountHint = 7 } : nil
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
    } _: {
      // Divided evenly, one poller would stay with the normal queue.
      var (sticky, normal) = (0, 0)
      while sticky < 3, normal < 100_000 {
        if try await service.request(Poll.self).taskQueue.kind == .sticky { sticky += 1 } else { normal += 1 }
      }
      XCTAssertEqual(sticky, 3)
    }
  }

  // MARK: The cache

  func testARunGoesOnWithThePartOfItsHistoryThatIsNew() async throws {
    let recording = try Recording(Self.order)
    let fetches = Mutex(0)
    let service = ScriptedService { request in
      if request is HistoryRequest { fetches.withLock { $0 += 1 } }
      return nil
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
    } _: {
      service.offer(recording.firstTask)
      _ = try await service.request(TaskCompleted.self)
      for number in 2...3 {
        service.offer(recording.stickyTask(number))
        let answer = try await service.request(TaskCompleted.self)
        XCTAssertEqual(answer.commands.map(\.commandType), number == 2 ? [.startTimer] : [.completeWorkflowExecution])
      }
      XCTAssertEqual(fetches.withLock(\.self), 0)
    }
  }

  /// A worker that does not have the run asks for what it was not sent.
  func testAMissFetchesTheHistory() async throws {
    let recording = try Recording(Self.order)
    let whole = recording.task(3).history.events
    let service = ScriptedService { request in
      guard let request = request as? HistoryRequest else { return nil }
      let page = Int(String(decoding: request.nextPageToken, as: UTF8.self)) ?? 0
      return Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse.with {
        // Pages that end in the middle of what the task has brought.
        $0.history.events = Array(whole.dropFirst(page * 4).prefix(4))
        $0.nextPageToken = Data("\(page + 1)".utf8)
      }
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
    } _: {
      service.offer(recording.stickyTask(3))
      let answer = try await service.request(TaskCompleted.self)
      XCTAssertEqual(answer.commands.map(\.commandType), [.completeWorkflowExecution])
    }
  }

  func testQueriesOfACachedRunNeedNoHistory() async throws {
    let recording = try Recording(Self.order)
    let service = ScriptedService()
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
    } _: {
      service.offer(recording.firstTask)
      _ = try await service.request(TaskCompleted.self)
      service.offer(
        .with {
          $0.taskToken = Data("query".utf8)
          $0.workflowType.name = "workflow"
          $0.workflowExecution = recording.task(1).workflowExecution
          $0.previousStartedEventID = Int64(recording.task(1).history.events.count)
          $0.query.queryType = "line"
        })
      let answer = try await service.request(QueryCompleted.self)
      XCTAssertEqual(answer.completedType, .answered, answer.errorMessage)
      XCTAssertEqual(answer.queryResult.payloads.first?.jsonText, "1")
    }
  }

  /// What the server did not take has not happened: the run is rebuilt.
  func testARunWhoseAnswerWasRefusedIsForgotten() async throws {
    let recording = try Recording(Self.order)
    let refusals = Mutex(1)
    let fetched = Mutex(false)
    let service = ScriptedService { request in
      if request is HistoryRequest {
        fetched.withLock { $0 = true }
        return Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse.with {
          $0.history.events = recording.task(2).history.events
        }
      }
      guard request is TaskCompleted,
        refusals.withLock({ count in
          defer { count -= 1 }
          return count > 0
        })
      else { return nil }
      throw ServiceError(.invalidArgument, "UnhandledCommand")
    }
    let (lines, log) = AsyncStream.makeStream(of: WorkerLogLine.self)
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
      $0.log = { log.yield($0) }
    } _: {
      service.offer(recording.firstTask)
      _ = try await service.request(TaskCompleted.self)
      // The run is forgotten before the refusal is logged.
      for await line in lines where line.level == .error { break }
      service.offer(recording.stickyTask(2))
      let answer = try await service.request(TaskCompleted.self)
      XCTAssertEqual(answer.commands.map(\.commandType), [.startTimer])
    }
    XCTAssertTrue(fetched.withLock(\.self))
  }

  func testTheRunThatWasUsedLeastRecentlyGoesFirst() async throws {
    let recording = try Recording(Self.order)
    let fetches = Mutex<[String]>([])
    let service = ScriptedService { request in
      guard let request = request as? HistoryRequest else { return nil }
      fetches.withLock { $0.append(request.execution.runID) }
      return Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse.with {
        $0.history.events = recording.task(2).history.events
      }
    }
    try await withWorker(on: service, workflows: ScriptedCode(Self.order)) {
      $0.workflowTaskPollers = 2
      $0.maximumCachedRuns = 2
    } _: {
      for run in ["a", "b", "c"] {
        service.offer(recording.firstTask.of(run))
        _ = try await service.request(TaskCompleted.self)
      }
      // "a" had to make room for "c".
      for run in ["c", "b", "a"] {
        service.offer(recording.stickyTask(2).of(run))
        _ = try await service.request(TaskCompleted.self)
      }
    }
    XCTAssertEqual(fetches.withLock(\.self), ["a"])
  }

  /// A thread that does not come back keeps only its own run from going on.
  func testATaskThatBlocksHoldsUpNoOther() async throws {
    let recording = try Recording(Self.order)
    let (isInside, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let code = BlockingCode(ScriptedCode(Self.order), blocked: ["stuck-0", "stuck-1"]) {
      isInside.signal()
      goOn.wait()
    }
    let threads = WorkflowThreads(
      count: 1, most: 3, code: code, options: RuntimeOptions(), cachedRuns: 10, patience: .milliseconds(1))
    defer { threads.close() }
    @Sendable func begin(_ run: String) async throws -> WorkflowTaskStep {
      let polled = recording.firstTask.of(run)
      let execution = WorkflowTaskExecution(
        task: WorkflowTask(polled: polled, events: polled.history.events, namespace: "space"), supportedTypes: [],
        log: { _ in })
      return try await threads.run(run, isMovable: true) { $0.begin(execution) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for run in ["stuck-0", "stuck-1"] { group.addTask { _ = try await begin(run) } }
      await wait(for: isInside)
      await wait(for: isInside)
      for run in ["a", "b"] {
        guard case .answered(.completed(let completion)) = try await begin(run) else {
          return XCTFail("\(run) was not worked")
        }
        XCTAssertEqual(completion.issued.map(\.command.commandType), [.scheduleActivityTask])
      }
      goOn.signal()
      goOn.signal()
      try await group.waitForAll()
    }
  }

  private func wait(for semaphore: DispatchSemaphore) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        semaphore.wait()
        continuation.resume()
      }
    }
  }
}

/// Code some of whose runs block.
private struct BlockingCode: WorkflowCode {
  let base: any WorkflowCode
  let blocked: Set<String>
  let block: @Sendable () -> Void

  init(_ base: any WorkflowCode, blocked: Set<String>, _ block: @escaping @Sendable () -> Void) {
    self.base = base
    self.blocked = blocked
    self.block = block
  }

  var workflowTypes: [String] { base.workflowTypes }

  func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    Runtime(try base.makeRuntime(options), self)
  }

  private final class Runtime: WorkflowRuntime {
    let base: any WorkflowRuntime
    let code: BlockingCode

    init(_ base: any WorkflowRuntime, _ code: BlockingCode) {
      self.base = base
      self.code = code
    }

    func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
      if code.blocked.contains(environment.info.runID) { code.block() }
      return try base.makeInstance(in: environment)
    }
  }
}

extension WorkflowPoll {
  fileprivate init(_ poll: WorkflowPoll, _ change: (inout WorkflowPoll) -> Void) {
    self = poll
    change(&self)
  }

  /// The same task of another run.
  fileprivate func of(_ runID: String) -> WorkflowPoll { WorkflowPoll(self) { $0.workflowExecution.runID = runID } }
}

extension Recording {
  /// What a server hands out on the sticky queue: the events since the last task's start, without the start itself.
  fileprivate func stickyTask(_ number: Int) -> WorkflowPoll {
    WorkflowPoll(task(number)) { poll in
      let previous = task(number - 1).history.events.count
      poll.history.events.removeFirst(previous)
      poll.previousStartedEventID = Int64(previous)
      poll.startedEventID = poll.history.events.last?.eventID ?? 0
    }
  }

  /// The first task as a server hands it out.
  fileprivate var firstTask: WorkflowPoll {
    WorkflowPoll(task(1)) { $0.startedEventID = $0.history.events.last?.eventID ?? 0 }
  }
}
