import Foundation

/// Where activities wait until a test lets them go on, and where it counts them.
final class Gate: Sendable {
  private struct State {
    var inside = 0
    var most = 0
    var passed = 0
    var isOpen = false
    var permits = 0
  }

  private let condition = NSCondition()
  // Guarded by the condition's lock.
  nonisolated(unsafe) private var state = State()

  /// Blocks the thread until the gate is open, or lets one pass.
  func enter() {
    condition.withLock {
      state.inside += 1
      state.most = max(state.most, state.inside)
      condition.broadcast()
      while !state.isOpen, state.permits == 0 { condition.wait() }
      if !state.isOpen { state.permits -= 1 }
      state.inside -= 1
      state.passed += 1
      condition.broadcast()
    }
  }

  /// Lets everyone pass from now on.
  func open() {
    condition.withLock {
      state.isOpen = true
      condition.broadcast()
    }
  }

  /// Lets so many pass.
  func letPass(_ count: Int = 1) {
    condition.withLock {
      state.permits += count
      condition.broadcast()
    }
  }

  /// How many wait now.
  var inside: Int { condition.withLock { state.inside } }
  /// The most that ever waited at the same time.
  var most: Int { condition.withLock { state.most } }
  /// How many have passed.
  var passed: Int { condition.withLock { state.passed } }

  /// Waits until so many wait at the gate.
  ///
  /// - Returns: `false` when they do not come, after a time that no working test needs.
  func untilInside(_ count: Int) async -> Bool { await until { $0.inside >= count } }

  /// Waits until so many have passed.
  func untilPassed(_ count: Int) async -> Bool { await until { $0.passed >= count } }

  private func until(_ isMet: @escaping @Sendable (State) -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      // The threads that `async` functions share must not be blocked.
      Thread.detachNewThread { [self] in
        let limit = Date(timeIntervalSinceNow: 60)
        let isMetInTime = condition.withLock {
          while !isMet(state) { if !condition.wait(until: limit) { return isMet(state) } }
          return true
        }
        continuation.resume(returning: isMetInTime)
      }
    }
  }
}
