internal import HindcastRegistry
internal import HindcastWorker
internal import TemporalAPI

extension WorkerConfiguration {
  /// Takes the `worker_options` of an entry. What an entry leaves at zero keeps the worker's own default.
  mutating func take(_ options: TemporalWorkerOptions) {
    maximumConcurrentWorkflowTasks = options.maxConcurrentWorkflowTaskExecutionSize
    maximumConcurrentActivities = options.maxConcurrentActivityExecutionSize
    maximumConcurrentLocalActivities = options.maxConcurrentLocalActivityExecutionSize
    maximumConcurrentSessions = options.maxConcurrentSessionExecutionSize
    workflowTaskPollers = options.maxConcurrentWorkflowTaskPollers
    activityTaskPollers = options.maxConcurrentActivityTaskPollers
    if options.maxConcurrentEagerActivityExecutionSize > 0 {
      maximumConcurrentEagerActivities = options.maxConcurrentEagerActivityExecutionSize
    }

    let rates: [(Double, WritableKeyPath<Self, Double?>)] = [
      (options.workerActivitiesPerSecond, \.activitiesPerSecond),
      (options.workerLocalActivitiesPerSecond, \.localActivitiesPerSecond),
      (options.taskQueueActivitiesPerSecond, \.taskQueueActivitiesPerSecond),
    ]
    for (rate, path) in rates where rate > 0 { self[keyPath: path] = rate }

    let durations: [(GoDuration, WritableKeyPath<Self, Duration>)] = [
      (options.stickyScheduleToStartTimeout, \.stickyScheduleToStartTimeout),
      (options.workerStopTimeout, \.stopTimeout),
      (options.maxHeartbeatThrottleInterval, \.maximumHeartbeatInterval),
      (options.defaultHeartbeatThrottleInterval, \.defaultHeartbeatInterval),
    ]
    for (duration, path) in durations where duration > .zero { self[keyPath: path] = duration.duration }
    if options.deadlockDetectionTimeout > .zero { deadlockTimeout = options.deadlockDetectionTimeout.duration }

    logsInReplay = options.enableLoggingInReplay
    acceptsSessions = options.enableSessionWorker
    runsOnlyLocalActivities = options.localActivityWorkerOnly
    disablesEagerActivities = options.disableEagerActivities
    if options.useVersioning {
      versioning = WorkerVersioning(
        deploymentName: options.deploymentName, buildID: options.buildID,
        defaultBehavior: .init(options.defaultVersioningBehavior))
    }
  }
}

extension Temporal_Api_Enums_V1_VersioningBehavior {
  fileprivate init(_ behavior: TemporalWorkerOptions.VersioningBehavior) {
    switch behavior {
    case .unspecified: self = .unspecified
    case .pinned: self = .pinned
    case .autoUpgrade: self = .autoUpgrade
    }
  }
}
