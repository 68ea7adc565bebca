internal import HindcastCalls
internal import HindcastCore
internal import HindcastHistory
private import SwiftProtobuf
private import TemporalAPI
internal import TemporalServiceAPI

/// Takes a workflow task from the poll to the answer.
struct WorkflowTaskHandler: Sendable {
  typealias Polled = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse

  let connection: any ServiceConnection
  let configuration: WorkerConfiguration
  let supportedTypes: [String]
  let threads: WorkflowThreads

  /// Waits for a task; `nil` when the service had none.
  func poll() async throws -> Polled? {
    let polled = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = configuration.namespace
        $0.taskQueue.name = configuration.taskQueue
        $0.taskQueue.kind = .normal
        $0.identity = configuration.identity
        $0.workerInstanceKey = configuration.instanceKey
        if let version = configuration.versioning {
          $0.workerVersionCapabilities = version.capabilities
          $0.deploymentOptions = version.deploymentOptions
        }
      })
    return polled.taskToken.isEmpty ? nil : polled
  }

  /// Works a task and answers it.
  func work(_ polled: Polled) async {
    var task = WorkflowTask(polled: polled, events: polled.history.events, namespace: configuration.namespace)
    do {
      try await fetchRemainingEvents(of: &task)
      try await respond(to: task, with: try await answer(to: task))
    } catch {
      // The server hands the task out again when nobody answered it in time; one that is gone needs no answer.
      let isGone = (error as? ServiceError)?.code == .notFound
      configuration.log(
        WorkerLogLine(
          isGone ? .debug : .error, "a workflow task could not be answered",
          [.init("error", "\(error)")] + task.logFields))
    }
  }

  private func fetchRemainingEvents(of task: inout WorkflowTask) async throws {
    var request = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest()
    request.namespace = configuration.namespace
    request.execution = task.polled.workflowExecution
    request.nextPageToken = task.polled.nextPageToken
    while !request.nextPageToken.isEmpty {
      let page = try await connection.call(WorkflowService.getWorkflowExecutionHistory, request)
      task.events += page.history.events
      request.nextPageToken = page.nextPageToken
    }
  }

  private func answer(to task: WorkflowTask) async throws -> WorkflowTaskAnswer {
    let execution = WorkflowTaskExecution(task: task, supportedTypes: supportedTypes, log: configuration.log)
    do {
      return try await threads.run { execution.answer(in: $0) }
    } catch let error as WorkflowLoadError {
      return .failed(WorkflowTaskProblem(error, type: task.polled.workflowType.name, supported: supportedTypes))
    }
  }

  // MARK: Answers

  private func respond(to task: WorkflowTask, with answer: WorkflowTaskAnswer) async throws {
    switch answer {
    case .completed(let completion):
      do {
        _ = try await connection.call(
          WorkflowService.respondWorkflowTaskCompleted,
          task.completed(with: completion, by: configuration))
      } catch let error as ServiceError where error.code == .resourceExhausted {
        // Commands that the server refuses it has failed the task for; what is too large it has not even looked at.
        try await respond(to: task, with: .failed(WorkflowTaskProblem(tooLarge: error)))
      }
    case .failed(let problem) where task.isQuery:
      try await respond(toQuery: task, .failed(problem.message), cause: problem.cause)
    case .failed(let problem):
      configuration.log(
        WorkerLogLine(.error, problem.message, [.init("type", problem.type)] + task.logFields))
      _ = try await connection.call(
        WorkflowService.respondWorkflowTaskFailed,
        task.failed(with: problem, by: configuration))
    case .queried(let answer):
      try await respond(toQuery: task, answer)
    }
  }

  private func respond(
    toQuery task: WorkflowTask, _ answer: QueryAnswer,
    cause: Temporal_Api_Enums_V1_WorkflowTaskFailedCause = .unspecified
  ) async throws {
    _ = try await connection.call(
      WorkflowService.respondQueryTaskCompleted, task.answered(answer, by: configuration, cause: cause))
  }
}
