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
    try checkNamespace(request.namespace)
    let token = try TaskToken(request.taskToken, .workflow)
    let execution = try checkTaskInFlight(token)
    try checkSequence(of: request.commands)

    var refusal: CommandRefusal?
    var eagerActivities: [Int64] = []
    let namespace = namespaces[request.namespace]
    let directory = Directory(namespaces: namespaces, nexusEndpoints: nexusEndpoints)
    try change(token.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
      refusal = try transaction.complete(request, namespace, directory)
      eagerActivities = transaction.startEagerActivities(identity: request.identity)
    }
    if let refusal {
      try fail(token, refusal, of: execution, by: request, &turn)
      throw .invalidArgument(refusal.text)
    }
    var response = try answer(to: request, token, &turn)
    response.activityTasks = eagerActivities.compactMap { activityTask(token.runID, $0) }
    return response
  }

  /// A refused command fails the task, except on a repeated attempt: there the task waits for its timeout.
  private mutating func fail(
    _ token: TaskToken, _ refusal: CommandRefusal, of execution: Execution, by request: WorkflowTaskCompletedRequest,
    _ turn: inout Turn
  ) throws(ServiceError) {
    if execution.record.workflowTask.attempt > 1, refusal.cause != .unhandledCommand { return }
    try change(token.runID, &turn) { transaction in
      transaction.failWorkflowTask(
        cause: refusal.cause, failure: refusal.failure, identity: request.identity,
        binaryChecksum: request.binaryChecksum)
      if refusal.cause == .unhandledCommand { transaction.record.workflowTask.attempt = 1 }
      transaction.needsWorkflowTask = true
    }
  }

  /// The response, with the next task in it if the worker asked for that.
  private mutating func answer(
    to request: WorkflowTaskCompletedRequest, _ token: TaskToken, _ turn: inout Turn
  ) throws(ServiceError) -> WorkflowTaskCompletedResponse {
    var response = WorkflowTaskCompletedResponse()
    if request.returnNewWorkflowTask, let task = executions[token.runID]?.record.workflowTask, task.kind != .none,
      task.startedEventID == 0
    {
      try change(token.runID, &turn) { transaction in
        transaction.startWorkflowTask(
          identity: request.identity, requestID: "request-from-RespondWorkflowTaskCompleted",
          version: WorkerVersion(stamp: request.hasWorkerVersionStamp ? request.workerVersionStamp : nil))
      }
      response.workflowTask = try workflowTaskAnswer(token.runID, isSticky: true, &turn)
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

extension RunTransaction {
  /// Carries the answer out.
  ///
  /// - Returns: The refusal of a command; then the transaction is as it was before.
  fileprivate mutating func complete(
    _ request: WorkflowTaskCompletedRequest, _ namespace: NamespaceRecord?, _ directory: Directory
  ) throws(ServiceError) -> CommandRefusal? {
    let before = self
    let task = record.workflowTask
    storeTaskEvents(identity: request.identity)
    let completed = write(
      .workflowTaskCompletedEventAttributes(
        .with {
          $0.scheduledEventID = record.workflowTask.scheduledEventID
          $0.startedEventID = record.workflowTask.startedEventID
          $0.identity = request.identity
          $0.binaryChecksum = request.binaryChecksum
          if request.hasWorkerVersionStamp { $0.workerVersion = request.workerVersionStamp }
          if request.hasSdkMetadata { $0.sdkMetadata = request.sdkMetadata }
          if request.hasMeteringMetadata { $0.meteringMetadata = request.meteringMetadata }
        }))
    if request.hasStickyAttributes {
      record.sticky = .with {
        $0.taskQueue = request.stickyAttributes.workerTaskQueue.name
        $0.scheduleToStartTimeout = request.stickyAttributes.scheduleToStartTimeout.nanoseconds
      }
    } else {
      record.clearSticky()
    }

    var context = CommandContext(
      request: request, completedEventID: completed.eventID, namespace: namespace, directory: directory)
    for command in request.commands {
      do throws(CommandRefusal) {
        try perform(command, &context)
      } catch {
        if let answerError = error.answerError { throw answerError }
        self = before
        return error
      }
    }
    let sawEverything = !hasBufferedEvents
    if execution.isRunning {
      flushBuffer()
      if !sawEverything || request.forceCreateNewWorkflowTask || context.needsWorkflowTask {
        let prolongs = request.forceCreateNewWorkflowTask && sawEverything
        scheduleWorkflowTask(originalScheduledTime: prolongs ? task.originalScheduledTime : nil)
      }
    }
    return nil
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

  /// `StartTimer`: how the Go server writes the value in messages.
  var serverName: String {
    let text = "\(self)"
    return text.prefix(1).uppercased() + text.dropFirst()
  }
}
