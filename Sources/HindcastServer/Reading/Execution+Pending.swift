internal import HindcastRecords
internal import TemporalServiceAPI

// TO BE REPLACED by the owner of children and Nexus operations.

extension Execution {
  var pendingChildren: [Temporal_Api_Workflow_V1_PendingChildExecutionInfo] { [] }
  var pendingNexusOperations: [Temporal_Api_Workflow_V1_PendingNexusOperationInfo] { [] }
}
