internal import Foundation
internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Worker deployments as clients read and delete them (`server.md` 15).

extension ServerMachine {
  static var deploymentRoutes: [Route] {
    [
      .prompt(WorkflowService.describeWorkerDeployment) { (machine, request, turn) throws(ServiceError) in
        try machine.describeDeployment(request, turn)
      },
      .prompt(WorkflowService.describeWorkerDeploymentVersion) { (machine, request, turn) throws(ServiceError) in
        try machine.describeVersion(request, turn)
      },
      .prompt(WorkflowService.listWorkerDeployments) { (machine, request, turn) throws(ServiceError) in
        try machine.listDeployments(request, turn)
      },
      .prompt(WorkflowService.setWorkerDeploymentCurrentVersion) { (machine, request, turn) throws(ServiceError) in
        try machine.setCurrentVersion(request, &turn)
      },
      .prompt(WorkflowService.setWorkerDeploymentRampingVersion) { (machine, request, turn) throws(ServiceError) in
        try machine.setRampingVersion(request, &turn)
      },
      .prompt(WorkflowService.setWorkerDeploymentManager) { (machine, request, turn) throws(ServiceError) in
        try machine.setManager(request, &turn)
      },
      .prompt(WorkflowService.updateWorkerDeploymentVersionMetadata) { (machine, request, turn) throws(ServiceError) in
        try machine.updateMetadata(request, &turn)
      },
      .prompt(WorkflowService.deleteWorkerDeploymentVersion) { (machine, request, turn) throws(ServiceError) in
        try machine.deleteVersion(request, &turn)
      },
      .prompt(WorkflowService.deleteWorkerDeployment) { (machine, request, turn) throws(ServiceError) in
        try machine.deleteDeployment(request, &turn)
      },
    ]
  }

  // MARK: Reading

