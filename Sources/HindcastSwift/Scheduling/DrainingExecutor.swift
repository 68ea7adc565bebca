import CTaskHooks
import Synchronization

/// Runs the jobs of one workflow's tasks, in the order in which they were made ready, only while it is being drained.
///
/// As a task executor it is inherited by child tasks (`async let`, task groups) and by default actors, so that all of a
/// workflow's structured concurrency runs here. A job that comes from another thread, or between two drains, means that
/// workflow code waited for something outside: it is dropped and counted, since its place in the order is an accident.
final class DrainingExecutor: TaskExecutor, SerialExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var next = 0
    var strayJobs = 0
  }

  private let state = Mutex(State())
  /// The thread that drains at the moment; 0: none.
  private let owner = Atomic<UInt>(0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isOwner = isDrainedByCurrentThread
    state.withLock { state in
      if isOwner {
        state.jobs.append(job)
      } else {
        state.strayJobs += 1
      }
    }
  }

  func asUnownedTaskExecutor() -> UnownedTaskExecutor { UnownedTaskExecutor(ordinary: self) }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Whether the caller runs inside of this executor.
  var isDrainedByCurrentThread: Bool { owner.load(ordering: .relaxed) == currentThreadIdentity() }

  /// Lets `body` make jobs ready and run them; afterwards the executor is closed again.
  /// - Returns: what `body` returns, and how jobs left the executor meanwhile or since the last time.
  func whileOpen<Result>(_ body: () -> Result) -> (result: Result, escape: TaskEscape?) {
    owner.store(currentThreadIdentity(), ordering: .relaxed)
    hindcast_begin_watch()
    let result = body()
    let hasLeft = hindcast_end_watch()
    owner.store(0, ordering: .relaxed)
    return (result, hasLeft ? .unstructuredTask : takeStrays() ? .resumedElsewhere : nil)
  }

  /// Runs code that is no workflow code, such as a logger, and may start tasks where it likes.
  func unwatched<Result>(_ body: () -> Result) -> Result {
    let wasWatched = hindcast_pause_watch()
    defer { if wasWatched { hindcast_continue_watch() } }
    return body()
  }

  /// Runs jobs until none is ready.
  /// - Parameter run: is given each job's execution, to do around it what must be done around foreign code.
  func drain(_ run: (() -> Void) -> Void) {
    while let job = takeNext() {
      run { job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor()) }
    }
  }

  /// Another thread has tried to use the workflow.
  func noteStray() {
    state.withLock { $0.strayJobs += 1 }
  }

  private func takeStrays() -> Bool {
    state.withLock { state in
      defer { state.strayJobs = 0 }
      return state.strayJobs > 0
    }
  }

  private func takeNext() -> UnownedJob? {
    state.withLock { state in
      guard state.next < state.jobs.count else {
        state.jobs.removeAll(keepingCapacity: true)
        state.next = 0
        return nil
      }
      defer { state.next += 1 }
      return state.jobs[state.next]
    }
  }
}

/// How work got out of a workflow's executor.
enum TaskEscape {
  /// `Task { }` or `Task.detached { }`.
  case unstructuredTask
  /// A job of the workflow was made ready by another thread, or by nobody that ran for the workflow.
  case resumedElsewhere

  /// What to tell the user.
  var message: String {
    switch self {
    case .unstructuredTask:
      "workflow code started a task outside of its executor (Task { } or Task.detached { }); "
        + "use context.spawn, async let or a task group"
    case .resumedElsewhere:
      "workflow code was resumed from outside of its executor (Task.sleep, real I/O, another thread or another actor); "
        + "wait through the workflow's context only"
    }
  }
}
