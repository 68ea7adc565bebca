public import HindcastCore
public import Metrics

/// What a ``Worker`` works on, as what, and how much at a time.
///
/// The numbers are the Go SDK's; where it has none, the comment says why there is one.
public struct WorkerConfiguration: Sendable {
  /// The namespace whose tasks it takes.
  public var namespace: String
  /// The task queue that it polls, prefix included.
  public var taskQueue: String
  /// What the server is told about who works, and writes into histories.
  public var identity: String
  /// Names the running worker to the server, which ends its polls by this name when it stops; made up where it is empty.
  public var instanceKey = ""
  /// The workflows; `nil` for a worker that leaves workflow tasks to others.
  public var workflows: (any WorkflowCode)?
  /// The activities; `nil` for a worker that leaves activity tasks to others.
  public var activities: (any ActivityCode)?

  // MARK: How much at once

  /// How many polls wait for workflow tasks at the same time.
  public var workflowTaskPollers = 2
  /// How many polls wait for activity tasks at the same time.
  public var activityTaskPollers = 2
  /// How many workflow tasks run at once.
  public var maximumConcurrentWorkflowTasks = 1000
  /// How many activities run at once; each has a thread.
  public var maximumConcurrentActivities = 1000
  /// How many local activities run at once; each has a thread.
  public var maximumConcurrentLocalActivities = 1000
  /// How many sessions may be open on this worker at once, if it ``acceptsSessions``.
  public var maximumConcurrentSessions = 1000
  /// How many activities that came with the answer to a workflow task run at once; `nil`: as many as activities may.
  public var maximumConcurrentEagerActivities: Int?
  /// How many runs are kept between their tasks; 0: none, so that every task replays its run.
  ///
  /// A run of Lua code has a machine of its own, which takes some 570 KiB, so that this is less than the Go SDK's 10,000.
  public var maximumCachedRuns = 500

  // MARK: How fast

  /// How many activities this worker starts in a second; `nil`: any number.
  public var activitiesPerSecond: Double?
  /// How many local activities this worker starts in a second; `nil`: any number.
  public var localActivitiesPerSecond: Double?
  /// How many activities of the queue the server may hand out in a second, to all workers together; `nil`: any number.
  public var taskQueueActivitiesPerSecond: Double?

  // MARK: What it takes

  /// Whether activities of sessions run here (sdk-go's `EnableSessionWorker`).
  public var acceptsSessions = false
  /// Whether activity tasks are left to others, so that only local activities run here.
  public var runsOnlyLocalActivities = false
  /// Whether the server is never asked to hand out an activity in the answer to the task that schedules it.
  public var disablesEagerActivities = false
  /// The deployment version that the worker belongs to; `nil`: none.
  public var versioning: WorkerVersioning?

  // MARK: How workflow code runs

  /// How workflow code runs.
  public var runtime = RuntimeOptions()
  /// How long workflow code may run without yielding; `nil`: what ``runtime`` says.
  public var deadlockTimeout: Duration?
  /// Whether workflow code writes log lines, too, while its past is run again.
  public var logsInReplay = false
  /// How long a task waits for this worker, which has the run in its cache, before any worker may take it.
  public var stickyScheduleToStartTimeout: Duration = .seconds(5)
  /// What the server learns about the SDK, in the metadata of completed workflow tasks.
  public var sdk = SDKIdentity()

  // MARK: Times

  /// The longest pause between two heartbeats of an activity that reports often.
  public var maximumHeartbeatInterval: Duration = .seconds(60)
  /// That pause where the activity has no heartbeat timeout.
  public var defaultHeartbeatInterval: Duration = .seconds(30)
  /// How long tasks under way may take after the worker was told to stop; after it, activities are told to stop as well.
  public var stopTimeout: Duration = .zero
  /// How long activities may take after that. The Go SDK leaves them to themselves then, and their answers with them.
  public var cancellationTimeout: Duration = .seconds(1)
  /// What heartbeats and rates are measured with: tests set another.
  public var clock: any Clock<Duration> = ContinuousClock()
  /// How long a poller waits after a poll that failed.
  public var pauseAfterFailedPoll: Duration = .seconds(1)
  /// Where metrics go; `nil`: to the backend that swift-metrics was bootstrapped with, if it was.
  public var metrics: (any MetricsFactory)?
  /// Where the worker's and the workflows' log lines go.
  public var log: WorkerLog = { _ in }

  /// What the worker that is made of it counts and measures.
  var measures = WorkerMetrics.off

  /// Makes a configuration with the usual numbers.
  public init(
    taskQueue: String, namespace: String = "default", identity: String, workflows: (any WorkflowCode)? = nil,
    activities: (any ActivityCode)? = nil
  ) {
    self.namespace = namespace
    self.taskQueue = taskQueue
    self.identity = identity
    self.workflows = workflows
    self.activities = activities
  }
}

/// The SDK that a worker says it is.
public struct SDKIdentity: Sendable, Hashable {
  /// Its name.
  public var name = "hindcast"
  /// Its version.
  public var version = "0.1.0"

  /// This package.
  public init() {}
}
