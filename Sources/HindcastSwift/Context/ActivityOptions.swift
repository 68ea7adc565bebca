import HindcastCore
import SwiftProtobuf
import TemporalAPI

/// How an activity is scheduled. The server wants at least one of `startToCloseTimeout` and `scheduleToCloseTimeout`.
public struct ActivityOptions: Sendable, Hashable {
  /// The task queue; nil: the workflow's own.
  public var taskQueue: String?
  /// The activity's id; nil: the id of its event.
  public var activityID: String?
  /// The longest time from scheduling to the end, retries included; zero: no limit.
  public var scheduleToCloseTimeout: Duration
  /// The longest time in the queue; zero: no limit.
  public var scheduleToStartTimeout: Duration
  /// The longest time of one attempt; zero: no limit.
  public var startToCloseTimeout: Duration
  /// The longest time between two heartbeats; zero: no heartbeats.
  public var heartbeatTimeout: Duration
  /// Whether a cancelled activity is waited for until the server has its word.
  public var waitsForCancellation: Bool
  /// How the server retries; nil: its default.
  public var retryPolicy: RetryPolicy?
  /// Whether the server must not give the activity to the worker that scheduled it at once.
  public var disablesEagerExecution: Bool
  /// A line for the UI.
  public var summary: String?

  /// Makes options.
  public init(
    taskQueue: String? = nil, activityID: String? = nil, scheduleToCloseTimeout: Duration = .zero,
    scheduleToStartTimeout: Duration = .zero, startToCloseTimeout: Duration = .zero, heartbeatTimeout: Duration = .zero,
    waitsForCancellation: Bool = false, retryPolicy: RetryPolicy? = nil, disablesEagerExecution: Bool = false,
    summary: String? = nil
  ) {
    self.taskQueue = taskQueue
    self.activityID = activityID
    self.scheduleToCloseTimeout = scheduleToCloseTimeout
    self.scheduleToStartTimeout = scheduleToStartTimeout
    self.startToCloseTimeout = startToCloseTimeout
    self.heartbeatTimeout = heartbeatTimeout
    self.waitsForCancellation = waitsForCancellation
    self.retryPolicy = retryPolicy
    self.disablesEagerExecution = disablesEagerExecution
    self.summary = summary
  }

  /// Options with nothing but the longest time of one attempt.
  public static func startToClose(_ timeout: Duration) -> ActivityOptions {
    ActivityOptions(startToCloseTimeout: timeout)
  }

  func attributes(
    type: String, input: Temporal_Api_Common_V1_Payloads?, ownTaskQueue: String
  ) -> Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes {
    .with {
      $0.activityID = activityID ?? ""
      $0.activityType.name = type
      $0.taskQueue.name = taskQueue ?? ownTaskQueue
      $0.taskQueue.kind = .normal
      if let input { $0.input = input }
      $0.scheduleToCloseTimeout = Google_Protobuf_Duration(nanoseconds: scheduleToCloseTimeout.nanoseconds)
      $0.scheduleToStartTimeout = Google_Protobuf_Duration(nanoseconds: scheduleToStartTimeout.nanoseconds)
      $0.startToCloseTimeout = Google_Protobuf_Duration(nanoseconds: startToCloseTimeout.nanoseconds)
      $0.heartbeatTimeout = Google_Protobuf_Duration(nanoseconds: heartbeatTimeout.nanoseconds)
      if let retryPolicy { $0.retryPolicy = retryPolicy.message }
      $0.requestEagerExecution = !disablesEagerExecution
    }
  }
}
