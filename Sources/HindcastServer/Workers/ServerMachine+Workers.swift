internal import Foundation
internal import HindcastCalls
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Workers: what they tell of themselves, and their end (`server.md` 1.3, 3.5).

extension ServerMachine {
  static var workerRoutes: [Route] {
    [
      .prompt(WorkflowService.recordWorkerHeartbeat) { (machine, request, turn) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        for heartbeat in request.workerHeartbeat { machine.record(heartbeat, in: request.namespace, turn) }
        return .init()
      },
      .prompt(WorkflowService.listWorkers) { (machine, request, turn) throws(ServiceError) in
        try machine.listWorkers(request, turn)
      },
      .prompt(WorkflowService.countWorkers) { (machine, request, turn) throws(ServiceError) in
        try machine.checkNamespace(request.namespace)
        let filter = try WorkerFilter(request.query)
        let workers = machine.workers.heartbeats(in: request.namespace, at: turn.now.nanoseconds)
        return .with { $0.count = Int64(workers.count(where: filter.matches)) }
      },
      .prompt(WorkflowService.describeWorker) { (machine, request, turn) throws(ServiceError) in
        try machine.describeWorker(request, turn)
      },
      .prompt(WorkflowService.shutdownWorker) { (machine, request, turn) throws(ServiceError) in
        try machine.shutDownWorker(request, &turn)
      },
    ]
  }

  private mutating func record(_ heartbeat: WorkerHeartbeat, in namespace: String, _ turn: Turn) {
    if heartbeat.workerInstanceKey.isEmpty { return }
    workers.record(heartbeat, in: namespace, at: turn.now.nanoseconds)
  }

  private func listWorkers(
    _ request: Temporal_Api_Workflowservice_V1_ListWorkersRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListWorkersResponse {
    try checkNamespace(request.namespace)
    let filter = try WorkerFilter(request.query)
    let last = String(decoding: request.nextPageToken, as: UTF8.self)
    let found = workers.heartbeats(in: request.namespace, at: turn.now.nanoseconds)
      .filter { (last.isEmpty || $0.workerInstanceKey > last) && filter.matches($0) }
    let size = request.pageSize > 0 ? min(Int(request.pageSize), limits.visibilityPageSize) : limits.visibilityPageSize
    return .with { response in
      let page = found.prefix(size)
      response.workersInfo = page.map { heartbeat in .with { $0.workerHeartbeat = heartbeat } }
      response.workers = page.map(\.listInfo)
      if found.count > size, let last = page.last { response.nextPageToken = Data(last.workerInstanceKey.utf8) }
    }
  }

  private func describeWorker(
    _ request: Temporal_Api_Workflowservice_V1_DescribeWorkerRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DescribeWorkerResponse {
    try checkNamespace(request.namespace)
    guard
      let heartbeat = workers.heartbeat(
        of: request.workerInstanceKey, in: request.namespace, at: turn.now.nanoseconds)
    else { throw .notFound("Worker \(request.workerInstanceKey) not found") }
    return .with { $0.workerInfo.workerHeartbeat = heartbeat }
  }

  /// The worker goes: its polls end, and its sticky queue counts as one that nobody polls.
  private mutating func shutDownWorker(
    _ request: Temporal_Api_Workflowservice_V1_ShutdownWorkerRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ShutdownWorkerResponse {
    try checkNamespace(request.namespace)
    if request.hasWorkerHeartbeat { record(request.workerHeartbeat, in: request.namespace, turn) }
    let instance = request.workerInstanceKey
    let sticky = QueueKey(namespace: request.namespace, name: request.stickyTaskQueue, kind: .workflow)
    endPolls(
      where: { queue, poll in
        (!instance.isEmpty && queue.namespace == sticky.namespace && poll.workerInstanceKey == instance)
          || (!sticky.name.isEmpty && queue == sticky)
      }, &turn)
    if !sticky.name.isEmpty { queues.forgetPollers(of: sticky) }
    return .init()
  }
}

extension WorkerHeartbeat {
  fileprivate var listInfo: Temporal_Api_Worker_V1_WorkerListInfo {
    .with {
      $0.workerInstanceKey = workerInstanceKey
      $0.workerIdentity = workerIdentity
      $0.taskQueue = taskQueue
      if hasDeploymentVersion { $0.deploymentVersion = deploymentVersion }
      $0.sdkName = sdkName
      $0.sdkVersion = sdkVersion
      $0.status = status
      if hasStartTime { $0.startTime = startTime }
      $0.hostName = hostInfo.hostName
      $0.workerGroupingKey = hostInfo.workerGroupingKey
      $0.processID = hostInfo.processID
      $0.plugins = plugins
      $0.drivers = drivers
    }
  }
}

/// Which workers a list shows: `TaskQueue = 'orders' AND SdkName = 'temporal-python'`.
struct WorkerFilter: Sendable {
  private var conditions: [(field: Field, value: String)] = []

  private enum Field: String, CaseIterable {
    case workerInstanceKey, workerIdentity, hostName, taskQueue, deploymentName, buildID = "buildId", sdkName,
      sdkVersion, status

    func value(in heartbeat: WorkerHeartbeat) -> String {
      switch self {
      case .workerInstanceKey: heartbeat.workerInstanceKey
      case .workerIdentity: heartbeat.workerIdentity
      case .hostName: heartbeat.hostInfo.hostName
      case .taskQueue: heartbeat.taskQueue
      case .deploymentName: heartbeat.deploymentVersion.deploymentName
      case .buildID: heartbeat.deploymentVersion.buildID
      case .sdkName: heartbeat.sdkName
      case .sdkVersion: heartbeat.sdkVersion
      case .status: "\(heartbeat.status)"
      }
    }
  }

  /// - Throws: INVALID_ARGUMENT for anything but equalities joined by AND.
  init(_ query: String) throws(ServiceError) {
    let query = query.trimmingCharacters(in: .whitespacesAndNewlines)
    if query.isEmpty { return }
    for part in query.components(separatedBy: " AND ") {
      let sides = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      guard sides.count == 2,
        let field = Field.allCases.first(where: { $0.rawValue.lowercased() == sides[0].lowercased() })
      else { throw .invalidArgument("malformed query: \(query)") }
      conditions.append((field, sides[1].trimmingCharacters(in: CharacterSet(charactersIn: "'\""))))
    }
  }

  func matches(_ heartbeat: WorkerHeartbeat) -> Bool {
    conditions.allSatisfy { condition in
      let value = condition.field.value(in: heartbeat)
      return condition.field == .status
        ? value.lowercased() == condition.value.lowercased() : value == condition.value
    }
  }
}
