/// The `worker_options` block of a worker. A limit of 0 that is no default means none.
public struct TemporalWorkerOptions: Hashable, Sendable, Configurable {
  /// What happens to a running workflow when a new build is deployed.
  public enum VersioningBehavior: String, Hashable, Sendable, CaseIterable {
    /// Nothing is said.
    case unspecified = ""
    /// It stays on the build it started on.
    case pinned
    /// It moves to the newest build at its next task.
    case autoUpgrade = "auto_upgrade"
  }

  /// The worker's name in histories; empty for one made of process and host.
  public var identity = ""
  /// Activities that may run at once.
  public var maxConcurrentActivityExecutionSize = 1000
  /// Workflow tasks that may run at once.
  public var maxConcurrentWorkflowTaskExecutionSize = 1000
  /// Local activities that may run at once.
  public var maxConcurrentLocalActivityExecutionSize = 1000
  /// Sessions that may be open at once.
  public var maxConcurrentSessionExecutionSize = 1000
  /// Eager activities that may run at once; 0 for no limit.
  public var maxConcurrentEagerActivityExecutionSize = 0
  /// Activity polls open at once.
  public var maxConcurrentActivityTaskPollers = 20
  /// Workflow task polls open at once; never 1, because a sticky queue is polled as well.
  public var maxConcurrentWorkflowTaskPollers = 20
  /// Activities a second on this worker; 0 for no limit.
  public var workerActivitiesPerSecond = 0.0
  /// Local activities a second on this worker; 0 for no limit.
  public var workerLocalActivitiesPerSecond = 0.0
  /// Activities a second on the whole task queue; 0 for no limit.
  public var taskQueueActivitiesPerSecond = 0.0
  /// How long a task may wait on the sticky queue.
  public var stickyScheduleToStartTimeout = GoDuration.seconds(5)
  /// How long running work may take when the worker stops.
  public var workerStopTimeout = GoDuration.zero
  /// How long workflow code may run without yielding; 0 for the default.
  public var deadlockDetectionTimeout = GoDuration.zero
  /// The longest pause between two heartbeats that are sent; 0 for the default.
  public var maxHeartbeatThrottleInterval = GoDuration.zero
  /// The pause between heartbeats of an activity without a heartbeat timeout; 0 for the default.
  public var defaultHeartbeatThrottleInterval = GoDuration.zero
  /// Whether workflow code logs during replay.
  public var enableLoggingInReplay = false
  /// Whether the worker takes sessions.
  public var enableSessionWorker = false
  /// Whether the worker leaves workflow tasks alone.
  public var disableWorkflowWorker = false
  /// Whether the worker runs local activities only.
  public var localActivityWorkerOnly = false
  /// Whether no activity is started in the answer to the task that schedules it.
  public var disableEagerActivities = false
  /// Whether a function keeps only the name it is registered under.
  public var disableRegistrationAliasing = false
  /// Whether the worker belongs to a deployment version.
  public var useVersioning = false
  /// The deployment; read with ``useVersioning`` only.
  public var deploymentName = ""
  /// The build; read with ``useVersioning`` only. Where the field is empty, the variable `build_id_env` names is used.
  public var buildID = ""
  /// The environment variable that holds the build; empty for none.
  public var buildIDVariable = ""
  /// What happens to a running workflow when a new build is deployed.
  public var defaultVersioningBehavior = VersioningBehavior.unspecified

  /// The defaults.
  public init() {}

  static let fields: [Field<TemporalWorkerOptions>] = [
    .string("identity", \.identity, "Worker's name in histories"),
    .int(
      "max_concurrent_activity_execution_size", \.maxConcurrentActivityExecutionSize, "Activities that may run at once"),
    .int(
      "max_concurrent_workflow_task_execution_size", \.maxConcurrentWorkflowTaskExecutionSize,
      "Workflow tasks that may run at once"),
    .int(
      "max_concurrent_local_activity_execution_size", \.maxConcurrentLocalActivityExecutionSize,
      "Local activities that may run at once"),
    .int(
      "max_concurrent_session_execution_size", \.maxConcurrentSessionExecutionSize, "Sessions that may be open at once"),
    .int(
      "max_concurrent_eager_activity_execution_size", \.maxConcurrentEagerActivityExecutionSize,
      "Eager activities that may run at once, 0 for no limit"),
    .int("max_concurrent_activity_task_pollers", \.maxConcurrentActivityTaskPollers, "Activity polls open at once"),
    .int(
      "max_concurrent_workflow_task_pollers", \.maxConcurrentWorkflowTaskPollers, "Workflow task polls open at once"),
    .number("worker_activities_per_second", \.workerActivitiesPerSecond, "Activities a second here, 0 for no limit"),
    .number(
      "worker_local_activities_per_second", \.workerLocalActivitiesPerSecond,
      "Local activities a second here, 0 for no limit"),
    .number(
      "task_queue_activities_per_second", \.taskQueueActivitiesPerSecond,
      "Activities a second on the whole queue, 0 for no limit"),
    .duration(
      "sticky_schedule_to_start_timeout", \.stickyScheduleToStartTimeout, "How long a task may wait on the sticky queue"
    ),
    .duration("worker_stop_timeout", \.workerStopTimeout, "How long running work may take when the worker stops"),
    .duration(
      "deadlock_detection_timeout", \.deadlockDetectionTimeout, "How long workflow code may run without yielding"),
    .duration(
      "max_heartbeat_throttle_interval", \.maxHeartbeatThrottleInterval,
      "Longest pause between heartbeats that are sent"),
    .duration(
      "default_heartbeat_throttle_interval", \.defaultHeartbeatThrottleInterval,
      "Pause between heartbeats without a heartbeat timeout"),
    .bool("enable_logging_in_replay", \.enableLoggingInReplay, "Let workflow code log during replay"),
    .bool("enable_session_worker", \.enableSessionWorker, "Take sessions"),
    .bool("disable_workflow_worker", \.disableWorkflowWorker, "Leave workflow tasks alone"),
    .bool("local_activity_worker_only", \.localActivityWorkerOnly, "Run local activities only"),
    .bool("disable_eager_activities", \.disableEagerActivities, "Start no activity eagerly"),
    .bool("disable_registration_aliasing", \.disableRegistrationAliasing, "Register functions under one name only"),
    .bool("use_versioning", \.useVersioning, "Belong to a deployment version"),
    .string("deployment_name", \.deploymentName, "Deployment, with use_versioning"),
    .string("build_id", \.buildID, "Build, with use_versioning"),
    .string("build_id_env", \.buildIDVariable, "Environment variable that holds the build"),
    .choice(
      "default_versioning_behavior", \.defaultVersioningBehavior, isOpen: true,
      "What happens to running workflows at a deployment"),
  ]
}
