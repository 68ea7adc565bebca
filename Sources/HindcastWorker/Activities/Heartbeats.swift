internal import HindcastHistory
private import Synchronization

/// Sends the heartbeats of one activity, at most one per interval: the first at once, then the latest of each interval.
final class Heartbeats: Sendable {
  private struct State {
    /// The latest report that is still to be sent; the outer optional tells whether there is one.
    var pending: Payloads??
    /// The task that sends, while there is something to send or an interval runs.
    var sender: Task<Void, Never>?
    var isClosed = false
  }

  private let state = Mutex(State())
  private let interval: Duration
  private let clock: any Clock<Duration>
  private let send: @Sendable (Payloads?) async -> Void

  /// - Parameters:
  ///   - interval: The shortest time between two.
  ///   - clock: What the interval is measured with.
  ///   - send: Sends one and takes note of the answer.
  init(
    interval: Duration, clock: any Clock<Duration>, send: @escaping @Sendable (Payloads?) async -> Void
  ) {
    self.interval = interval
    self.clock = clock
    self.send = send
  }

  /// Reports; sends now or when the interval is over.
  func report(_ details: Payloads?) {
    state.withLock { state in
      guard !state.isClosed else { return }
      state.pending = .some(details)
      if state.sender == nil { state.sender = Task { await self.sendPending() } }
    }
  }

  private func sendPending() async {
    while let details = next() {
      await send(details)
      // A cancelled sleep ends early, and `next` then finds the heartbeats closed.
      try? await clock.sleep(for: interval)
    }
  }

  private func next() -> Payloads?? {
    state.withLock { state in
      guard let details = state.pending, !state.isClosed else {
        state.sender = nil
        return nil
      }
      state.pending = nil
      return .some(details)
    }
  }

  /// Sends no more.
  ///
  /// - Returns: The details of a report that was not sent.
  func close() -> Payloads? {
    state.withLock { state in
      state.isClosed = true
      state.sender?.cancel()
      return state.pending ?? nil
    }
  }
}
