internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What is stored of a task queue: the rate that its workers ask for, and who polled it. Its tasks follow from the runs, and
// polls end with the process.

extension ServerMachine {
  /// Stores what is new of queues.
  mutating func storeQueues(_ turn: inout Turn) {
    for queue in queues.takeUnstored() {
      let record = queues.record(of: queue, at: turn.now.nanoseconds)
      turn.save(.taskQueue, owner: queue.namespace, key: queue.recordKey, record)
    }
  }

  /// Ends the polls of a namespace that goes, and forgets its queues.
  mutating func removeQueues(of namespace: String, _ turn: inout Turn) {
    endPolls(where: { queue, _ in queue.namespace == namespace }, &turn)
    for queue in queues.removeAll(in: namespace) {
      turn.save(.taskQueue, owner: namespace, key: queue.recordKey, nil)
    }
  }
}

extension QueueKey {
  /// Names the queue's record in its namespace: one name may be that of a queue of each kind.
  fileprivate var recordKey: String { "\(kind)/\(name)" }
}

extension TaskQueues {
  fileprivate func record(of queue: QueueKey, at now: Int64) -> TaskQueueRecord {
    let since = now.addingClamped(-Self.pollerWindow.clampedNanoseconds)
    let parts = keys.filter { $0.unversioned == queue }
    return .with {
      $0.namespace = queue.namespace
      $0.name = queue.name
      $0.type = Int32(queue.kind.rawValue)
      $0.pollers = parts.flatMap { self[$0]?.pollers.sorted { $0.key < $1.key } ?? [] }
        .filter { $0.value.lastPoll >= since }.map { $0.value.info($0.key) }
      if let rate = self[queue]?.workerRate {
        $0.hasRate_p = true
        $0.maxTasksPerSecond = rate
      }
      if let config = self[queue]?.config, config != .init() { $0.config = config }
    }
  }

  /// Takes what was stored of a queue.
  mutating func restore(_ record: TaskQueueRecord) {
    guard let kind = QueueKey.Kind(rawValue: Int(record.type)) else { return }
    let queue = QueueKey(namespace: record.namespace, name: record.name, kind: kind)
    if record.hasRate_p || record.hasConfig {
      restore(workerRate: record.hasRate_p ? record.maxTasksPerSecond : nil, config: record.config, of: queue)
    }
    for info in record.pollers {
      let poller = Poller(info)
      let version = VersionKey(poller.version.deployment)
      restore(poller, info.identity, of: version.map(queue.part) ?? queue)
    }
  }
}

extension TaskQueues.Poller {
  /// The worker as descriptions of its queue show it.
  func info(_ identity: String, tasksPerSecond: Double = 0) -> Temporal_Api_Taskqueue_V1_PollerInfo {
    .with {
      $0.identity = identity
      $0.lastAccessTime = lastPoll.timestamp
      $0.ratePerSecond = tasksPerSecond
      if let stamp = version.stamp {
        $0.workerVersionCapabilities.buildID = stamp.buildID
        $0.workerVersionCapabilities.useVersioning = stamp.useVersioning
      }
      if let deployment = version.deployment { $0.deploymentOptions = deployment }
    }
  }

  fileprivate init(_ info: Temporal_Api_Taskqueue_V1_PollerInfo) {
    lastPoll = info.lastAccessTime.nanoseconds
    stored = lastPoll
    if info.hasWorkerVersionCapabilities {
      version.stamp = .with {
        $0.buildID = info.workerVersionCapabilities.buildID
        $0.useVersioning = info.workerVersionCapabilities.useVersioning
      }
    }
    if info.hasDeploymentOptions { version.deployment = info.deploymentOptions }
  }
}
