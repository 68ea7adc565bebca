package import HindcastCore
private import HindcastHistory
private import SwiftProtobuf
private import TemporalAPI
private import TemporalServiceAPI

/// What has become of a workflow task that a ``RunCache`` works on.
package enum WorkflowTaskStep: Sendable {
  /// The answer is there.
  case answered(WorkflowTaskAnswer)
  /// The task came with the newest events only, and the run is not here: the whole history is needed.
  case historyNeeded
  /// The code waits for local activities.
  case waits(LocalActivityWait)
  /// The run went on without this task, which has become useless.
  case lost
}

/// What a task needs from local activities before it can be answered.
package struct LocalActivityWait: Sendable {
  /// What is to be started and cancelled now.
  package var orders: LocalActivityOrders
  /// How long the server waits for the task.
  package var taskTimeout: Duration
}

/// The runs of one thread: those whose next task goes on where the last one ended, and those in the middle of a task.
///
/// It stays on the thread that made it, as the runs do. How many runs are kept is up to its owner, who evicts them.
package final class RunCache {
  private struct Entry {
    let run: WorkflowRun
    let runtime: any WorkflowRuntime
    /// The start of the last task that was worked.
    var startedEventID: Int64 = 0
    /// The last event that the code has seen.
    var handledEventID: Int64 = 0
    /// What the SDK called itself when it last said so in the history.
    var recordedSDK: SDKIdentity?
    /// The task that is not answered yet.
    var open: WorkflowTaskExecution?
  }

  private let code: any WorkflowCode
  private let options: RuntimeOptions
  private let keepsRuns: Bool
  private var entries: [String: Entry] = [:]
  /// Runtimes that no run is in.
  private var idle: [any WorkflowRuntime] = []

  /// To make a runtime takes longer than a short task, so that some are kept for the next runs.
  private static let mostIdle = 4

  /// - Parameters:
  ///   - code: What runs.
  ///   - options: How it runs.
  ///   - keepsRuns: Whether runs stay when their task is answered.
  package init(_ code: any WorkflowCode, options: RuntimeOptions, keepsRuns: Bool) {
    self.code = code
    self.options = options
    self.keepsRuns = keepsRuns
  }

  // MARK: Tasks

  /// Works a task as far as it goes: on the run that is kept, or on one that is rebuilt from its history.
  package func begin(_ execution: WorkflowTaskExecution) -> WorkflowTaskStep {
    let task = execution.task
    if task.isQuery { return answer(query: execution) }
    if let entry = entries[task.runID] {
      if entry.open == nil, entry.startedEventID == task.polled.previousStartedEventID,
        task.goesOn(after: entry.handledEventID)
      {
        return work(execution) { (run) throws(WorkflowTaskProblem) in
          try execution.runNext(run, after: entry.handledEventID)
        }
      }
      evict(task.runID)
    }
    guard task.hasWholeHistory else { return .historyNeeded }
    do throws(WorkflowTaskProblem) {
      let (run, runtime) = try makeRun(execution)
      entries[task.runID] = Entry(run: run, runtime: runtime)
    } catch {
      return .answered(.failed(error))
    }
    return work(execution) { (run) throws(WorkflowTaskProblem) in try execution.runWhole(run) }
  }

  /// Goes on with a task when a local activity has ended.
  ///
  /// - Parameter elapsed: How much time has passed since the task began, or since the last outcome.
  package func resume(
    _ execution: WorkflowTaskExecution, _ id: String, _ outcome: LocalActivityOutcome, after elapsed: Duration
  ) -> WorkflowTaskStep {
    guard let entry = openEntry(execution) else { return .lost }
    do throws(TaskFailure) {
      try entry.run.finishLocalActivity(id, outcome, after: elapsed)
      return step(execution)
    } catch {
      evict(execution.task.runID)
      return .answered(.failed(WorkflowTaskProblem(error)))
    }
  }

  /// Answers a task with what the code has asked for up to now, because local activities take longer than the task may; they
  /// go on in the task that the server makes then.
  package func prolong(_ execution: WorkflowTaskExecution) -> WorkflowTaskStep {
    openEntry(execution) == nil ? .lost : finish(execution, isProlonged: true)
  }

  private func openEntry(_ execution: WorkflowTaskExecution) -> Entry? {
    guard let entry = entries[execution.task.runID],
      entry.open?.task.polled.taskToken == execution.task.polled.taskToken
    else { return nil }
    return entry
  }

  private func work(
    _ execution: WorkflowTaskExecution, _ body: (WorkflowRun) throws(WorkflowTaskProblem) -> Void
  ) -> WorkflowTaskStep {
    let task = execution.task
    guard var entry = entries[task.runID] else { return .lost }
    entry.open = execution
    entry.startedEventID = task.startedEventID
    entry.handledEventID = entry.startedEventID
    entry.recordedSDK = task.recordedSDK ?? entry.recordedSDK
    entries[task.runID] = entry
    do throws(WorkflowTaskProblem) {
      try body(entry.run)
      return step(execution)
    } catch {
      evict(task.runID)
      return .answered(.failed(error))
    }
  }

  private func step(_ execution: WorkflowTaskExecution) -> WorkflowTaskStep {
    guard let run = entries[execution.task.runID]?.run else { return .lost }
    guard run.awaitsLocalActivities else { return finish(execution) }
    let timeout = Duration(run.environment.info.started.workflowTaskTimeout)
    return .waits(
      LocalActivityWait(
        orders: run.takeLocalActivityOrders(), taskTimeout: timeout > .zero ? timeout : .seconds(10)))
  }

  private func finish(_ execution: WorkflowTaskExecution, isProlonged: Bool = false) -> WorkflowTaskStep {
    let runID = execution.task.runID
    guard let entry = entries[runID] else { return .lost }
    do throws(WorkflowTaskProblem) {
      var completion = try execution.completion(of: entry.run)
      completion.recordedSDK = entry.recordedSDK
      completion.isProlonged = isProlonged
      entries[runID]?.open = nil
      if completion.closesRun || !(keepsRuns || isProlonged) { evict(runID) }
      return .answered(.completed(completion))
    } catch {
      evict(runID)
      return .answered(.failed(error))
    }
  }

  // MARK: Queries

  private func answer(query execution: WorkflowTaskExecution) -> WorkflowTaskStep {
    let task = execution.task
    if let entry = entries[task.runID], entry.open == nil, task.asksAbout(stateAfter: entry.startedEventID) {
      return .answered(execution.answer(queryWith: entry.run))
    }
    guard task.hasWholeHistory else { return .historyNeeded }
    do throws(WorkflowTaskProblem) {
      let (run, runtime) = try makeRun(execution)
      defer {
        run.close()
        giveBack(runtime)
      }
      try execution.runWhole(run)
      return .answered(execution.answer(queryWith: run))
    } catch {
      return .answered(.failed(error))
    }
  }

  // MARK: Runs

  /// Whether a run is here.
  func contains(_ runID: String) -> Bool { entries[runID] != nil }

  /// Whether a run is in the middle of a task, or waits for local activities that go on between two tasks.
  func isOpen(_ runID: String) -> Bool {
    guard let entry = entries[runID] else { return false }
    return entry.open != nil || entry.run.awaitsLocalActivities
  }

  /// Forgets a run; its next task replays it.
  package func evict(_ runID: String) {
    guard let entry = entries.removeValue(forKey: runID) else { return }
    entry.run.close()
    giveBack(entry.runtime)
  }

  /// Forgets a run unless it has gone on since a task.
  package func evict(_ runID: String, workedBy task: WorkflowTask) {
    if entries[runID]?.startedEventID == task.startedEventID { evict(runID) }
  }

  /// The server has dropped a task together with its events: the next one comes as if it had not been.
  ///
  /// - Parameter startedEventID: The start of the task before it.
  package func rewind(_ task: WorkflowTask, to startedEventID: Int64) {
    guard let entry = entries[task.runID], entry.startedEventID == task.startedEventID else { return }
    entries[task.runID]?.startedEventID = startedEventID
    // Its scheduling and its start; what came in before them stays.
    entries[task.runID]?.handledEventID = entry.handledEventID - 2
  }

  /// What a kept run waits for, in words; `nil` for one that is not kept.
  package func waits(of runID: String) -> [String]? {
    guard let run = entries[runID]?.run else { return nil }
    return run.coroutines.map { coroutine in
      let place = coroutine.location.map { " (\($0))" } ?? ""
      return (coroutine.waitingFor.map { "\(coroutine.name) waits for \($0)" } ?? coroutine.name) + place
    }
  }

  private func makeRun(
    _ execution: WorkflowTaskExecution
  ) throws(WorkflowTaskProblem) -> (WorkflowRun, any WorkflowRuntime) {
    let runtime: any WorkflowRuntime
    do throws(WorkflowLoadError) {
      runtime = try takeRuntime()
    } catch {
      throw WorkflowTaskProblem(
        error, type: execution.task.polled.workflowType.name, supported: execution.supportedTypes)
    }
    do throws(WorkflowTaskProblem) {
      return (try execution.makeRun(in: runtime), runtime)
    } catch {
      giveBack(runtime)
      throw error
    }
  }

  // MARK: Runtimes

  /// Lends a runtime that no run is in.
  package func withRuntime<Value>(
    _ body: (any WorkflowRuntime) -> Value
  ) throws(WorkflowLoadError) -> Value {
    let runtime = try takeRuntime()
    defer { giveBack(runtime) }
    return body(runtime)
  }

  private func takeRuntime() throws(WorkflowLoadError) -> any WorkflowRuntime {
    guard let runtime = idle.last else {
      let runtime = try code.makeRuntime(options)
      if runtime.runsManyInstances { idle.append(runtime) }
      return runtime
    }
    if !runtime.runsManyInstances { idle.removeLast() }
    return runtime
  }

  private func giveBack(_ runtime: any WorkflowRuntime) {
    if !runtime.runsManyInstances, idle.count < Self.mostIdle { idle.append(runtime) }
  }
}

extension WorkflowTask {
  /// Whether the task brings what has happened since an event that the code saw last.
  fileprivate func goesOn(after eventID: Int64) -> Bool {
    guard let first = events.first, let last = events.last, eventID > 0 else { return false }
    return first.eventID <= eventID + 1 && last.eventID > eventID
  }

  /// Whether nothing was completed after the task that this event started.
  fileprivate func asksAbout(stateAfter startedEventID: Int64) -> Bool {
    guard hasWholeHistory else { return polled.previousStartedEventID == startedEventID }
    let last = events.last { $0.eventType == .workflowTaskCompleted }
    return last?.workflowTaskCompletedEventAttributes.startedEventID == startedEventID
  }
}
