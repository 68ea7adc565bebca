import DequeModule
import HindcastRecords

@testable import HindcastServer

/// What a server that came back from the store has otherwise than the one that wrote to it; empty if it is as it should be.
///
/// What is never stored does not count: polls and other calls that wait, queries, updates that no worker had accepted and the
/// workflow tasks that were made for those, and which worker holds a run in its cache.
struct Restoration {
  private(set) var differences: [String] = []

  init(of live: ServerMachine, as restored: ServerMachine) {
    compare("namespaces", live.namespaces, restored.namespaces)
    compare("current runs", live.currentRuns, restored.currentRuns)
    compare("runs of workflows", live.runIDs.mapValues(Set.init), restored.runIDs.mapValues(Set.init))
    compare("schedules", live.schedules, restored.schedules)
    compare("batches", live.batches, restored.batches)
    compare("endpoints", live.nexusEndpoints, restored.nexusEndpoints)
    compare("standalone activities", live.standaloneActivities, restored.standaloneActivities)
    compare(
      "current standalone activities", live.currentStandaloneActivities, restored.currentStandaloneActivities)
    for namespace in live.namespaces.keys.sorted() {
      compare("deployments", live.deployments.all(in: namespace), restored.deployments.all(in: namespace))
    }
    compare("rates", live.rates, restored.rates)
    compare("pollers", live.storedPollers, restored.storedPollers)
    compare("runs", Set(live.executions.keys), Set(restored.executions.keys))
    for (runID, execution) in live.executions.sorted(by: { $0.key < $1.key }) {
      if let other = restored.executions[runID] { compare(execution, other) }
    }
    let speculative = Set(live.executions.filter { $0.value.hasSpeculativeTask }.keys)
    compare("busy runs", live.busyRuns.subtracting(speculative), restored.busyRuns.subtracting(speculative))
    compare("due times", live.storedDueTimes(except: speculative), restored.storedDueTimes(except: speculative))
    compare("tasks", live.wantedTasks(except: speculative), restored.wantedTasks(except: speculative))
  }

  private mutating func compare(_ live: Execution, _ other: Execution) {
    let run = "run \(live.runID)"
    if !live.hasSpeculativeTask { compare(run, live.record, other.record) }
    compare("activities of \(run)", live.activities.records, other.activities.records)
    compare("timers of \(run)", live.timers.records, other.timers.records)
    compare("children of \(run)", live.children.records, other.children.records)
    compare("externals of \(run)", live.externals.records, other.externals.records)
    compare("operations of \(run)", live.nexusOperations.records, other.nexusOperations.records)
    compare("requests of \(run)", live.requests.records, other.requests.records)
    compare("updates of \(run)", live.updates.records.filter { $0.value.isStored }, other.updates.records)
    compare("buffer of \(run)", live.buffer, other.buffer)
  }

  private mutating func compare<Value: Equatable>(_ what: String, _ live: Value, _ restored: Value) {
    if live != restored { differences.append("\(what): \(live) came back as \(restored)") }
  }
}

extension Execution {
  fileprivate var hasSpeculativeTask: Bool { record.workflowTask.kind == .speculative }
}

extension ServerMachine {
  /// The rates of the queues that have one.
  fileprivate var rates: [QueueKey: Double] {
    Dictionary(uniqueKeysWithValues: queues.keys.compactMap { key in queues[key]?.rate.map { (key, $0.perSecond) } })
  }

  /// Who polled which normal queue, as far as it was stored.
  fileprivate var storedPollers: [QueueKey: [String: Int64]] {
    var pollers: [QueueKey: [String: Int64]] = [:]
    // A test's sticky queue has that in its name.
    for key in queues.keys where !key.name.hasPrefix("sticky") {
      let stored = queues[key]?.pollers.mapValues(\.stored) ?? [:]
      if !stored.isEmpty { pollers[key] = stored }
    }
    return pollers
  }

  /// When whatever is stored has something to do.
  fileprivate func storedDueTimes(except runs: Set<String>) -> [String: Int64] {
    var (dueTimes, times) = (dueTimes, [String: Int64]())
    while let due = dueTimes.next, let key = dueTimes.popDue(at: due) {
      let isStored =
        executions[key] != nil || schedules[key] != nil || batches[key] != nil || standaloneActivities[key] != nil
      if isStored, !runs.contains(key) { times[key] = due }
    }
    return times
  }

  /// The tasks that a worker would get, with their queues. Those on a sticky queue come back on the normal one.
  fileprivate func wantedTasks(except runs: Set<String>) -> Set<String> {
    var tasks: Set<String> = []
    for key in queues.keys {
      for entry in queues[key]?.tasks ?? [] where isWanted(entry.task, runs) {
        if case .workflowTask = entry.task {
          tasks.insert("\(entry.task)")
        } else {
          tasks.insert("\(entry.task) on \(key)")
        }
      }
    }
    return tasks
  }

  private func isWanted(_ task: QueuedTask, _ excluded: Set<String>) -> Bool {
    switch task {
    case .query: return false
    case .workflowTask(let runID, let stamp):
      guard let execution = executions[runID], execution.isRunning, !excluded.contains(runID) else { return false }
      let task = execution.record.workflowTask
      return task.kind != .none && task.startedEventID == 0 && task.stamp == stamp
    case .activity(let runID, let scheduledEventID, let stamp):
      guard let execution = executions[runID], execution.isRunning else { return false }
      return execution.activities[scheduledEventID].map { $0.stamp == stamp && $0.isDispatchable } ?? false
    case .nexus(let id):
      guard let execution = executions[id.runID], execution.isRunning,
        let operation = execution.nexusOperations[id.scheduledEventID]
      else { return false }
      return operation.requestDue(id.kind) > 0 && !operation.isTaken(id.kind)
        && operation.requestID(id.kind, runID: id.runID) == id
    case .standaloneActivity(let runID, let stamp):
      guard let activity = standaloneActivities[runID], activity.isRunning else { return false }
      return activity.activity.stamp == stamp && activity.activity.isDispatchable
    }
  }
}
