internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Workers that wait for workflow tasks, and what they get (`server.md` 3.1, 3.5, 3.6).

extension ServerMachine {
  static var workflowTaskRoutes: [Route] {
    [
      Route(WorkflowService.pollWorkflowTaskQueue) { (machine, request, call, turn) throws(ServiceError) in
        try machine.pollWorkflowTask(request, call, &turn)
      },
      .prompt(WorkflowService.respondWorkflowTaskCompleted) { (machine, request, turn) throws(ServiceError) in
        try machine.completeWorkflowTask(request, &turn)
      },
      .prompt(WorkflowService.respondWorkflowTaskFailed) { (machine, request, turn) throws(ServiceError) in
        try machine.failWorkflowTask(request, &turn)
      },
      .prompt(WorkflowService.resetStickyTaskQueue) { (machine, request, turn) throws(ServiceError) in
        try machine.resetStickyQueue(request, &turn)
      },
    ]
  }

  // MARK: Polling

  private mutating func pollWorkflowTask(
    _ request: WorkflowTaskPollRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskPollResponse? {
    try checkPatience(of: call)
    try checkLength(request.identity, of: "Identity")
    var version = WorkerVersion()
    if request.hasWorkerVersionCapabilities {
      version.stamp = .with {
        $0.buildID = request.workerVersionCapabilities.buildID
        $0.useVersioning = request.workerVersionCapabilities.useVersioning
      }
    }
    if request.hasDeploymentOptions { version.deployment = request.deploymentOptions }
    try check(version, on: request.hasTaskQueue ? request.taskQueue : nil)
    try check(request.hasTaskQueue ? request.taskQueue : nil)
    try checkNamespace(request.namespace)
    let poll = PollWaiter(
      call: call.id, identity: request.identity, queue: request.taskQueue, version: version,
      workerInstanceKey: request.workerInstanceKey, historyForm: call.historyForm)
    wait(poll, kind: .workflow, namespace: request.namespace, &turn)
    return nil
  }

  /// Hands a run's task to a poll.
  ///
  /// - Returns: `false` if the run no longer has this task, or not for this worker.
  mutating func deliverWorkflowTask(
    runID: String, stamp: Int64, from queue: QueueKey, to poll: PollWaiter, _ turn: inout Turn
  ) throws(ServiceError) -> Bool {
    guard let execution = executions[runID] else { return false }
    let task = execution.record.workflowTask
    guard task.kind != .none, task.stamp == stamp, task.startedEventID == 0 else { return false }
    let isSticky = task.taskQueue.kind == .sticky && task.taskQueue.name == queue.name
    if poll.queue.kind == .sticky, !isSticky { return false }
    let target = target(for: execution)
    if isSticky ? !execution.staysOnSticky(for: target.version) : target.version != queue.version {
      // The run's version, or where runs go, changed while the task waited.
      queues.add(.workflowTask(runID: runID, stamp: stamp), to: target.queue, at: turn.now.nanoseconds)
      return false
    }
    try change(runID, &turn) { transaction in
      if !isSticky { transaction.record.clearSticky() }
      let requestID = transaction.ids.uuid()
      transaction.startWorkflowTask(
        identity: poll.identity, requestID: requestID, version: poll.version.stampOfStartedEvent)
      transaction.beginTransition(to: VersionKey(poll.version.deployment), revision: target.revision)
    }
    turn.reply(poll.call, try workflowTaskAnswer(runID, isSticky: isSticky, as: poll.historyForm, &turn))
    return true
  }

  /// The answer to a poll for the task that a run has in flight.
  ///
  /// - Parameter isSticky: The worker has the run in its cache and needs only what is new.
  mutating func workflowTaskAnswer(
    _ runID: String, isSticky: Bool, as form: HistoryForm, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskPollResponse {
    guard let execution = executions[runID] else { throw .runNotFound }
    let record = execution.record
    let task = record.workflowTask
    var answer = runAnswer(of: record)
    answer.taskToken =
      TaskToken(
        kind: .workflow, runID: runID, scheduledEventID: task.scheduledEventID, startedEventID: task.startedEventID,
        attempt: task.attempt, stamp: task.stamp
      ).data
    answer.startedEventID = task.startedEventID
    answer.attempt = task.attempt
    answer.scheduledTime = task.scheduledTime.timestamp
    answer.startedTime = task.startedTime.timestamp
    try addHistory(
      to: &answer, execution, from: isSticky ? record.lastCompletedStartedEventID + 1 : 1, as: form, turn)
    answer.messages = execution.outgoingMessages
    for (id, query) in bufferedQueries(of: runID) { answer.queries[id] = query }
    return answer
  }

  /// What every task of a run says of the run.
  func runAnswer(of record: ExecutionRecord) -> WorkflowTaskPollResponse {
    .with {
      $0.workflowExecution = record.execution
      $0.workflowType = record.started.workflowType
      $0.previousStartedEventID = record.lastCompletedStartedEventID
      $0.workflowExecutionTaskQueue = .with {
        $0.name = record.started.taskQueue.name
        $0.kind = .normal
      }
    }
  }

  /// The first page of a history, with a token for the rest; the events of a task that is not stored come last.
  func addHistory(
    to answer: inout WorkflowTaskPollResponse, _ execution: Execution, from first: Int64, as form: HistoryForm,
    _ turn: Turn
  ) throws(ServiceError) {
    let limit = limits.historyPageBatches
    var batches = try turn.batches(ofRun: execution.runID, from: first, limit: limit)
    let next = (batches.last?.events.last?.eventID ?? first - 1) + 1
    if batches.count >= limit, next < execution.record.nextEventID {
      answer.nextPageToken = HistoryToken(runID: execution.runID, eventID: next, kind: .page).data
    } else if answer.startedEventID != 0, execution.record.workflowTask.kind != .normal {
      batches.append(EventBatch(execution.madeUpTaskEvents(identity: execution.record.workflowTask.identity)))
    }
    answer.history = .init(batches, from: first, as: form)
  }

  // MARK: Ends other than completion

  private mutating func failWorkflowTask(
    _ request: WorkflowTaskFailedRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedResponse {
    let token = try TaskToken(request.taskToken, .workflow)
    try checkLength(request.identity, of: "Identity")
    guard executions[token.runID]?.isRunning == true else { throw .alreadyCompleted }
    try checkTaskInFlight(token)
    let failure = request.hasFailure ? limited(request.failure) : nil
    try change(token.runID, &turn) { transaction in
      if request.cause == .grpcMessageTooLarge {
        transaction.terminateForLimit(request.cause.serverName)
        return
      }
      transaction.failWorkflowTask(
        cause: request.cause, failure: failure, identity: request.identity, binaryChecksum: request.binaryChecksum)
      transaction.needsWorkflowTask = true
    }
    return .init()
  }

  /// A failure that is too large is replaced by one that says so.
  private func limited(_ failure: Failure) -> Failure {
    if failure.byteCount <= limits.blobBytes { return failure }
    var replacement = Failure.server(Failure.tooLarge, nonRetryable: true)
    replacement.cause = failure.truncated(to: limits.blobWarningBytes)
    return replacement
  }

  private mutating func resetStickyQueue(
    _ request: Temporal_Api_Workflowservice_V1_ResetStickyTaskQueueRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ResetStickyTaskQueueResponse {
    try check(request.hasExecution ? request.execution : nil)
    let execution = try run(request.execution, in: request.namespace)
    guard execution.isRunning else { throw .alreadyCompleted }
    try change(execution.runID, &turn) { $0.record.clearSticky() }
    return .init()
  }

  /// - Throws: NOT_FOUND unless the run has the token's task in flight.
  @discardableResult
  func checkTaskInFlight(_ token: TaskToken) throws(ServiceError) -> Execution {
    guard let execution = executions[token.runID], execution.isRunning else { throw .workflowTaskNotFound }
    let task = execution.record.workflowTask
    guard task.kind != .none, task.scheduledEventID == token.scheduledEventID, task.startedEventID != 0,
      task.startedEventID == token.startedEventID, task.attempt == token.attempt, task.stamp == token.stamp
    else { throw .workflowTaskNotFound }
    return execution
  }
}

extension WorkerVersion {
  /// The stamp that the Started event shows: workers of deployments leave it to the Completed event.
  var stampOfStartedEvent: Temporal_Api_Common_V1_WorkerVersionStamp? {
    deployment?.workerVersioningMode == .versioned ? nil : stamp
  }
}

extension ExecutionRecord {
  /// The run as messages name it.
  var execution: WorkflowExecutionMessage {
    .with {
      $0.workflowID = workflowID
      $0.runID = runID
    }
  }
}
