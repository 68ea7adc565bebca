internal import HindcastApp
internal import HindcastCalls
public import HindcastHistory
internal import HindcastServer
internal import HindcastService
internal import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What a `TestRun` asks of its environment: calls that must work tasks while they wait.

extension TestEnvironment {
  /// The last event of a workflow's last run; works tasks until no other run follows.
  ///
  /// - Parameter runID: The run to begin with.
  func lastEvent(of workflowID: String, from runID: String) async throws -> HistoryEvent {
    var runID = runID
    var last: HistoryEvent?
    let isDone = try await run {
      while true {
        last = try await closeEvent(workflowID, runID)
        guard let next = last?.runThatFollows else { return false }
        if next.isEmpty { return true }
        runID = next
      }
    }
    guard isDone, let last else { throw try await stuck(workflowID, runID) }
    return last
  }

  func closeEvent(_ workflowID: String, _ runID: String) async throws -> HistoryEvent? {
    let response = try await refusing {
      try await service.call(
        WorkflowService.getWorkflowExecutionHistory,
        .with {
          $0.namespace = options.namespace
          $0.execution.workflowID = workflowID
          $0.execution.runID = runID
          $0.historyEventFilterType = .closeEvent
        })
    }
    return response.history.events.last.flatMap { $0.eventType.closesWorkflow ? $0 : nil }
  }

  func wait(
    _ workflowID: String, describing what: String, until isEnough: @Sendable (WorkflowHistory) -> Bool
  ) async throws {
    let isDone = try await run { isEnough(try await history(workflowID: workflowID)) }
    if !isDone { throw try await stuck(workflowID, after: "\(what) does not come") }
  }

  func stuck(
    _ workflowID: String, _ runID: String = "", after first: String? = nil
  ) async throws -> TestEnvironmentError {
    .stuck(workflowID: workflowID, waitsFor: [first].compactMap { $0 } + (try await reasons(workflowID, runID)))
  }

  private func reasons(_ workflowID: String, _ runID: String) async throws -> [String] {
    let response = try await refusing {
      try await service.call(
        WorkflowService.describeWorkflowExecution,
        .with {
          $0.namespace = options.namespace
          $0.execution.workflowID = workflowID
          $0.execution.runID = runID
        })
    }
    var reasons = await waits(of: response.workflowExecutionInfo.execution.runID)
    reasons += response.pendingActivities.map { activity in
      let name = "activity \(activity.activityType.name) (id \(activity.activityID))"
      let queue = activity.activityOptions.taskQueue.name
      guard activity.state == .scheduled, !queue.isEmpty, !workers.contains(where: { $0.taskQueue == queue }) else {
        return "\(name) is pending"
      }
      return "\(name) is on task queue \(queue), which no worker of this environment polls"
    }
    reasons += response.pendingChildren.map { "child \($0.workflowTypeName) (\($0.workflowID)) is open" }
    if response.hasPendingWorkflowTask, response.pendingWorkflowTask.state == .scheduled {
      reasons.append(
        "no worker of this environment polls task queue \(response.executionConfig.taskQueue.name)")
    }
    return reasons
  }

  func events(_ workflowID: String, _ runID: String) async throws -> [HistoryEvent] {
    try await refusing {
      try await service.history(
        of: .with {
          $0.workflowID = workflowID
          $0.runID = runID
        }, in: options.namespace
      ).events
    }
  }

  /// The history of a workflow's newest run, or of the run that is named.
  public func history(workflowID: String, runID: String = "") async throws -> WorkflowHistory {
    let events = try await events(workflowID, runID)
    return WorkflowHistory(events: events, workflowID: workflowID, runID: runID.isEmpty ? nil : runID)
  }

  /// Answers a query: the call waits, so tasks are worked beside it.
  func query(_ workflowID: String, _ name: String, _ payloads: Payloads?) async throws -> Payloads? {
    try await settle()
    let request = Temporal_Api_Workflowservice_V1_QueryWorkflowRequest.with {
      $0.namespace = options.namespace
      $0.execution.workflowID = workflowID
      $0.query.queryType = name
      if let payloads { $0.query.queryArgs = payloads }
    }
    guard let response = try await beside(WorkflowService.queryWorkflow, request) else {
      throw try await stuck(workflowID, after: "query \(name) gets no answer")
    }
    return response.hasQueryResult ? response.queryResult : nil
  }

  /// Sends an update and works tasks until it has an outcome.
  func update(_ workflowID: String, _ name: String, _ payloads: Payloads?, id: String) async throws -> Payloads? {
    let request = Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionRequest.with {
      $0.namespace = options.namespace
      $0.workflowExecution.workflowID = workflowID
      $0.waitPolicy.lifecycleStage = .completed
      $0.request.meta = .with {
        $0.updateID = id
        $0.identity = "test"
      }
      $0.request.input = .with {
        $0.name = name
        if let payloads { $0.args = payloads }
      }
    }
    let response = try await beside(WorkflowService.updateWorkflowExecution, request)
    switch response?.outcome.value {
    case .success(let payloads)?: return payloads
    case .failure(let failure)?: throw TestEnvironmentError.updateFailed(name, workflowID: workflowID, failure)
    case nil: throw try await stuck(workflowID, after: "update \(name) has no outcome")
    }
  }

  /// Makes a call and, where it waits for something, works tasks and skips time until it has an answer.
  ///
  /// - Returns: The answer; `nil` when nothing is left that could bring one.
  func beside<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) async throws -> Response? {
    let call = await service.begin(method, request)
    do {
      var answer = try await refusing { try await service.takeAnswer(to: call) }
      if answer == nil {
        _ = try await run {
          answer = try await refusing { try await service.takeAnswer(to: call) }
          return answer != nil
        }
      }
      if answer == nil { await service.abandon(call) }
      return answer as? Response
    } catch {
      await service.abandon(call)
      throw error
    }
  }
}
