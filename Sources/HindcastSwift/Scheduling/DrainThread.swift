import CTaskHooks
import Dispatch
import Foundation
import Synchronization

/// A thread that runs workflow code, so that its caller can give up on code that does not yield.
///
/// The caller is blocked while the thread works: at any time only one of the two runs.
final class DrainThread: @unchecked Sendable {
  // `@unchecked`: `work` and `identity` are handed over by the semaphores, never used by two threads at once.

  /// How a piece of work ended.
  enum Outcome {
    case finished
    /// It used up its CPU time without a step.
    case overran
    /// It makes step after step and does not come to an end.
    case restless
    /// It neither ended nor used the CPU: it waits for something outside.
    case blocked
  }

  /// What the thread itself holds on to; it outlives a `DrainThread` that has been given up.
  private final class Desk: @unchecked Sendable {
    let hasWork = DispatchSemaphore(value: 0)
    let isDone = DispatchSemaphore(value: 0)
    var work: (() -> Void)?
    var identity: UInt = 0
  }

  private let desk = Desk()
  /// Whether the thread still sits in work that did not end.
  private(set) var isAbandoned = false

  init() {
    let desk = desk
    let thread = Thread {
      desk.identity = currentThreadIdentity()
      desk.isDone.signal()
      while true {
        desk.hasWork.wait()
        guard let work = desk.work else { return }
        desk.work = nil
        work()
        desk.isDone.signal()
      }
    }
    thread.name = "hindcast workflow"
    thread.stackSize = 8 << 20
    thread.start()
    desk.isDone.wait()
  }

  deinit {
    // Without work to do the thread ends.
    if !isAbandoned { desk.hasWork.signal() }
  }

  /// Runs `work` on the thread and waits until it has ended, or until it has gone too long without a step.
  /// - Parameters:
  ///   - limit: CPU time that may pass between two steps, in nanoseconds; all steps together may take `patience` times
  ///     as long.
  ///   - steps: a counter that `work` moves at each step.
  ///   - tryToAbandon: makes sure that from now on `work` touches nothing of the caller's, or answers false if that cannot
  ///     be said yet. Answers true before an outcome other than `.finished` is returned.
  func run(
    limit: Int64, steps: borrowing Atomic<Int>, tryToAbandon: () -> Bool, _ work: @escaping () -> Void
  ) -> Outcome {
    let start = Mark(identity: desk.identity)
    var mark = start
    var step = steps.load(ordering: .relaxed)
    // A day is as good as for ever, and no deadline overflows.
    let slice = Int(clamping: min(limit, 86_400_000_000_000))
    desk.work = work
    desk.hasWork.signal()
    while desk.isDone.wait(timeout: .now() + .nanoseconds(slice)) == .timedOut {
      let latest = Mark(identity: desk.identity)
      let latestStep = steps.load(ordering: .relaxed)
      let outcome = latest.verdict(since: latestStep == step ? mark : latest, start: start, limit: limit)
      if latestStep != step { (step, mark) = (latestStep, latest) }
      guard let outcome else { continue }
      while !tryToAbandon() {
        if desk.isDone.wait(timeout: .now()) == .success { return .finished }
      }
      isAbandoned = true
      hindcast_deprioritize_thread(desk.identity)
      return outcome
    }
    return .finished
  }

  /// How many times the limit all steps may take, and a thread that does not use the CPU may be waited for: on a busy
  /// machine it may just not get the CPU.
  static let patience: Int64 = 10

  /// A moment of the thread's life.
  private struct Mark {
    /// CPU time so far; wall time where the platform does not tell.
    let cpu: Int64
    let wall: Int64

    init(identity: UInt) {
      wall = Int64(clamping: DispatchTime.now().uptimeNanoseconds)
      cpu = cpuTime(ofThread: identity) ?? wall
    }

    func verdict(since last: Mark, start: Mark, limit: Int64) -> Outcome? {
      if cpu - last.cpu >= limit, wall > last.wall { return .overran }
      let (longest, isUnlimited) = limit.multipliedReportingOverflow(by: DrainThread.patience)
      if isUnlimited { return nil }
      if cpu - start.cpu >= longest { return .restless }
      return wall - last.wall >= longest ? .blocked : nil
    }
  }
}

/// The thread that a runtime's instances share.
final class DrainThreads {
  /// CPU time that code may use up before it has to yield, in nanoseconds.
  let cpuLimit: Int64
  private var latest: DrainThread?

  init(cpuLimit: Int64) {
    self.cpuLimit = cpuLimit
  }

  /// A thread that is free: a new one when the last one got lost in code that does not yield.
  var current: DrainThread {
    if let latest, !latest.isAbandoned { return latest }
    let fresh = DrainThread()
    latest = fresh
    return fresh
  }
}
