public import TemporalAPI

/// A failure as Temporal knows it: it has a form on the wire, and may have a cause.
public protocol TemporalFailure: Error, Sendable, CustomStringConvertible {
  /// The message, without those of the causes.
  var message: String { get }
  /// What caused it.
  var cause: (any Error)? { get }
}

extension TemporalFailure {
  /// The message, and the causes' after it.
  public var description: String { cause.map { "\(message): \($0)" } ?? message }
}

/// A failure of the application's own: what workflows and activities throw on purpose.
public struct ApplicationFailure: TemporalFailure {
  /// The message.
  public var message: String
  /// A name that callers and retry policies know the failure by.
  public var type: String
  /// Whether retrying it is pointless.
  public var isNonRetryable: Bool
  /// More values, for the caller.
  public var details: Temporal_Api_Common_V1_Payloads?
  /// When to retry, instead of what the retry policy says.
  public var nextRetryDelay: Duration?
  /// What caused it.
  public var cause: (any Error)?

  /// Makes a failure.
  public init(
    _ message: String, type: String = "", isNonRetryable: Bool = false,
    details: Temporal_Api_Common_V1_Payloads? = nil, nextRetryDelay: Duration? = nil, cause: (any Error)? = nil
  ) {
    self.message = message
    self.type = type
    self.isNonRetryable = isNonRetryable
    self.details = details
    self.nextRetryDelay = nextRetryDelay
    self.cause = cause
  }
}

/// Something was cancelled. A workflow that ends with it, or with a failure that it caused, ends as cancelled.
public struct CanceledFailure: TemporalFailure {
  /// The message.
  public var message: String
  /// More values, for the caller.
  public var details: Temporal_Api_Common_V1_Payloads?
  /// What caused it.
  public var cause: (any Error)?

  /// Makes a failure.
  public init(
    _ message: String = "canceled", details: Temporal_Api_Common_V1_Payloads? = nil, cause: (any Error)? = nil
  ) {
    self.message = message
    self.details = details
    self.cause = cause
  }
}

/// Something took too long.
public struct TimeoutFailure: TemporalFailure {
  /// The message.
  public var message: String
  /// Which limit it was.
  public var timeoutType: Temporal_Api_Enums_V1_TimeoutType
  /// What the activity reported last.
  public var lastHeartbeatDetails: Temporal_Api_Common_V1_Payloads?
  /// What caused it.
  public var cause: (any Error)?

  /// Makes a failure.
  public init(
    _ message: String, timeoutType: Temporal_Api_Enums_V1_TimeoutType,
    lastHeartbeatDetails: Temporal_Api_Common_V1_Payloads? = nil, cause: (any Error)? = nil
  ) {
    self.message = message
    self.timeoutType = timeoutType
    self.lastHeartbeatDetails = lastHeartbeatDetails
    self.cause = cause
  }
}

/// A workflow was terminated.
public struct TerminatedFailure: TemporalFailure {
  /// Always the same.
  public var message: String { "terminated" }
  /// None.
  public var cause: (any Error)? { nil }

  /// Makes a failure.
  public init() {}
}

/// The server failed.
public struct ServerFailure: TemporalFailure {
  /// The message.
  public var message: String
  /// Whether retrying it is pointless.
  public var isNonRetryable: Bool
  /// What caused it.
  public var cause: (any Error)?

  /// Makes a failure.
  public init(_ message: String, isNonRetryable: Bool = false, cause: (any Error)? = nil) {
    self.message = message
    self.isNonRetryable = isNonRetryable
    self.cause = cause
  }
}

/// An activity failed; the cause tells how.
public struct ActivityFailure: TemporalFailure {
  /// Always the same; what went wrong is in `cause`.
  public var message: String { "activity error" }
  /// The activity's type.
  public var activityType: String
  /// The activity's id.
  public var activityID: String
  /// The failure as the server or the engine gave it.
  public var failure: Temporal_Api_Failure_V1_Failure
  /// How the activity failed.
  public var cause: (any Error)?

  init(_ failure: Temporal_Api_Failure_V1_Failure, cause: (any Error)?) {
    self.failure = failure
    self.cause = cause
    activityType = failure.activityFailureInfo.activityType.name
    activityID = failure.activityFailureInfo.activityID
  }
}

/// A child workflow failed; the cause tells how.
public struct ChildWorkflowFailure: TemporalFailure {
  /// Always the same; what went wrong is in `cause`.
  public var message: String { "child workflow execution error" }
  /// The child's workflow type.
  public var workflowType: String
  /// The child.
  public var execution: WorkflowExecution
  /// The failure as the server or the engine gave it.
  public var failure: Temporal_Api_Failure_V1_Failure
  /// How the child failed.
  public var cause: (any Error)?

  init(_ failure: Temporal_Api_Failure_V1_Failure, cause: (any Error)?) {
    self.failure = failure
    self.cause = cause
    let info = failure.childWorkflowExecutionFailureInfo
    workflowType = info.workflowType.name
    execution = WorkflowExecution(workflowID: info.workflowExecution.workflowID, runID: info.workflowExecution.runID)
  }
}

/// A child was not started, since one with its id runs already.
public struct ChildWorkflowAlreadyStartedError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Makes the error.
  public init() {}

  /// The Go SDK's text.
  public var description: String { "child workflow execution already started" }
}
