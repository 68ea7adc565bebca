internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Checks that starts have in common with one another, in the server's words (`server.md` 9, 17).

extension ServerMachine {
  func checkWorkflowID(_ id: String) throws(ServiceError) {
    if id.isEmpty { throw .invalidArgument("WorkflowId is not set on request.") }
    if id.utf8.count > limits.idBytes {
      throw .invalidArgument("WorkflowId exceeds maximum allowed length (\(id.utf8.count)/\(limits.idBytes))")
    }
  }

  /// As signal-with-start says it.
  func checkMaximum(_ text: String, of field: String) throws(ServiceError) {
    guard text.utf8.count > limits.idBytes else { return }
    throw .invalidArgument("\(field) exceeds maximum allowed length (\(text.utf8.count)/\(limits.idBytes))")
  }

  func checkRetryPolicy(_ request: StartWorkflowRequest) throws(ServiceError) {
    guard request.hasRetryPolicy, let fault = request.retryPolicy.withDefaults.fault else { return }
    throw .invalidArgument(fault)
  }

  func checkDuration(_ duration: Google_Protobuf_Duration, _ what: String) throws(ServiceError) {
    guard let fault = duration.fault else { return }
    throw .invalidArgument("An invalid \(what) is set on request. cause: \(fault)")
  }

  func checkDelay(_ request: StartWorkflowRequest) throws(ServiceError) {
    if !request.cronSchedule.isEmpty, request.hasWorkflowStartDelay {
      throw .invalidArgument("CronSchedule and WorkflowStartDelay may not be used together.")
    }
    try checkDuration(request.workflowStartDelay, "WorkflowStartDelaySeconds")
  }

  /// - Throws: INVALID_ARGUMENT for a schedule that is none, or that has no time.
  func checkCron(_ text: String, at now: Int64) throws(ServiceError) {
    if text.isEmpty { return }
    guard let schedule = CronSchedule(parsing: text) else { throw .invalidArgument("invalid CronSchedule.") }
    if schedule.next(after: now) == nil {
      throw .invalidArgument("invalid CronSchedule, no time can be found to satisfy the schedule")
    }
  }

  func checkTaskQueue(_ request: StartWorkflowRequest) throws(ServiceError) {
    guard request.hasTaskQueue else { throw .invalidArgument("taskQueue is not set") }
    if let fault = request.taskQueue.fault(limits) { throw .invalidArgument(fault) }
  }

  func checkTimeouts(_ request: StartWorkflowRequest) throws(ServiceError) {
    try checkDuration(request.workflowExecutionTimeout, "WorkflowExecutionTimeoutSeconds")
    try checkDuration(request.workflowRunTimeout, "WorkflowRunTimeoutSeconds")
    try checkDuration(request.workflowTaskTimeout, "WorkflowTaskTimeoutSeconds")
  }

  func checkPolicies(_ request: StartWorkflowRequest) throws(ServiceError) {
    let reuse = request.workflowIDReusePolicy
    let conflict = request.workflowIDConflictPolicy
    if reuse == .terminateIfRunning, conflict != .unspecified {
      throw .invalidArgument(
        "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING cannot be used together with a WorkflowIDConflictPolicy"
      )
    }
    if reuse == .rejectDuplicate, conflict == .terminateExisting {
      throw .invalidArgument(
        "Invalid WorkflowIDReusePolicy: WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE cannot be used together with WorkflowIdConflictPolicy WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING"
      )
    }
  }

  func check(_ priority: Temporal_Api_Common_V1_Priority) throws(ServiceError) {
    if let fault = priority.fault { throw .invalidArgument(fault) }
  }

  /// Callbacks with their header names in lower case.
  ///
  /// - Throws: INVALID_ARGUMENT for too many, for addresses outside the server and for headers that are too large.
  func validCallbacks(
    _ callbacks: [Temporal_Api_Common_V1_Callback]
  ) throws(ServiceError) -> [Temporal_Api_Common_V1_Callback] {
    if callbacks.count > limits.callbacks {
      throw .invalidArgument("cannot attach more than \(limits.callbacks) callbacks to an execution")
    }
    var valid: [Temporal_Api_Common_V1_Callback] = []
    for var callback in callbacks {
      switch callback.variant {
      case .nexus(var nexus)?:
        if nexus.url.utf8.count > 1_000 {
          throw .invalidArgument("invalid url: url length longer than max length allowed of 1000")
        }
        try checkAddress(nexus.url)
        if nexus.header.reduce(0, { $0 + $1.key.utf8.count + $1.value.utf8.count }) > 8_192 {
          throw .invalidArgument("invalid header: header size longer than max allowed size of 8192")
        }
        nexus.header = nexus.header.lowercasedKeys
        callback.nexus = nexus
      case .internal?: break
      default: throw ServiceError(.unimplemented, "unknown callback variant: <nil>")
      }
      valid.append(callback)
    }
    return valid
  }

  /// - Throws: INVALID_ARGUMENT for an address outside the server: none is allowed unless a server is told so.
  private func checkAddress(_ url: String) throws(ServiceError) {
    if ["temporal://system", "temporal://internal"].contains(url) { return }
    let scheme = url.prefix { $0 != ":" }.lowercased()
    guard ["http", "https"].contains(scheme) else { throw .invalidArgument("invalid url: unknown scheme: \(url)") }
    throw .invalidArgument("invalid url: url does not match any configured callback address: \(url)")
  }
}
