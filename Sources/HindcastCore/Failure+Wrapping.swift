import SwiftProtobuf
import TemporalAPI

// Failures as the Go SDK's events handler wraps them before workflow code sees them.

extension Temporal_Api_Failure_V1_Failure {
  static func activity(
    _ machine: CommandMachine, scheduled: Int64, started: Int64, identity: String,
    _ retryState: Temporal_Api_Enums_V1_RetryState, cause: Temporal_Api_Failure_V1_Failure
  ) -> Self {
    .with {
      $0.message = "activity error"
      $0.cause = cause
      $0.activityFailureInfo = .with {
        $0.scheduledEventID = scheduled
        $0.startedEventID = started
        $0.identity = identity
        $0.activityType = machine.issued.command.scheduleActivityTaskCommandAttributes.activityType
        $0.activityID = machine.key.id
        $0.retryState = retryState
      }
    }
  }

  static func child(
    _ execution: Temporal_Api_Common_V1_WorkflowExecution, namespace: String,
    type: Temporal_Api_Common_V1_WorkflowType, initiated: Int64, started: Int64,
    _ retryState: Temporal_Api_Enums_V1_RetryState, cause: Temporal_Api_Failure_V1_Failure
  ) -> Self {
    .with {
      $0.message = "child workflow execution error"
      $0.cause = cause
      $0.childWorkflowExecutionFailureInfo = .with {
        $0.namespace = namespace
        $0.workflowExecution = execution
        $0.workflowType = type
        $0.initiatedEventID = initiated
        $0.startedEventID = started
        $0.retryState = retryState
      }
    }
  }

  static func canceled(_ details: Temporal_Api_Common_V1_Payloads?) -> Self {
    .with {
      $0.message = "canceled"
      $0.canceledFailureInfo = .with { if let details { $0.details = details } }
    }
  }

  static var childTimedOut: Self {
    .with {
      $0.message = "Child workflow timeout"
      $0.timeoutFailureInfo.timeoutType = .startToClose
    }
  }

  static var terminated: Self {
    .with {
      $0.message = "terminated"
      $0.terminatedFailureInfo = .init()
    }
  }
}

extension OperationRejection {
  static func startChild(_ cause: Temporal_Api_Enums_V1_StartChildWorkflowExecutionFailedCause) -> Self {
    switch cause {
    case .workflowAlreadyExists: .childWorkflowAlreadyStarted
    case .namespaceNotFound: .namespaceNotFound
    default: .other("unable to start child workflow for unknown cause: \(cause)")
    }
  }

  static func signal(_ cause: Temporal_Api_Enums_V1_SignalExternalWorkflowExecutionFailedCause) -> Self {
    switch cause {
    case .externalWorkflowExecutionNotFound: .unknownExternalWorkflowExecution
    case .namespaceNotFound: .namespaceNotFound
    default: .other("unable to signal external workflow for unknown cause: \(cause)")
    }
  }

  static func cancel(_ cause: Temporal_Api_Enums_V1_CancelExternalWorkflowExecutionFailedCause) -> Self {
    switch cause {
    case .externalWorkflowExecutionNotFound: .unknownExternalWorkflowExecution
    case .namespaceNotFound: .namespaceNotFound
    default: .other("unable to cancel external workflow for unknown cause: \(cause)")
    }
  }
}
