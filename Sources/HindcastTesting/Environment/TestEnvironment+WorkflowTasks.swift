internal import HindcastCalls
internal import HindcastCore
internal import HindcastHistory
internal import HindcastService
internal import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A workflow task from the poll to the answer, faults included.

extension TestEnvironment {
  func work(
    _ polled: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse, _ worker: WorkerConfiguration
  ) async throws {
    lastWorkflowID = polled.workflowExecution.workflowID
    if try await answersForRecordedChild(polled, as: worker.identity) { return }
    var task = WorkflowTask(polled: polled, events: polled.history.events, namespace: worker.namespace)
    if !polled.nextPageToken.isEmpty {
      task.events = try await service.history(of: polled.workflowExecution, in: worker.namespace).events
    }
    if !task.isQuery {
      taskCount += 1
      for fault in options.faults where fault.task == taskCount {
        switch fault.kind {
        case .evictCache: try await forget(task.runID)
        case .dropWorker:
          // The run that it kept is gone with it.
          try await forget(task.runID)
          return
        case .timeOutTask:
          let step = try await driver.begin(task, log: worker.log)
          try await forget(task.runID)
          if case .answered(.completed(let completion)) = step {
            lateAnswers.append(
              LateAnswer(due: timeout(of: task), request: task.completed(with: completion, by: worker)))
          }
          return
        }
      }
    }
    let step = try await driver.begin(task, log: worker.log)
    if !task.isQuery { try await boundary?(Boundary(task: taskCount, isInFlight: true)) }
    try await proceed(step, task, worker)
  }

  /// Goes on with a task that was worked as far as it goes: answers it, or lets it wait for local activities.
  func proceed(_ step: WorkflowTaskStep, _ task: WorkflowTask, _ worker: WorkerConfiguration) async throws {
    switch step {
    case .answered(let answer):
      locals.close(task.runID)
      try await respond(to: task, answer, worker)
    case .waits(let wait): try await hold(task, wait, worker)
    case .historyNeeded, .lost:
      throw TestEnvironmentError.taskFailed(
        fault(of: task, kind: "UnusableTask", message: "the task's history is not that of its run", stack: ""))
    }
  }

  private func respond(
    to task: WorkflowTask, _ answer: WorkflowTaskAnswer, _ worker: WorkerConfiguration
  ) async throws {
    let polled = task.polled
    switch answer {
    case .completed(let completion):
      do {
        _ = try await service.call(
          WorkflowService.respondWorkflowTaskCompleted, task.completed(with: completion, by: worker))
      } catch let error as ServiceError where error.message == "UnhandledCommand" {
        // Something came in that the workflow has not seen: the server hands out another task.
        try await forget(task.runID)
        return
      } catch let error as ServiceError {
        throw TestEnvironmentError.taskFailed(fault(of: task, kind: error.code.name, message: error.message, stack: ""))
      }
      // Local activities that the code no longer waits for have nobody to tell.
      if !completion.isProlonged { dropLocalActivities(of: task.runID) }
      if options.checksReexecution {
        let history = try await service.history(of: polled.workflowExecution, in: worker.namespace)
        try await driver.check(
          WorkflowHistory(
            events: history.events, workflowID: polled.workflowExecution.workflowID,
            runID: polled.workflowExecution.runID), in: worker.namespace)
      }
    case .failed(let problem) where task.isQuery:
      _ = try await service.call(
        WorkflowService.respondQueryTaskCompleted,
        task.answered(.failed(problem.message), by: worker, cause: problem.cause))
    case .failed(let problem):
      _ = try await service.call(WorkflowService.respondWorkflowTaskFailed, task.failed(with: problem, by: worker))
      throw TestEnvironmentError.taskFailed(
        fault(of: task, kind: problem.type, message: problem.message, stack: problem.stack))
    case .queried(let answer):
      _ = try await service.call(WorkflowService.respondQueryTaskCompleted, task.answered(answer, by: worker))
    }
  }

  /// Keeps a task that came with the answer to a start.
  func takeEagerly(_ task: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse) { eagerTasks.append(task) }

  /// Works a task that came with the answer to a start.
  ///
  /// - Returns: Whose it was; `nil` if there is none.
  func workEagerTask() async throws -> String? {
    guard !eagerTasks.isEmpty else { return nil }
    let task = eagerTasks.removeFirst()
    let queue = task.workflowExecutionTaskQueue.name
    guard let worker = workers.first(where: { $0.workflows != nil && $0.taskQueue == queue }) ?? workers.first
    else { return nil }
    try await work(task, worker)
    return task.workflowExecution.workflowID
  }

  /// Forgets a run, and what runs for it.
  private func forget(_ runID: String) async throws {
    dropLocalActivities(of: runID)
    try await driver.evict(runID)
  }

  /// When the server gives up on a task.
  private func timeout(of task: WorkflowTask) -> Int64 {
    let seconds = task.workflowHistory.startedAttributes?.workflowTaskTimeout.seconds ?? 0
    let passed = Duration.seconds(seconds > 0 ? seconds : 10).nanoseconds
    return now.addingReportingOverflow(passed).partialValue
  }

  /// Gives the answers that were held back, and sees to it that the server takes none.
  func sendLateAnswers() async throws {
    while let index = lateAnswers.firstIndex(where: { $0.due <= now }) {
      let late = lateAnswers.remove(at: index)
      do {
        _ = try await service.call(WorkflowService.respondWorkflowTaskCompleted, late.request)
      } catch let error as ServiceError where error.code == .notFound {
        // As it should be: the task had timed out.
      }
    }
  }

  private func fault(of task: WorkflowTask, kind: String, message: String, stack: String) -> TaskFault {
    TaskFault(
      workflowID: task.polled.workflowExecution.workflowID, workflowType: task.polled.workflowType.name, kind: kind,
      message: message, stack: stack, history: task.workflowHistory)
  }
}

/// What a worker answers after its task has timed out.
struct LateAnswer: Sendable {
  /// When it comes.
  var due: Int64
  var request: Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedRequest
}
