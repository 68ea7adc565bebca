internal import Foundation
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalServiceAPI

typealias DeploymentVersionStatus = Temporal_Api_Enums_V1_WorkerDeploymentVersionStatus
typealias DeploymentVersionSummary = Temporal_Api_Deployment_V1_WorkerDeploymentInfo.WorkerDeploymentVersionSummary

// A worker deployment as clients see it.

extension DeploymentRecord {
  /// How old fields name the workers without a version.
  static let unversioned = "__unversioned__"

  /// The state of the routing that a change must be based on, if its request says so.
  var token: Data { Data("\(conflictToken)".utf8) }

  mutating func addVersion(_ buildID: String, at now: Int64) {
    if versions[buildID] != nil { return }
    versions[buildID] = .with {
      $0.deploymentName = name
      $0.deploymentVersion = VersionKey(deployment: name, buildID: buildID).message
      $0.version = VersionKey(deployment: name, buildID: buildID).text
      $0.createTime = now.timestamp
      $0.status = .inactive
    }
  }

  func key(_ buildID: String) -> VersionKey { VersionKey(deployment: name, buildID: buildID) }

  var currentBuildID: String? { VersionKey(routing.currentDeploymentVersion)?.buildID }
  var rampingBuildID: String? { VersionKey(routing.rampingDeploymentVersion)?.buildID }

  /// Sets what each version says of itself after a change of the routing.
  mutating func updateVersions(at now: Int64) {
    for buildID in versions.keys.sorted() {
      guard var version = versions[buildID] else { continue }
      let status: DeploymentVersionStatus =
        buildID == currentBuildID
        ? .current : buildID == rampingBuildID ? .ramping : version.status.afterDemotion
      version.rampPercentage = status == .ramping ? routing.rampingVersionPercentage : 0
      if status != version.status {
        version.change(to: status, at: now.timestamp)
      }
      versions[buildID] = version
    }
  }

  func summary(of buildID: String) -> DeploymentVersionSummary? {
    guard let version = versions[buildID] else { return nil }
    return .with {
      $0.version = version.version
      $0.deploymentVersion = version.deploymentVersion
      $0.createTime = version.createTime
      $0.status = version.status
      $0.drainageStatus = version.drainageInfo.status
      if version.hasDrainageInfo { $0.drainageInfo = version.drainageInfo }
      if version.hasCurrentSinceTime { $0.currentSinceTime = version.currentSinceTime }
      if version.hasRampingSinceTime { $0.rampingSinceTime = version.rampingSinceTime }
      if version.hasRoutingChangedTime { $0.routingUpdateTime = version.routingChangedTime }
      if version.hasFirstActivationTime { $0.firstActivationTime = version.firstActivationTime }
      if version.hasLastDeactivationTime { $0.lastDeactivationTime = version.lastDeactivationTime }
    }
  }

  /// The versions, the newest first.
  var summaries: [DeploymentVersionSummary] {
    versions.keys.sorted().compactMap(summary).sorted { $0.createTime.nanoseconds > $1.createTime.nanoseconds }
  }
}

extension Temporal_Api_Deployment_V1_WorkerDeploymentVersionInfo {
  fileprivate mutating func change(to status: DeploymentVersionStatus, at time: Google_Protobuf_Timestamp) {
    self.status = status
    routingChangedTime = time
    switch status {
    case .current:
      currentSinceTime = time
      clearRampingSinceTime()
      clearDrainageInfo()
      if !hasFirstActivationTime { firstActivationTime = time }
    case .ramping:
      rampingSinceTime = time
      clearCurrentSinceTime()
      clearDrainageInfo()
      if !hasFirstActivationTime { firstActivationTime = time }
    case .draining:
      clearCurrentSinceTime()
      clearRampingSinceTime()
      lastDeactivationTime = time
      drainageInfo = .with {
        $0.status = .draining
        $0.lastChangedTime = time
        $0.lastCheckedTime = time
      }
    default: break
    }
  }
}

extension DeploymentVersionStatus {
  /// The status of a version that new runs do not go to (any longer).
  fileprivate var afterDemotion: Self { self == .current || self == .ramping ? .draining : self }
}
