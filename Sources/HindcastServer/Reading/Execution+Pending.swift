internal import HindcastRecords
internal import TemporalServiceAPI

// TO BE REPLACED by the owners of activities and of children and Nexus operations.

extension Execution {
  var pendingActivities: [Temporal_Api_Workflow_V1_PendingActivityInfo] { [] }
  var pendingChildren: [Temporal_Api_Workflow_V1_PendingChildExecutionInfo] { [] }
  var pendingNexusOperations: [Temporal_Api_Workflow_V1_PendingNexusOperationInfo] { [] }
}
