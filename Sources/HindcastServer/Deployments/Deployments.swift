internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalServiceAPI

/// Names a worker deployment.
struct DeploymentKey: Hashable, Comparable, Sendable {
  var namespace: String
  var name: String

  static func < (left: Self, right: Self) -> Bool { (left.namespace, left.name) < (right.namespace, right.name) }
}

/// The worker deployments, and which of their versions poll which task queue.
struct Deployments: Sendable {
  private var records: [DeploymentKey: DeploymentRecord] = [:]
  /// The versions whose workers have polled a queue, by the queue's part without a version.
  private var versionsByQueue: [QueueKey: Set<VersionKey>] = [:]

  subscript(key: DeploymentKey) -> DeploymentRecord? { records[key] }

  /// The deployments of a namespace, by name.
  func all(in namespace: String) -> [DeploymentRecord] {
    records.filter { $0.key.namespace == namespace }.sorted { $0.key < $1.key }.map(\.value)
  }

  mutating func set(_ record: DeploymentRecord) {
    let key = DeploymentKey(namespace: record.namespace, name: record.name)
    if let before = records[key] { unlink(before) }
    records[key] = record
    for (buildID, version) in record.versions {
      let version = (VersionKey(deployment: record.name, buildID: buildID), version.taskQueueInfos)
      for queue in version.1 {
        versionsByQueue[QueueKey(queue, in: record.namespace), default: []].insert(version.0)
      }
    }
  }

  mutating func remove(_ key: DeploymentKey) {
    if let before = records.removeValue(forKey: key) { unlink(before) }
  }

  private mutating func unlink(_ record: DeploymentRecord) {
    for (buildID, version) in record.versions {
      for queue in version.taskQueueInfos {
        let key = QueueKey(queue, in: record.namespace)
        versionsByQueue[key]?.remove(VersionKey(deployment: record.name, buildID: buildID))
        if versionsByQueue[key]?.isEmpty == true { versionsByQueue[key] = nil }
      }
    }
  }

  /// The versions whose workers have polled a queue, in order.
  func versions(polling queue: QueueKey) -> [VersionKey] { versionsByQueue[queue.unversioned]?.sorted() ?? [] }

  func hasVersion(_ version: VersionKey, polling queue: QueueKey) -> Bool {
    versionsByQueue[queue.unversioned]?.contains(version) ?? false
  }

  // MARK: Routing

  /// Where a queue's tasks go that are bound to no version.
  ///
  /// A queue that several deployments poll follows the one whose routing was changed last.
  func routing(of queue: QueueKey) -> QueueRouting {
    var routing = QueueRouting()
    guard let versions = versionsByQueue[queue.unversioned] else { return routing }
    var currentTime = Int64.min
    var rampingTime = Int64.min
    for name in Set(versions.map(\.deployment)).sorted() {
      guard let config = records[DeploymentKey(namespace: queue.namespace, name: name)]?.routing else { continue }
      let current = VersionKey(config.currentDeploymentVersion)
      if let current, versions.contains(current), config.currentVersionChangedTime.nanoseconds > currentTime {
        currentTime = config.currentVersionChangedTime.nanoseconds
        routing.current = current
        routing.currentRevision = config.revisionNumber
      }
      let ramping = VersionKey(config.rampingDeploymentVersion)
      let isRamping = ramping.map(versions.contains) ?? (config.rampingVersionPercentage > 0)
      if isRamping, config.rampingVersionPercentageChangedTime.nanoseconds > rampingTime {
        rampingTime = config.rampingVersionPercentageChangedTime.nanoseconds
        routing.ramping = ramping
        routing.percentage = config.rampingVersionPercentage
        routing.rampingRevision = config.revisionNumber
      }
    }
    routing.updateTime = max(currentTime, rampingTime)
    return routing
  }
}

/// Where tasks of a queue go that are bound to no version.
struct QueueRouting: Sendable, Equatable {
  var current: VersionKey?
  var currentRevision: Int64 = 0
  /// Where a share of the runs goes; `nil` with a percentage means to workers without a version.
  var ramping: VersionKey?
  var percentage: Float = 0
  var rampingRevision: Int64 = 0
  var updateTime = Int64.min

  /// The version for a workflow; always the same for the same workflow id.
  func version(for workflowID: String) -> (version: VersionKey?, revision: Int64) {
    if percentage > 0, percentage >= 100 || Self.place(of: workflowID) <= percentage {
      return (ramping, rampingRevision)
    }
    return (current, currentRevision)
  }

  /// Where a workflow id stands between 0 and 100 (FNV-1a; the real server's hash is another one).
  private static func place(of workflowID: String) -> Float {
    var hash: UInt32 = 2_166_136_261
    for byte in workflowID.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Float(Double(hash) / Double(UInt32.max) * 100)
  }
}

extension QueueKey {
  init(_ queue: Temporal_Api_Deployment_V1_WorkerDeploymentVersionInfo.VersionTaskQueueInfo, in namespace: String) {
    self.init(namespace: namespace, name: queue.name, kind: Kind(queue.type))
  }
}

extension QueueKey.Kind {
  init(_ type: TaskQueueType) {
    switch type {
    case .activity: self = .activity
    case .nexus: self = .nexus
    default: self = .workflow
    }
  }

  var type: TaskQueueType {
    switch self {
    case .workflow: .workflow
    case .activity: .activity
    case .nexus: .nexus
    }
  }
}
