internal import HindcastCore
private import Synchronization

/// The local activities of one run, from the workflow task that asks for the first to the one that needs none any more.
final class LocalActivityGroup: Sendable {
  /// What a task that waits learns.
  enum Event: Sendable {
    /// An activity has ended; with the time since the task began, or since the last end.
    case ended(id: String, LocalActivityOutcome, after: Duration)
    /// The server would soon give the task up.
    case taskIsOld
    /// The worker stops.
    case stopped
  }

  private enum Signal: Sendable {
    case ended(id: String, LocalActivityOutcome)
    case taskIsOld(Int)
    case stopped
  }

  private struct State {
    var task = 0
    var taskStart: Duration = .zero
    /// When the workflow's time was set last.
    var lastTime: Duration = .zero
    var deadline: Task<Void, any Error>?
    var switches: [String: LocalActivitySwitch] = [:]
    /// Those that have ended in this task.
    var ended: [LocalActivitySwitch] = []
    var isKnown = false
  }

  /// How much of a workflow task's time local activities may take before the task is prolonged; sdk-go's number.
  private static let shareOfTask = 0.8

  private let runner: LocalActivityRunner
  private let watch: Stopwatch
  private let signals = AsyncStream.makeStream(of: Signal.self)
  private let state = Mutex(State())

  init(_ runner: LocalActivityRunner) {
    self.runner = runner
    watch = Stopwatch(runner.clock)
  }

  /// A task of the run begins.
  func beginTask() {
    let now = watch.elapsed
    state.withLock { state in
      state.task += 1
      (state.taskStart, state.lastTime) = (now, now)
    }
  }

  /// Starts and cancels what a task asks for, and waits until something happens.
  func next(_ wait: LocalActivityWait, for execution: WorkflowTaskExecution) async -> Event {
    guard register() else { return .stopped }
    carryOut(wait, execution)
    watchTask(wait.taskTimeout)
    for await signal in signals.stream {
      switch signal {
      case .ended(let id, let outcome):
        let now = watch.elapsed
        let elapsed = state.withLock { state in
          if let ended = state.switches.removeValue(forKey: id) { state.ended.append(ended) }
          defer { state.lastTime = now }
          return now - state.lastTime
        }
        return .ended(id: id, outcome, after: elapsed)
      case .taskIsOld(let task):
        if state.withLock({ $0.task }) == task { return .taskIsOld }
      case .stopped: return .stopped
      }
    }
    return .stopped
  }

  /// The task is about to be answered.
  ///
  /// - Returns: How many attempts it saw of activities that an earlier task had started.
  func endTask() -> UInt32 {
    state.withLock { state in
      state.deadline?.cancel()
      state.deadline = nil
      let later = (state.ended + state.switches.values).filter { $0.firstTask < state.task }
      state.ended = []
      return later.reduce(0) { $0 + $1.takeAttempts() }
    }
  }

  /// No task follows: what still runs is told to stop.
  func end() { release(.requested) }

  /// The worker stops.
  func stop() {
    release(.workerStopped)
    signals.continuation.yield(.stopped)
  }

  private func release(_ reason: ActivityCancellation) {
    let (switches, isKnown) = state.withLock { state in
      state.deadline?.cancel()
      return (Array(state.switches.values), state.isKnown)
    }
    for activity in switches { activity.cancel(reason) }
    if isKnown { runner.remove(self) }
  }

  private func register() -> Bool {
    if state.withLock({ $0.isKnown }) { return true }
    let isAccepted = runner.add(self)
    state.withLock { $0.isKnown = isAccepted }
    return isAccepted
  }

  private func carryOut(_ wait: LocalActivityWait, _ execution: WorkflowTaskExecution) {
    for request in wait.orders.starts {
      let activity = state.withLock { state in
        let activity = LocalActivitySwitch(firstTask: state.task)
        state.switches[request.id] = activity
        return activity
      }
      Task.detached { [runner, continuation = signals.continuation] in
        let outcome = await runner.run(request, for: execution, longestPause: wait.taskTimeout, activity)
        continuation.yield(.ended(id: request.id, outcome))
      }
    }
    for id in wait.orders.cancellations { state.withLock { $0.switches[id] }?.cancel(.requested) }
  }

  private func watchTask(_ timeout: Duration) {
    let now = watch.elapsed
    state.withLock { state in
      guard state.deadline == nil else { return }
      let (task, pause) = (state.task, timeout * Self.shareOfTask - (now - state.taskStart))
      state.deadline = Task { [runner, continuation = signals.continuation] in
        if pause > .zero { try await runner.clock.sleep(for: pause) }
        continuation.yield(.taskIsOld(task))
      }
    }
  }
}
