public import HindcastCore

/// What a ``Worker`` works on, as what, and how much at a time.
///
/// The numbers are the Go SDK's, except that no more runs at once than a test or a recording needs.
public struct WorkerConfiguration: Sendable {
  /// The namespace whose tasks it takes.
  public var namespace: String
  /// The task queue that it polls, prefix included.
  public var taskQueue: String
  /// What the server is told about who works, and writes into histories.
  public var identity: String
  /// The workflows; `nil` for a worker that leaves workflow tasks to others.
  public var workflows: (any WorkflowCode)?
  /// The activities; `nil` for a worker that leaves activity tasks to others.
  public var activities: (any ActivityCode)?

  /// How many polls wait for workflow tasks at the same time.
  public var workflowTaskPollers = 2
  /// How many polls wait for activity tasks at the same time.
  public var activityTaskPollers = 2
  /// How many workflow tasks run at once; each has a thread, and each thread a runtime of its own.
  public var maximumConcurrentWorkflowTasks = 2
  /// How many activities run at once; each has a thread.
  public var maximumConcurrentActivities = 100
  /// How many activities of the queue the server may hand out in a second, to all workers together; `nil`: any number.
  public var taskQueueActivitiesPerSecond: Double?

  /// How workflow code runs.
  public var runtime = RuntimeOptions()
  /// What the server learns about the SDK, in the metadata of completed workflow tasks.
  public var sdk = SDKIdentity()

  /// The longest pause between two heartbeats of an activity that reports often.
  public var maximumHeartbeatInterval: Duration = .seconds(60)
  /// That pause where the activity has no heartbeat timeout.
  public var defaultHeartbeatInterval: Duration = .seconds(30)
  /// How long tasks under way may take after the worker was told to stop.
  public var stopTimeout: Duration = .seconds(5)
  /// How long activities may take after that, when they are told to stop as well.
  public var cancellationTimeout: Duration = .seconds(1)
  /// How long a poller waits after a poll that failed.
  public var pauseAfterFailedPoll: Duration = .seconds(1)
  /// Where the worker's and the workflows' log lines go.
  public var log: WorkerLog = { _ in }

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
