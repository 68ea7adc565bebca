internal import SwiftProtobuf
public import TemporalServiceAPI

/// The calls of `temporal.api.workflowservice.v1.WorkflowService` that Hindcast makes.
///
/// Which of them are long polls, and for how long the server holds them, is from `server.md` 3.6, 13 and 14.1.
public enum WorkflowService {
  /// The service's name on the wire.
  public static let name = "temporal.api.workflowservice.v1.WorkflowService"

  static func method<Request: Message, Response: Message>(
    _ name: String, _ request: Request.Type, _ response: Response.Type, patience: CallPatience = .prompt
  ) -> ServiceMethod<Request, Response> {
    ServiceMethod(name, of: Self.name, request, response, patience: patience)
  }

  /// Tells the server's version and what it can do.
  public static let getSystemInfo = method(
    "GetSystemInfo", Temporal_Api_Workflowservice_V1_GetSystemInfoRequest.self,
    Temporal_Api_Workflowservice_V1_GetSystemInfoResponse.self)

  /// Tells the cluster's id, name and supported clients.
  public static let getClusterInfo = method(
    "GetClusterInfo", Temporal_Api_Workflowservice_V1_GetClusterInfoRequest.self,
    Temporal_Api_Workflowservice_V1_GetClusterInfoResponse.self)

  /// Tells a namespace's id, retention and capabilities.
  public static let describeNamespace = method(
    "DescribeNamespace", Temporal_Api_Workflowservice_V1_DescribeNamespaceRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeNamespaceResponse.self)

  /// Makes a namespace; it is usable some seconds later.
  public static let registerNamespace = method(
    "RegisterNamespace", Temporal_Api_Workflowservice_V1_RegisterNamespaceRequest.self,
    Temporal_Api_Workflowservice_V1_RegisterNamespaceResponse.self)

  /// Changes a namespace's description, owner or retention.
  public static let updateNamespace = method(
    "UpdateNamespace", Temporal_Api_Workflowservice_V1_UpdateNamespaceRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateNamespaceResponse.self)

  /// Lists the namespaces, a page at a time.
  public static let listNamespaces = method(
    "ListNamespaces", Temporal_Api_Workflowservice_V1_ListNamespacesRequest.self,
    Temporal_Api_Workflowservice_V1_ListNamespacesResponse.self)

  // MARK: Starting and talking to workflows

  /// Starts a workflow run. A `requestID` makes a retry harmless.
  public static let startWorkflowExecution = method(
    "StartWorkflowExecution", Temporal_Api_Workflowservice_V1_StartWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_StartWorkflowExecutionResponse.self)

  /// Starts a workflow and sends it an update, in one transaction.
  public static let executeMultiOperation = method(
    "ExecuteMultiOperation", Temporal_Api_Workflowservice_V1_ExecuteMultiOperationRequest.self,
    Temporal_Api_Workflowservice_V1_ExecuteMultiOperationResponse.self)

  /// Sends a signal to a workflow. A `requestID` makes a retry harmless.
  public static let signalWorkflowExecution = method(
    "SignalWorkflowExecution", Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionResponse.self)

  /// Sends a signal and starts the workflow if none runs under the id.
  public static let signalWithStartWorkflowExecution = method(
    "SignalWithStartWorkflowExecution", Temporal_Api_Workflowservice_V1_SignalWithStartWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_SignalWithStartWorkflowExecutionResponse.self)

  /// Asks a workflow to cancel itself.
  public static let requestCancelWorkflowExecution = method(
    "RequestCancelWorkflowExecution", Temporal_Api_Workflowservice_V1_RequestCancelWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_RequestCancelWorkflowExecutionResponse.self)

  /// Ends a workflow at once, without its code having a say.
  public static let terminateWorkflowExecution = method(
    "TerminateWorkflowExecution", Temporal_Api_Workflowservice_V1_TerminateWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_TerminateWorkflowExecutionResponse.self)

  /// Ends a run and starts another from a point in its history.
  public static let resetWorkflowExecution = method(
    "ResetWorkflowExecution", Temporal_Api_Workflowservice_V1_ResetWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_ResetWorkflowExecutionResponse.self)

  /// Deletes a run and its history; the answer comes before it is gone.
  public static let deleteWorkflowExecution = method(
    "DeleteWorkflowExecution", Temporal_Api_Workflowservice_V1_DeleteWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_DeleteWorkflowExecutionResponse.self)

  /// Asks a workflow a question that a worker answers without writing history.
  public static let queryWorkflow = method(
    "QueryWorkflow", Temporal_Api_Workflowservice_V1_QueryWorkflowRequest.self,
    Temporal_Api_Workflowservice_V1_QueryWorkflowResponse.self)

  /// Sends an update and waits for the stage in its wait policy, at most about 20 seconds.
  public static let updateWorkflowExecution = method(
    "UpdateWorkflowExecution", Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_UpdateWorkflowExecutionResponse.self, patience: .longPoll)

  /// Waits for a stage of an update that was sent before.
  public static let pollWorkflowExecutionUpdate = method(
    "PollWorkflowExecutionUpdate", Temporal_Api_Workflowservice_V1_PollWorkflowExecutionUpdateRequest.self,
    Temporal_Api_Workflowservice_V1_PollWorkflowExecutionUpdateResponse.self, patience: .longPoll)

  // MARK: Reading

  /// Tells a run's status, pending work and configuration.
  public static let describeWorkflowExecution = method(
    "DescribeWorkflowExecution", Temporal_Api_Workflowservice_V1_DescribeWorkflowExecutionRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeWorkflowExecutionResponse.self)

