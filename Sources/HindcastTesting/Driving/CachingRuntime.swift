internal import HindcastCore
internal import HindcastHistory
internal import HindcastWorker
internal import TemporalAPI
internal import TemporalServiceAPI

/// Workflow code whose runs stay alive between tasks, as in a worker with a sticky queue.
struct CachingCode: WorkflowCode {
  let base: any WorkflowCode

  var workflowTypes: [String] { base.workflowTypes }

  func makeRuntime(_ options: RuntimeOptions) throws(WorkflowLoadError) -> any WorkflowRuntime {
    CachingRuntime(base: base, options: options, first: try base.makeRuntime(options))
  }
}

/// Keeps runs between their tasks. It stays on the thread that made it, as the runs do.
final class CachingRuntime: WorkflowRuntime {
  private struct Cached {
    let run: WorkflowRun
    let runtime: any WorkflowRuntime
    /// The start of the last task that it worked.
    var startedEventID: Int64
    var lastUse: Int
  }

  private let base: any WorkflowCode
  private let options: RuntimeOptions
  /// For whatever is not kept.
  private let first: any WorkflowRuntime
  private var runs: [String: Cached] = [:]
  private var uses = 0

  /// Runs that are kept at most; each holds a runtime, a Lua machine for example.
  private static let capacity = 64

  init(base: any WorkflowCode, options: RuntimeOptions, first: any WorkflowRuntime) {
    self.base = base
    self.options = options
    self.first = first
  }

  func makeInstance(in environment: WorkflowEnvironment) throws(WorkflowLoadError) -> any WorkflowInstance {
    try first.makeInstance(in: environment)
  }

  /// Answers a task with the run that is kept, or replays it and keeps it from then on.
  func answer(_ execution: WorkflowTaskExecution) -> WorkflowTaskAnswer {
    uses += 1
    let runID = execution.task.polled.workflowExecution.runID
    if execution.task.isQuery {
      guard let cached = runs[runID], execution.covers(startedEventID: cached.startedEventID) else {
        return execution.answer(in: first)
      }
      return execution.answer(queryWith: cached.run)
    }
    if var cached = runs.removeValue(forKey: runID),
      cached.startedEventID == execution.task.polled.previousStartedEventID, cached.startedEventID != 0
    {
      let answer = execution.answer(continuing: cached.run)
      cached.startedEventID = execution.task.polled.startedEventID
      cached.lastUse = uses
      keep(cached, runID, after: answer)
      return answer
    }
    do throws(WorkflowLoadError) {
      let runtime = try base.makeRuntime(options)
      let (answer, run) = execution.answerAndKeepRun(in: runtime)
      if let run {
        keep(
          Cached(
            run: run, runtime: runtime, startedEventID: execution.task.polled.startedEventID, lastUse: uses), runID,
          after: answer)
      }
      return answer
    } catch {
      return execution.answer(in: first)
    }
  }

  /// Forgets a run; its next task replays it.
  func evict(_ runID: String) { runs.removeValue(forKey: runID)?.run.close() }

  /// What a kept run waits for, in words; `nil` for one that is not kept.
  func waits(of runID: String) -> [String]? {
    guard let run = runs[runID]?.run else { return nil }
    return run.coroutines.map { coroutine in
      let place = coroutine.location.map { " (\($0))" } ?? ""
      return (coroutine.waitingFor.map { "\(coroutine.name) waits for \($0)" } ?? coroutine.name) + place
    }
  }

  private func keep(_ cached: Cached, _ runID: String, after answer: WorkflowTaskAnswer) {
    guard case .completed(let completion) = answer, !completion.commands.contains(where: \.closesRun) else {
      cached.run.close()
      return
    }
    runs[runID] = cached
    if runs.count > Self.capacity, let oldest = runs.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      evict(oldest.key)
    }
  }
}

extension Command {
  fileprivate var closesRun: Bool {
    switch commandType {
    case .completeWorkflowExecution, .failWorkflowExecution, .cancelWorkflowExecution, .continueAsNewWorkflowExecution:
      true
    default: false
    }
  }
}
