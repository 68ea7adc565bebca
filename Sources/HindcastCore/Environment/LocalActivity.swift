public import TemporalAPI

/// A local activity that workflow code asks for: one that the worker runs within the workflow task.
public struct LocalActivityRequest: Sendable {
  /// The id under which its marker stands in the history; the environment gives it.
  public internal(set) var id = ""
  /// The activity's type.
  public var type: String
  /// The arguments; nil for none.
  public var input: Temporal_Api_Common_V1_Payloads?
  /// The header.
  public var header = Temporal_Api_Common_V1_Header()
  /// The longest time from `scheduledTime` to the end, retries included; zero: no limit.
  public var scheduleToCloseTimeout: Duration = .zero
  /// The longest time of one attempt; zero: no limit.
  public var startToCloseTimeout: Duration = .zero
  /// When to try again; nil: never.
  public var retryPolicy: Temporal_Api_Common_V1_RetryPolicy?
  /// Which attempt this is, counted from 1: more where a timer stood between the attempts.
  public var attempt: Int32 = 1
  /// When the code asked for it first; nil: now.
  public var scheduledTime: WorkflowTime?
  /// How long before the present task the code asked for it first.
  public internal(set) var age: Duration = .zero
  /// A line for the UI.
  public var summary: Temporal_Api_Common_V1_Payload?

  /// Makes a request without limits.
  public init(type: String, input: Temporal_Api_Common_V1_Payloads? = nil) {
    self.type = type
    self.input = input
  }
}

/// A local activity that was asked for.
public struct LocalActivityHandle: Hashable, Sendable {
  /// The operation that gets the result.
  public var operation: OperationID
  /// The id under which the marker names it.
  public var id: String
}

/// How the attempts at a local activity came out that one workflow task has room for.
public struct LocalActivityOutcome: Sendable {
  /// The result, or the last attempt's failure.
  public var result: Result<Temporal_Api_Common_V1_Payloads?, LocalActivityFailure>
  /// The last attempt, counted from 1.
  public var attempt: Int32
  /// How long a timer is to wait before the next attempt; zero: there is none.
  public var backoffNanoseconds: Int64

  /// Makes an outcome.
  public init(
    _ result: Result<Temporal_Api_Common_V1_Payloads?, LocalActivityFailure>, attempt: Int32,
    backoffNanoseconds: Int64 = 0
  ) {
    self.result = result
    self.attempt = attempt
    self.backoffNanoseconds = backoffNanoseconds
  }
}

/// What a local activity failed with.
public struct LocalActivityFailure: Error, Sendable {
  /// The failure as the history keeps it.
  public var failure: Temporal_Api_Failure_V1_Failure

  /// Wraps a failure.
  public init(_ failure: Temporal_Api_Failure_V1_Failure) { self.failure = failure }
}

/// What a task asks of whoever runs local activities.
public struct LocalActivityOrders: Sendable {
  /// What is to be started, in the order in which the code asked.
  public var starts: [LocalActivityRequest] = []
  /// The ids of those that the code has cancelled, in that order.
  public var cancellations: [String] = []
}
