internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What may be in a start request, and what the server makes of it (`server.md` 9). The checks are in the real server's order:
// of two faults it tells the first.

extension ServerMachine {
  /// The run that a request asks for.
  ///
  /// - Throws: INVALID_ARGUMENT for a request that may not be.
  func validStart(_ request: StartWorkflowRequest, _ turn: Turn) throws(ServiceError) -> RunStart {
    try checkNamespace(request.namespace)
    try checkWorkflowID(request.workflowID)
    try checkRetryPolicy(request)
    try checkDelay(request)
    try checkCron(request.cronSchedule, at: turn.now.nanoseconds)
    if request.workflowType.name.isEmpty { throw .invalidArgument("WorkflowType is not set on request.") }
    try checkLength(request.workflowType.name, of: "WorkflowType")
    try checkTaskQueue(request)
    try checkTimeouts(request)
    try checkLength(request.requestID, of: "RequestId")
    try checkPolicies(request)
    if request.onConflictOptions.attachCompletionCallbacks, !request.onConflictOptions.attachRequestID {
      throw .invalidArgument("attaching request ID is required for attaching completion callbacks")
    }
    return try runStart(request, turn)
  }

  /// The run that a signal-with-start asks for if there is none; it has its own order of checks and its own words.
  ///
  /// - Parameter start: The start that the request holds.
  /// - Throws: INVALID_ARGUMENT for a request that may not be.
  func validStart(
    _ request: SignalWithStartRequest, _ start: StartWorkflowRequest, _ turn: Turn
  ) throws(ServiceError) -> RunStart {
    try checkNamespace(request.namespace)
    try checkCron(request.cronSchedule, at: turn.now.nanoseconds)
    try checkWorkflowID(request.workflowID)
    if request.signalName.isEmpty { throw .invalidArgument("signal not set") }
    try checkMaximum(request.signalName, of: "signal name")
    if request.workflowType.name.isEmpty { throw .invalidArgument("workflow type not set") }
    try checkMaximum(request.workflowType.name, of: "workflow type name")
    try checkTaskQueue(start)
    try checkMaximum(request.requestID, of: "Request ID")
    try checkTimeouts(start)
    try checkRetryPolicy(start)
    try checkDelay(start)
    try checkPolicies(start)
    if request.workflowIDConflictPolicy == .fail {
      throw .invalidArgument(
        "Invalid WorkflowIDConflictPolicy: WORKFLOW_ID_CONFLICT_POLICY_FAIL is not supported for this operation.")
    }
    return try runStart(start, turn)
  }

  /// The run of a request that has passed its own checks; those of what all starts hold are here.
  private func runStart(_ request: StartWorkflowRequest, _ turn: Turn) throws(ServiceError) -> RunStart {
    var attributes = StartedAttributes()
    if request.hasSearchAttributes {
      attributes.setSearchAttributes(try typed(request.searchAttributes, in: request.namespace))
    }
    try check(request.priority)
    try checkIsPolled(request.versioningOverride, on: request.taskQueue.name, in: request.namespace)
    attributes.completionCallbacks = try validCallbacks(request.completionCallbacks)
    let links = request.links.filter { link in
      !request.completionCallbacks.contains { $0.isNexus && $0.links.contains(link) }
    }
    try check(links + request.completionCallbacks.flatMap(\.links))
    if request.hasTimeSkippingConfig {
      attributes.timeSkippingConfig = try checked(request.timeSkippingConfig)
    }
    try checkBlob(request.hasInput ? request.input : nil)
    if request.memo.byteCount > limits.memoBytes { throw .invalidArgument("Memo size exceeds limit.") }

    attributes.workflowID = request.workflowID
    attributes.workflowType = request.workflowType
    attributes.taskQueue = request.taskQueue
    if attributes.taskQueue.kind == .unspecified { attributes.taskQueue.kind = .normal }
    if request.hasInput { attributes.input = request.input }
    if request.hasHeader { attributes.header = request.header }
    if request.hasMemo { attributes.setMemo(request.memo) }
    attributes.identity = request.identity
    if request.hasRetryPolicy { attributes.retryPolicy = request.retryPolicy.withDefaults }
    if request.hasPriority { attributes.priority = request.priority }
    if request.hasVersioningOverride { attributes.versioningOverride = request.versioningOverride }
    if request.hasLastCompletionResult { attributes.lastCompletionResult = request.lastCompletionResult }
    if request.hasContinuedFailure { attributes.continuedFailure = request.continuedFailure }
    if request.hasWorkflowExecutionTimeout { attributes.workflowExecutionTimeout = request.workflowExecutionTimeout }
    if request.hasWorkflowRunTimeout { attributes.workflowRunTimeout = request.workflowRunTimeout }
    if request.hasWorkflowTaskTimeout { attributes.workflowTaskTimeout = request.workflowTaskTimeout }
    attributes.setBackoff(
      cron: request.cronSchedule, delay: request.workflowStartDelay, at: turn.now.nanoseconds)
    attributes.clipTimeouts(limits, at: turn.now.nanoseconds)

    var start = RunStart(namespace: request.namespace, attributes: attributes)
    start.links = links
    start.requestID = request.requestID
    start.reusePolicy = request.workflowIDReusePolicy
    start.conflictPolicy = request.workflowIDConflictPolicy
    if request.hasUserMetadata { start.userMetadata = request.userMetadata }
    return start
  }
}

extension Temporal_Api_Common_V1_Callback {
  fileprivate var isNexus: Bool {
    if case .nexus? = variant { true } else { false }
  }
}
