internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

extension Execution {
  /// The operations that have not ended, as descriptions tell them.
  var pendingNexusOperations: [Temporal_Api_Workflow_V1_PendingNexusOperationInfo] {
    nexusOperations.sorted.map { operation in
      .with {
        let scheduled = operation.scheduled
        $0.endpoint = scheduled.endpoint
        $0.service = scheduled.service
        $0.operation = scheduled.operation
        $0.operationID = operation.operationToken
        $0.operationToken = operation.operationToken
        if scheduled.hasScheduleToCloseTimeout { $0.scheduleToCloseTimeout = scheduled.scheduleToCloseTimeout }
        if scheduled.hasScheduleToStartTimeout { $0.scheduleToStartTimeout = scheduled.scheduleToStartTimeout }
        if scheduled.hasStartToCloseTimeout { $0.startToCloseTimeout = scheduled.startToCloseTimeout }
        $0.scheduledTime = operation.scheduledTime.timestamp
        $0.scheduledEventID = operation.scheduledEventID
        $0.state = operation.state
        $0.attempt = operation.attempt
        if operation.lastAttemptCompleteTime > 0 {
          $0.lastAttemptCompleteTime = operation.lastAttemptCompleteTime.timestamp
        }
        if operation.hasLastFailure { $0.lastAttemptFailure = operation.lastFailure }
        if operation.nextAttemptDue > 0 { $0.nextAttemptScheduleTime = operation.nextAttemptDue.timestamp }
        if operation.cancelRequested { $0.cancellationInfo = operation.cancellationInfo }
      }
    }
  }
}

extension NexusOperationRecord {
  fileprivate var cancellationInfo: Temporal_Api_Workflow_V1_NexusOperationCancellationInfo {
    .with {
      $0.requestedTime = cancelRequestedTime.timestamp
      $0.state = cancelState
      $0.attempt = cancelAttempt
      if cancelLastAttemptCompleteTime > 0 {
        $0.lastAttemptCompleteTime = cancelLastAttemptCompleteTime.timestamp
      }
      if hasCancelLastFailure { $0.lastAttemptFailure = cancelLastFailure }
      if cancelNextAttemptDue > 0 { $0.nextAttemptScheduleTime = cancelNextAttemptDue.timestamp }
    }
  }
}
