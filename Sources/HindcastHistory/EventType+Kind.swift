public import TemporalAPI

extension EventType {
  /// Whether an event of this type ends the run.
  public var closesWorkflow: Bool {
    switch self {
    case .workflowExecutionCompleted, .workflowExecutionFailed, .workflowExecutionTimedOut, .workflowExecutionCanceled,
      .workflowExecutionTerminated, .workflowExecutionContinuedAsNew:
      true
    default:
      false
    }
  }

  /// Whether an event of this type exists because a worker sent a command or answered an update.
  ///
  /// The set is the one that the Go SDK's replayer uses (spec/replay.md, 2.1).
  public var isCommandEvent: Bool {
    switch self {
    case .workflowExecutionCompleted, .workflowExecutionFailed, .workflowExecutionCanceled,
      .workflowExecutionContinuedAsNew, .activityTaskScheduled, .activityTaskCancelRequested, .timerStarted,
      .timerCanceled, .markerRecorded, .startChildWorkflowExecutionInitiated,
      .requestCancelExternalWorkflowExecutionInitiated, .signalExternalWorkflowExecutionInitiated,
      .upsertWorkflowSearchAttributes, .workflowPropertiesModified, .workflowExecutionUpdateAccepted,
      .workflowExecutionUpdateRejected, .workflowExecutionUpdateCompleted, .nexusOperationScheduled,
      .nexusOperationCancelRequested:
      true
    default:
      false
    }
  }
}
