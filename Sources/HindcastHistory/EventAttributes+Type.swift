public import TemporalAPI

extension EventAttributes {
  /// The type of the events that carry these attributes.
  public var eventType: EventType {
    switch self {
    case .workflowExecutionStartedEventAttributes: .workflowExecutionStarted
    case .workflowExecutionCompletedEventAttributes: .workflowExecutionCompleted
    case .workflowExecutionFailedEventAttributes: .workflowExecutionFailed
    case .workflowExecutionTimedOutEventAttributes: .workflowExecutionTimedOut
    case .workflowTaskScheduledEventAttributes: .workflowTaskScheduled
    case .workflowTaskStartedEventAttributes: .workflowTaskStarted
    case .workflowTaskCompletedEventAttributes: .workflowTaskCompleted
    case .workflowTaskTimedOutEventAttributes: .workflowTaskTimedOut
    case .workflowTaskFailedEventAttributes: .workflowTaskFailed
    case .activityTaskScheduledEventAttributes: .activityTaskScheduled
    case .activityTaskStartedEventAttributes: .activityTaskStarted
    case .activityTaskCompletedEventAttributes: .activityTaskCompleted
    case .activityTaskFailedEventAttributes: .activityTaskFailed
    case .activityTaskTimedOutEventAttributes: .activityTaskTimedOut
    case .timerStartedEventAttributes: .timerStarted
    case .timerFiredEventAttributes: .timerFired
    case .activityTaskCancelRequestedEventAttributes: .activityTaskCancelRequested
    case .activityTaskCanceledEventAttributes: .activityTaskCanceled
    case .timerCanceledEventAttributes: .timerCanceled
    case .markerRecordedEventAttributes: .markerRecorded
    case .workflowExecutionSignaledEventAttributes: .workflowExecutionSignaled
    case .workflowExecutionTerminatedEventAttributes: .workflowExecutionTerminated
    case .workflowExecutionCancelRequestedEventAttributes: .workflowExecutionCancelRequested
    case .workflowExecutionCanceledEventAttributes: .workflowExecutionCanceled
    case .requestCancelExternalWorkflowExecutionInitiatedEventAttributes:
      .requestCancelExternalWorkflowExecutionInitiated
    case .requestCancelExternalWorkflowExecutionFailedEventAttributes: .requestCancelExternalWorkflowExecutionFailed
    case .externalWorkflowExecutionCancelRequestedEventAttributes: .externalWorkflowExecutionCancelRequested
    case .workflowExecutionContinuedAsNewEventAttributes: .workflowExecutionContinuedAsNew
    case .startChildWorkflowExecutionInitiatedEventAttributes: .startChildWorkflowExecutionInitiated
    case .startChildWorkflowExecutionFailedEventAttributes: .startChildWorkflowExecutionFailed
    case .childWorkflowExecutionStartedEventAttributes: .childWorkflowExecutionStarted
    case .childWorkflowExecutionCompletedEventAttributes: .childWorkflowExecutionCompleted
    case .childWorkflowExecutionFailedEventAttributes: .childWorkflowExecutionFailed
    case .childWorkflowExecutionCanceledEventAttributes: .childWorkflowExecutionCanceled
    case .childWorkflowExecutionTimedOutEventAttributes: .childWorkflowExecutionTimedOut
    case .childWorkflowExecutionTerminatedEventAttributes: .childWorkflowExecutionTerminated
    case .signalExternalWorkflowExecutionInitiatedEventAttributes: .signalExternalWorkflowExecutionInitiated
    case .signalExternalWorkflowExecutionFailedEventAttributes: .signalExternalWorkflowExecutionFailed
    case .externalWorkflowExecutionSignaledEventAttributes: .externalWorkflowExecutionSignaled
    case .upsertWorkflowSearchAttributesEventAttributes: .upsertWorkflowSearchAttributes
    case .workflowExecutionUpdateAcceptedEventAttributes: .workflowExecutionUpdateAccepted
    case .workflowExecutionUpdateRejectedEventAttributes: .workflowExecutionUpdateRejected
    case .workflowExecutionUpdateCompletedEventAttributes: .workflowExecutionUpdateCompleted
    case .workflowPropertiesModifiedExternallyEventAttributes: .workflowPropertiesModifiedExternally
    case .activityPropertiesModifiedExternallyEventAttributes: .activityPropertiesModifiedExternally
    case .workflowPropertiesModifiedEventAttributes: .workflowPropertiesModified
    case .workflowExecutionUpdateAdmittedEventAttributes: .workflowExecutionUpdateAdmitted
    case .nexusOperationScheduledEventAttributes: .nexusOperationScheduled
    case .nexusOperationStartedEventAttributes: .nexusOperationStarted
    case .nexusOperationCompletedEventAttributes: .nexusOperationCompleted
    case .nexusOperationFailedEventAttributes: .nexusOperationFailed
    case .nexusOperationCanceledEventAttributes: .nexusOperationCanceled
    case .nexusOperationTimedOutEventAttributes: .nexusOperationTimedOut
    case .nexusOperationCancelRequestedEventAttributes: .nexusOperationCancelRequested
    case .workflowExecutionOptionsUpdatedEventAttributes: .workflowExecutionOptionsUpdated
    case .nexusOperationCancelRequestCompletedEventAttributes: .nexusOperationCancelRequestCompleted
    case .nexusOperationCancelRequestFailedEventAttributes: .nexusOperationCancelRequestFailed
    case .workflowExecutionPausedEventAttributes: .workflowExecutionPaused
    case .workflowExecutionUnpausedEventAttributes: .workflowExecutionUnpaused
    case .workflowExecutionTimeSkippingTransitionedEventAttributes: .workflowExecutionTimeSkippingTransitioned
    }
  }
}
