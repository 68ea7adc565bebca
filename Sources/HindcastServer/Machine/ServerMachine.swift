internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
public import SwiftProtobuf
internal import TemporalServiceAPI

/// The Temporal service as a value: a request and a time go in, changes to store and answers come out.
///
/// It has no clock, no randomness, no network and no disk. Whoever owns it stores the writes of each ``Turn`` in one
/// transaction and sends the replies afterwards; calls that wait (long polls, queries, updates) get theirs in a later turn.
public struct ServerMachine: Sendable {
  /// What the server allows.
  public let limits: Limits

  var ids: IDSource
  var namespaces: [String: NamespaceRecord] = [:]
  /// By name.
  var nexusEndpoints: [String: NexusEndpointRecord] = [:]
  var executions: [String: Execution] = [:]
  var currentRuns: [WorkflowKey: String] = [:]
  /// Activities without a workflow, by run id.
  var standaloneActivities: [String: StandaloneActivityRecord] = [:]
  /// Their newest runs.
  var currentStandaloneActivities: [StandaloneActivityKey: String] = [:]
  /// Calls that wait for them, by run.
  var activityWaiters: [String: [CallID]] = [:]
  /// Schedules, by ``ScheduleRecord/key``; deleted ones are known to have been.
  var schedules: [String: ScheduleRecord] = [:]
  /// Batch operations, by ``BatchRecord/key``.
  var batches: [String: BatchRecord] = [:]
  /// All runs of each workflow, for lists; some of them may be gone.
  var runIDs: [WorkflowKey: [String]] = [:]
  var queues = TaskQueues()
  /// Queues whose next task must not be handed out yet, by the key of their due time.
  var throttledQueues: [String: QueueKey] = [:]
  @usableFromInline var dueTimes = DueTimes<String, Int64>()
  /// Queries that wait for their answers.
  var queries = PendingQueries()
  /// Worker deployments by namespace and name.
  var deployments = Deployments()
  /// What workers told of themselves.
  var workers = WorkerTable()
  /// The runs that a worker has to do something for, or does: time must not be skipped now.
  var busyRuns: Set<String> = []
  /// Calls that wait for something, and for what.
  var waiting: [CallID: Waiting] = [:]
  /// Polls for the end of fast-forwards.
  var fastForwardWaiters: [WorkflowKey: [CallID]] = [:]
  /// Long polls of histories, by run.
  var historyWaiters: [String: [CallID]] = [:]
  /// Calls that wait for an update.
  var updateWaiters: [UpdateKey: [CallID]] = [:]
  /// What is to be done in transactions of its own before the turn ends.
  var followUps: [FollowUp] = []

  /// A server with the namespaces `default` and `temporal-system` and nothing in them.
  ///
  /// - Parameters:
  ///   - seed: Decides all ids that the server makes.
  ///   - additionalNamespaces: Namespaces that there are beside these two.
  public init(seed: UInt64, limits: Limits = Limits(), additionalNamespaces: [String] = []) {
    ids = IDSource(seed: seed)
    self.limits = limits
    for record in NamespaceRecord.initial(additional: additionalNamespaces, ids: &ids) {
      namespaces[record.name] = record
    }
  }

  // MARK: Inputs

  /// Takes a call.
  ///
  /// - Parameters:
  ///   - method: The gRPC service and the method: `temporal.api.workflowservice.v1.WorkflowService`, `StartWorkflowExecution`.
  ///   - request: The method's request message.
  ///   - call: Under which the answer comes; perhaps in a later turn.
  ///   - now: Not before the time of the input before.
  ///   - archive: Reads what was stored.
  public mutating func handle(
    _ request: any Message, of method: MethodName, as call: Call, at now: ServerTime,
    reading archive: any HistoryArchive
  ) -> Turn {
    var turn = Turn(now: now, archive: archive, historyForm: call.historyForm)
    do throws(ServiceError) {
      guard let route = Self.routes[method] else { throw .unknown(method) }
      if let response = try route.handle(&self, request, call, &turn) { turn.reply(call.id, response) }
    } catch {
      var error = error
      error.method = method.name
      turn.reply(call.id, error: error)
    }
    settle(&turn)
    return turn
  }

  /// Carries out what was due at or before a moment.
  public mutating func advance(to now: ServerTime, reading archive: any HistoryArchive) -> Turn {
    var turn = Turn(now: now, archive: archive)
    while let runID = dueTimes.popDue(at: now.nanoseconds) {
      fireDue(runID, &turn)
      settle(&turn)
    }
    return turn
  }

  /// The next moment at which ``advance(to:reading:)`` has something to do.
  @inlinable public var nextDue: ServerTime? { dueTimes.next.map(ServerTime.init(nanoseconds:)) }

