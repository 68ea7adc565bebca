package import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
package import TemporalServiceAPI

extension Temporal_Api_Workflowservice_V1_SignalWithStartWorkflowExecutionRequest {
  /// The request that starts what another one does, and signals it.
  package init(
    starting start: Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest, signal: String, input: Payloads?
  ) {
    self.init()
    namespace = start.namespace
    workflowID = start.workflowID
    workflowType = start.workflowType
    taskQueue = start.taskQueue
    if start.hasInput { self.input = start.input }
    if start.hasWorkflowExecutionTimeout { workflowExecutionTimeout = start.workflowExecutionTimeout }
    if start.hasWorkflowRunTimeout { workflowRunTimeout = start.workflowRunTimeout }
    if start.hasWorkflowTaskTimeout { workflowTaskTimeout = start.workflowTaskTimeout }
    identity = start.identity
    requestID = start.requestID
    workflowIDReusePolicy = start.workflowIDReusePolicy
    workflowIDConflictPolicy = start.workflowIDConflictPolicy
    signalName = signal
    if let input { signalInput = input }
    if start.hasRetryPolicy { retryPolicy = start.retryPolicy }
    cronSchedule = start.cronSchedule
    if start.hasMemo { memo = start.memo }
    if start.hasSearchAttributes { searchAttributes = start.searchAttributes }
    if start.hasHeader { header = start.header }
    if start.hasWorkflowStartDelay { workflowStartDelay = start.workflowStartDelay }
    if start.hasUserMetadata { userMetadata = start.userMetadata }
    if start.hasVersioningOverride { versioningOverride = start.versioningOverride }
    if start.hasPriority { priority = start.priority }
  }
}
