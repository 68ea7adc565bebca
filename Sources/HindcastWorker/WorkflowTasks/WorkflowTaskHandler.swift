private import Foundation
internal import HindcastCalls
internal import HindcastCore
internal import HindcastHistory
private import SwiftProtobuf
private import TemporalAPI
internal import TemporalServiceAPI

/// Takes a workflow task from the poll to the answer.
struct WorkflowTaskHandler: Sendable {
  typealias Polled = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
  typealias Completed = Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedResponse

  let connection: any ServiceConnection
  let configuration: WorkerConfiguration
  let supportedTypes: [String]
  let threads: WorkflowThreads
  let sticky: StickyQueue?
  let balance = PollBalance()
  let localActivities: LocalActivityRunner
  let eagerActivities: EagerActivities?

  // MARK: Polls

  /// Waits for a task; `nil` when the service had none.
  func poll() async throws -> Polled? {
    guard let sticky else { return try await poll(of: nil) }
    let isSticky = balance.begin()
    var backlog: Int64 = 0
    defer { balance.end(isSticky: isSticky, backlog: backlog) }
    let polled = try await poll(of: isSticky ? sticky : nil)
    backlog = polled?.backlogCountHint ?? 0
    return polled
  }

  private func poll(of sticky: StickyQueue?) async throws -> Polled? {
    let polled = try await connection.call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = configuration.namespace
        if let sticky {
          $0.taskQueue = sticky.message
        } else {
          $0.taskQueue.name = configuration.taskQueue
          $0.taskQueue.kind = .normal
        }
        $0.identity = configuration.identity
        $0.workerInstanceKey = configuration.instanceKey
        if let version = configuration.versioning {
          $0.workerVersionCapabilities = version.capabilities
          $0.deploymentOptions = version.deploymentOptions
        }
      })
    note(polled)
    return polled.taskToken.isEmpty ? nil : polled
  }

  // MARK: Work

  /// Works a task and answers it, and those that come with the answers.
  func work(_ polled: Polled) async {
    let locals = LocalActivityGroup(localActivities)
    var next: Polled? = polled
    while let polled = next { next = await workOne(polled, locals) }
    locals.end()
  }

  private func workOne(_ polled: Polled, _ locals: LocalActivityGroup) async -> Polled? {
    var task = WorkflowTask(polled: polled, events: polled.history.events, namespace: configuration.namespace)
    beginMeasuring()
    let start = measures.start()
    defer { endMeasuring(polled, since: start) }
    do {
      try await fetchRemainingEvents(of: &task)
      guard let answer = try await answer(to: &task, locals) else {
        configuration.log(WorkerLogLine(.info, "a workflow task was given up", task.logFields))
        return nil
      }
      return try await respond(to: task, with: answer)
    } catch {
      // What the run believes to have happened has not.
      if !task.isQuery { await evict(task) }
      // The server hands the task out again when nobody answered it in time; one that is gone needs no answer.
      let isGone = (error as? ServiceError)?.code == .notFound
      configuration.log(
        WorkerLogLine(
          isGone ? .debug : .error, "a workflow task could not be answered",
          [.init("error", "\(error)")] + task.logFields))
      return nil
    }
  }

  private func evict(_ task: WorkflowTask) async {
    // Threads that are closed have forgotten everything.
    _ = try? await threads.run(task.runID) { $0.evict(task.runID, workedBy: task) }
  }

  // MARK: Histories

  private func fetchRemainingEvents(of task: inout WorkflowTask) async throws {
    guard !task.polled.nextPageToken.isEmpty else { return }
    var events: [HistoryEvent] = []
    try await fetchPages(of: task, from: task.polled.nextPageToken) {
      events += $0
      return true
    }
    task.events += events
  }

  /// Fetches what happened before the events that a task of the sticky queue brought.
  private func fetchEarlierEvents(of task: inout WorkflowTask) async throws {
    let firstKnown = task.events.first?.eventID ?? .max
    var events: [HistoryEvent] = []
    try await fetchPages(of: task, from: nil) { page in
      events += page.prefix { $0.eventID < firstKnown }
      return page.last.map { $0.eventID < firstKnown } ?? true
    }
    task.events = events + task.events
  }

  /// - Parameters:
  ///   - token: Where to begin; `nil`: with the first event.
  ///   - take: Gets each page, and says whether more are wanted.
  private func fetchPages(of task: WorkflowTask, from token: Data?, _ take: ([HistoryEvent]) -> Bool) async throws {
    var request = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest()
    request.namespace = configuration.namespace
    request.execution = task.polled.workflowExecution
    if let token { request.nextPageToken = token }
    repeat {
      let page = try await connection.call(WorkflowService.getWorkflowExecutionHistory, request)
      guard take(page.history.events) else { return }
      request.nextPageToken = page.nextPageToken
    } while !request.nextPageToken.isEmpty
  }

  // MARK: Answers

  /// The answer to a task; `nil` if nobody waits for it any more.
  private func answer(
    to task: inout WorkflowTask, _ locals: LocalActivityGroup
  ) async throws -> WorkflowTaskAnswer? {
    var execution = execution(of: task)
    locals.beginTask()
    var step = try await threads.run(task.runID, isMovable: true) { [execution] in $0.begin(execution) }
    noteCache(of: task, isMiss: step.needsHistory)
    if step.needsHistory {
      try await fetchEarlierEvents(of: &task)
      execution = self.execution(of: task)
      step = try await threads.run(task.runID, isMovable: true) { [execution] in $0.begin(execution) }
    }
    while case .waits(let wait) = step {
      switch await locals.next(wait, for: execution) {
      case .ended(let id, let outcome, let elapsed):
        step = try await threads.run(task.runID) { [execution] in
          $0.resume(execution, id, outcome, after: elapsed)
        }
      case .taskIsOld:
        step = try await threads.run(task.runID) { [execution] in $0.prolong(execution) }
      case .stopped: step = .lost
      }
    }
    switch step {
    case .answered(.completed(var completion)):
      completion.laterLocalAttempts = locals.endTask()
      return .completed(completion)
    case .answered(let answer): return answer
    case .historyNeeded: return .failed(WorkflowTaskProblem(unusable: WorkflowTaskProblem.noStart))
    case .waits, .lost:
      await evict(task)
      return nil
    }
  }

  private func execution(of task: WorkflowTask) -> WorkflowTaskExecution {
    WorkflowTaskExecution(
      task: task, supportedTypes: supportedTypes, logsInReplay: configuration.logsInReplay, log: configuration.log)
  }

  /// - Returns: The run's next task, if it came with the response.
  private func respond(to task: WorkflowTask, with answer: WorkflowTaskAnswer) async throws -> Polled? {
    switch answer {
    case .completed(let completion):
      do {
        return try await complete(task, with: completion)
      } catch let error as ServiceError where error.code == .resourceExhausted {
        // Commands that the server refuses it has failed the task for; what is too large it has not even looked at.
        await evict(task)
        return try await respond(to: task, with: .failed(WorkflowTaskProblem(tooLarge: error)))
      }
    case .failed(let problem) where task.isQuery:
      try await respond(toQuery: task, .failed(problem.message), cause: problem.cause)
    case .failed(let problem):
      configuration.log(
        WorkerLogLine(.error, problem.message, [.init("type", problem.type)] + task.logFields))
      _ = try await connection.call(
        WorkflowService.respondWorkflowTaskFailed,
        task.failed(with: problem, by: configuration))
      noteFailure(of: task.polled, problem)
    case .queried(let answer):
      try await respond(toQuery: task, answer)
    }
    return nil
  }

  private func complete(_ task: WorkflowTask, with completion: WorkflowTaskCompletion) async throws -> Polled? {
    var request = task.completed(with: completion, by: configuration, takesWork: true)
    if let sticky {
      request.stickyAttributes = sticky.attributes
    } else {
      // A task that comes with the response brings only what is new, which is of no use to those who keep nothing.
      request.returnNewWorkflowTask = completion.isProlonged
    }
    let reserved = await EagerActivities.reserve(eagerActivities, in: &request)
    let response: Completed
    do {
      response = try await connection.call(WorkflowService.respondWorkflowTaskCompleted, request)
    } catch {
      await eagerActivities?.start([], reserved: reserved)
      throw error
    }
    await eagerActivities?.start(response.activityTasks, reserved: reserved)
    noteEnd(of: task.polled, request.commands)
    if response.resetHistoryEventID != 0 {
      try await threads.run(task.runID) { $0.rewind(task, to: response.resetHistoryEventID) }
    }
    if response.hasWorkflowTask { return response.workflowTask }
    // Nobody waits for the local activities of a task that the server did not prolong.
    if completion.isProlonged { await evict(task) }
    return nil
  }

  private func respond(
    toQuery task: WorkflowTask, _ answer: QueryAnswer,
    cause: Temporal_Api_Enums_V1_WorkflowTaskFailedCause = .unspecified
  ) async throws {
    _ = try await connection.call(
      WorkflowService.respondQueryTaskCompleted, task.answered(answer, by: configuration, cause: cause))
  }
}
