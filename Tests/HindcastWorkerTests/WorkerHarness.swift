import Foundation
import HindcastCore
import HindcastHistory
import HindcastTestSupport
import HindcastWorker
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI
import XCTest

typealias TaskCompleted = Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedRequest
typealias TaskFailed = Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedRequest
typealias QueryCompleted = Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedRequest

extension XCTestCase {
  /// Runs a worker beside `body`, and stops it after that.
  func withWorker(
    on service: ScriptedService, workflows: (any WorkflowCode)? = nil, activities: (any ActivityCode)? = nil,
    change: (inout WorkerConfiguration) -> Void = { _ in }, _ body: () async throws -> Void
  ) async throws {
    var configuration = WorkerConfiguration(
      taskQueue: "queue", namespace: "space", identity: "tester", workflows: workflows, activities: activities)
    configuration.workflowTaskPollers = 1
    configuration.activityTaskPollers = 1
    configuration.pauseAfterFailedPoll = .zero
    change(&configuration)
    let worker = Worker(configuration, connection: service)
    let run = Task { try await worker.run() }
    do {
      try await body()
    } catch {
      run.cancel()
      throw error
    }
    run.cancel()
    try await run.value
  }
}

/// A recorded history, for making tasks of its beginnings.
struct Recording {
  let history: WorkflowHistory

  /// Records a script with a server that answers everything.
  init(
    _ steps: [Step], incidents: [Int: [RecordingServer.Incident]] = [:], holdsTimers: Bool = false
  ) throws {
    var server = RecordingServer(type: "workflow")
    server.incidents = incidents
    server.holdsTimers = holdsTimers
    history = try server.record(ScriptedCode(steps).makeRuntime(RuntimeOptions()))
  }

  /// The indices of the starts of workflow tasks.
  private var starts: [Int] {
    history.events.indices.filter { history.events[$0].eventType == .workflowTaskStarted }
  }

  /// What a poll gives for the task with a number, from 1.
  func task(_ number: Int) -> WorkflowPoll {
    poll(history.events[...starts[number - 1]])
  }

  /// How many tasks the recording has.
  var taskCount: Int { starts.count }

  /// A query on the finished run.
  func query(_ type: String) -> WorkflowPoll {
    var poll = poll(history.events[...])
    poll.query.queryType = type
    return poll
  }

  private func poll(_ events: ArraySlice<HistoryEvent>) -> WorkflowPoll {
    .with {
      $0.taskToken = Data("token".utf8)
      $0.workflowType.name = "workflow"
      $0.workflowExecution.workflowID = history.workflowID ?? ""
      $0.workflowExecution.runID = history.runID ?? ""
      $0.attempt = 1
      $0.history.events = Array(events)
    }
  }
}
