internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

extension Execution {
  /// The children that have not ended, as descriptions tell them.
  var pendingChildren: [Temporal_Api_Workflow_V1_PendingChildExecutionInfo] {
    children.sorted.map { child in
      .with {
        $0.workflowID = child.initiated.workflowID
        $0.runID = child.runID
        $0.workflowTypeName = child.initiated.workflowType.name
        $0.initiatedID = child.initiatedEventID
        $0.parentClosePolicy = child.initiated.parentClosePolicy
      }
    }
  }
}
