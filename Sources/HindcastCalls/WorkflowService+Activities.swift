private import SwiftProtobuf
public import TemporalServiceAPI

/// Activities that are operated from outside, and activities without a workflow.
extension WorkflowService {
  /// Holds an activity's next attempts back.
  public static let pauseActivity = method(
    "PauseActivity", Temporal_Api_Workflowservice_V1_PauseActivityRequest.self,
    Temporal_Api_Workflowservice_V1_PauseActivityResponse.self)

  /// Lets a paused activity go on.
  public static let unpauseActivity = method(
    "UnpauseActivity", Temporal_Api_Workflowservice_V1_UnpauseActivityRequest.self,
    Temporal_Api_Workflowservice_V1_UnpauseActivityResponse.self)

  /// Sets an activity back to its first attempt.
  public static let resetActivity = method(
    "ResetActivity", Temporal_Api_Workflowservice_V1_ResetActivityRequest.self,
    Temporal_Api_Workflowservice_V1_ResetActivityResponse.self)

  /// Changes a pending activity's timeouts, retry policy or queue.
  public static let updateActivityOptions = method(
    "UpdateActivityOptions", Temporal_Api_Workflowservice_V1_UpdateActivityOptionsRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateActivityOptionsResponse.self)

  /// Holds the next attempts of an activity back, with or without a workflow.
  public static let pauseActivityExecution = method(
    "PauseActivityExecution", Temporal_Api_Workflowservice_V1_PauseActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_PauseActivityExecutionResponse.self)

  /// Lets a paused activity go on, with or without a workflow.
  public static let unpauseActivityExecution = method(
    "UnpauseActivityExecution", Temporal_Api_Workflowservice_V1_UnpauseActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_UnpauseActivityExecutionResponse.self)

  /// Sets an activity back to its first attempt, with or without a workflow.
  public static let resetActivityExecution = method(
    "ResetActivityExecution", Temporal_Api_Workflowservice_V1_ResetActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_ResetActivityExecutionResponse.self)

  /// Changes an activity's timeouts, retry policy or queue, with or without a workflow.
  public static let updateActivityExecutionOptions = method(
    "UpdateActivityExecutionOptions", Temporal_Api_Workflowservice_V1_UpdateActivityExecutionOptionsRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateActivityExecutionOptionsResponse.self)

  /// Starts an activity without a workflow.
  public static let startActivityExecution = method(
    "StartActivityExecution", Temporal_Api_Workflowservice_V1_StartActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_StartActivityExecutionResponse.self)

  /// Tells the state of an activity without a workflow.
  public static let describeActivityExecution = method(
    "DescribeActivityExecution", Temporal_Api_Workflowservice_V1_DescribeActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeActivityExecutionResponse.self, patience: .longPoll)

  /// Waits for the outcome of an activity without a workflow.
  public static let pollActivityExecution = method(
    "PollActivityExecution", Temporal_Api_Workflowservice_V1_PollActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_PollActivityExecutionResponse.self, patience: .longPoll)

  /// Lists activities without a workflow.
  public static let listActivityExecutions = method(
    "ListActivityExecutions", Temporal_Api_Workflowservice_V1_ListActivityExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_ListActivityExecutionsResponse.self)

  /// Counts activities without a workflow.
  public static let countActivityExecutions = method(
    "CountActivityExecutions", Temporal_Api_Workflowservice_V1_CountActivityExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_CountActivityExecutionsResponse.self)

  /// Asks an activity without a workflow to cancel itself.
  public static let requestCancelActivityExecution = method(
    "RequestCancelActivityExecution", Temporal_Api_Workflowservice_V1_RequestCancelActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_RequestCancelActivityExecutionResponse.self)

  /// Ends an activity without a workflow at once.
  public static let terminateActivityExecution = method(
    "TerminateActivityExecution", Temporal_Api_Workflowservice_V1_TerminateActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_TerminateActivityExecutionResponse.self)

  /// Deletes an activity without a workflow.
  public static let deleteActivityExecution = method(
    "DeleteActivityExecution", Temporal_Api_Workflowservice_V1_DeleteActivityExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_DeleteActivityExecutionResponse.self)
}
