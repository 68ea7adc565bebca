import Foundation
import HindcastApp
import HindcastCalls
import HindcastCore
import HindcastHistory
import HindcastServer
import HindcastService
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI
import XCTest

/// An app whose workers run against a service in this process.
struct AppRig: Sendable {
  /// The service itself: what a client asks need not go over the workers' connection.
  let service: TemporalService
  /// The workers' connection to it.
  let connection: WatchedConnection
  /// The queue of the first worker.
  let taskQueue: String
  let log: LogCollector

  /// Starts a workflow and gives its run.
  @discardableResult
  func start(
    _ type: String, _ arguments: [String] = [], id: String = "workflow-1",
    change: (inout Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest) -> Void = { _ in }
  ) async throws -> Temporal_Api_Common_V1_WorkflowExecution {
    var request = Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest.with {
      $0.namespace = "default"
      $0.workflowID = id
      $0.workflowType.name = type
      $0.taskQueue.name = taskQueue
      $0.requestID = id
      if !arguments.isEmpty { $0.input.payloads = arguments.map(JSONPayload.payload(json:)) }
    }
    change(&request)
    let started = try await service.call(WorkflowService.startWorkflowExecution, request)
    return .with {
      $0.workflowID = id
      $0.runID = started.runID
    }
  }

  /// Waits until a workflow has closed, and gives the event that closed it.
  func close(of id: String = "workflow-1") async throws -> HistoryEvent {
    let event = try await service.closingEvent(of: .with { $0.workflowID = id }, in: "default")
    return try XCTUnwrap(event)
  }

  /// Waits until a workflow has completed, and gives its result as JSON.
  func result(of id: String = "workflow-1") async throws -> String {
    let event = try await close(of: id)
    guard case .workflowExecutionCompletedEventAttributes(let completed)? = event.attributes else {
      throw UnexpectedEnd(event: event)
    }
    return completed.result.payloads.first.map { String(decoding: $0.data, as: UTF8.self) } ?? ""
  }

  /// A workflow ended otherwise than it should.
  struct UnexpectedEnd: Error { let event: HistoryEvent }

  /// The activities of a workflow that have not ended.
  func pendingActivities(
    of id: String = "workflow-1"
  ) async throws -> [Temporal_Api_Workflow_V1_PendingActivityInfo] {
    try await service.call(
      WorkflowService.describeWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.execution.workflowID = id
      }
    ).pendingActivities
  }

  /// Waits until a workflow waits for an activity like that.
  func untilPending(
    _ id: String, _ isMet: (Temporal_Api_Workflow_V1_PendingActivityInfo) -> Bool
  ) async throws {
    try await look { try await pendingActivities(of: id).contains(where: isMet) }
  }

  /// Waits until a workflow's history is as it should be.
  func untilHistory(of id: String = "workflow-1", _ isMet: ([HistoryEvent]) -> Bool) async throws {
    try await look { isMet(try await history(of: id)) }
  }

  /// Looks again after each answer that comes back to a worker, which is what makes something happen.
  private func look(_ isMet: () async throws -> Bool) async throws {
    while true {
      let seen = connection.traffic.finished
      if try await isMet() { return }
      try await connection.wait(for: "another answer") { $0.finished > seen }
    }
  }

  /// Signals a workflow.
  func signal(_ name: String, _ argument: String, to id: String = "workflow-1") async throws {
    _ = try await service.call(
      WorkflowService.signalWorkflowExecution,
      .with {
        $0.namespace = "default"
        $0.workflowExecution.workflowID = id
        $0.signalName = name
        $0.input.payloads = [JSONPayload.payload(json: argument)]
      })
  }

  /// The history of a workflow.
  func history(of id: String = "workflow-1") async throws -> [HistoryEvent] {
    try await service.history(of: .with { $0.workflowID = id }, in: "default").events
  }
}

/// The lines that workers write.
final class LogCollector: Sendable {
  private let stored = Mutex<[WorkerLogLine]>([])

  var lines: [WorkerLogLine] { stored.withLock { $0 } }
  func add(_ line: WorkerLogLine) { stored.withLock { $0.append(line) } }
}

/// Runs an app's workers beside `body`, and stops them after it.
///
/// - Parameters:
///   - clock: How the service's time passes.
///   - shared: A service that others use, too; by default the app has one of its own.
///   - change: What is different from the app's own configuration, such as Swift closures as activities.
///   - script: What is answered to workers in place of the service.
func withApp(
  _ text: AppText, clock: ServiceConfiguration.Clock = .real, on shared: TemporalService? = nil,
  change: (inout WorkerConfiguration) -> Void = { _ in }, script: @escaping WatchedConnection.Script = { _ in nil },
  _ body: (AppRig) async throws -> Void
) async throws {
  let plans = try text.load().plans(client: nil, startingAll: true)
  let service = shared ?? TemporalService(seed: 1, clock: clock)
  let connection = WatchedConnection(service, script: script)
  let log = LogCollector()
  var taskQueues: [String] = []
  let workers = plans.map { plan in
    var configuration = plan.configuration
    configuration.log = { log.add($0) }
    if configuration.identity.isEmpty { configuration.identity = "tester" }
    configuration.pauseAfterFailedPoll = .milliseconds(1)
    change(&configuration)
    taskQueues.append(configuration.taskQueue)
    return Worker(configuration, connection: connection)
  }
  let run = Task {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in workers { group.addTask { try await worker.run() } }
      try await group.waitForAll()
    }
  }
  let result: Result<Void, any Error>
  do {
    try await body(
      AppRig(service: service, connection: connection, taskQueue: taskQueues.first ?? "", log: log))
    result = .success(())
  } catch {
    result = .failure(error)
  }
  run.cancel()
  try result.get()
  try await run.value
}
