package import HindcastHistory
package import TemporalAPI
package import TemporalServiceAPI

/// An activity task as the server handed it out.
package struct ActivityTask: Sendable {
  package typealias Polled = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse

  /// The answer to the poll.
  package var polled: Polled
  /// The queue that the task came from.
  package var taskQueue: String

  package init(polled: Polled, taskQueue: String) {
    self.polled = polled
    self.taskQueue = taskQueue
  }

  /// What the activity's code may know.
  package var info: ActivityInfo { ActivityInfo(polled, taskQueue: taskQueue) }
  /// The arguments.
  package var input: Payloads? { polled.hasInput ? polled.input : nil }
  /// What the workflow sent along.
  package var header: Temporal_Api_Common_V1_Header? { polled.hasHeader ? polled.header : nil }
}

extension ActivityCancellation {
  /// Why the activity should stop, as the answer to its heartbeat says; `nil`: it may go on.
  package init?(_ answer: Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatResponse) {
    if answer.cancelRequested {
      self = .requested
    } else if answer.activityPaused || answer.activityReset {
      self = .paused
    } else {
      return nil
    }
  }
}