  /// Reads a page of a history; with `waitNewEvent` it waits up to 20 seconds for more.
  public static let getWorkflowExecutionHistory = method(
    "GetWorkflowExecutionHistory", Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest.self,
    Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse.self, patience: .longPoll)

  /// Reads a page of a history, newest event first.
  public static let getWorkflowExecutionHistoryReverse = method(
    "GetWorkflowExecutionHistoryReverse",
    Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryReverseRequest.self,
    Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryReverseResponse.self)

  /// Lists runs by a visibility query, a page at a time.
  public static let listWorkflowExecutions = method(
    "ListWorkflowExecutions", Temporal_Api_Workflowservice_V1_ListWorkflowExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_ListWorkflowExecutionsResponse.self)

  /// Counts runs by a visibility query.
  public static let countWorkflowExecutions = method(
    "CountWorkflowExecutions", Temporal_Api_Workflowservice_V1_CountWorkflowExecutionsRequest.self,
    Temporal_Api_Workflowservice_V1_CountWorkflowExecutionsResponse.self)

  /// Tells who polls a task queue and how much waits in it.
  public static let describeTaskQueue = method(
    "DescribeTaskQueue", Temporal_Api_Workflowservice_V1_DescribeTaskQueueRequest.self,
    Temporal_Api_Workflowservice_V1_DescribeTaskQueueResponse.self)

  // MARK: Workflow workers

  /// Waits for a workflow task; an answer without a token means there was none.
  public static let pollWorkflowTaskQueue = method(
    "PollWorkflowTaskQueue", Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest.self,
    Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse.self, patience: .longPoll)

  /// Answers a workflow task with commands.
  public static let respondWorkflowTaskCompleted = method(
    "RespondWorkflowTaskCompleted", Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondWorkflowTaskCompletedResponse.self)

  /// Tells that a workflow task could not be worked; the server hands it out again.
  public static let respondWorkflowTaskFailed = method(
    "RespondWorkflowTaskFailed", Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondWorkflowTaskFailedResponse.self)

  /// Answers a query that came as a task of its own.
  public static let respondQueryTaskCompleted = method(
    "RespondQueryTaskCompleted", Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondQueryTaskCompletedResponse.self)

  /// Makes a workflow's next task go to the normal queue.
  public static let resetStickyTaskQueue = method(
    "ResetStickyTaskQueue", Temporal_Api_Workflowservice_V1_ResetStickyTaskQueueRequest.self,
    Temporal_Api_Workflowservice_V1_ResetStickyTaskQueueResponse.self)

  /// Tells that a worker leaves, so that its sticky queue is given up at once.
  public static let shutdownWorker = method(
    "ShutdownWorker", Temporal_Api_Workflowservice_V1_ShutdownWorkerRequest.self,
    Temporal_Api_Workflowservice_V1_ShutdownWorkerResponse.self)

  // MARK: Activity workers

  /// Waits for an activity task; an answer without a token means there was none.
  public static let pollActivityTaskQueue = method(
    "PollActivityTaskQueue", Temporal_Api_Workflowservice_V1_PollActivityTaskQueueRequest.self,
    Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse.self, patience: .longPoll)

  /// Tells that an activity is alive; the answer tells whether it should stop.
  public static let recordActivityTaskHeartbeat = method(
    "RecordActivityTaskHeartbeat", Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatRequest.self,
    Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatResponse.self)

  /// As ``recordActivityTaskHeartbeat``, by workflow and activity id.
  public static let recordActivityTaskHeartbeatByID = method(
    "RecordActivityTaskHeartbeatById", Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatByIdRequest.self,
    Temporal_Api_Workflowservice_V1_RecordActivityTaskHeartbeatByIdResponse.self)

  /// Answers an activity task with its result.
  public static let respondActivityTaskCompleted = method(
    "RespondActivityTaskCompleted", Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedResponse.self)

  /// As ``respondActivityTaskCompleted``, by workflow and activity id.
  public static let respondActivityTaskCompletedByID = method(
    "RespondActivityTaskCompletedById", Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedByIdRequest.self,
    Temporal_Api_Workflowservice_V1_RespondActivityTaskCompletedByIdResponse.self)

  /// Answers an activity task with a failure; the server may retry it.
  public static let respondActivityTaskFailed = method(
    "RespondActivityTaskFailed", Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedRequest.self,
    Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedResponse.self)

  /// As ``respondActivityTaskFailed``, by workflow and activity id.
  public static let respondActivityTaskFailedByID = method(
    "RespondActivityTaskFailedById", Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedByIdRequest.self,
    Temporal_Api_Workflowservice_V1_RespondActivityTaskFailedByIdResponse.self)

  /// Answers an activity task whose cancellation was requested.
  public static let respondActivityTaskCanceled = method(
    "RespondActivityTaskCanceled", Temporal_Api_Workflowservice_V1_RespondActivityTaskCanceledRequest.self,
    Temporal_Api_Workflowservice_V1_RespondActivityTaskCanceledResponse.self)

  /// As ``respondActivityTaskCanceled``, by workflow and activity id.
  public static let respondActivityTaskCanceledByID = method(
    "RespondActivityTaskCanceledById", Temporal_Api_Workflowservice_V1_RespondActivityTaskCanceledByIdRequest.self,
    Temporal_Api_Workflowservice_V1_RespondActivityTaskCanceledByIdResponse.self)
}
