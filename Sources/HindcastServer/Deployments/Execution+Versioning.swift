internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The version of a worker deployment that a run is on (`server.md` 15).

typealias VersioningBehavior = Temporal_Api_Enums_V1_VersioningBehavior
typealias VersioningInfo = Temporal_Api_Workflow_V1_WorkflowExecutionVersioningInfo

extension ExecutionRecord {
  /// How the run moves between versions: as an override says, else as its worker said.
  var effectiveBehavior: VersioningBehavior {
    if hasVersioningOverride, let behavior = versioningOverride.effectiveBehavior { return behavior }
    return versioning.behavior
  }

  /// Whether the run has anything to do with versions.
  var hasVersion: Bool { hasVersioning || hasVersioningOverride }

  /// The version that the run is on, or is moving to.
  var effectiveVersion: VersionKey? {
    if versioning.hasVersionTransition { return VersionKey(versioning.versionTransition.deploymentVersion) }
    if hasVersioningOverride, let version = versioningOverride.pinnedKey { return version }
    return versioning.behavior == .unspecified ? nil : VersionKey(versioning.deploymentVersion)
  }

  /// What a description of the run tells of its version; `nil` for a run that has nothing to do with versions.
  var versioningInfo: VersioningInfo? {
    guard hasVersion else { return nil }
    var info = versioning
    if hasVersioningOverride { info.versioningOverride = versioningOverride }
    return info
  }
}

extension Temporal_Api_Workflow_V1_VersioningOverride {
  fileprivate var effectiveBehavior: VersioningBehavior? {
    switch override {
    case .pinned?, .oneTime?: .pinned
    case .autoUpgrade(let isSet)?: isSet ? .autoUpgrade : nil
    case nil: behavior == .unspecified ? nil : behavior
    }
  }

  /// The version that the override pins a run to.
  var pinnedKey: VersionKey? {
    switch override {
    case .pinned(let pinned)?: VersionKey(pinned.version)
    case .oneTime(let oneTime)?: VersionKey(oneTime.targetDeploymentVersion)
    case .autoUpgrade?: nil
    case nil: behavior == .pinned ? VersionKey(text: pinnedVersion) : nil
    }
  }
}

extension Execution {
  /// A run that starts on a version: one that follows a pinned run, or a pinned run's child.
  mutating func applyInheritedVersion(_ attributes: StartedAttributes) {
    if attributes.hasInheritedPinnedVersion {
      record.versioning.behavior = .pinned
      record.versioning.deploymentVersion = attributes.inheritedPinnedVersion
    }
    if attributes.hasInheritedAutoUpgradeInfo {
      let info = attributes.inheritedAutoUpgradeInfo
      record.versioning.behavior = .autoUpgrade
      record.versioning.deploymentVersion = info.sourceDeploymentVersion
      record.versioning.revisionNumber = info.sourceDeploymentRevisionNumber
      record.versioning.continueAsNewInitialVersioningBehavior = info.continueAsNewInitialVersioningBehavior
    }
  }

  /// A worker says with its answer which version it is and how the run moves between versions.
  mutating func applyCompletedVersioning(
    _ event: HistoryEvent, _ attributes: Temporal_Api_History_V1_WorkflowTaskCompletedEventAttributes
  ) {
    let version = attributes.hasDeploymentVersion ? VersionKey(attributes.deploymentVersion) : nil
    if record.versioning.hasVersionTransition,
      VersionKey(record.versioning.versionTransition.deploymentVersion) == version
    {
      record.versioning.clearVersionTransition()
    }
    if attributes.versioningBehavior != .unspecified {
      record.versioning.behavior = attributes.versioningBehavior
      if let version {
        record.versioning.deploymentVersion = version.message
        record.versioning.version = version.text
      }
    } else if record.hasVersioning {
      record.versioning.behavior = .unspecified
      record.versioning.clearDeploymentVersion()
      record.versioning.version = ""
    }
    if case .oneTime(let oneTime)? = record.versioningOverride.override, let version,
      VersionKey(oneTime.targetDeploymentVersion) == version
    {
      record.clearVersioningOverride()
    }
    if attributes.hasWorkerVersion {
      record.mostRecentWorkerVersion = attributes.workerVersion
    } else {
      record.clearMostRecentWorkerVersion()
    }
    addResetPoint(
      event, checksum: attributes.binaryChecksum, buildID: version?.buildID ?? attributes.workerVersion.buildID)
    noteVersionAttributes(attributes, version)
  }

