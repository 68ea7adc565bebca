internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

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
    ]
  }

  // MARK: Polling

  private mutating func pollWorkflowTask(
    _ request: WorkflowTaskPollRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskPollResponse? {
    try checkNamespace(request.namespace)
    if request.taskQueue.name.isEmpty { throw .invalidArgument("TaskQueue is not set on request.") }
    let queue = QueueKey(namespace: request.namespace, name: request.taskQueue.name, kind: .workflow)
    queues.notePoll(of: request.identity, on: queue, at: turn.now.nanoseconds)
    var poll = PollWaiter(call: call.id, identity: request.identity, queue: request.taskQueue)
    if request.hasWorkerVersionCapabilities {
      poll.version.stamp = .with {
        $0.buildID = request.workerVersionCapabilities.buildID
        $0.useVersioning = request.workerVersionCapabilities.useVersioning
      }
    }
    if request.hasDeploymentOptions { poll.version.deployment = request.deploymentOptions }
    waiting[call.id] = .task(queue)
    queues.add(poll, to: queue)
    return nil
  }

  /// Hands a run's task to a poll.
  ///
  /// - Returns: `false` if the run no longer has this task.
  mutating func deliverWorkflowTask(
    runID: String, stamp: Int64, to poll: PollWaiter, _ turn: inout Turn
  ) throws(ServiceError) -> Bool {
    guard let task = executions[runID]?.record.workflowTask, task.kind != .none, task.stamp == stamp,
      task.startedEventID == 0
    else { return false }
    try change(runID, &turn) { transaction in
      let requestID = transaction.ids.uuid()
      transaction.startWorkflowTask(identity: poll.identity, requestID: requestID, version: poll.version)
    }
    turn.reply(poll.call, try workflowTaskAnswer(runID, isSticky: poll.queue.kind == .sticky, &turn))
    return true
  }

  /// The answer to a poll for the task that a run has in flight.
  ///
  /// - Parameter isSticky: The worker has the run in its cache and needs only what is new.
  mutating func workflowTaskAnswer(
    _ runID: String, isSticky: Bool, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskPollResponse {
    guard let execution = executions[runID] else { throw .runNotFound }
    let record = execution.record
    let task = record.workflowTask
    var events = try turn.events(
      ofRun: runID, from: isSticky ? record.lastCompletedStartedEventID + 1 : 1)
    if task.kind != .normal {
      events += RunTransaction(execution, now: 0, ids: ids, limits: limits).madeUpTaskEvents()
    }
    return .with {
      $0.taskToken =
        TaskToken(
          kind: .workflow, runID: runID, scheduledEventID: task.scheduledEventID, startedEventID: task.startedEventID,
          attempt: task.attempt, stamp: task.stamp
        ).data
      $0.workflowExecution = record.execution
      $0.workflowType = record.started.workflowType
      $0.previousStartedEventID = record.lastCompletedStartedEventID
      $0.startedEventID = task.startedEventID
      $0.attempt = task.attempt
      $0.history.events = events
      $0.workflowExecutionTaskQueue = .with {
        $0.name = record.started.taskQueue.name
        $0.kind = .normal
      }
      $0.scheduledTime = task.scheduledTime.timestamp
      $0.startedTime = task.startedTime.timestamp
    }
  }

  // MARK: Answers

  private mutating func failWorkflowTask(
    _ request: WorkflowTaskFailedRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedResponse {
    try checkNamespace(request.namespace)
    let token = try TaskToken(request.taskToken, .workflow)
    try checkTaskInFlight(token)
    try change(token.runID, &turn) { transaction in
      transaction.failWorkflowTask(
        cause: request.cause, failure: request.hasFailure ? request.failure : nil, identity: request.identity,
        binaryChecksum: request.binaryChecksum)
      transaction.needsWorkflowTask = true
    }
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

extension ExecutionRecord {
  /// The run as messages name it.
  var execution: WorkflowExecutionMessage {
    .with {
      $0.workflowID = workflowID
      $0.runID = runID
    }
  }
}
