internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Task queues as clients see them (`server.md` 1.3).

typealias TaskQueueStats = Temporal_Api_Taskqueue_V1_TaskQueueStats

extension ServerMachine {
  static var taskQueueRoutes: [Route] {
    [
      .prompt(WorkflowService.describeTaskQueue) { (machine, request, turn) throws(ServiceError) in
        try machine.describeTaskQueue(request, turn)
      },
      .prompt(WorkflowService.listTaskQueuePartitions) { (machine, request, _) throws(ServiceError) in
        try machine.listPartitions(request)
      },
      .prompt(WorkflowService.updateTaskQueueConfig) { (machine, request, turn) throws(ServiceError) in
        try machine.updateConfig(request, turn)
      },
    ]
  }

  private func describeTaskQueue(
    _ request: Temporal_Api_Workflowservice_V1_DescribeTaskQueueRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DescribeTaskQueueResponse {
    try checkNamespace(request.namespace)
    try check(request.hasTaskQueue ? request.taskQueue : nil)
    if request.apiMode == .enhanced { return try describeVersions(request, turn) }
    let type = request.taskQueueType == .unspecified ? .workflow : request.taskQueueType
    let queue = QueueKey(namespace: request.namespace, name: request.taskQueue.name, kind: .init(type))
    return .with {
      $0.pollers = pollers(of: queue, turn)
      $0.versioningInfo = deployments.routing(of: queue).message
      if request.reportStats {
        let stats = totalStats(of: queue, turn)
        $0.stats = stats
        $0.statsByPriorityKey = [Self.usualPriority: stats]
      }
      if request.includeTaskQueueStatus {
        $0.taskQueueStatus.backlogCountHint = totalStats(of: queue, turn).approximateBacklogCount
        $0.taskQueueStatus.ratePerSecond = Self.tasksPerSecond
      }
      if request.reportConfig, let config = queues[queue]?.config, config != .init() { $0.config = config }
      $0.effectiveRateLimit = effectiveRateLimit(of: queue)
    }
  }

  /// The priority of a task whose run names none.
  private static let usualPriority: Int32 = 3

  /// What the real server hands out of one queue.
  static let tasksPerSecond = 100_000.0

  /// The old form of the description, by build id; all that has no version is under the empty one.
  private func describeVersions(
    _ request: Temporal_Api_Workflowservice_V1_DescribeTaskQueueRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DescribeTaskQueueResponse {
    if request.taskQueue.kind == .sticky {
      throw .invalidArgument(
        "Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.")
    }
    let types = request.taskQueueTypes.isEmpty ? [.workflow, .activity] : request.taskQueueTypes
    var info = Temporal_Api_Taskqueue_V1_TaskQueueVersionInfo()
    // New runs without a version go to workers without one.
    if request.reportTaskReachability { info.taskReachability = .reachable }
    for type in types {
      let queue = QueueKey(namespace: request.namespace, name: request.taskQueue.name, kind: .init(type))
      info.typesInfo[Int32(type.rawValue)] = .with {
        if request.reportPollers { $0.pollers = pollers(of: queue, turn) }
        if request.reportStats { $0.stats = totalStats(of: queue, turn) }
      }
    }
    return .with { $0.versionsInfo = ["": info] }
  }

  /// The queue in its parts: for workers without a version, and for each version that polls it.
  private func parts(of queue: QueueKey) -> [QueueKey] {
    [queue] + deployments.versions(polling: queue).map { queue.part(for: $0) }
  }

  /// Who polled the queue in the last minutes, the latest first.
  private func pollers(of queue: QueueKey, _ turn: Turn) -> [Temporal_Api_Taskqueue_V1_PollerInfo] {
    let since = turn.now.nanoseconds.addingClamped(-TaskQueues.pollerWindow.clampedNanoseconds)
    let recent = parts(of: queue).flatMap { part in
      (queues[part]?.pollers ?? [:]).filter { $0.value.lastPoll >= since }
    }
    return recent.sorted { ($1.value.lastPoll, $0.key) < ($0.value.lastPoll, $1.key) }.map { identity, poller in
      poller.info(identity, tasksPerSecond: Self.tasksPerSecond)
    }
  }

  private func totalStats(of queue: QueueKey, _ turn: Turn) -> TaskQueueStats {
    parts(of: queue).reduce(into: TaskQueueStats.with { $0.approximateBacklogAge = .init() }) { total, part in
      let stats = stats(of: part, turn)
      total.approximateBacklogCount += stats.approximateBacklogCount
      if stats.approximateBacklogAge.nanoseconds > total.approximateBacklogAge.nanoseconds {
        total.approximateBacklogAge = stats.approximateBacklogAge
      }
    }
  }

  /// What waits in one part of a queue. The rates are left at zero: nobody measures them here.
  func stats(of part: QueueKey, _ turn: Turn) -> TaskQueueStats {
    let tasks = queues[part]?.tasks
    return .with {
      $0.approximateBacklogCount = Int64(tasks?.count ?? 0)
      $0.approximateBacklogAge = tasks?.first.map { max(turn.now.nanoseconds - $0.time, 0).protobufDuration } ?? .init()
    }
  }

  /// The queue as the real server's four partitions of each type, all of them on this host.
  private func listPartitions(
    _ request: Temporal_Api_Workflowservice_V1_ListTaskQueuePartitionsRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListTaskQueuePartitionsResponse {
    try check(request.hasTaskQueue ? request.taskQueue : nil)
    try checkNamespace(request.namespace)
    let name = request.taskQueue.name
    let keys = [name] + (1..<4).map { "/_sys/\(name)/\($0)" }
    let partitions = keys.map { key in
      Temporal_Api_Taskqueue_V1_TaskQueuePartitionMetadata.with {
        $0.key = key
        $0.ownerHostName = "127.0.0.1:7235"
      }
    }
    return .with {
      $0.activityTaskQueuePartitions = partitions
      $0.workflowTaskQueuePartitions = partitions
    }
  }
}

extension QueueRouting {
  fileprivate var message: Temporal_Api_Taskqueue_V1_TaskQueueVersioningInfo {
    .with {
      $0.currentVersion = current?.text ?? DeploymentRecord.unversioned
      if let current { $0.currentDeploymentVersion = current.message }
      if let ramping { $0.rampingDeploymentVersion = ramping.message }
      if percentage > 0 { $0.rampingVersion = ramping?.text ?? DeploymentRecord.unversioned }
      $0.rampingVersionPercentage = percentage
      // Where nothing was ever set it is the zero time of Go.
      $0.updateTime = updateTime > 0 ? updateTime.timestamp : .init(seconds: -62_135_596_800)
    }
  }
}
