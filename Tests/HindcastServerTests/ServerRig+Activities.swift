import HindcastCalls
import HindcastHistory
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

@testable import HindcastServer

// Polling and answering activities.

extension ServerRig {
  /// Takes the attempt that waits in a queue.
  mutating func pollActivity(queue: String = "queue", identity: String = "worker") throws -> ActivityTaskPollResponse {
    try call(WorkflowService.pollActivityTaskQueue, activityPoll(queue: queue, identity: identity))
  }

  /// A poll that may wait.
  mutating func beginActivityPoll(queue: String = "queue") -> CallID {
    begin(WorkflowService.pollActivityTaskQueue, activityPoll(queue: queue, identity: "worker"))
  }

  private func activityPoll(queue: String, identity: String) -> ActivityTaskPollRequest {
    .with {
      $0.namespace = "default"
      $0.taskQueue.name = queue
      $0.identity = identity
    }
  }

  mutating func completeActivity(_ task: ActivityTaskPollResponse, _ result: String = "done") throws {
    try call(
      WorkflowService.respondActivityTaskCompleted,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.result = Payloads(text: result)
      })
  }

  @discardableResult
  mutating func failActivity(
    _ task: ActivityTaskPollResponse, _ message: String = "failed",
    _ change: (inout Temporal_Api_Failure_V1_ApplicationFailureInfo) -> Void = { _ in }
  ) throws -> Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedResponse {
    var info = Temporal_Api_Failure_V1_ApplicationFailureInfo()
    change(&info)
    return try call(
      WorkflowService.respondActivityTaskFailed,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.failure.message = message
        $0.failure.applicationFailureInfo = info
      })
  }

  mutating func reportActivityCanceled(_ task: ActivityTaskPollResponse) throws {
    try call(
      WorkflowService.respondActivityTaskCanceled,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        $0.details = Payloads(text: "stopped")
      })
  }

  @discardableResult
  mutating func heartbeat(
    _ task: ActivityTaskPollResponse, _ details: String? = nil
  ) throws -> Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatResponse {
    try call(
      WorkflowService.recordActivityTaskHeartbeat,
      .with {
        $0.namespace = "default"
        $0.taskToken = task.taskToken
        $0.identity = "worker"
        if let details { $0.details = Payloads(text: details) }
      })
  }

  /// Starts a run whose first workflow task schedules one activity, the event 5.
  ///
  /// - Returns: The run's id.
  mutating func startWithActivity(
    _ change: (inout Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes) -> Void = { _ in }
  ) throws -> String {
    let runID = try start()
    try complete(pollTask(), .scheduleActivity("1", change))
    return runID
  }
}

extension Command {
  /// Schedules an activity of 10 s on the queue `queue`.
  static func scheduleActivity(
    _ id: String = "1",
    _ change: (inout Temporal_Api_Command_V1_ScheduleActivityTaskCommandAttributes) -> Void = { _ in }
  ) -> Command {
    .with {
      $0.commandType = .scheduleActivityTask
      $0.scheduleActivityTaskCommandAttributes.activityID = id
      $0.scheduleActivityTaskCommandAttributes.activityType.name = "Activity"
      $0.scheduleActivityTaskCommandAttributes.taskQueue.name = "queue"
      $0.scheduleActivityTaskCommandAttributes.startToCloseTimeout = .init(seconds: 10)
      change(&$0.scheduleActivityTaskCommandAttributes)
    }
  }

  /// Asks for the cancellation of an activity by its scheduled event.
  static func cancelActivity(_ scheduledEventID: Int64) -> Command {
    .with {
      $0.commandType = .requestCancelActivityTask
      $0.requestCancelActivityTaskCommandAttributes.scheduledEventID = scheduledEventID
    }
  }
}
