internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// A worker's answer to a workflow task (`server.md` 3.2).

extension ServerMachine {
  mutating func completeWorkflowTask(
    _ request: WorkflowTaskCompletedRequest, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskCompletedResponse {
    try checkLength(request.identity, of: "Identity")
    try check(
      WorkerVersion(
        stamp: request.hasWorkerVersionStamp ? request.workerVersionStamp : nil,
        deployment: request.hasDeploymentOptions ? request.deploymentOptions : nil),
      on: request.hasStickyAttributes ? request.stickyAttributes.workerTaskQueue : nil)
    try checkNamespace(request.namespace)
    let token = try TaskToken(request.taskToken, .workflow)
    let execution = try checkTaskInFlight(token)
    do throws(ServiceError) {
      return try complete(token, execution, request, &turn)
    } catch {
      if executions[token.runID]?.record.workflowTask.stamp == token.stamp {
        try change(token.runID, &turn) { $0.renewSpeculativeTask() }
      }
      throw error
    }
  }

  private mutating func complete(
    _ token: TaskToken, _ execution: Execution, _ request: WorkflowTaskCompletedRequest, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskCompletedResponse {
    try check(request, of: execution)
    var outcome = TaskCompletion.carriedOut
    var eagerActivities: [Int64] = []
    let namespace = namespaces[request.namespace]
    let directory = Directory(namespaces: namespaces, nexusEndpoints: nexusEndpoints)
    try change(token.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
      outcome = try transaction.complete(request, namespace, directory)
      eagerActivities = transaction.startEagerActivities(identity: request.identity)
    }
    if case .refused(let refusal) = outcome {
      try fail(token, refusal, of: execution, by: request, &turn)
      throw .invalidArgument(refusal.text)
    }
    answerQueries(of: token.runID, with: request.queryResults, &turn)
    if case .heartbeatsTimedOut = outcome { throw .notFound("workflow task heartbeat timeout") }
    var response = try answer(to: request, token, &turn)
    if case .discarded = outcome { response.resetHistoryEventID = execution.record.lastCompletedStartedEventID }
    response.activityTasks = eagerActivities.compactMap { activityTask(token.runID, $0) }
    return response
  }

  private func check(_ request: WorkflowTaskCompletedRequest, of execution: Execution) throws(ServiceError) {
    if execution.record.paused, request.forceCreateNewWorkflowTask {
      throw .failedPrecondition("Workflow is paused and force create new workflow task is not allowed.")
    }
    if request.versioningBehavior != .unspecified, request.deploymentOptions.workerVersioningMode != .versioned,
      !request.hasDeployment
    {
      throw .invalidArgument(
        "versioning behavior cannot be specified without deployment options being set with versioned mode")
    }
    if request.intermediatePage || request.pageNumber > 0 {
      throw .failedPrecondition(
        "workflow task completion pagination is disabled for this namespace \(request.namespace)")
    }
    for command in request.commands where !command.isKnown {
      throw .invalidArgument("Unknown command type: \(command.commandType.serverName)")
    }
    try checkSequence(of: request.commands)
    try check(request.messages)
  }

  /// A refused command fails the task, except on a repeated attempt: there the task waits for its timeout.
  private mutating func fail(
    _ token: TaskToken, _ refusal: CommandRefusal, of execution: Execution, by request: WorkflowTaskCompletedRequest,
    _ turn: inout Turn
  ) throws(ServiceError) {
    if execution.record.workflowTask.attempt > 1, refusal.cause != .unhandledCommand {
      return try change(token.runID, &turn) { $0.abortSentUpdates() }
    }
    try change(token.runID, &turn) { transaction in
      transaction.abortSentUpdates()
      transaction.failWorkflowTask(
        cause: refusal.cause, failure: refusal.failure, identity: request.identity,
        binaryChecksum: request.binaryChecksum)
      if refusal.terminatesRun {
        transaction.terminateForLimit(refusal.text)
      } else {
        transaction.needsWorkflowTask = true
      }
    }
  }

  /// The response, with the next task in it if the worker asked for that and one was started for it.
  private mutating func answer(
    to request: WorkflowTaskCompletedRequest, _ token: TaskToken, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskCompletedResponse {
    var response = WorkflowTaskCompletedResponse()
    if request.returnNewWorkflowTask, let execution = executions[token.runID], execution.hasWorkflowTaskInFlight {
      response.workflowTask = try workflowTaskAnswer(token.runID, isSticky: true, as: turn.historyForm, &turn)
    }
    return response
  }

  /// A command that closes the run must be the last (`server.md` 3.2).
  private func checkSequence(of commands: [Command]) throws(ServiceError) {
    guard let index = commands.firstIndex(where: \.commandType.closesRun), index < commands.count - 1 else { return }
    let names = commands.map { $0.commandType.serverName }.joined(separator: ", ")
    throw .invalidArgument(
      "invalid command sequence: [\(names)], command \(commands[index].commandType.serverName) must be the last command."
    )
  }
}

/// What became of an answer.
enum TaskCompletion {
  case carriedOut
  /// Nothing but rejections of updates: the task is gone without trace.
  case discarded
  /// Nothing but the refusal of a command.
  case refused(CommandRefusal)
  /// The worker has prolonged its task for too long: the task timed out.
  case heartbeatsTimedOut
}

extension RunTransaction {
  /// Carries the answer out.
  ///
  /// - Returns: What became of it; when a command was refused the transaction is as it was before.
  fileprivate mutating func complete(
    _ request: WorkflowTaskCompletedRequest, _ namespace: NamespaceRecord?, _ directory: Directory
  ) throws(ServiceError) -> TaskCompletion {
    let before = self
    let task = record.workflowTask
    let isHeartbeat =
      request.forceCreateNewWorkflowTask && request.commands.isEmpty && request.messages.isEmpty
    let heartbeatsEnd = task.originalScheduledTime.addingClamped(limits.workflowTaskHeartbeats.clampedNanoseconds)
    let isTimedOut = isHeartbeat && now > heartbeatsEnd
    var context = CommandContext(
      request: request, completedEventID: 0, namespace: namespace, directory: directory, messages: request.messages)
    let isDiscarded = discardsSpeculativeTask(answeredBy: request)
    if isTimedOut {
      timeOutWorkflowTask(.startToClose)
    } else if isDiscarded {
      discardSpeculativeTask()
    } else {
      context.completedEventID = writeCompleted(request).eventID
    }
    setSticky(from: request)

    do throws(CommandRefusal) {
      for command in request.commands {
        if !command.hasMatchingAttributes, let refusal = command.refusalWithoutAttributes { throw refusal }
        try perform(command, &context)
        try checkSize(of: command)
      }
      try takeMessages(&context)
    } catch {
      if let answerError = error.answerError { throw answerError }
      self = before
      return .refused(error)
    }
    rejectUnprocessedUpdates(request)
    let sawEverything = !hasBufferedEvents
    if execution.isRunning {
      flushBuffer()
      if !sawEverything || request.forceCreateNewWorkflowTask || context.needsWorkflowTask || needsWorkflowTask
        || record.versioning.hasVersionTransition
      {
        scheduleNextTask(
          after: request, originalScheduledTime: isHeartbeat && !isTimedOut ? task.originalScheduledTime : nil)
      } else if !execution.admittedUpdates.isEmpty {
        scheduleNextTask(after: request, isForUpdatesOnly: true)
      }
    }
    if isTimedOut { return .heartbeatsTimedOut }
    return isDiscarded ? .discarded : .carriedOut
  }

  private mutating func writeCompleted(_ request: WorkflowTaskCompletedRequest) -> HistoryEvent {
    storeTaskEvents(
      identity: request.identity, version: request.hasWorkerVersionStamp ? request.workerVersionStamp : nil)
    let options = request.deploymentOptions
    let isVersioned = options.workerVersioningMode == .versioned
    return write(
      .workflowTaskCompletedEventAttributes(
        .with {
          $0.scheduledEventID = record.workflowTask.scheduledEventID
          $0.startedEventID = record.workflowTask.startedEventID
          $0.identity = request.identity
          $0.binaryChecksum = request.binaryChecksum
          if request.hasWorkerVersionStamp { $0.workerVersion = request.workerVersionStamp }
          if request.hasSdkMetadata { $0.sdkMetadata = request.sdkMetadata }
          if request.hasMeteringMetadata { $0.meteringMetadata = request.meteringMetadata }
          $0.workerDeploymentName = options.deploymentName
          if isVersioned {
            $0.deploymentVersion = .with {
              $0.deploymentName = options.deploymentName
              $0.buildID = options.buildID
            }
          }
          // Some SDKs name a behaviour though their worker uses no versions.
          if !request.hasDeploymentOptions || isVersioned { $0.versioningBehavior = request.versioningBehavior }
        }))
  }

  /// The answer says where the run is cached; without that it is cached nowhere.
  private mutating func setSticky(from request: WorkflowTaskCompletedRequest) {
    guard request.hasStickyAttributes, !request.stickyAttributes.workerTaskQueue.name.isEmpty else {
      record.clearSticky()
      return
    }
    if record.versioning.hasVersionTransition { return }
    record.sticky = .with {
      $0.taskQueue = request.stickyAttributes.workerTaskQueue.name
      $0.scheduleToStartTimeout = max(request.stickyAttributes.scheduleToStartTimeout.nanoseconds, 0)
    }
  }

  /// Schedules the next task, and starts it at once if the worker wants it with the response.
  ///
  /// A run that moves to another version leaves the task to a worker of that version.
  ///
  /// - Parameter isForUpdatesOnly: A task that may go without trace, if the worker takes it at once.
  private mutating func scheduleNextTask(
    after request: WorkflowTaskCompletedRequest, originalScheduledTime: Int64? = nil, isForUpdatesOnly: Bool = false
  ) {
    let isReturned = request.returnNewWorkflowTask && !record.versioning.hasVersionTransition
    if isForUpdatesOnly, isReturned {
      scheduleSpeculativeTask(dispatches: false)
    } else {
      scheduleWorkflowTask(originalScheduledTime: originalScheduledTime, dispatches: !isReturned)
    }
    guard isReturned, record.workflowTask.kind != .none, record.workflowTask.startedEventID == 0 else { return }
    startWorkflowTask(
      identity: request.identity, requestID: "request-from-RespondWorkflowTaskCompleted",
      version: request.hasWorkerVersionStamp && !request.workerVersionStamp.useVersioning
        ? request.workerVersionStamp : nil, isHeartbeat: request.forceCreateNewWorkflowTask)
  }
}

extension CommandType {
  fileprivate var closesRun: Bool {
    switch self {
    case .completeWorkflowExecution, .failWorkflowExecution, .cancelWorkflowExecution, .continueAsNewWorkflowExecution:
      true
    default: false
    }
  }
}