  /// The caller is gone: nothing is handed to it any more.
  public mutating func abandon(_ call: CallID) {
    guard let what = waiting.removeValue(forKey: call) else { return }
    stopWaiting(call, for: what)
  }

  /// The caller has waited long enough: it gets the answer that says that nothing came.
  public mutating func expire(_ call: CallID, at now: ServerTime, reading archive: any HistoryArchive) -> Turn {
    var turn = Turn(now: now, archive: archive)
    guard let what = waiting.removeValue(forKey: call) else { return turn }
    answerExpired(call, what, &turn)
    stopWaiting(call, for: what)
    storeQueues(&turn)
    return turn
  }

  /// Whether a call waits for a later turn.
  public func isWaiting(_ call: CallID) -> Bool { waiting[call] != nil }

  // MARK: Runs

  /// Changes a run in one transaction.
  ///
  /// - Throws: What `change` throws; then nothing has changed.
  mutating func change<Value>(
    _ runID: String, _ turn: inout Turn,
    _ change: (inout RunTransaction) throws(ServiceError) -> Value
  ) throws(ServiceError) -> Value {
    guard let execution = executions[runID] else { throw .runNotFound }
    var transaction = RunTransaction(execution, now: turn.now.nanoseconds, ids: ids, limits: limits)
    let value = try change(&transaction)
    if let reason = transaction.exceededLimit {
      var end = RunTransaction(execution, now: turn.now.nanoseconds, ids: ids, limits: limits)
      end.terminateForLimit(reason)
      commit(&end, &turn)
      throw .invalidArgument(reason)
    }
    commit(&transaction, &turn)
    return value
  }

  /// Makes a run in one transaction.
  mutating func create<Value>(
    _ execution: Execution, _ turn: inout Turn,
    _ change: (inout RunTransaction) throws(ServiceError) -> Value
  ) throws(ServiceError) -> Value {
    var transaction = RunTransaction(execution, now: turn.now.nanoseconds, ids: ids, limits: limits)
    let value = try change(&transaction)
    let key = execution.key
    currentRuns[key] = execution.runID
    turn.save(
      .currentRun, owner: key.namespace, key: key.workflowID,
      CurrentRunRecord.with {
        $0.namespace = key.namespace
        $0.workflowID = key.workflowID
        $0.runID = execution.runID
      })
    commit(&transaction, &turn)
    return value
  }

  private mutating func commit(_ transaction: inout RunTransaction, _ turn: inout Turn) {
    let runID = transaction.execution.runID
    let before = executions[runID]
    transaction.finish()
    ids = transaction.ids
    for batch in transaction.encodedBatches { turn.save(batch, run: runID) }
    turn.saveChanges(of: &transaction.execution, before: before)
    let due = transaction.execution.nextDue
    if before == nil { runIDs[transaction.execution.key, default: []].append(runID) }
    executions[runID] = transaction.execution
    dueTimes.set(due, for: runID)
    noteActivity(of: transaction.execution)
    followUps += transaction.followUps
    if before?.isRunning ?? true, !transaction.execution.isRunning, let event = transaction.closingEvent {
      followUps.append(.closed(runID: runID, event))
    }
    if transaction.execution.record.workflowTask.kind == .none, queries.hasBuffered(of: runID) {
      followUps.append(.releaseQueries(runID: runID))
    }
    for dispatch in transaction.dispatches { enqueue(dispatch, at: turn.now.nanoseconds) }
    rerouteActivities(of: transaction.execution, before: before, at: turn.now.nanoseconds)
    if transaction.hasNewEvents { noteNewEvents(runID, &turn) }
    noteTimeSkipping(transaction.execution, &turn)
    noteUpdates(transaction.updateResults, runID, &turn)
  }

  /// Does what follows from the changes made so far, until nothing more does.
  mutating func settle(_ turn: inout Turn) {
    while true {
      if !followUps.isEmpty {
        perform(followUps.removeFirst(), &turn)
      } else if let match = queues.nextMatch(at: turn.now.nanoseconds) {
        deliver(match, &turn)
      } else {
        noteThrottledQueues()
        storeQueues(&turn)
        return
      }
    }
  }
}

/// What a call waits for.
enum Waiting: Sendable {
  /// A task of a queue.
  case task(QueueKey)
  /// New events of a run.
  case history(HistoryWait)
  /// A change or the end of an activity without a workflow.
  case standaloneActivity(ActivityWait)
  /// The end of a fast-forward.
  case fastForward(FastForwardWait)
  /// The answer to a query, by its id.
  case query(String)
  /// How far an update comes.
  case update(UpdateWait)
}

extension ServiceError {
  /// There is no such run.
  static let runNotFound = ServiceError.notFound("workflow execution not found")
}
