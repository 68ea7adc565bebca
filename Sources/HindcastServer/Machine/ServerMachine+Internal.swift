internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The inner life of a turn: what is due, what follows, what meets in a queue.

extension ServerMachine {
  /// Does what is due in a run.
  mutating func fireDue(_ runID: String, _ turn: inout Turn) {
    if fireDueQuery(runID, &turn) || fireThrottledQueue(runID) { return }
    if standaloneActivities[runID] != nil { return fireStandalone(runID, &turn) }
    if let schedule = schedules[runID] {
      run(schedule, &turn)
      return
    }
    if let batch = batches[runID] {
      run(batch, &turn)
      return
    }
    do throws(ServiceError) {
      try change(runID, &turn) { $0.fireDue() }
    } catch {
      // A run that is gone has nothing due.
    }
  }

  /// Does what follows from a stored change.
  mutating func perform(_ followUp: FollowUp, _ turn: inout Turn) {
    switch followUp {
    case .releaseQueries(let runID): releaseQueries(of: runID, &turn)
    case .startChild(let runID, let initiatedEventID): startChild(initiatedEventID, of: runID, &turn)
    case .deliverExternal(let runID, let initiatedEventID): deliverExternal(initiatedEventID, of: runID, &turn)
    case .closed(let runID, let event):
      tellParent(of: runID, event, &turn)
      applyParentClosePolicies(of: runID, event, &turn)
      callBack(from: runID, event, &turn)
      tellSchedule(of: runID, &turn)
    case .sendNexusRequest(let runID, let scheduledEventID, let kind):
      sendNexusRequest(scheduledEventID, of: runID, kind, &turn)
    case .delete(let runID): forget(runID, &turn)
    case .continueChain(let start): continueChain(start, &turn)
    case .repeatUpdateWithStart(let call, let request): repeatUpdateWithStart(call, request, &turn)
    }
  }

  /// Hands a task to the poll that it met; a task that is no longer wanted is dropped and the poll waits on.
  mutating func deliver(_ match: TaskQueues.Match, _ turn: inout Turn) {
    do throws(ServiceError) {
      let isDelivered: Bool
      switch match.task {
      case .workflowTask(let runID, let stamp):
        isDelivered = try deliverWorkflowTask(
          runID: runID, stamp: stamp, from: match.queue, to: match.poll, &turn)
      case .activity(let runID, let scheduledEventID, let stamp):
        isDelivered = try deliverActivityTask(
          runID: runID, scheduledEventID: scheduledEventID, stamp: stamp, to: match.poll, &turn)
      case .query(let id):
        isDelivered = try deliverQuery(id, from: match.queue, to: match.poll, &turn)
      case .nexus(let id):
        isDelivered = try deliverNexusRequest(id, to: match.poll, &turn)
      case .standaloneActivity(let runID, let stamp):
        isDelivered = deliverStandaloneTask(runID: runID, stamp: stamp, to: match.poll, &turn)
      }
      if isDelivered {
        waiting[match.poll.call] = nil
        queues.note(match.poll, on: match.queue, at: turn.now.nanoseconds)
      } else {
        queues.putBack(match.poll, to: match.queue)
      }
    } catch {
      waiting[match.poll.call] = nil
      turn.reply(match.poll.call, error: error)
    }
  }

  /// A run has new events: long polls of its history are answered.
  mutating func noteNewEvents(_ runID: String, _ turn: inout Turn) {
    for call in historyWaiters.removeValue(forKey: runID) ?? [] {
      guard case .history(let wait)? = waiting.removeValue(forKey: call) else { continue }
      answer(wait, call, &turn)
    }
  }

  /// A call no longer waits: nothing may find it any more.
  mutating func stopWaiting(_ call: CallID, for what: Waiting) {
    switch what {
    case .task(let queue): queues.removePoll(call, from: queue)
    case .history(let wait): historyWaiters[wait.runID]?.removeAll { $0 == call }
    case .standaloneActivity(let wait): activityWaiters[wait.runID]?.removeAll { $0 == call }
    case .fastForward(let wait): stopWaiting(call, for: wait)
    case .query(let id): forgetQuery(id)
    case .update(let wait): updateWaiters[wait.key]?.removeAll { $0 == call }
    }
  }

  /// Gives a call that waited in vain the answer that says so.
  mutating func answerExpired(_ call: CallID, _ what: Waiting, _ turn: inout Turn) {
    switch what {
    case .task(let queue):
      queues.noteEnd(of: call, on: queue, at: turn.now.nanoseconds)
      switch queue.kind {
      case .workflow: turn.reply(call, WorkflowTaskPollResponse())
      case .activity: turn.reply(call, Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse())
      case .nexus: turn.reply(call, Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse())
      }
    case .history(let wait):
      answerExpired(wait, call, &turn)
    case .fastForward(let wait):
      answerExpired(wait, call, &turn)
    case .query(let id):
      if let query = queries[id] { turn.reply(call, error: reasonForSilence(query, turn)) }
    case .update(let wait):
      answerExpired(wait, call, &turn)
    case .standaloneActivity(let wait):
      answerExpired(wait, call, &turn)
    }
  }

  /// - Throws: INVALID_ARGUMENT for no namespace or one whose name is too long, NOT_FOUND for an unknown one.
  func checkNamespace(_ name: String) throws(ServiceError) {
    if name.isEmpty { throw .invalidArgument("Namespace is empty.") }
    try checkLength(name, of: "Namespace")
    guard namespaces[name] != nil else { throw .namespaceNotFound(name) }
  }

  /// The run that a request means: the one that it names, or the current one of the workflow id.
  ///
  /// - Throws: INVALID_ARGUMENT for a wrong id, NOT_FOUND for an unknown run.
  func run(_ execution: WorkflowExecutionMessage, in namespace: String) throws(ServiceError) -> Execution {
    try checkNamespace(namespace)
    if execution.workflowID.isEmpty { throw .invalidArgument("WorkflowId is not set on request.") }
    if execution.runID.isEmpty {
      let key = WorkflowKey(namespace: namespace, workflowID: execution.workflowID)
      guard let runID = currentRuns[key], let run = executions[runID] else {
        throw .notFound("workflow not found for ID: \(execution.workflowID)")
      }
      return run
    }
    guard execution.runID.isUUID else { throw .invalidArgument("Invalid RunId.") }
    guard let run = executions[execution.runID], run.record.workflowID == execution.workflowID,
      run.record.namespace == namespace
    else {
      throw .notFound(
        "workflow execution not found for workflow ID \"\(execution.workflowID)\" and run ID \"\(execution.runID)\"")
    }
    return run
  }
}
