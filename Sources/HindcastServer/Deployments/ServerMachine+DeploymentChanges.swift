internal import Foundation
internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Changes of worker deployments: which version new runs go to (`server.md` 15).

extension ServerMachine {
  // MARK: Routing

  mutating func setCurrentVersion(
    _ request: Temporal_Api_Workflowservice_V1_SetWorkerDeploymentCurrentVersionRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_SetWorkerDeploymentCurrentVersionResponse {
    let version = try version(request.version, request.buildID, of: request.deploymentName)
    var record = try changeable(
      request.deploymentName, in: request.namespace, version, request.allowNoPollers, turn)
    let before = VersionKey(record.routing.currentDeploymentVersion)
    let response = { (record: DeploymentRecord, before: VersionKey?) in
      Temporal_Api_Workflowservice_V1_SetWorkerDeploymentCurrentVersionResponse.with {
        $0.conflictToken = record.token
        $0.previousVersion = before?.text ?? DeploymentRecord.unversioned
        if let before { $0.previousDeploymentVersion = before.message }
      }
    }
    if before == version, record.lastModifierIdentity == request.identity { return response(record, before) }
    try check(record, request.conflictToken, request.identity)
    if !request.ignoreMissingTaskQueues, let before, let version {
      try checkQueues(of: version, cover: before, in: record, as: "current")
    }
    if before != version {
      let time = turn.now.nanoseconds.timestamp
      if let version, VersionKey(record.routing.rampingDeploymentVersion) == version {
        record.setRamp(nil, percentage: 0, at: time)
      }
      record.routing.currentVersionChangedTime = time
      record.routing.currentVersion = version?.text ?? DeploymentRecord.unversioned
      if let version {
        record.routing.currentDeploymentVersion = version.message
      } else {
        record.routing.clearCurrentDeploymentVersion()
      }
    }
    applyRouting(&record, isChanged: before != version, by: request.identity, &turn)
    return response(record, before)
  }

  mutating func setRampingVersion(
    _ request: Temporal_Api_Workflowservice_V1_SetWorkerDeploymentRampingVersionRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_SetWorkerDeploymentRampingVersionResponse {
    let version = try version(request.version, request.buildID, of: request.deploymentName)
    let percentage = request.percentage
    guard percentage >= 0, percentage <= 100 else {
      throw .invalidArgument("Percentage must be between 0 and 100 (inclusive)")
    }
    var record = try changeable(
      request.deploymentName, in: request.namespace, version, request.allowNoPollers, turn)
    let before = (VersionKey(record.routing.rampingDeploymentVersion), record.routing.rampingVersionPercentage)
    let response = { (record: DeploymentRecord) in
      Temporal_Api_Workflowservice_V1_SetWorkerDeploymentRampingVersionResponse.with {
        $0.conflictToken = record.token
        $0.previousPercentage = before.1
        $0.previousVersion = before.0?.text ?? (before.1 > 0 ? DeploymentRecord.unversioned : "")
        if let version = before.0 { $0.previousDeploymentVersion = version.message }
      }
    }
    let isSame = before == (version, percentage)
    if isSame, record.lastModifierIdentity == request.identity { return response(record) }
    try check(record, request.conflictToken, request.identity)
    if version == VersionKey(record.routing.currentDeploymentVersion), version != nil || percentage > 0 {
      throw .failedPrecondition(
        "requested ramping version \(version?.text ?? DeploymentRecord.unversioned) is already current")
    }
    if !request.ignoreMissingTaskQueues, let version,
      let current = VersionKey(record.routing.currentDeploymentVersion)
    {
      try checkQueues(of: version, cover: current, in: record, as: "ramping")
    }
    if !isSame { record.setRamp(version, percentage: percentage, at: turn.now.nanoseconds.timestamp) }
    applyRouting(&record, isChanged: !isSame, by: request.identity, &turn)
    return response(record)
  }

  /// A deployment whose routing is to be changed to a version; the version is made where there need not be workers for it yet.
  private func changeable(
    _ name: String, in namespace: String, _ version: VersionKey?, _ allowsNoPollers: Bool, _ turn: Turn
  ) throws(ServiceError) -> DeploymentRecord {
    try checkNamespace(namespace)
    if name.isEmpty { throw .invalidArgument("deployment name cannot be empty") }
    try checkDeploymentField(name, "WorkerDeploymentName")
    var record: DeploymentRecord
    if let known = deployments[DeploymentKey(namespace: namespace, name: name)] {
      record = known
    } else if allowsNoPollers, version != nil {
      record = deployment(named: name, in: namespace, turn)
    } else {
      throw .deploymentNotFound(name)
    }
    guard let version, record.versions[version.buildID] == nil else { return record }
    guard allowsNoPollers else { throw .versionNotFound(version) }
    record.addVersion(version.buildID, at: turn.now.nanoseconds)
    return record
  }

  /// The version that a request makes current or ramping; `nil` for workers without a version.
  private func version(
    _ text: String, _ buildID: String, of deployment: String
  ) throws(ServiceError) -> VersionKey? {
    if text.isEmpty {
      if buildID.isEmpty { return nil }
      try checkDeploymentField(buildID, "BuildID")
      return VersionKey(deployment: deployment, buildID: buildID)
    }
    if text == DeploymentRecord.unversioned { return nil }
    guard let version = VersionKey(text: text) else {
      throw .invalidArgument("invalid version string: \(text)")
    }
    if version.deployment != deployment {
      throw .invalidArgument("invalid version string '\(text)' does not match deployment name '\(deployment)'")
    }
    return version
  }

  private func check(
    _ record: DeploymentRecord, _ token: Data, _ identity: String
  ) throws(ServiceError) {
    if !token.isEmpty, token != record.token { throw .failedPrecondition("conflict token mismatch") }
    try checkManager(of: record, identity)
  }

  /// - Throws: FAILED_PRECONDITION if tasks wait in a queue that the old version polls and the new one does not.
  private func checkQueues(
    of version: VersionKey, cover before: VersionKey, in record: DeploymentRecord, as role: String
  ) throws(ServiceError) {
    let missing = (record.versions[before.buildID]?.taskQueueInfos ?? []).filter { info in
      let queue = QueueKey(info, in: record.namespace)
      return !deployments.hasVersion(version, polling: queue)
        && queues[queue.part(for: before)]?.tasks.isEmpty == false
    }
    if missing.isEmpty { return }
    throw .failedPrecondition(
      "proposed \(role) version '\(version.searchAttributeText)' is missing active task queues from the current version; these "
        + "would become unversioned if it is set as the \(role) version")
  }

  /// Stores a changed routing, and brings waiting tasks to where they belong now.
  private mutating func applyRouting(
    _ record: inout DeploymentRecord, isChanged: Bool, by identity: String, _ turn: inout Turn
  ) {
    record.lastModifierIdentity = identity
    if isChanged {
      record.routing.revisionNumber += 1
      record.updateVersions(at: turn.now.nanoseconds)
    }
    record.conflictToken += 1
    save(record, &turn)
    if isChanged { reroute(record, at: turn.now.nanoseconds) }
  }

  // MARK: Managers and metadata

  mutating func setManager(
    _ request: Temporal_Api_Workflowservice_V1_SetWorkerDeploymentManagerRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_SetWorkerDeploymentManagerResponse {
    if request.identity.isEmpty { throw .invalidArgument("Identity is required") }
    var record = try deployment(request.deploymentName, in: request.namespace, turn)
    if !request.conflictToken.isEmpty, request.conflictToken != record.token {
      throw .failedPrecondition("conflict token mismatch")
    }
    let before = record.managerIdentity
    switch request.newManagerIdentity {
    case .managerIdentity(let identity)?: record.managerIdentity = identity
    case .self_p(let isSelf)?: record.managerIdentity = isSelf ? request.identity : ""
    case nil: throw .invalidArgument("new manager identity is required")
    }
    record.lastModifierIdentity = request.identity
    record.conflictToken += 1
    save(record, &turn)
    return .with {
      $0.conflictToken = record.token
      $0.previousManagerIdentity = before
    }
  }

  mutating func updateMetadata(
    _ request: Temporal_Api_Workflowservice_V1_UpdateWorkerDeploymentVersionMetadataRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_UpdateWorkerDeploymentVersionMetadataResponse {
    if request.upsertEntries.isEmpty, request.removeEntries.isEmpty {
      throw .invalidArgument("At least one of remove_entries or upsert_entries must be provided")
    }
    try checkNamespace(request.namespace)
    let key = try version(request.hasDeploymentVersion ? request.deploymentVersion : nil, request.version)
    guard var record = deployments[DeploymentKey(namespace: request.namespace, name: key.deployment)],
      var version = record.versions[key.buildID]
    else { throw .versionNotFound(key) }
    version.metadata.entries.merge(request.upsertEntries) { _, new in new }
    for name in request.removeEntries { version.metadata.entries[name] = nil }
    version.lastModifierIdentity = request.identity
    record.versions[key.buildID] = version
    save(record, &turn)
    return .with { $0.metadata = version.metadata }
  }
}

extension DeploymentRecord {
  /// - Parameter version: `nil` with a percentage sends a share of the runs to workers without a version.
  fileprivate mutating func setRamp(
    _ version: VersionKey?, percentage: Float, at time: Google_Protobuf_Timestamp
  ) {
    let isSameVersion = VersionKey(routing.rampingDeploymentVersion) == version
    if !isSameVersion { routing.rampingVersionChangedTime = time }
    routing.rampingVersionPercentageChangedTime = time
    routing.rampingVersionPercentage = percentage
    routing.rampingVersion = version?.text ?? (percentage > 0 ? Self.unversioned : "")
    if let version {
      routing.rampingDeploymentVersion = version.message
    } else {
      routing.clearRampingDeploymentVersion()
    }
  }
}