  /// The first task that a build completed is a point to go back to.
  private mutating func addResetPoint(_ event: HistoryEvent, checksum: String, buildID: String) {
    guard
      !record.autoResetPoints.points.contains(where: { $0.binaryChecksum == checksum && $0.buildID == buildID })
    else { return }
    record.autoResetPoints.points.append(
      .with {
        $0.binaryChecksum = checksum
        $0.buildID = buildID
        $0.runID = record.runID
        $0.firstWorkflowTaskCompletedID = event.eventID
        $0.createTime = event.eventTime
        $0.resettable = true
      })
    let excess = record.autoResetPoints.points.count - Self.mostResetPoints
    if excess > 0 { record.autoResetPoints.points.removeFirst(excess) }
  }

  private static let mostResetPoints = 20

  // MARK: Search attributes

  private mutating func noteVersionAttributes(
    _ attributes: Temporal_Api_History_V1_WorkflowTaskCompletedEventAttributes, _ version: VersionKey?
  ) {
    noteBuildIDs(attributes.hasWorkerVersion ? attributes.workerVersion : nil)
    if let text = version?.searchAttributeText, !record.workerDeploymentVersions.contains(text) {
      record.workerDeploymentVersions.append(text)
      set(SystemAttribute.usedDeploymentVersions, .keywords(record.workerDeploymentVersions))
    }
    noteBehavior(ofDeployment: attributes.workerDeploymentName)
  }

  /// An override changes how the run is bound to versions, before any worker has to do with it.
  mutating func noteOverrideAttributes() {
    noteBuildIDs(nil)
    noteBehavior(ofDeployment: record.versioning.deploymentVersion.deploymentName)
  }

  private mutating func noteBehavior(ofDeployment name: String) {
    let pinned = record.hasVersioningOverride ? record.versioningOverride.pinnedKey : nil
    let deployment = pinned?.deployment ?? name
    set(SystemAttribute.deployment, deployment.isEmpty ? nil : .keyword(deployment))
    let effective = pinned ?? VersionKey(record.versioning.deploymentVersion)
    set(SystemAttribute.deploymentVersion, (effective?.searchAttributeText).map(Payload.keyword))
    let behavior: String? =
      switch record.effectiveBehavior {
      case .pinned: "Pinned"
      case .autoUpgrade: "AutoUpgrade"
      default: nil
      }
    set(SystemAttribute.versioningBehavior, behavior.map(Payload.keyword))
  }

  /// The builds that worked on the run; first what says how it is bound to them.
  private mutating func noteBuildIDs(_ stamp: Temporal_Api_Common_V1_WorkerVersionStamp?) {
    var ids: [String] = []
    switch record.effectiveBehavior {
    case .unspecified:
      if stamp?.useVersioning != true { ids.append("unversioned") }
    case .pinned:
      if let version = record.effectiveVersion { ids.append("pinned:\(version.searchAttributeText)") }
    default: break
    }
    ids += record.buildIds.filter { $0 != "unversioned" && !$0.hasPrefix("pinned:") }
    if let stamp {
      let id =
        stamp.buildID.isEmpty
        ? "unversioned" : (stamp.useVersioning ? "versioned:" : "unversioned:") + stamp.buildID
      if !ids.contains(id) { ids.append(id) }
    }
    if ids == record.buildIds { return }
    record.buildIds = ids
    set(SystemAttribute.buildIDs, .keywords(ids))
  }

  private mutating func set(_ attribute: String, _ value: Payload?) {
    guard record.searchAttributes.indexedFields[attribute] != value else { return }
    record.searchAttributes.indexedFields[attribute] = value
  }
}

extension RunTransaction {
  /// A worker of another version takes the run's task: the run moves to that version.
  ///
  /// - Parameter revision: Of the routing that sent the task there.
  mutating func beginTransition(to version: VersionKey?, revision: Int64) {
    guard record.effectiveBehavior != .pinned, record.effectiveVersion != version else { return }
    record.versioning.versionTransition = .with { if let version { $0.deploymentVersion = version.message } }
    record.versioning.revisionNumber = revision
    record.clearSticky()
  }
}

extension Execution {
  /// Whether the worker that has the run in its cache is of the version that the run's next task should go to.
  func staysOnSticky(for version: VersionKey?) -> Bool {
    let cached = record.versioning.behavior == .unspecified ? nil : VersionKey(record.versioning.deploymentVersion)
    return cached == version
  }
}
