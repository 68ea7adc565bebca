internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What a history tells of a run. The rule is that it tells everything; what it does not is listed here, with the reason, and
// taken out before a rebuilt run is compared with the live one. So a field that is added is compared until somebody says why not.

extension Execution {
  /// The run without what only the live one can know.
  var asHistoryTells: Execution {
    var told = self
    told.record.clearUntold()
    // Neither a repeated attempt nor a task for an update only is in the history before it ends well.
    if told.record.workflowTask.kind != .normal { told.record.workflowTask = WorkflowTaskRecord() }
    // Folded in like the events of the history, but not in it yet: compared by what they did.
    told.buffer = EventBuffer()
    // Not accepted by a worker: no event yet.
    told.admittedUpdates = []
    // What a closed run left pending is of no consequence: its end does not say what becomes of each.
    guard isRunning else {
      told.activities = RecordTable()
      told.timers = RecordTable()
      told.children = RecordTable()
      told.externals = RecordTable()
      told.nexusOperations = RecordTable()
      return told
    }
    told.activities = RecordTable(activities.records.mapValues(\.asHistoryTells))
    told.externals = RecordTable(
      externals.records.mapValues {
        var external = $0
        // Made when the request is sent, so that it is carried out once.
        external.requestID = ""
        return external
      })
    told.nexusOperations = RecordTable(nexusOperations.records.mapValues(\.asHistoryTells))
    return told
  }

  /// Where this run and the live one differ in what a history tells: lines such as `record.signal_count: …`.
  func differences(from live: Execution) -> [String] {
    let rebuilt = asHistoryTells
    let live = live.asHistoryTells
    return Self.differences(live.record, rebuilt.record, "record")
      + Self.differences(live.activities, rebuilt.activities, "activity")
      + Self.differences(live.timers, rebuilt.timers, "timer")
      + Self.differences(live.children, rebuilt.children, "child")
      + Self.differences(live.externals, rebuilt.externals, "external")
      + Self.differences(live.updates, rebuilt.updates, "update")
      + Self.differences(live.nexusOperations, rebuilt.nexusOperations, "nexusOperation")
      + Self.differences(live.requests, rebuilt.requests, "request")
  }

  private static func differences<Key, Record: Message>(
    _ live: RecordTable<Key, Record>, _ rebuilt: RecordTable<Key, Record>, _ name: String
  ) -> [String] {
    Set(live.records.keys).union(rebuilt.records.keys).sorted().flatMap { key -> [String] in
      switch (live[key], rebuilt[key]) {
      case (let live?, let rebuilt?): differences(live, rebuilt, "\(name) \(key)")
      case (.some, nil): ["\(name) \(key) is missing in the rebuilt run"]
      case (nil, .some): ["\(name) \(key) is only in the rebuilt run"]
      case (nil, nil): []
      }
    }
  }

  private static func differences<Record: Message & Equatable>(
    _ live: Record, _ rebuilt: Record, _ name: String
  ) -> [String] {
    if live == rebuilt { return [] }
    let lines = (
      live: live.textFormatString().split(separator: "\n"), rebuilt: rebuilt.textFormatString().split(separator: "\n")
    )
    let found = lines.rebuilt.difference(from: lines.live).map { change in
      switch change {
      case .remove(_, let line, _): "\(name): live only: \(line)"
      case .insert(_, let line, _): "\(name): rebuilt only: \(line)"
      }
    }
    return found.isEmpty ? ["\(name) differs"] : found
  }
}

extension ExecutionRecord {
  fileprivate mutating func clearUntold() {
    // Counts heartbeats and attempts, too.
    stateTransitionCount = 0
    // What workers and clients told without writing an event.
    clearSticky()
    startRequestID = ""
    // Written to the history of the new run only.
    resetRunID = ""
    // Tasks that failed again and again are written once.
    consecutiveTaskFailures = 0
    reportedProblems = []
    searchAttributes.indexedFields[SystemAttribute.reportedProblems] = nil
    workflowTask.stamp = 0
    workflowTask.scheduleToStartTimeout = 0
    // Heartbeats of a worker keep the time of their first task.
    workflowTask.originalScheduledTime = 0
    // The worker that takes a task begins the move to its version, as the routing's revision says; the answer to the task ends it.
    versioning.clearVersionTransition()
    versioning.revisionNumber = 0
    if versioning == VersioningInfo() { clearVersioning() }
    for index in callbacks.indices {
      // How calls went; they begin after the last event. The start request has no event that tells its id.
      callbacks[index] = .with { [callback = callbacks[index]] in
        $0.callback = callback.callback
        $0.registrationTime = callback.registrationTime
      }
    }
  }
}

extension ActivityRecord {
  /// The activity without its attempts, which are written when it ends, and without changes by hand, which are not written at all.
  fileprivate var asHistoryTells: ActivityRecord {
    .with {
      $0.scheduledEventID = scheduledEventID
      $0.scheduled = scheduled
      if hasUserMetadata { $0.userMetadata = userMetadata }
      $0.firstScheduledTime = firstScheduledTime
      $0.cancelRequested = cancelRequested
      $0.cancelRequestEventID = cancelRequestEventID
    }
  }
}

extension NexusOperationRecord {
  /// The operation without its attempts and the request that is under way, which are not written.
  fileprivate var asHistoryTells: NexusOperationRecord {
    .with {
      $0.scheduledEventID = scheduledEventID
      $0.scheduled = scheduled
      if hasUserMetadata { $0.userMetadata = userMetadata }
      $0.scheduledTime = scheduledTime
      $0.startedEventID = startedEventID
      $0.startedTime = startedTime
      $0.operationToken = operationToken
      $0.cancelRequested = cancelRequested
      $0.cancelRequestedEventID = cancelRequestedEventID
      $0.cancelRequestedTime = cancelRequestedTime
    }
  }
}
