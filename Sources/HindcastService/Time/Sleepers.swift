internal import HindcastCalls
internal import HindcastServer

/// Those who wait until it is so late on a service's clock.
struct Sleepers {
  struct Sleeper {
    var due: ServerTime
    /// Whether time is locked again when the sleeper wakes, before it does anything.
    var locks: Bool
    var continuation: CheckedContinuation<Void, any Error>
  }

  private var sleepers: [UInt64: Sleeper] = [:]
  private var last: UInt64 = 0

  /// When the first of them wakes.
  var next: ServerTime? { sleepers.isEmpty ? nil : sleepers.values.map(\.due).min() }

  /// - Returns: What the sleeper is called.
  mutating func nextID() -> UInt64 {
    last += 1
    return last
  }

  mutating func add(_ sleeper: Sleeper, id: UInt64) { sleepers[id] = sleeper }

  /// Takes out the one that wakes first, if it is time; among equals the one that lay down first.
  mutating func popDue(at now: ServerTime) -> Sleeper? {
    if sleepers.isEmpty { return nil }
    let due = sleepers.filter { $0.value.due <= now }
    guard let first = due.min(by: { ($0.value.due, $0.key) < ($1.value.due, $1.key) }) else { return nil }
    return sleepers.removeValue(forKey: first.key)
  }

  mutating func remove(_ id: UInt64) -> Sleeper? { sleepers.removeValue(forKey: id) }

  mutating func cancelAll() {
    for sleeper in sleepers.values {
      sleeper.continuation.resume(throwing: ServiceError(.unavailable, "the service is closed"))
    }
    sleepers = [:]
  }
}
