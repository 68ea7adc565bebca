internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Queries (`server.md` 12).
//
// A query that nothing came before is a task of its own; any other rides on the run's next workflow task, so that it sees what
// happened before it was asked. When a workflow task ends and no other follows, what is left rides no longer.

extension ServerMachine {
  static var queryRoutes: [Route] {
    [
      Route(WorkflowService.queryWorkflow) { (machine, request, call, turn) throws(ServiceError) in
        try machine.queryWorkflow(request, call, &turn)
      },
      .prompt(WorkflowService.respondQueryTaskCompleted) { (machine, request, turn) throws(ServiceError) in
        try machine.completeQueryTask(request, &turn)
      },
    ]
  }

  /// The attempt of a workflow task from which on queries are refused.
  private static let failingAttempt: Int32 = 3

  // MARK: Asking

  private mutating func queryWorkflow(
    _ request: Temporal_Api_Workflowservice_V1_QueryWorkflowRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_QueryWorkflowResponse? {
    try check(request.hasExecution ? request.execution : nil)
    if !request.hasQuery { throw .invalidArgument("WorkflowQuery is not set on request.") }
    if request.query.queryType.isEmpty { throw .invalidArgument("QueryType is not set on request.") }
    try checkNamespace(request.namespace)
    try checkBlob(request.query.hasQueryArgs ? request.query.queryArgs : nil)
    let execution = try run(request.execution, in: request.namespace)
    if let status = execution.rejection(under: request.queryRejectCondition) {
      return .with { $0.queryRejected.status = status }
    }
    try checkCanAnswer(execution, call, turn)

    let query = PendingQuery(id: ids.uuid(), call: call.id, runID: execution.runID, query: request.query)
    if execution.record.lastCompletedStartedEventID != 0,
      !execution.isRunning || execution.record.workflowTask.kind == .none
    {
      dispatch(query, &turn)
    } else {
      if queries.buffered(of: execution.runID).count >= limits.bufferedQueries {
        throw .busyWorkflow(
          "consistent query buffer is full, this may be caused by too many queries and workflow not able to process query "
            + "fast enough")
      }
      queries.set(query)
    }
    waiting[call.id] = .query(query.id)
    return nil
  }

  /// - Throws: FAILED_PRECONDITION for a run that no worker could answer for.
  private func checkCanAnswer(_ execution: Execution, _ call: Call, _ turn: Turn) throws(ServiceError) {
    let record = execution.record
    if !execution.isRunning, record.lastCompletedStartedEventID == 0 {
      throw .workflowNotReady("Workflow execution closed before WorkflowTaskStarted event")
    }
    if record.firstTaskDue > 0 {
      let deadline = call.timeout.map { turn.now + $0 }
      if deadline.map({ record.firstTaskDue > $0.nanoseconds.addingClamped(record.skipped) }) ?? true {
        throw .workflowNotReady("Workflow task is not scheduled yet.")
      }
    }
    if record.workflowTask.attempt >= Self.failingAttempt {
      throw .workflowNotReady("Unable to query workflow due to Workflow Task in failed state.")
    }
  }

  // MARK: Tasks of their own

  /// Makes a query a task of its own, for the worker that has the run in its cache if there is one.
  private mutating func dispatch(_ query: PendingQuery, _ turn: inout Turn) {
    guard let execution = executions[query.runID] else {
      end(query.id, with: .failure(.runNotFound), &turn)
      return
    }
    var query = query
    let now = turn.now.nanoseconds
    let target = target(for: execution)
    let sticky = QueueKey(
      namespace: execution.record.namespace, name: execution.record.sticky.taskQueue, kind: .workflow)
    if execution.record.hasSticky, execution.staysOnSticky(for: target.version),
      queues.hasPoller(sticky, since: now.addingClamped(-Self.stickyWindow.clampedNanoseconds))
    {
      query.stage = .dispatched(sticky, isSticky: true)
      dueTimes.set(now.addingClamped(execution.record.sticky.scheduleToStartTimeout), for: query.id)
    } else {
      dropSticky(of: execution, &turn)
      query.stage = .dispatched(target.queue, isSticky: false)
    }
    queries.set(query)
    if case .dispatched(let queue, _) = query.stage { queues.add(.query(id: query.id), to: queue, at: now) }
  }

  /// The worker that has the run in its cache does not answer: whoever polls the run's own queue is asked.
  private mutating func dropSticky(of execution: Execution, _ turn: inout Turn) {
    guard execution.isRunning, execution.record.hasSticky else { return }
    do throws(ServiceError) {
      try change(execution.runID, &turn) { $0.record.clearSticky() }
    } catch {
      // A run that is gone is cached nowhere.
    }
  }

  /// A query that was sent to a cache was not answered in time.
  ///
  /// - Returns: Whether the key was that of a query.
  mutating func fireDueQuery(_ key: String, _ turn: inout Turn) -> Bool {
    guard let query = queries[key] else { return false }
    guard case .dispatched(_, isSticky: true) = query.stage else { return true }
    if let execution = executions[query.runID] { dropSticky(of: execution, &turn) }
    // The worker may still have the query's task: its answer must not be taken for the new one's.
    queries.remove(query.id)
    var again = query
    again.id = ids.uuid()
    waiting[query.call] = .query(again.id)
    dispatch(again, &turn)
    return true
  }

  /// Hands a query's task to a poll.
  ///
  /// - Returns: `false` if nobody waits for the answer any more, or the task belongs into another queue.
  mutating func deliverQuery(
    _ id: String, from queue: QueueKey, to poll: PollWaiter, _ turn: inout Turn
  ) throws(ServiceError) -> Bool {
    guard let query = queries[id], case .dispatched(queue, let isSticky) = query.stage,
      let execution = executions[query.runID]
    else { return false }
    var answer = runAnswer(of: execution.record)
    answer.taskToken = TaskToken(kind: .query, runID: id).data
    answer.attempt = 1
    answer.query = query.query
    if isSticky {
      answer.history = .init()
    } else {
      try addHistory(to: &answer, execution, from: 1, as: poll.historyForm, turn)
    }
    turn.reply(poll.call, answer)
    return true
  }

  private mutating func completeQueryTask(
    _ request: Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedResponse {
    let token = try TaskToken(request.taskToken, .query)
    guard let query = queries[token.runID], query.stage != .buffered else {
      throw .notFound("query task not found, or already expired")
    }
    let result: QueryOutcome
    if request.hasQueryResult, request.queryResult.byteCount > limits.blobBytes {
      result = .failure(.queryFailed("Blob data size exceeds limit.", nil))
    } else {
      switch request.completedType {
      case .answered: result = .success(request.queryResult)
      case .failed:
        result = .failure(.queryFailed(request.errorMessage, request.hasFailure ? request.failure : nil))
      default: result = .failure(ServiceError(.internal, "unknown query completed type"))
      }
    }
    end(query.id, with: result, &turn)
    return .init()
  }

  // MARK: On workflow tasks

  /// The queries that a workflow task of the run takes along, by id.
  func bufferedQueries(of runID: String) -> [(id: String, query: WorkflowQuery)] {
    queries.buffered(of: runID).map { ($0.id, $0.query) }
  }

  /// Takes the answers that came with a workflow task's.
  mutating func answerQueries(
    of runID: String, with results: [String: Temporal_Api_Query_V1_WorkflowQueryResult], _ turn: inout Turn
  ) {
    for query in queries.buffered(of: runID) {
      guard let result = results[query.id] else { continue }
      if result.answer.byteCount > limits.blobBytes {
        end(query.id, with: .failure(.invalidArgument("Blob data size exceeds limit.")), &turn)
        continue
      }
      switch result.resultType {
      case .answered: end(query.id, with: .success(result.answer), &turn)
      case .failed:
        let failure = result.hasFailure ? result.failure : nil
        end(query.id, with: .failure(.queryFailed(result.errorMessage, failure)), &turn)
      default:
        end(
          query.id, with: .failure(ServiceError(.internal, "query entered invalid state, this should be impossible")),
          &turn)
      }
    }
  }

  /// A workflow task has ended, or its run has, and none follows: queries that waited for one go their own way.
  mutating func releaseQueries(of runID: String, _ turn: inout Turn) {
    guard let execution = executions[runID], execution.record.workflowTask.kind == .none else { return }
    for query in queries.buffered(of: runID) {
      if execution.record.lastCompletedStartedEventID != 0 {
        dispatch(query, &turn)
      } else if !execution.isRunning {
        end(
          query.id,
          with: .failure(.workflowNotReady("Workflow execution closed before WorkflowTaskStarted event")), &turn)
      }
    }
  }

  // MARK: Ends

  typealias QueryOutcome = Result<Payloads, ServiceError>

  private mutating func end(_ id: String, with outcome: QueryOutcome, _ turn: inout Turn) {
    guard let query = queries.remove(id) else { return }
    dueTimes.set(nil, for: id)
    guard waiting.removeValue(forKey: query.call) != nil else { return }
    switch outcome {
    case .success(let result):
      turn.reply(
        query.call, Temporal_Api_Workflowservice_V1_QueryWorkflowResponse.with { $0.queryResult = result })
    case .failure(var error):
      error.method = WorkflowService.queryWorkflow.name
      turn.reply(query.call, error: error)
    }
  }

  /// The caller no longer waits.
  mutating func forgetQuery(_ id: String) {
    queries.remove(id)
    dueTimes.set(nil, for: id)
  }

  /// Why the caller of a query has waited in vain.
  func reasonForSilence(_ query: PendingQuery, _ turn: Turn) -> ServiceError {
    if case .dispatched(let queue, isSticky: false) = query.stage,
      !queues.hasPoller(queue, since: turn.now.nanoseconds.addingClamped(-Self.queryWindow.clampedNanoseconds))
    {
      return .failedPrecondition("no poller seen for task queue recently, worker may be down")
    }
    return ServiceError(.deadlineExceeded, "query timed out before a worker could process it")
  }

  /// How long after its last poll a queue still counts as one whose worker may answer a query.
  private static let queryWindow: Duration = .seconds(20)
}

extension Execution {
  /// The status with which a query is rejected; `nil` if it is asked.
  fileprivate func rejection(
    under condition: Temporal_Api_Enums_V1_QueryRejectCondition
  ) -> WorkflowStatus? {
    let status = record.status
    switch condition {
    case .notOpen where status != .running: return status
    case .notCompletedCleanly where status != .running && status != .completed: return status
    default: return status == .paused ? status : nil
    }
  }
}

extension ServiceError {
  static func workflowNotReady(_ message: String) -> Self {
    Self(.failedPrecondition, message, detail: Temporal_Api_Errordetails_V1_WorkflowNotReadyFailure())
  }

  fileprivate static func queryFailed(_ message: String, _ failure: Failure?) -> Self {
    Self(
      .invalidArgument, message,
      detail: Temporal_Api_Errordetails_V1_QueryFailedFailure.with { if let failure { $0.failure = failure } })
  }

  /// RESOURCE_EXHAUSTED for a run that cannot take more now: callers try again.
  static func busyWorkflow(_ message: String) -> Self {
    resourceExhausted(message, .busyWorkflow)
  }
}
