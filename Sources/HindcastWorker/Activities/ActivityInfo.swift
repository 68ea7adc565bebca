package import Foundation
package import HindcastCore
public import SwiftProtobuf
public import TemporalAPI
package import TemporalServiceAPI

/// What an activity can know of itself and of the workflow that asked for it.
public struct ActivityInfo: Sendable {
  /// The registered type.
  public var type = ""
  /// The activity's id within the run.
  public var activityID = ""
  /// The workflow's namespace.
  public var namespace = ""
  /// The queue that the activity came from.
  public var taskQueue = ""
  /// The workflow's type.
  public var workflowType = ""
  /// The workflow and its run.
  public var execution = Temporal_Api_Common_V1_WorkflowExecution()
  /// 1 for the first try.
  public var attempt: Int32 = 1
  /// When the workflow asked for it.
  public var scheduledTime = Google_Protobuf_Timestamp()
  /// When this try was handed out.
  public var startedTime = Google_Protobuf_Timestamp()
  /// How long this try may take; zero: not limited.
  public var startToCloseTimeout: Duration = .zero
  /// How long all tries together may take; zero: not limited.
  public var scheduleToCloseTimeout: Duration = .zero
  /// How long the server waits for a heartbeat; zero: it expects none.
  public var heartbeatTimeout: Duration = .zero
  /// What the last try reported with its last heartbeat.
  public var heartbeatDetails: Temporal_Api_Common_V1_Payloads?
  /// When the server tries again.
  public var retryPolicy = Temporal_Api_Common_V1_RetryPolicy()

  /// Makes an empty value, for tests of activities.
  public init() {}

  package init(_ task: Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse, taskQueue: String) {
    type = task.activityType.name
    activityID = task.activityID
    namespace = task.workflowNamespace
    self.taskQueue = taskQueue
    workflowType = task.workflowType.name
    execution = task.workflowExecution
    attempt = max(1, task.attempt)
    scheduledTime = task.scheduledTime
    startedTime = task.startedTime
    startToCloseTimeout = Duration(task.startToCloseTimeout)
    scheduleToCloseTimeout = Duration(task.scheduleToCloseTimeout)
    heartbeatTimeout = Duration(task.heartbeatTimeout)
    heartbeatDetails = task.hasHeartbeatDetails ? task.heartbeatDetails : nil
    retryPolicy = task.retryPolicy
  }

  /// What a local activity knows.
  ///
  /// - Parameters:
  ///   - start: When this attempt begins.
  ///   - age: How long before that the workflow asked for it.
  package init(
    _ request: LocalActivityRequest, attempt: Int32, of task: WorkflowTask, at start: Date, scheduled age: Duration
  ) {
    type = request.type
    activityID = request.id
    namespace = task.namespace
    taskQueue = task.polled.workflowExecutionTaskQueue.name
    workflowType = task.polled.workflowType.name
    execution = task.polled.workflowExecution
    self.attempt = attempt
    startedTime = Google_Protobuf_Timestamp(date: start)
    scheduledTime = Google_Protobuf_Timestamp(date: start - age / .seconds(1))
    startToCloseTimeout = request.startToCloseTimeout
    scheduleToCloseTimeout = request.scheduleToCloseTimeout
    retryPolicy = request.retryPolicy ?? .init()
  }

  /// The activity in log lines; a function that no workflow called is one, too.
  var logFields: [WorkerLogLine.Field] {
    if execution.workflowID.isEmpty { return [.init("function", type)] }
    return [
      .init("activityType", type), .init("activityId", activityID), .init("attempt", "\(attempt)"),
      .init("workflowId", execution.workflowID), .init("runId", execution.runID),
    ]
  }

  /// How long the activity has from now on; `nil` where nothing limits it.
  ///
  /// Reckoned with the server's times only, so that clocks that differ do not matter.
  var remainingTime: Duration? {
    let elapsed = Duration(from: scheduledTime, to: startedTime)
    let limits = [
      startToCloseTimeout > .zero ? startToCloseTimeout : nil,
      scheduleToCloseTimeout > .zero ? scheduleToCloseTimeout - elapsed : nil,
    ]
    return limits.compactMap { $0 }.min()
  }
}

extension Duration {
  package init(_ duration: Google_Protobuf_Duration) {
    self = .seconds(duration.seconds) + .nanoseconds(duration.nanos)
  }

  init(from start: Google_Protobuf_Timestamp, to end: Google_Protobuf_Timestamp) {
    self = .seconds(end.seconds - start.seconds) + .nanoseconds(end.nanos - start.nanos)
  }
}
