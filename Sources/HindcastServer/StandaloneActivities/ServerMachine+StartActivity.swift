internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

typealias StartActivityRequest = Temporal_Api_Workflowservice_V1_StartActivityExecutionRequest
typealias StartActivityResponse = Temporal_Api_Workflowservice_V1_StartActivityExecutionResponse

// Starting activities without a workflow (`server.md` 15).

extension ServerMachine {
  mutating func startActivity(
    _ request: StartActivityRequest, _ turn: inout Turn
  ) throws(ServiceError) -> StartActivityResponse {
    try checkNamespace(request.namespace)
    var request = try valid(request)
    if request.requestID.isEmpty { request.requestID = ids.uuid() }
    let key = StandaloneActivityKey(namespace: request.namespace, activityID: request.activityID)
    if let current = currentStandaloneActivities[key].flatMap({ standaloneActivities[$0] }) {
      if current.start.requestID == request.requestID { return current.startResponse(started: false) }
      if try current.isToBeUsed(by: request) { return current.startResponse(started: false) }
    }
    let runID = ids.timedUUID(at: turn.now.nanoseconds)
    var activity = StandaloneActivityRecord(starting: request, runID: runID, at: turn.now.nanoseconds)
    let previous = currentStandaloneActivities[key].flatMap { standaloneActivities[$0] }
    activity.runNumber = (previous?.runNumber ?? 0) + 1
    add(activity, &turn)
    return activity.startResponse(started: true)
  }

  /// The request with what it leaves to the server.
  private func valid(_ request: StartActivityRequest) throws(ServiceError) -> StartActivityRequest {
    var request = request
    if let fault = request.startDelay.fault { throw .invalidArgument("invalid StartDelay: \(fault)") }
    guard request.hasTaskQueue else { throw .invalidArgument("taskQueue is not set") }
    if let fault = request.taskQueue.fault(limits) { throw .invalidArgument(fault) }
    if request.taskQueue.kind == .unspecified { request.taskQueue.kind = .normal }
    var options = ActivityOptionsMessage.with {
      $0.scheduleToCloseTimeout = request.scheduleToCloseTimeout
      $0.scheduleToStartTimeout = request.scheduleToStartTimeout
      $0.startToCloseTimeout = request.startToCloseTimeout
      $0.heartbeatTimeout = request.heartbeatTimeout
      $0.retryPolicy = request.retryPolicy
      if request.hasPriority { $0.priority = request.priority }
    }
    let fault = options.complete(
      activityID: request.activityID, activityType: request.activityType.name, runTimeout: 0, limits: limits)
    if let fault { throw .invalidArgument(fault) }
    request.scheduleToCloseTimeout = options.scheduleToCloseTimeout
    request.scheduleToStartTimeout = options.scheduleToStartTimeout
    request.startToCloseTimeout = options.startToCloseTimeout
    request.heartbeatTimeout = options.heartbeatTimeout
    request.retryPolicy = options.retryPolicy
    if request.input.byteCount > limits.blobBytes { throw .invalidArgument("input exceeds length limit") }
    try checkMetadata(request.userMetadata)
    if request.hasSearchAttributes {
      request.searchAttributes = try typed(request.searchAttributes, in: request.namespace)
    }
    request.completionCallbacks = try validCallbacks(request.completionCallbacks)
    try check(request.links)
    try check(request.onConflictOptions, of: request)
    if case .UNRECOGNIZED(let number) = request.idReusePolicy {
      throw .invalidArgument("unsupported ID reuse policy: \(number)")
    }
    if case .UNRECOGNIZED(let number) = request.idConflictPolicy {
      throw .invalidArgument("unsupported ID conflict policy: \(number)")
    }
    return request
  }

  private func checkMetadata(_ metadata: UserMetadata) throws(ServiceError) {
    for (name, size, limit) in [
      ("summary", metadata.summary.byteCount, 400), ("details", metadata.details.byteCount, 20_000),
    ] where size > limit {
      throw .invalidArgument("user_metadata.\(name) exceeds size limit. Length=\(size) Limit=\(limit)")
    }
  }

  private func check(
    _ options: Temporal_Api_Common_V1_OnConflictOptions, of request: StartActivityRequest
  ) throws(ServiceError) {
    if options.attachCompletionCallbacks, !options.attachRequestID {
      throw .invalidArgument(
        "on_conflict_options: attach_completion_callbacks requires attach_request_id to be set")
    }
    if options.attachRequestID, request.completionCallbacks.isEmpty, request.links.isEmpty {
      throw .invalidArgument(
        "on_conflict_options: attach_request_id requires at least one completion callback or link")
    }
  }
}

extension StandaloneActivityRecord {
  /// Whether this activity answers another start of its id.
  ///
  /// - Throws: ALREADY_EXISTS where the policies do not allow another run.
  fileprivate func isToBeUsed(by request: StartActivityRequest) throws(ServiceError) -> Bool {
    if isRunning {
      if request.idConflictPolicy == .useExisting { return true }
      throw alreadyStarted
    }
    switch request.idReusePolicy {
    case .rejectDuplicate: throw alreadyStarted
    case .allowDuplicateFailedOnly where status == .completed: throw alreadyStarted
    default: return false
    }
  }

  private var alreadyStarted: ServiceError {
    ServiceError(
      .alreadyExists, "activity execution already started",
      detail: Temporal_Api_Errordetails_V1_ActivityExecutionAlreadyStartedFailure.with {
        $0.startRequestID = start.requestID
        $0.runID = runID
      })
  }

  fileprivate func startResponse(started: Bool) -> StartActivityResponse {
    .with {
      $0.runID = runID
      $0.started = started
      $0.link.activity = .with {
        $0.namespace = namespace
        $0.activityID = activityID
        $0.runID = runID
      }
    }
  }
}
