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
    /// It used up its CPU time without coming to an end.
    case overran
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
  ///   - limit: CPU time that may pass between two steps, in nanoseconds.
  ///   - steps: a counter that `work` moves at each step.
  ///   - tryToAbandon: makes sure that from now on `work` touches nothing of the caller's, or answers false if that cannot
  ///     be said yet. Answers true before an outcome other than `.finished` is returned.
  func run(
    limit: Int64, steps: borrowing Atomic<Int>, tryToAbandon: () -> Bool, _ work: @escaping () -> Void
  ) -> Outcome {
    var mark = Mark(step: steps.load(ordering: .relaxed), identity: desk.identity)
    desk.work = work
    desk.hasWork.signal()
    while desk.isDone.wait(timeout: .now() + .nanoseconds(Int(clamping: limit))) == .timedOut {
      let step = steps.load(ordering: .relaxed)
      let latest = Mark(step: step, identity: desk.identity)
      if step != mark.step {
        mark = latest
        continue
      }
      guard let outcome = latest.verdict(since: mark, limit: limit) else { continue }
      while !tryToAbandon() {
        if desk.isDone.wait(timeout: .now()) == .success { return .finished }
      }
      isAbandoned = true
      return outcome
    }
    return .finished
  }

  /// A moment of the thread's life.
  private struct Mark {
    let step: Int
    let cpu: Int64?
    let wall: UInt64

    init(step: Int, identity: UInt) {
      self.step = step
      cpu = cpuTime(ofThread: identity)
      wall = DispatchTime.now().uptimeNanoseconds
    }

    /// On a busy machine a thread may wait long for the CPU, so wall time alone must be many times the limit.
    private static let patience: UInt64 = 10

    func verdict(since start: Mark, limit: Int64) -> Outcome? {
      let elapsed = wall - start.wall
      guard let cpu, let began = start.cpu else {
        return elapsed >= UInt64(clamping: limit) ? .overran : nil
      }
      if cpu - began >= limit { return .overran }
      let (longest, isTooLong) = UInt64(clamping: limit).multipliedReportingOverflow(by: Self.patience)
      return !isTooLong && elapsed >= longest ? .blocked : nil
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
