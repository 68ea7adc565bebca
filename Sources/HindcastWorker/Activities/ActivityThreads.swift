private import Dispatch
private import Foundation
private import Synchronization

/// Threads for activities, which block: each activity has one to itself, and the next one uses it again.
///
/// To make a thread costs more than a short activity, so those that have nothing to do wait for the next.
final class ActivityThreads: Sendable {
  private typealias Work = @Sendable () -> Void

  /// Where a thread waits for what it is to do.
  private final class Desk: Sendable {
    private let work = Mutex<Work?>(nil)
    private let changes = DispatchSemaphore(value: 0)

    /// Gives the thread something to do; `nil` ends it.
    func put(_ newWork: Work?) {
      work.withLock { $0 = newWork }
      changes.signal()
    }

    func take() -> Work? {
      changes.wait()
      return work.withLock { $0.take() }
    }
  }

  private struct Idle {
    var desks: [Desk] = []
    var isClosed = false
  }

  /// Shared with the threads, which must not keep the owner alive.
  private final class State: Sendable {
    private let idle = Mutex(Idle())

    func takeDesk() -> Desk? { idle.withLock { $0.desks.popLast() } }

    /// A thread has nothing to do: it waits, or ends if nothing will come.
    func giveBack(_ desk: Desk) {
      let isClosed = idle.withLock { idle in
        if !idle.isClosed { idle.desks.append(desk) }
        return idle.isClosed
      }
      if isClosed { desk.put(nil) }
    }

    func close() {
      let desks = idle.withLock { idle in
        defer { idle.desks = [] }
        idle.isClosed = true
        return idle.desks
      }
      for desk in desks { desk.put(nil) }
    }
  }

  private let state = State()

  deinit { close() }

  /// Runs `body` on a thread that nobody else uses meanwhile.
  func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    let desk = state.takeDesk() ?? Self.startThread()
    return await withCheckedContinuation { continuation in
      desk.put { [state] in
        let value = body()
        // Free before the caller knows: what it runs next finds this thread.
        state.giveBack(desk)
        continuation.resume(returning: value)
      }
    }
  }

  private static func startThread() -> Desk {
    let desk = Desk()
    let thread = Thread {
      while let work = desk.take() { work() }
    }
    thread.name = "activities"
    thread.start()
    return desk
  }

  /// Ends the threads: at once those that wait, the others when their activities have ended.
  func close() { state.close() }
}
