internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// How a run comes from another.
enum Succession: Sendable, Equatable {
  case child
  case continuedAsNew(Temporal_Api_Enums_V1_ContinueAsNewVersioningBehavior)
  case retried
  case cron
}

extension ServerMachine {
  /// Hands the version of a run on to a run that comes from it (`server.md` 15).
  ///
  /// Only where the new run's queue is polled by workers of that version.
  ///
  /// - Parameter attributes: Of the new run's start, with its task queue set.
  func inheritVersion(
    _ attributes: inout StartedAttributes, in namespace: String, from record: ExecutionRecord, as succession: Succession
  ) {
    if attributes.hasVersioningOverride || namespace != record.namespace { return }
    let queue = QueueKey(namespace: namespace, name: attributes.taskQueue.name, kind: .workflow)
    let isSameQueue = queue.name == record.started.taskQueue.name
    func isPolled(by version: VersionKey) -> Bool {
      isSameQueue || deployments.hasVersion(version, polling: queue)
    }
    if record.hasVersioningOverride, let pinned = record.versioningOverride.pinnedKey, isPolled(by: pinned) {
      attributes.versioningOverride = record.versioningOverride
    }
    guard let version = record.effectiveVersion, isPolled(by: version) else { return }
    let revision = record.versioning.revisionNumber
    switch (succession, record.effectiveBehavior) {
    case (.cron, _): return
    case (.child, .pinned), (.continuedAsNew(.unspecified), .pinned):
      attributes.inheritedPinnedVersion = version.message
    case (.retried, .pinned):
      if record.started.hasInheritedPinnedVersion { attributes.inheritedPinnedVersion = version.message }
    case (.continuedAsNew(let behavior), _) where revision != 0:
      attributes.inheritedAutoUpgradeInfo = .with {
        $0.sourceDeploymentVersion = version.message
        $0.sourceDeploymentRevisionNumber = revision
        $0.continueAsNewInitialVersioningBehavior = behavior
      }
    case (_, .autoUpgrade) where revision != 0:
      attributes.inheritedAutoUpgradeInfo = .with {
        $0.sourceDeploymentVersion = version.message
        $0.sourceDeploymentRevisionNumber = revision
        if succession == .retried {
          $0.continueAsNewInitialVersioningBehavior = record.versioning.continueAsNewInitialVersioningBehavior
        }
      }
    default: return
    }
  }

  /// A run has moved to another version: activities that wait for a worker wait where its workers are now.
  mutating func rerouteActivities(of execution: Execution, before: Execution?, at now: Int64) {
    guard let before, execution.isRunning, !execution.activities.isEmpty,
      before.record.hasVersion || execution.record.hasVersion,
      before.record.effectiveVersion != execution.record.effectiveVersion
        || before.record.effectiveBehavior != execution.record.effectiveBehavior
    else { return }
    for (_, dispatch) in execution.waitingDispatches {
      if case .activity = dispatch.task { enqueue(dispatch, at: now) }
    }
  }
}
