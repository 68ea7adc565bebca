internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// StartWorkflowExecution and SignalWithStartWorkflowExecution (`server.md` 9).

typealias SignalWithStartRequest = Temporal_Api_Workflowservice_V1_SignalWithStartWorkflowExecutionRequest
typealias SignalWithStartResponse = Temporal_Api_Workflowservice_V1_SignalWithStartWorkflowExecutionResponse

extension ServerMachine {
  static var startRoutes: [Route] {
    [
      .prompt(WorkflowService.startWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.startWorkflow(request, &turn)
      },
      .prompt(WorkflowService.signalWithStartWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.signalWithStart(request, &turn)
      },
    ]
  }

  /// Starts a run as a request asks for it, or finds the one that serves.
  mutating func startWorkflow(
    _ request: StartWorkflowRequest, _ turn: inout Turn
  ) throws(ServiceError) -> StartWorkflowResponse {
    var start = try validStart(request, turn)
    if start.requestID.isEmpty { start.requestID = ids.uuid() }
    let isEager = request.requestEagerExecution && start.attributes.firstWorkflowTaskBackoff.nanoseconds == 0
    start.attributes.eagerExecutionAccepted = isEager
    let requestID = start.requestID
    let outcome = try startRun(start, &turn) { transaction in
      if isEager { transaction.startFirstTaskEagerly(identity: request.identity, requestID: requestID) }
    }
    if outcome.kind == .existing { try attach(start, request, to: outcome.runID, &turn) }
    return try answer(to: request, requestID, outcome, isEager: isEager, &turn)
  }

  /// What a start leaves on the running run that it found.
  private mutating func attach(
    _ start: RunStart, _ request: StartWorkflowRequest, to runID: String, _ turn: inout Turn
  ) throws(ServiceError) {
    guard request.hasOnConflictOptions else { return }
    let options = request.onConflictOptions
    try change(runID, &turn) { transaction in
      transaction.add(
        .workflowExecutionOptionsUpdatedEventAttributes(
          .with {
            if options.attachRequestID { $0.attachedRequestID = start.requestID }
            if options.attachCompletionCallbacks {
              $0.attachedCompletionCallbacks = start.attributes.completionCallbacks
            }
          }), wakes: false, links: options.attachLinks ? start.links : [])
    }
  }

  private mutating func answer(
    to request: StartWorkflowRequest, _ requestID: String, _ outcome: StartOutcome, isEager: Bool, _ turn: inout Turn
  ) throws(ServiceError) -> StartWorkflowResponse {
    guard let run = executions[outcome.runID] else { throw .runNotFound }
    var response = StartWorkflowResponse()
    response.runID = outcome.runID
    response.firstExecutionRunID = run.record.started.firstExecutionRunID
    response.started = outcome.kind == .started || outcome.kind == .startedBefore
    response.status = run.record.status
    let refersToRequest =
      outcome.kind == .attachedBefore || outcome.kind == .existing && request.onConflictOptions.attachRequestID
    response.link =
      refersToRequest
      ? .toRequest(requestID, .workflowExecutionOptionsUpdated, of: run) : .toStart(of: run)
    // Asked again, the worker gets the first task again, as long as it is that one.
    let task = run.record.workflowTask
    if isEager, response.started, run.isRunning, task.kind == .normal, task.startedEventID == 3, task.attempt == 1 {
      response.eagerWorkflowTask = try workflowTaskAnswer(
        outcome.runID, isSticky: false, as: turn.historyForm, &turn)
    }
    return response
  }

  private mutating func signalWithStart(
    _ request: SignalWithStartRequest, _ turn: inout Turn
  ) throws(ServiceError) -> SignalWithStartResponse {
    var start = try validStart(request, StartWorkflowRequest(request), turn)
    try checkBlob(request.hasSignalInput ? request.signalInput : nil)
    if start.requestID.isEmpty { start.requestID = ids.uuid() }
    if start.conflictPolicy == .unspecified, start.reusePolicy != .terminateIfRunning {
      start.conflictPolicy = .useExisting
    }
    // Unlike those of a start, these runs have random ids.
    start.runID = ids.uuid()
    let requestID = start.requestID
    let signal = SignaledAttributes.with {
      $0.signalName = request.signalName
      if request.hasSignalInput { $0.input = request.signalInput }
      $0.identity = request.identity
      if request.hasHeader { $0.header = request.header }
      $0.requestID = requestID
    }
    // The request of a closed run does not count as carried out: the signal must reach somebody.
    let outcome = try startRun(start, dedupes: false, &turn) {
      (transaction: inout RunTransaction) throws(ServiceError) in
      try transaction.signal(signal, links: request.links)
    }
    if outcome.kind == .existing, executions[outcome.runID]?.hasSignal(request: requestID) == false {
      try change(outcome.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
        // Unlike a signal alone, this ends the delay of the first workflow task.
        transaction.record.firstTaskDue = 0
        try transaction.signal(signal, links: request.links)
      }
    }
    guard let run = executions[outcome.runID] else { throw .runNotFound }
    return .with {
      $0.runID = outcome.runID
      $0.firstExecutionRunID = run.record.started.firstExecutionRunID
      $0.started = outcome.kind == .started
      $0.signalLink = .toRequest(requestID, .workflowExecutionSignaled, of: run)
    }
  }
}

extension RunTransaction {
  /// The first workflow task goes to whoever starts the run, without a queue in between.
  fileprivate mutating func startFirstTaskEagerly(identity: String, requestID: String) {
    scheduleWorkflowTask(dispatches: false)
    startWorkflowTask(identity: identity, requestID: requestID, version: nil)
  }
}

extension StartWorkflowRequest {
  /// The start that a signal-with-start holds.
  fileprivate init(_ request: SignalWithStartRequest) {
    self = .with {
      $0.namespace = request.namespace
      $0.workflowID = request.workflowID
      $0.workflowType = request.workflowType
      if request.hasTaskQueue { $0.taskQueue = request.taskQueue }
      if request.hasInput { $0.input = request.input }
      if request.hasWorkflowExecutionTimeout { $0.workflowExecutionTimeout = request.workflowExecutionTimeout }
      if request.hasWorkflowRunTimeout { $0.workflowRunTimeout = request.workflowRunTimeout }
      if request.hasWorkflowTaskTimeout { $0.workflowTaskTimeout = request.workflowTaskTimeout }
      $0.identity = request.identity
      $0.requestID = request.requestID
      $0.workflowIDReusePolicy = request.workflowIDReusePolicy
      $0.workflowIDConflictPolicy = request.workflowIDConflictPolicy
      if request.hasRetryPolicy { $0.retryPolicy = request.retryPolicy }
      $0.cronSchedule = request.cronSchedule
      if request.hasMemo { $0.memo = request.memo }
      if request.hasSearchAttributes { $0.searchAttributes = request.searchAttributes }
      if request.hasHeader { $0.header = request.header }
      if request.hasWorkflowStartDelay { $0.workflowStartDelay = request.workflowStartDelay }
      if request.hasUserMetadata { $0.userMetadata = request.userMetadata }
      $0.links = request.links
      if request.hasVersioningOverride { $0.versioningOverride = request.versioningOverride }
      if request.hasPriority { $0.priority = request.priority }
      if request.hasTimeSkippingConfig { $0.timeSkippingConfig = request.timeSkippingConfig }
    }
  }
}
