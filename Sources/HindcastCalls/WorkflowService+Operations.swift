private import SwiftProtobuf
public import TemporalServiceAPI

/// Calls of operators and tools.
extension WorkflowService {
  /// Marks a namespace as deprecated.
  public static let deprecateNamespace = method(
    "DeprecateNamespace", Temporal_Api_Workflowservice_V1_DeprecateNamespaceRequest.self,
    Temporal_Api_Workflowservice_V1_DeprecateNamespaceResponse.self)

  /// Lists search attributes and their types.
  public static let getSearchAttributes = method(
    "GetSearchAttributes", Temporal_Api_Workflowservice_V1_GetSearchAttributesRequest.self,
    Temporal_Api_Workflowservice_V1_GetSearchAttributesResponse.self)

  /// Changes the options of a running workflow.
  public static let updateWorkflowExecutionOptions = method(
    "UpdateWorkflowExecutionOptions", Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionOptionsRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionOptionsResponse.self)

  /// Holds a run's tasks back.
  public static let pauseWorkflowExecution = method(
    "PauseWorkflowExecution", Temporal_Api_Workflowservice_V1_PauseWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_PauseWorkflowExecutionResponse.self)

  /// Lets a paused run go on.
  public static let unpauseWorkflowExecution = method(
    "UnpauseWorkflowExecution", Temporal_Api_Workflowservice_V1_UnpauseWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_UnpauseWorkflowExecutionResponse.self)

  /// Waits until a run's fast-forward is over.
  public static let pollWorkflowExecutionTimeSkipping = method(
    "PollWorkflowExecutionTimeSkipping", Temporal_Api_Workflowservice_V1_PollWorkflowExecutionTimeSkippingRequest.self,
    Temporal_Api_Workflowservice_V1_PollWorkflowExecutionTimeSkippingResponse.self, patience: .longPoll)

  /// Lists open runs (deprecated).
  public static let listOpenWorkflowExecutions = method(
    "ListOpenWorkflowExecutions", Temporal_Api_Workflowservice_V1_ListOpenWorkflowExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_ListOpenWorkflowExecutionsResponse.self)

  /// Lists closed runs (deprecated).
  public static let listClosedWorkflowExecutions = method(
    "ListClosedWorkflowExecutions", Temporal_Api_Workflowservice_V1_ListClosedWorkflowExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_ListClosedWorkflowExecutionsResponse.self)

  /// Lists runs in no particular order (deprecated).
  public static let scanWorkflowExecutions = method(
    "ScanWorkflowExecutions", Temporal_Api_Workflowservice_V1_ScanWorkflowExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_ScanWorkflowExecutionsResponse.self)

  /// Lists archived runs.
  public static let listArchivedWorkflowExecutions = method(
    "ListArchivedWorkflowExecutions", Temporal_Api_Workflowservice_V1_ListArchivedWorkflowExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_ListArchivedWorkflowExecutionsResponse.self)

  /// Lists the partitions of a task queue.
  public static let listTaskQueuePartitions = method(
    "ListTaskQueuePartitions", Temporal_Api_Workflowservice_V1_ListTaskQueuePartitionsRequest.self,
    Temporal_Api_Workflowservice_V1_ListTaskQueuePartitionsResponse.self)

  /// Sets at which rate a task queue hands out its tasks.
  public static let updateTaskQueueConfig = method(
    "UpdateTaskQueueConfig", Temporal_Api_Workflowservice_V1_UpdateTaskQueueConfigRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateTaskQueueConfigResponse.self)

  /// Tells the server how workers do.
  public static let recordWorkerHeartbeat = method(
    "RecordWorkerHeartbeat", Temporal_Api_Workflowservice_V1_RecordWorkerHeartbeatRequest.self,
    Temporal_Api_Workflowservice_V1_RecordWorkerHeartbeatResponse.self)

  /// Lists workers that send heartbeats.
  public static let listWorkers = method(
    "ListWorkers", Temporal_Api_Workflowservice_V1_ListWorkersRequest.self,
    Temporal_Api_Workflowservice_V1_ListWorkersResponse.self)

  /// Counts workers that send heartbeats.
  public static let countWorkers = method(
    "CountWorkers", Temporal_Api_Workflowservice_V1_CountWorkersRequest.self,
    Temporal_Api_Workflowservice_V1_CountWorkersResponse.self)

  /// Tells what a worker last reported.
  public static let describeWorker = method(
    "DescribeWorker", Temporal_Api_Workflowservice_V1_DescribeWorkerRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeWorkerResponse.self)
}
