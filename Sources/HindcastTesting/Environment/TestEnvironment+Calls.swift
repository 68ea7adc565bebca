internal import HindcastCalls
public import HindcastHistory
internal import HindcastServer
internal import HindcastService
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What a `TestRun` asks of its environment: calls that must work tasks while they wait.

extension TestEnvironment {
  /// The last event of a run that has closed; works tasks until it has.
  func lastEvent(of workflowID: String, _ runID: String) async throws -> HistoryEvent {
    var last: HistoryEvent?
    let isDone = try await run {
      let history = try await events(workflowID, runID)
      last = history.last
      return last?.eventType.closesWorkflow == true
    }
    guard isDone, let last else { throw try await stuck(workflowID, runID) }
    return last
  }

  func wait(
    _ workflowID: String, describing what: String, until isEnough: @Sendable (WorkflowHistory) -> Bool
  ) async throws {
    let isDone = try await run { isEnough(try await history(workflowID: workflowID)) }
    if !isDone {
      throw TestEnvironmentError.stuck(
        workflowID: workflowID, waitsFor: ["\(what) does not come"] + (try await reasons(workflowID, "")))
    }
  }

  private func stuck(_ workflowID: String, _ runID: String) async throws -> TestEnvironmentError {
    .stuck(workflowID: workflowID, waitsFor: try await reasons(workflowID, runID))
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
    reasons += response.pendingActivities.map { "activity \($0.activityType.name) (id \($0.activityID)) is pending" }
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
    let response = try await beside(WorkflowService.queryWorkflow, request)
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
    switch response.outcome.value {
    case .success(let payloads)?: return payloads
    case .failure(let failure)?: throw TestEnvironmentError.refused("update \(name): \(failure.chain)")
    case nil: throw TestEnvironmentError.stuck(workflowID: workflowID, waitsFor: ["update \(name) has no outcome"])
    }
  }

  /// Makes a call that waits for workflow tasks, and works these meanwhile.
  private func beside<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    let call = await service.begin(method, request)
    var answer: (any Message)?
    do {
      let isDone = try await run {
        answer = try await refusing { try await service.takeAnswer(to: call) }
        return answer != nil
      }
      guard isDone, let response = answer as? Response else {
        throw TestEnvironmentError.refused("\(method.name) waits for something that nothing will bring")
      }
      return response
    } catch {
      await service.abandon(call)
      throw error
    }
  }
}
