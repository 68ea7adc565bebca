public import TemporalAPI

/// Names an operation that workflow code asked the environment for, so that its result finds its way back.
public struct OperationID: Hashable, Sendable {
  /// Counts from 1 in each run.
  public let rawValue: Int

  /// Makes an id; the environment does this.
  public init(rawValue: Int) {
    self.rawValue = rawValue
  }
}

/// How an operation came out.
public enum Resolution: Sendable {
  /// It succeeded: an activity's or child's result, nil for a timer, a signal or a cancel request that was delivered.
  case completed(Temporal_Api_Common_V1_Payloads?)
  /// It failed on the server or in another worker. The failure is wrapped as the Go SDK wraps it: an
  /// `ActivityFailureInfo` or `ChildWorkflowExecutionFailureInfo` outside, the cause inside.
  case failed(Temporal_Api_Failure_V1_Failure)
  /// The environment itself refused or ended it.
  case rejected(OperationRejection)
  /// A child workflow has started; its result follows under the same id.
  case childStarted(runID: String)
  /// A local activity failed, and the code is to ask for it again, as this attempt, when so much time has passed.
  case retry(attempt: Int32, nanoseconds: Int64)
}

/// An operation's end that no failure in the history describes. Texts are the Go SDK's.
public enum OperationRejection: Error, Sendable, Hashable, CustomStringConvertible {
  /// The operation was cancelled by the code itself.
  case canceled
  /// The target of a signal or of a cancel request does not exist.
  case unknownExternalWorkflowExecution
  /// The target's namespace does not exist.
  case namespaceNotFound
  /// A child with this id runs already.
  case childWorkflowAlreadyStarted
  /// Another reason, as the SDK words it.
  case other(String)

  /// The Go SDK's error text.
  public var description: String {
    switch self {
    case .canceled: "canceled"
    case .unknownExternalWorkflowExecution: "unknown external workflow execution"
    case .namespaceNotFound: "namespace not found"
    case .childWorkflowAlreadyStarted: "child workflow execution already started"
    case .other(let text): text
    }
  }
}

/// How workflow code ended.
public enum Completion: Sendable {
  /// It returned.
  case completed(Temporal_Api_Common_V1_Payloads?)
  /// It failed. `isUncaught` tells an error nobody handled (a defect) from a failure that was returned on purpose.
  case failed(Temporal_Api_Failure_V1_Failure, isUncaught: Bool)
  /// It ended as cancelled.
  case canceled(details: Temporal_Api_Common_V1_Payloads?)
  /// It goes on in a new run.
  case continuedAsNew(Temporal_Api_Command_V1_ContinueAsNewWorkflowExecutionCommandAttributes)
}
