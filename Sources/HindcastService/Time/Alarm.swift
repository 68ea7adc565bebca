/// Wakes a service at the earliest of the moments that it was set to.
struct Alarm {
  private var task: Task<Void, Never>?
  private var time: ContinuousClock.Instant?

  /// Sees to it that `ring` is called at a moment or before; an alarm that goes off too early does no harm.
  mutating func set(_ wanted: ContinuousClock.Instant, ring: @escaping @Sendable () async -> Void) {
    if let time, time <= wanted { return }
    task?.cancel()
    time = wanted
    task = Task {
      do {
        try await Task.sleep(until: wanted, clock: .continuous)
        await ring()
      } catch {
        // An earlier alarm was set.
      }
    }
  }

  /// The alarm has gone off.
  mutating func clear() {
    task = nil
    time = nil
  }

  mutating func cancel() {
    task?.cancel()
    clear()
  }
}
