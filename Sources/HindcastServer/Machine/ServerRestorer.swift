public import Foundation
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// Makes a server of the records that one before it stored.
///
/// What was never stored is not there: polls, calls that waited, and updates that no worker had accepted (`server.md` 13).
public struct ServerRestorer {
  private var machine: ServerMachine

  /// Starts with nothing.
  ///
  /// - Parameter ids: Where the server before stood, so that no id is given twice.
  public init(ids: IDSource, limits: Limits = Limits()) {
    machine = ServerMachine(seed: 0, limits: limits)
    machine.ids = ids
    machine.namespaces = [:]
  }

  /// Takes a record; a record's order among the others does not matter.
  ///
  /// - Throws: What swift-protobuf throws for bytes that are no such record.
  public mutating func add(_ kind: RecordKind, owner: String, key: String, _ encoded: Data) throws {
    switch kind {
    case .execution: try change(owner) { $0.record = try ExecutionRecord(stored: encoded) }
    case .activity:
      let record = try ActivityRecord(stored: encoded)
      change(owner) { $0.activities.restore(record, for: record.scheduledEventID) }
    case .timer:
      let record = try TimerRecord(stored: encoded)
      change(owner) { $0.timers.restore(record, for: record.timerID) }
    case .child:
      let record = try ChildRecord(stored: encoded)
      change(owner) { $0.children.restore(record, for: record.initiatedEventID) }
    case .external:
      let record = try ExternalRecord(stored: encoded)
      change(owner) { $0.externals.restore(record, for: record.initiatedEventID) }
    case .update:
      let record = try UpdateRecord(stored: encoded)
      if record.isStored { change(owner) { $0.updates.restore(record, for: record.updateID) } }
    case .nexusOperation:
      let record = try NexusOperationRecord(stored: encoded)
      change(owner) { $0.nexusOperations.restore(record, for: record.scheduledEventID) }
    case .request:
      let record = try RequestRecord(stored: encoded)
      change(owner) { $0.requests.restore(record, for: record.requestID) }
    case .bufferedEvent:
      let record = try BufferedEventRecord(stored: encoded)
      change(owner) { $0.buffer.restore(record, at: Int(key) ?? 0) }
    case .currentRun:
      let record = try CurrentRunRecord(stored: encoded)
      machine.currentRuns[WorkflowKey(namespace: record.namespace, workflowID: record.workflowID)] = record.runID
    case .schedule:
      let record = try ScheduleRecord(stored: encoded)
      machine.schedules[record.key] = record
    case .batch:
      let record = try BatchRecord(stored: encoded)
      machine.batches[record.key] = record
    case .namespace: machine.namespaces[key] = try NamespaceRecord(stored: encoded)
    case .deployment: machine.deployments.set(try DeploymentRecord(stored: encoded))
    case .nexusEndpoint:
      let record = try NexusEndpointRecord(stored: encoded)
      machine.nexusEndpoints[record.endpoint.spec.name] = record
    case .standaloneActivity: machine.standaloneActivities[key] = try StandaloneActivityRecord(stored: encoded)
    case .taskQueue: machine.queues.restore(try TaskQueueRecord(stored: encoded))
    }
  }

  private mutating func change(_ runID: String, _ change: (inout Execution) throws -> Void) rethrows {
    try change(&machine.executions[runID, default: Execution(record: ExecutionRecord())])
  }

  /// The server, with its queues filled and its clocks set.
  public consuming func finish() -> ServerMachine {
    machine.resume()
    return machine
  }
}

extension ServerMachine {
  /// Where the server's ids stand: a server that is restored with it gives other ids than this one has.
  public var idSource: IDSource {
    get { ids }
    set { ids = newValue }
  }

  /// What a new server has to store before its first turn.
  public var firstWrites: [Write] {
    namespaces.sorted { $0.key < $1.key }.map { .record(.namespace, owner: "", key: $0.key, $0.value) }
  }

  /// Derives from the records what is not stored: due times, queues, what is under way.
  fileprivate mutating func resume() {
    var dispatches: [(time: Int64, runID: String, dispatch: Dispatch)] = []
    for (runID, _) in executions {
      executions[runID]?.dropSpeculativeTask()
      executions[runID]?.restoreAdmittedUpdates()
      guard let execution = executions[runID] else { continue }
      noteActivity(of: execution)
      for (time, dispatch) in execution.waitingDispatches { dispatches.append((time, runID, dispatch)) }
    }
    let byStart = executions.values.map { ($0.record.startTime, $0.runID, $0.key) }
    for (_, runID, key) in byStart.sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }) {
      runIDs[key, default: []].append(runID)
    }
    for activity in standaloneActivities.values.sorted(by: {
      ($0.startTime, $0.runNumber, $0.runID) < ($1.startTime, $1.runNumber, $1.runID)
    }) {
      // The newest run of an id is its current one.
      currentStandaloneActivities[activity.key] = activity.runID
      noteStandaloneTimes(of: activity)
      if let dispatch = activity.dispatch {
        dispatches.append((activity.activity.scheduledTime, activity.runID, dispatch))
      }
    }
    let due =
      executions.compactMap { runID, execution in execution.nextDue.map { (runID, $0) } }
      + schedules.compactMap { key, schedule in schedule.nextDue.map { (key, $0) } }
      + batches.filter { $0.value.due > 0 }.map { ($0.key, $0.value.due) }
    for (runID, time) in due.sorted(by: { ($0.1, $0.0) < ($1.1, $1.0) }) { dueTimes.set(time, for: runID) }
    // Among those of one time and run the order of the run's own list holds: a sort need not be stable.
    let order = dispatches.enumerated().sorted {
      ($0.element.time, $0.element.runID, $0.offset) < ($1.element.time, $1.element.runID, $1.offset)
    }
    for (_, element) in order { enqueue(element.dispatch, at: element.time) }
  }
}

extension Execution {
  /// A task that was made for an update only goes with the update, which nobody stored.
  fileprivate mutating func dropSpeculativeTask() {
    if record.workflowTask.kind == .speculative { clearTask(attempt: record.workflowTask.attempt) }
  }
}

extension UpdateRecord {
  /// Whether the update is in the history: one that was only admitted or sent to a worker lives in memory.
  var isStored: Bool { stage == .accepted || stage == .completed || admittedEventID != 0 }
}
