internal import HindcastApp
internal import HindcastHistory
internal import HindcastServer
internal import HindcastWorker
private import Synchronization

/// Functions and processes in a test environment's time.
final class EnvironmentStage: ProcessStage {
  /// Somebody who wants to know how a workflow ends.
  struct Wish: Sendable {
    var number: Int
    var run: WorkflowReference
    var then: @Sendable (WorkflowEnding) -> Void
  }

  private struct State {
    var wishes: [Wish] = []
    var lastWish = 0
    var ids: IDSource
  }

  private let stage: ActivityStage
  private let log: WorkerLog
  private let state: Mutex<State>

  init(_ stage: ActivityStage, seed: UInt64, log: @escaping WorkerLog) {
    self.stage = stage
    self.log = log
    // Apart from the server's, so that a process more changes no run id.
    state = Mutex(State(ids: IDSource(seed: seed ^ 0x5bd1_e995_9d1b_54a5)))
  }

  /// What code waits and logs by that is no activity.
  func makeContext(_ name: String, input: Payloads? = nil) -> ActivityContext {
    var info = ActivityInfo()
    info.type = name
    // What is random follows from it.
    info.activityID = makeID()
    return ActivityContext(info: info, input: input, log: log, clock: stage)
  }

  func begin(_ context: ActivityContext, _ body: @escaping @Sendable () -> Void) { stage.begin(context, body) }

  func run(_ name: String, _ body: @escaping @Sendable (ActivityContext) -> Void) {
    let process = makeContext(name)
    stage.begin(process) { body(process) }
  }

  func call(_ body: @escaping @Sendable () async -> Void) { stage.call(body) }

  func whenClosed(
    _ run: WorkflowReference, then: @escaping @Sendable (WorkflowEnding) -> Void
  ) -> @Sendable () -> Void {
    let number = state.withLock { state in
      state.lastWish += 1
      state.wishes.append(Wish(number: state.lastWish, run: run, then: then))
      return state.lastWish
    }
    return { [weak self] in self?.takeBack(number) }
  }

  func makeID() -> String { state.withLock { $0.ids.uuid() } }

  /// Those who wait for the end of a workflow, in the order in which they asked.
  var wishes: [Wish] { state.withLock { $0.wishes } }

  /// Goes on with the run that follows the one that somebody waits for.
  func follow(_ number: Int, to runID: String) {
    state.withLock { state in
      guard let index = state.wishes.firstIndex(where: { $0.number == number }) else { return }
      state.wishes[index].run.runID = runID
    }
  }

  /// Tells somebody how the workflow ended.
  func fulfil(_ wish: Wish, _ ending: WorkflowEnding) {
    takeBack(wish.number)
    wish.then(ending)
  }

  private func takeBack(_ number: Int) { state.withLock { $0.wishes.removeAll { $0.number == number } } }
}