  private func describeDeployment(
    _ request: Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentResponse {
    let record = try deployment(request.deploymentName, in: request.namespace, turn)
    return .with {
      $0.conflictToken = record.token
      $0.workerDeploymentInfo = .with {
        $0.name = record.name
        $0.createTime = record.createTime.timestamp
        $0.routingConfig = record.routing
        $0.versionSummaries = record.summaries
        $0.lastModifierIdentity = record.lastModifierIdentity
        $0.managerIdentity = record.managerIdentity
        $0.routingConfigUpdateState = .completed
      }
    }
  }

  private func describeVersion(
    _ request: Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentVersionRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DescribeWorkerDeploymentVersionResponse {
    try checkNamespace(request.namespace)
    let key = try version(request.hasDeploymentVersion ? request.deploymentVersion : nil, request.version)
    guard
      let record = deployments[DeploymentKey(namespace: request.namespace, name: key.deployment)],
      let version = withDrainage(record, turn).versions[key.buildID]
    else { throw .notFound("Worker Deployment Version not found") }
    return .with { response in
      response.workerDeploymentVersionInfo = version
      response.versionTaskQueues = version.taskQueueInfos.map { info in
        .with {
          $0.name = info.name
          $0.type = info.type
          if request.reportTaskQueueStats {
            $0.stats = stats(of: QueueKey(info, in: request.namespace).part(for: key), turn)
          }
        }
      }
    }
  }

  private func listDeployments(
    _ request: Temporal_Api_Workflowservice_V1_ListWorkerDeploymentsRequest, _ turn: Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListWorkerDeploymentsResponse {
    try checkNamespace(request.namespace)
    let last = String(decoding: request.nextPageToken, as: UTF8.self)
    let size = request.pageSize > 0 ? min(Int(request.pageSize), limits.visibilityPageSize) : limits.visibilityPageSize
    let rest = deployments.all(in: request.namespace).filter { $0.name > last || last.isEmpty }
    return .with { response in
      response.workerDeployments = rest.prefix(size).map { record in
        let record = withDrainage(record, turn)
        return .with {
          $0.name = record.name
          $0.createTime = record.createTime.timestamp
          $0.routingConfig = record.routing
          if let latest = record.summaries.first { $0.latestVersionSummary = latest }
          if let current = record.currentBuildID.flatMap(record.summary) { $0.currentVersionSummary = current }
          if let ramping = record.rampingBuildID.flatMap(record.summary) { $0.rampingVersionSummary = ramping }
        }
      }
      if rest.count > size, let name = response.workerDeployments.last?.name {
        response.nextPageToken = Data(name.utf8)
      }
    }
  }

  // MARK: Drainage

  /// How long a version that no new runs go to counts as draining at least.
  private static let drainageWindow: Duration = .seconds(3 * 60)

  /// A deployment with the versions drained that no open run is pinned to any longer.
  private func withDrainage(_ record: DeploymentRecord, _ turn: Turn) -> DeploymentRecord {
    var record = record
    for (buildID, version) in record.versions where version.status == .draining {
      let since = version.drainageInfo.lastChangedTime.nanoseconds
      let end = since.addingClamped(Self.drainageWindow.clampedNanoseconds)
      if turn.now.nanoseconds < end || hasOpenRuns(pinnedTo: record.key(buildID), in: record.namespace) { continue }
      record.versions[buildID]?.status = .drained
      record.versions[buildID]?.drainageInfo.status = .drained
      record.versions[buildID]?.drainageInfo.lastChangedTime = end.timestamp
      record.versions[buildID]?.drainageInfo.lastCheckedTime = turn.now.nanoseconds.timestamp
    }
    return record
  }

  private func hasOpenRuns(pinnedTo version: VersionKey, in namespace: String) -> Bool {
    executions.values.contains {
      $0.isRunning && $0.record.namespace == namespace && $0.record.effectiveBehavior == .pinned
        && $0.record.effectiveVersion == version
    }
  }

  // MARK: Deleting

  private mutating func deleteVersion(
    _ request: Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentVersionRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentVersionResponse {
    try checkNamespace(request.namespace)
    let key = try version(request.hasDeploymentVersion ? request.deploymentVersion : nil, request.version)
    // Whoever wants a version gone that is not there has what they want.
    guard var record = deployments[DeploymentKey(namespace: request.namespace, name: key.deployment)],
      let version = withDrainage(record, turn).versions[key.buildID]
    else { return .init() }
    let name = key.searchAttributeText
    if version.status == .current || version.status == .ramping {
      throw .failedPrecondition("version '\(name)' cannot be deleted since it is current or ramping")
    }
    try checkManager(of: record, request.identity)
    if version.status == .draining, !request.skipDrainage {
      throw .failedPrecondition("version '\(name)' cannot be deleted since it is draining")
    }
    let window = turn.now.nanoseconds.addingClamped(-TaskQueues.pollerWindow.clampedNanoseconds)
    for info in version.taskQueueInfos
    where queues.hasPoller(QueueKey(info, in: record.namespace).part(for: key), since: window) {
      throw .failedPrecondition("version '\(name)' cannot be deleted since it has active pollers")
    }
    record.versions[key.buildID] = nil
    record.lastModifierIdentity = request.identity
    save(record, &turn)
    return .init()
  }

  private mutating func deleteDeployment(
    _ request: Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_DeleteWorkerDeploymentResponse {
    try checkNamespace(request.namespace)
    let key = DeploymentKey(namespace: request.namespace, name: request.deploymentName)
    guard let record = deployments[key] else { return .init() }
    if !record.versions.isEmpty { throw .failedPrecondition("deployment has versions, can't be deleted") }
    try checkManager(of: record, request.identity)
    deployments.remove(key)
    turn.save(.deployment, owner: key.namespace, key: key.name, nil)
    return .init()
  }

  // MARK: Finding

  /// - Throws: NOT_FOUND for a deployment that no worker has polled for.
  func deployment(
    _ name: String, in namespace: String, _ turn: Turn
  ) throws(ServiceError) -> DeploymentRecord {
    try checkNamespace(namespace)
    if name.isEmpty { throw .invalidArgument("deployment name cannot be empty") }
    guard let record = deployments[DeploymentKey(namespace: namespace, name: name)] else {
      throw .deploymentNotFound(name)
    }
    return withDrainage(record, turn)
  }

  /// The version that a request names, in its new field or in its old one.
  func version(
    _ message: Temporal_Api_Deployment_V1_WorkerDeploymentVersion?, _ text: String
  ) throws(ServiceError) -> VersionKey {
    if let message {
      guard let version = VersionKey(message) else { throw .invalidArgument("deployment version cannot be empty") }
      return version
    }
    if text.isEmpty { throw .invalidArgument("deployment version cannot be empty") }
    guard let version = VersionKey(text: text) else {
      throw .invalidArgument(
        "invalid version string \"\(text)\", expected format is \"<deployment_name>.<build_id>\"")
    }
    return version
  }

  /// - Throws: FAILED_PRECONDITION for a change by someone other than the deployment's manager.
  func checkManager(of record: DeploymentRecord, _ identity: String) throws(ServiceError) {
    if record.managerIdentity.isEmpty || record.managerIdentity == identity { return }
    throw .failedPrecondition(
      "ManagerIdentity '\(record.managerIdentity)' is set and does not match user identity '\(identity)'; to proceed, set your "
        + "own identity as the ManagerIdentity, remove the ManagerIdentity, or wait for the other client to do so")
  }
}

extension ServiceError {
  static func deploymentNotFound(_ name: String) -> Self {
    .notFound("no Worker Deployment found with name '\(name)'; does your Worker Deployment have pollers?")
  }

  static func versionNotFound(_ version: VersionKey) -> Self {
    .notFound("build ID '\(version.buildID)' not found in Worker Deployment '\(version.deployment)'")
  }
}
