import HindcastCore
import Synchronization

/// Runs a workflow's coroutines as the Go SDK's dispatcher does: one after another in the order of their creation, in
/// rounds, until a whole round brings nothing.
///
/// Source: sdk-go `internal_workflow.go`, `dispatcherImpl.ExecuteUntilAllBlocked`. A coroutine that waits is asked whether
/// its wait is over without being resumed, which gives the same order as Go's resume-and-look-again.
final class Dispatcher: @unchecked Sendable {
  // `@unchecked`: used on the thread that drains, or by its caller while that thread rests.

  let executor = DrainingExecutor()
  let gate = HostGate()
  /// Counts turns, so that a watchdog sees that code goes on.
  let steps = Atomic<Int>(0)
  /// The coroutine whose turn it is.
  private(set) var running: Coroutine?
  private(set) var coroutines: [Coroutine] = []
  /// New coroutines that go ahead of all others: update handlers.
  private var eager: [Coroutine] = []
  private var created = 0
  private(set) var isEvicting = false
  private var refusals = 0

  // MARK: Coroutines

  /// Adds a coroutine; it begins in its turn.
  func spawn(name: String?, ahead: Bool = false, _ body: @escaping () async -> Void) {
    let coroutine = Coroutine(name: name ?? String(created + 1), body: body)
    created += 1
    if ahead { eager.append(coroutine) } else { coroutines.append(coroutine) }
  }

  /// Marks that the running coroutine got somewhere.
  func noteProgress() {
    running?.madeProgress = true
  }

  /// Whether code that belongs to this workflow runs now.
  var isRunningCode: Bool { executor.isDrainedByCurrentThread }

  /// Suspends the current task until `isReady` answers true in a turn of its coroutine.
  ///
  /// Unlike in a poll, whoever waits has to say itself, by `noteProgress()`, that it got somewhere.
  /// - Throws: `WorkflowEvicted` when the run is given up.
  func wait(for reason: String, at location: SourceLocation?, until isReady: @escaping () -> Bool) async throws {
    guard isRunningCode else {
      executor.noteStray()
      throw WorkflowEvicted()
    }
    let isEvicted = await withUnsafeContinuation { (continuation: UnsafeContinuation<Bool, Never>) in
      let entered = gate.enter()
      defer { if entered { gate.leave() } }
      if isEvicting {
        refuse(continuation)
        return
      }
      (Coroutine.current ?? running)?.waits.append(
        Coroutine.Wait(reason: reason, location: location, isReady: isReady, continuation: continuation))
    }
    if isEvicted { throw WorkflowEvicted() }
  }

  // MARK: Rounds

  /// Runs coroutines until each is blocked.
  /// - Parameters:
  ///   - shouldStop: asked after each turn; a run that has failed goes no further.
  ///   - whenBlocked: called when nothing goes on by itself; answers whether it made work.
  func runUntilAllBlocked(shouldStop: () -> Bool, whenBlocked: () -> Bool) {
    var isAllBlocked = false
    while !isAllBlocked || whenBlocked() {
      startEager(at: 0)
      isAllBlocked = true
      let createdBefore = created
      var index = 0
      while index < coroutines.count {
        let coroutine = coroutines[index]
        takeTurn(coroutine)
        if shouldStop() { return }
        if coroutine.isFinished {
          coroutines.remove(at: index)
          isAllBlocked = false
        } else {
          if coroutine.madeProgress { isAllBlocked = false }
          index += 1
        }
        if !eager.isEmpty {
          startEager(at: index)
          isAllBlocked = false
        }
      }
      if created != createdBefore { isAllBlocked = false }
    }
  }

  private func startEager(at index: Int) {
    guard !eager.isEmpty else { return }
    coroutines.insert(contentsOf: eager, at: index)
    eager.removeAll()
  }

  private func takeTurn(_ coroutine: Coroutine) {
    steps.add(1, ordering: .relaxed)
    running = coroutine
    defer { running = nil }
    if let body = coroutine.body {
      coroutine.body = nil
      coroutine.madeProgress = true
      begin(coroutine, body)
      drain()
      return
    }
    coroutine.madeProgress = false
    // A turn looks once at each wait that it finds; waits that it leads to belong to the next.
    var remaining = coroutine.waits.count
    var index = 0
    while remaining > 0, index < coroutine.waits.count {
      remaining -= 1
      guard coroutine.waits[index].isReady() else {
        index += 1
        continue
      }
      let wait = coroutine.waits.remove(at: index)
      coroutine.location = wait.location ?? coroutine.location
      wait.continuation.resume(returning: false)
      drain()
    }
  }

  private func begin(_ coroutine: Coroutine, _ body: @escaping () async -> Void) {
    let work = UncheckedTransfer(body)
    Coroutine.$current.withValue(coroutine) {
      coroutine.task = Task(executorPreference: executor) {
        await work.value()
        coroutine.isFinished = true
      }
    }
  }

  private func drain() {
    executor.drain { job in gate.outside(job) }
  }

  // MARK: Giving up

  /// Unwinds what still waits, so that its memory is released: each wait throws `WorkflowEvicted`.
  func evict() {
    isEvicting = true
    eager.removeAll()
    for coroutine in coroutines {
      running = coroutine
      coroutine.body = nil
      // Also wakes code that waits for something else than the context.
      coroutine.task?.cancel()
      drain()
      while let wait = coroutine.waits.popLast() {
        wait.continuation.resume(returning: true)
        drain()
      }
    }
    running = nil
    coroutines.removeAll()
  }

  /// Forgets everything without running code: the thread that would run it is lost.
  func abandon() {
    isEvicting = true
    eager.removeAll()
    coroutines.removeAll()
  }

  /// Code that is being given up waits again, in a `catch` or `defer` perhaps. A loop there must not spin for ever.
  private func refuse(_ continuation: UnsafeContinuation<Bool, Never>) {
    refusals += 1
    if refusals <= 1000 { continuation.resume(returning: true) }
  }
}

/// Thrown into workflow code when its run is given up: the history has ended, or the run has failed. Let it through.
public struct WorkflowEvicted: Error, Sendable {
  /// Makes the error.
  public init() {}
}

/// Carries a value into a task that runs on the same executor as the code that made it.
struct UncheckedTransfer<Value>: @unchecked Sendable {
  // `@unchecked`: both sides run on one thread, one after the other.
  let value: Value

  init(_ value: Value) {
    self.value = value
  }
}
