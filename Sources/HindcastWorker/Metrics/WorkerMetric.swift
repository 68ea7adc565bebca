/// What a worker measures, under the names that Temporal's SDKs give it.
package enum WorkerMetric: String, Sendable, CaseIterable {
  case workflowCompleted = "temporal_workflow_completed"
  case workflowCanceled = "temporal_workflow_canceled"
  case workflowFailed = "temporal_workflow_failed"
  case workflowContinueAsNew = "temporal_workflow_continue_as_new"

  case workflowTaskPollEmpty = "temporal_workflow_task_queue_poll_empty"
  case workflowTaskPollSucceed = "temporal_workflow_task_queue_poll_succeed"
  case workflowTaskScheduleToStartLatency = "temporal_workflow_task_schedule_to_start_latency"
  case workflowTaskExecutionLatency = "temporal_workflow_task_execution_latency"
  case workflowTaskExecutionFailed = "temporal_workflow_task_execution_failed"

  case activityPollNoTask = "temporal_activity_poll_no_task"
  case activityScheduleToStartLatency = "temporal_activity_schedule_to_start_latency"
  case activityExecutionLatency = "temporal_activity_execution_latency"
  case activityExecutionFailed = "temporal_activity_execution_failed"
  case activitySucceedEndToEndLatency = "temporal_activity_succeed_endtoend_latency"
  case unregisteredActivityInvocation = "temporal_unregistered_activity_invocation"

  case localActivityTotal = "temporal_local_activity_total"
  case localActivityExecutionLatency = "temporal_local_activity_execution_latency"
  case localActivityExecutionFailed = "temporal_local_activity_execution_failed"
  case localActivityExecutionCancelled = "temporal_local_activity_execution_cancelled"

  case slotsAvailable = "temporal_worker_task_slots_available"
  case slotsUsed = "temporal_worker_task_slots_used"
  case pollers = "temporal_num_pollers"

  case stickyCacheHit = "temporal_sticky_cache_hit"
  case stickyCacheMiss = "temporal_sticky_cache_miss"
  case stickyCacheSize = "temporal_sticky_cache_size"

  case request = "temporal_request"
  case requestFailure = "temporal_request_failure"
  case requestLatency = "temporal_request_latency"
  case longRequest = "temporal_long_request"
  case longRequestFailure = "temporal_long_request_failure"
  case longRequestLatency = "temporal_long_request_latency"

  /// What all of them tell, by their names.
  package static var explanations: [String: String] {
    Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.explanation) })
  }

  /// What it tells, in one sentence, for whoever shows metrics.
  package var explanation: String {
    switch self {
    case .workflowCompleted: "Workflow runs that completed."
    case .workflowCanceled: "Workflow runs that ended as cancelled."
    case .workflowFailed: "Workflow runs that failed."
    case .workflowContinueAsNew: "Workflow runs that continued as new."
    case .workflowTaskPollEmpty: "Polls for workflow tasks that ended without one."
    case .workflowTaskPollSucceed: "Polls for workflow tasks that brought one."
    case .workflowTaskScheduleToStartLatency: "Time that workflow tasks waited for a worker."
    case .workflowTaskExecutionLatency: "Time to work a workflow task."
    case .workflowTaskExecutionFailed: "Workflow tasks that could not be completed."
    case .activityPollNoTask: "Polls for activity tasks that ended without one."
    case .activityScheduleToStartLatency: "Time that activity tasks waited for a worker."
    case .activityExecutionLatency: "Time to run an activity."
    case .activityExecutionFailed: "Attempts of activities that failed."
    case .activitySucceedEndToEndLatency: "Time from an activity's scheduling to its success, retries included."
    case .unregisteredActivityInvocation: "Tasks of activity types that the worker does not have."
    case .localActivityTotal: "Local activities that were run."
    case .localActivityExecutionLatency: "Time to run a local activity."
    case .localActivityExecutionFailed: "Attempts of local activities that failed."
    case .localActivityExecutionCancelled: "Local activities that were cancelled."
    case .slotsAvailable: "Tasks that the worker could take."
    case .slotsUsed: "Tasks that the worker has taken, or polls for."
    case .pollers: "Polls that wait for a task."
    case .stickyCacheHit: "Workflow tasks of runs that the worker had kept."
    case .stickyCacheMiss: "Workflow tasks of runs that the worker had to rebuild."
    case .stickyCacheSize: "Runs that the worker keeps."
    case .request: "Calls of the service."
    case .requestFailure: "Calls of the service that failed."
    case .requestLatency: "Time until the service answered a call."
    case .longRequest: "Long polls of the service."
    case .longRequestFailure: "Long polls of the service that failed."
    case .longRequestLatency: "Time until the service answered a long poll."
    }
  }
}

/// What tells the series of a metric apart. All series of one have the same names, as Prometheus wants it; what does not apply
/// is `none`, as in the SDKs.
package struct MetricTags: Sendable, Hashable {
  package var taskQueue: String?
  package var workerType: String?
  package var workflowType: String?
  package var activityType: String?
  /// More names, of metrics that have them in all of their series.
  package var more: [Pair] = []

  package struct Pair: Sendable, Hashable {
    var name: String
    var value: String
  }

  package init(
    taskQueue: String? = nil, workerType: String? = nil, workflowType: String? = nil, activityType: String? = nil,
    more: KeyValuePairs<String, String> = [:]
  ) {
    self.taskQueue = taskQueue
    self.workerType = workerType
    self.workflowType = workflowType
    self.activityType = activityType
    self.more = more.map { Pair(name: $0.key, value: $0.value) }
  }

  func dimensions(namespace: String) -> [(String, String)] {
    [
      ("namespace", namespace), ("client_name", "hindcast"), ("task_queue", taskQueue ?? "none"),
      ("worker_type", workerType ?? "none"), ("workflow_type", workflowType ?? "none"),
      ("activity_type", activityType ?? "none"),
    ] + more.map { ($0.name, $0.value) }
  }
}
