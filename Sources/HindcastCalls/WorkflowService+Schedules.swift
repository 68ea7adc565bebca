private import SwiftProtobuf
public import TemporalServiceAPI

/// Schedules and batch operations.
extension WorkflowService {
  /// Makes a schedule.
  public static let createSchedule = method(
    "CreateSchedule", Temporal_Api_Workflowservice_V1_CreateScheduleRequest.self,
    Temporal_Api_Workflowservice_V1_CreateScheduleResponse.self)

  /// Tells a schedule's specification and what it did.
  public static let describeSchedule = method(
    "DescribeSchedule", Temporal_Api_Workflowservice_V1_DescribeScheduleRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeScheduleResponse.self)

  /// Replaces a schedule's specification.
  public static let updateSchedule = method(
    "UpdateSchedule", Temporal_Api_Workflowservice_V1_UpdateScheduleRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateScheduleResponse.self)

  /// Triggers, backfills, pauses or unpauses a schedule.
  public static let patchSchedule = method(
    "PatchSchedule", Temporal_Api_Workflowservice_V1_PatchScheduleRequest.self,
    Temporal_Api_Workflowservice_V1_PatchScheduleResponse.self)

  /// Deletes a schedule; the runs that it started stay.
  public static let deleteSchedule = method(
    "DeleteSchedule", Temporal_Api_Workflowservice_V1_DeleteScheduleRequest.self,
    Temporal_Api_Workflowservice_V1_DeleteScheduleResponse.self)

  /// Lists schedules.
  public static let listSchedules = method(
    "ListSchedules", Temporal_Api_Workflowservice_V1_ListSchedulesRequest.self,
    Temporal_Api_Workflowservice_V1_ListSchedulesResponse.self)

  /// Lists the times at which a schedule acts.
  public static let listScheduleMatchingTimes = method(
    "ListScheduleMatchingTimes", Temporal_Api_Workflowservice_V1_ListScheduleMatchingTimesRequest.self,
    Temporal_Api_Workflowservice_V1_ListScheduleMatchingTimesResponse.self)

  /// Counts schedules.
  public static let countSchedules = method(
    "CountSchedules", Temporal_Api_Workflowservice_V1_CountSchedulesRequest.self,
    Temporal_Api_Workflowservice_V1_CountSchedulesResponse.self)

  /// Starts an operation on many runs.
  public static let startBatchOperation = method(
    "StartBatchOperation", Temporal_Api_Workflowservice_V1_StartBatchOperationRequest.self,
    Temporal_Api_Workflowservice_V1_StartBatchOperationResponse.self)

  /// Tells how far a batch operation is.
  public static let describeBatchOperation = method(
    "DescribeBatchOperation", Temporal_Api_Workflowservice_V1_DescribeBatchOperationRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeBatchOperationResponse.self)

  /// Lists batch operations.
  public static let listBatchOperations = method(
    "ListBatchOperations", Temporal_Api_Workflowservice_V1_ListBatchOperationsRequest.self,
    Temporal_Api_Workflowservice_V1_ListBatchOperationsResponse.self)

  /// Stops a batch operation.
  public static let stopBatchOperation = method(
    "StopBatchOperation", Temporal_Api_Workflowservice_V1_StopBatchOperationRequest.self,
    Temporal_Api_Workflowservice_V1_StopBatchOperationResponse.self)
}
