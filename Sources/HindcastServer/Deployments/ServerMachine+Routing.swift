internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Which version's workers get a task (`server.md` 15): pinned runs stay on their version, all others go to the current version of
// the task's queue, or to the ramping one.

extension ServerMachine {
  /// - Throws: FAILED_PRECONDITION for a run that would be pinned to a version whose workers never polled its queue: nobody
  ///   would take its tasks.
  func checkIsPolled(
    _ override: Temporal_Api_Workflow_V1_VersioningOverride, on taskQueue: String, in namespace: String
  ) throws(ServiceError) {
    guard let version = override.pinnedKey else { return }
    let queue = QueueKey(namespace: namespace, name: taskQueue, kind: .workflow)
    guard !deployments.hasVersion(version, polling: queue) else { return }
    throw .failedPrecondition(
      "Pinned version '\(version.deployment):\(version.buildID)' is not present in task queue '\(taskQueue)' of type "
        + "'Workflow'")
  }

  /// Where a run's next workflow task goes if it goes to no cache, and the revision of the routing that says so.
  func target(for execution: Execution) -> (queue: QueueKey, version: VersionKey?, revision: Int64) {
    var queue = QueueKey(
      namespace: execution.record.namespace, name: execution.record.started.taskQueue.name, kind: .workflow)
    let (version, revision) =
      execution.record.effectiveBehavior == .pinned
      ? (execution.record.effectiveVersion, execution.record.versioning.revisionNumber)
      : deployments.routing(of: queue).version(for: execution.record.workflowID)
    queue.version = version
    return (queue, version, revision)
  }

  /// Where an activity's task goes: with a pinned run if its version polls the queue, else as the queue's own routing says.
  func routeActivity(of execution: Execution, to queue: QueueKey) -> QueueKey {
    var queue = queue
    if execution.record.effectiveBehavior == .pinned, let version = execution.record.effectiveVersion,
      deployments.hasVersion(version, polling: queue)
    {
      queue.version = version
    } else {
      queue.version = deployments.routing(of: queue).version(for: execution.record.workflowID).version
    }
    return queue
  }

  /// Notes that a worker of a version polls a queue: its deployment and version come into being with the first poll.
  mutating func registerWorker(of version: VersionKey, polling queue: QueueKey, _ turn: inout Turn) {
    if deployments.hasVersion(version, polling: queue) { return }
    var record = deployment(named: version.deployment, in: queue.namespace, turn)
    record.addVersion(version.buildID, at: turn.now.nanoseconds)
    record.versions[version.buildID]?.taskQueueInfos.append(
      .with {
        $0.name = queue.name
        $0.type = queue.kind.type
      })
    save(record, &turn)
    reroute(queue, at: turn.now.nanoseconds)
  }

  /// A deployment, or what it begins as.
  func deployment(named name: String, in namespace: String, _ turn: Turn) -> DeploymentRecord {
    deployments[DeploymentKey(namespace: namespace, name: name)]
      ?? .with {
        $0.namespace = namespace
        $0.name = name
        $0.createTime = turn.now.nanoseconds
        $0.routing.currentVersion = DeploymentRecord.unversioned
      }
  }

  mutating func save(_ record: DeploymentRecord, _ turn: inout Turn) {
    deployments.set(record)
    turn.save(.deployment, owner: record.namespace, key: record.name, record)
  }

  /// Brings the tasks that wait in a queue to where they belong now.
  mutating func reroute(_ queue: QueueKey, at now: Int64) {
    let parts = [queue.unversioned] + deployments.versions(polling: queue).map { queue.part(for: $0) }
    let entries = parts.flatMap { queues.takeTasks(of: $0) }
    // Among those of one time the order in which they were waiting holds.
    for (_, entry) in entries.enumerated().sorted(by: { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }) {
      enqueue(Dispatch(queue: queue.unversioned, task: entry.task), at: now, since: entry.time)
    }
  }

  /// Brings the tasks of all queues of a deployment to where they belong now.
  mutating func reroute(_ record: DeploymentRecord, at now: Int64) {
    let infos = record.versions.values.flatMap(\.taskQueueInfos)
    for queue in Set(infos.map { QueueKey($0, in: record.namespace) }).sorted() { reroute(queue, at: now) }
  }
}

extension QueueKey {
  func part(for version: VersionKey?) -> QueueKey {
    QueueKey(namespace: namespace, name: name, kind: kind, version: version)
  }
}
