internal import HindcastServer

/// How long calls wait for something that does not come (`server.md` 3.6, 13, 14.1).
enum CallLimits {
  /// The longest that the server itself lets a call of the method wait.
  static func longestWait(of method: MethodName) -> Duration {
    switch method.name {
    case "PollWorkflowTaskQueue", "PollActivityTaskQueue", "PollNexusTaskQueue": .seconds(60)
    case "GetWorkflowExecutionHistory", "UpdateWorkflowExecution", "PollWorkflowExecutionUpdate",
      "ExecuteMultiOperation", "PollActivityExecution", "DescribeActivityExecution",
      "PollWorkflowExecutionTimeSkipping":
      .seconds(20)
    default: .seconds(3_600)
    }
  }

  /// How long before its caller would give up a call is answered.
  static func margin(of timeout: Duration) -> Duration { min(timeout / 10, .milliseconds(500)) }
}
