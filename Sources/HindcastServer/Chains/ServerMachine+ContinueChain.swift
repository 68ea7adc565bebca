internal import HindcastCalls
internal import HindcastRecords
internal import TemporalAPI

extension ServerMachine {
  /// Starts the run that follows a closed one in its chain (`server.md` 10).
  mutating func continueChain(_ start: RunStart, _ turn: inout Turn) {
    var start = start
    let retention = namespaces[start.namespace]?.retention ?? 0
    let skipped = start.attributes.timeSkippingStatePropagation.initialSkippedDuration.nanoseconds
    if let before = executions[start.attributes.continuedExecutionRunID]?.record {
      inheritVersion(&start.attributes, in: start.namespace, from: before, as: start.succession)
    }
    start.attributes.rollResetPoints(startingAt: turn.now.nanoseconds.addingClamped(skipped), retention: retention)
    do throws(ServiceError) {
      try createRun(start, runID: start.runID, &turn)
    } catch {
      // Nothing here can be refused.
    }
  }
}

extension RunStart {
  /// How the run follows the one before it.
  fileprivate var succession: Succession {
    switch attributes.initiator {
    case .retry: .retried
    case .cronSchedule: .cron
    default: .continuedAsNew(initialVersioningBehavior)
    }
  }
}

extension StartedAttributes {
  /// Points of the run before expire when that run does; those of runs that have expired are no points any more.
  fileprivate mutating func rollResetPoints(startingAt start: Int64, retention: Int64) {
    guard hasPrevAutoResetPoints else { return }
    prevAutoResetPoints.points = prevAutoResetPoints.points.compactMap { point in
      if point.hasExpireTime, point.expireTime.nanoseconds < start { return nil }
      var point = point
      if point.runID == continuedExecutionRunID { point.expireTime = start.addingClamped(retention).timestamp }
      return point
    }
  }
}
