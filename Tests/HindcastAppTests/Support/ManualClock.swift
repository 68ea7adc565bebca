import Synchronization

/// A clock that stands still until a test moves it.
final class ManualClock: Clock {
  /// A moment, counted from the clock's beginning.
  struct Instant: InstantProtocol {
    var offset: Duration
    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Self, right: Self) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now = Instant(offset: .zero)
    var sleepers: [Int: (due: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    var watches: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    var last = 0

    mutating func takeMetWatches() -> [CheckedContinuation<Void, Never>] {
      let met = watches.filter { $0.count == sleepers.count }.map(\.continuation)
      watches.removeAll { $0.count == sleepers.count }
      return met
    }
  }

  private let state = Mutex(State())

  var now: Instant { state.withLock { $0.now } }
  var minimumResolution: Duration { .nanoseconds(1) }

  /// How long those who sleep will yet sleep, shortest first.
  var pending: [Duration] {
    state.withLock { state in state.sleepers.values.map { state.now.duration(to: $0.due) }.sorted() }
  }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let number = state.withLock { state in
      state.last += 1
      return state.last
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let (met, outcome) = state.withLock {
          state -> ([CheckedContinuation<Void, Never>], Result<Void, any Error>?) in
          if Task.isCancelled { return ([], .failure(CancellationError())) }
          if deadline <= state.now { return ([], .success(())) }
          state.sleepers[number] = (deadline, continuation)
          return (state.takeMetWatches(), nil)
        }
        if let outcome { continuation.resume(with: outcome) }
        for watch in met { watch.resume() }
      }
    } onCancel: {
      let (sleeper, met) = state.withLock { state in
        (state.sleepers.removeValue(forKey: number)?.continuation, state.takeMetWatches())
      }
      sleeper?.resume(throwing: CancellationError())
      for watch in met { watch.resume() }
    }
  }

  /// Moves on, and wakes those whose time has come.
  func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let due = state.sleepers.filter { $0.value.due <= state.now }
      for number in due.keys { state.sleepers[number] = nil }
      return due.sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.map(\.value.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Waits until exactly so many sleep.
  ///
  /// - Returns: `false` when it does not come to that, after a time that no working test needs.
  func untilSleeping(_ count: Int) async -> Bool {
    let impatience = Task {
      try await Task.sleep(for: .seconds(60))
      let all = state.withLock { state in
        defer { state.watches = [] }
        return state.watches
      }
      for watch in all { watch.continuation.resume() }
    }
    defer { impatience.cancel() }
    await withCheckedContinuation { continuation in
      let isMet = state.withLock { state in
        if state.sleepers.count == count { return true }
        state.watches.append((count, continuation))
        return false
      }
      if isMet { continuation.resume() }
    }
    return pending.count == count
  }
}
