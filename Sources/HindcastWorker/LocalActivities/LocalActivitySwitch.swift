private import Synchronization

/// Where one local activity is told to stop, through all its attempts.
final class LocalActivitySwitch: Sendable {
  private struct State {
    var isCancelled = false
    var attempts: UInt32 = 0
    var activity: ActivityContext?
    var sleep: Task<Void, Never>?
    var listener: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())
  /// The workflow task that started it, counted within its group.
  let firstTask: Int

  init(firstTask: Int) { self.firstTask = firstTask }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// The attempts that have begun since this was asked last.
  func takeAttempts() -> UInt32 {
    state.withLock { state in
      defer { state.attempts = 0 }
      return state.attempts
    }
  }

  /// Stops it, and lets no further attempt begin.
  func cancel(_ reason: ActivityCancellation) {
    let stopped = state.withLock { state in
      state.isCancelled = true
      return (state.activity, state.sleep, state.listener)
    }
    stopped.0?.cancel(reason)
    stopped.1?.cancel()
    stopped.2?()
  }

  /// Begins an attempt; `false` if it must not.
  func begin(_ activity: ActivityContext) -> Bool {
    state.withLock { state in
      if state.isCancelled { return false }
      state.activity = activity
      state.attempts += 1
      return true
    }
  }

  /// Calls `body` when the attempt is to stop, at once if it is already.
  func whenCancelled(_ body: @escaping @Sendable () -> Void) {
    let isCancelled = state.withLock { state in
      state.listener = body
      return state.isCancelled
    }
    if isCancelled { body() }
  }

  func endAttempt() {
    state.withLock { state in (state.activity, state.listener) = (nil, nil) }
  }

  /// Waits between two attempts.
  ///
  /// - Returns: `false` if there will be no other.
  func sleep(for pause: Duration, of clock: any Clock<Duration>) async -> Bool {
    let sleep = Task { _ = try? await clock.sleep(for: pause) }
    let isCancelled = state.withLock { state in
      state.sleep = sleep
      return state.isCancelled
    }
    if isCancelled { sleep.cancel() }
    await sleep.value
    return state.withLock { state in
      state.sleep = nil
      return !state.isCancelled
    }
  }
}

/// A value that several may have to give, of which the first counts.
final class FirstResult<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var waiting: CheckedContinuation<Value, Never>?
  }

  private let state = Mutex(State())

  /// Gives a value; later ones count for nothing.
  func set(_ value: Value) {
    let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
      guard state.value == nil else { return nil }
      state.value = value
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(returning: value)
  }

  /// The first value, once it is there. Asked for once.
  var value: Value {
    get async {
      await withCheckedContinuation { continuation in
        let value = state.withLock { state in
          if state.value == nil { state.waiting = continuation }
          return state.value
        }
        if let value { continuation.resume(returning: value) }
      }
    }
  }
}
