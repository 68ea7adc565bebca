internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias ReusePolicy = Temporal_Api_Enums_V1_WorkflowIdReusePolicy
typealias ConflictPolicy = Temporal_Api_Enums_V1_WorkflowIdConflictPolicy
typealias Link = Temporal_Api_Common_V1_Link

/// What a run begins with, whoever wants it: a request, a parent, a schedule.
///
/// What it holds is valid already, see ``ServerMachine/validStart(_:_:)`` for requests.
struct RunStart: Sendable {
  /// Where it runs.
  var namespace: String
  /// The first event, with the workflow id in it. ``ServerMachine/startRun(_:_:then:)`` fills in the ids of the run, where the
  /// event has none, and the attempt.
  var attributes: StartedAttributes
  /// Who asks: the same again is answered with the run that it started. One is made up where there is none.
  var requestID = ""
  /// Made up unless given.
  var runID = ""
  var userMetadata: UserMetadata?
  var links: [Link] = []
  /// How a run that continues another wants to find the version of its first task.
  var initialVersioningBehavior = Temporal_Api_Enums_V1_ContinueAsNewVersioningBehavior.unspecified
  /// What a closed run with the same workflow id means.
  var reusePolicy = ReusePolicy.allowDuplicate
  /// What a running one means.
  var conflictPolicy = ConflictPolicy.fail
  /// Whether the workflow gets its first task at once. That of a child comes when its parent knows of it: set
  /// `needsWorkflowTask` in a later transaction.
  var schedulesFirstTask = true
}

/// What came of a start.
struct StartOutcome: Sendable {
  enum Kind: Sendable {
    /// A new run.
    case started
    /// The same request has started this run already.
    case startedBefore
    /// The same request was attached to this run already.
    case attachedBefore
    /// A run that somebody else started is used.
    case existing
  }

  var kind: Kind
  var runID: String
}

extension ServerMachine {
  /// Starts a run unless the workflow id's current run and the policies say otherwise (`server.md` 9).
  ///
  /// - Parameters:
  ///   - dedupes: Whether the same request again means the run that it started.
  ///   - body: What else belongs into the transaction that starts the run; the Started event is written.
  /// - Throws: ALREADY_EXISTS where the policies do not allow another run.
  mutating func startRun(
    _ start: RunStart, dedupes: Bool = true, _ turn: inout Turn,
    then body: ((inout RunTransaction) throws(ServiceError) -> Void)? = nil
  ) throws(ServiceError) -> StartOutcome {
    var start = start
    start.migratePolicies()
    if start.requestID.isEmpty { start.requestID = ids.uuid() }
    let runID = start.runID.isEmpty ? ids.timedUUID(at: turn.now.nanoseconds) : start.runID
    if let current = currentRun(of: WorkflowKey(namespace: start.namespace, workflowID: start.attributes.workflowID)) {
      if dedupes, current.record.startRequestID == start.requestID {
        return StartOutcome(kind: .startedBefore, runID: current.runID)
      }
      if dedupes, let request = current.requests[start.requestID], request.eventType != .workflowExecutionSignaled {
        return StartOutcome(kind: .attachedBefore, runID: current.runID)
      }
      switch try start.resolve(current) {
      case .useIt: return StartOutcome(kind: .existing, runID: current.runID)
      case .startAnother: break
      case .terminateIt:
        let details = Payloads(text: "terminated by new runID: \(runID)")
        try change(current.runID, &turn) { transaction in
          transaction.terminate(
            reason: "TerminateIfRunning WorkflowIdReusePolicy", details: details,
            identity: RunTransaction.serverIdentity)
        }
      }
    }
    try createRun(start, runID: runID, &turn, then: body)
    return StartOutcome(kind: .started, runID: runID)
  }

  /// Makes a run that is the current one of its workflow id from now on, whatever was before.
  mutating func createRun(
    _ start: RunStart, runID: String, _ turn: inout Turn,
    then body: ((inout RunTransaction) throws(ServiceError) -> Void)? = nil
  ) throws(ServiceError) {
    var attributes = start.attributes
    attributes.originalExecutionRunID = runID
    if attributes.firstExecutionRunID.isEmpty { attributes.firstExecutionRunID = runID }
    attributes.attempt = max(attributes.attempt, 1)
    var execution = Execution(record: ExecutionRecord())
    execution.record.namespace = start.namespace
    execution.record.workflowID = attributes.workflowID
    execution.record.runID = runID
    execution.record.startRequestID = start.requestID.isEmpty ? ids.uuid() : start.requestID
    execution.record.nextEventID = 1
    // The clock of the run that comes before it, or of the parent, which may have skipped time (`server.md` 18.2).
    execution.record.skipped = attributes.timeSkippingStatePropagation.initialSkippedDuration.nanoseconds
    try create(execution, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
      transaction.write(
        .workflowExecutionStartedEventAttributes(attributes), userMetadata: start.userMetadata, links: start.links)
      try body?(&transaction)
      if start.schedulesFirstTask { transaction.needsWorkflowTask = true }
    }
  }

  /// The current run of a workflow id, running or closed.
  func currentRun(of key: WorkflowKey) -> Execution? {
    currentRuns[key].flatMap { executions[$0] }
  }
}
