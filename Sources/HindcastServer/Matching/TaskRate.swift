/// How many tasks a second a queue hands out: a bucket of tokens that fills with time (`server.md` 1.3).
struct TaskRate: Sendable, Equatable {
  let perSecond: Double
  private var tokens: Double
  private var filled: Int64

  /// A bucket that holds what a second brings, but one token at least, and is full.
  init(perSecond: Double, at now: Int64) {
    self.perSecond = perSecond > 0 ? perSecond : 0
    tokens = self.perSecond > 0 ? max(self.perSecond.rounded(.up), 1) : 0
    filled = now
  }

  /// Takes a token.
  ///
  /// - Returns: `nil` if there was one; else when there will be, at the end of time for never.
  mutating func take(at now: Int64) -> Int64? {
    guard perSecond > 0 else { return .max }
    tokens = min(max(perSecond.rounded(.up), 1), tokens + Double(max(now.addingClamped(-filled), 0)) / 1e9 * perSecond)
    filled = now
    if tokens >= 1 {
      tokens -= 1
      return nil
    }
    // A nanosecond more, lest rounding leave it a little short.
    let wait = (1 - tokens) / perSecond * 1e9
    return wait >= 1e18 ? .max : now.addingClamped(Int64(wait) + 1)
  }
}

extension ServerMachine {
  /// Sees to it that queues which must wait are looked at when they need not any more.
  mutating func noteThrottledQueues() {
    for (queue, due) in queues.takeThrottled() {
      let key = "rate of \(queue.namespace)/\(queue.name)"
      throttledQueues[key] = queue
      dueTimes.set(due, for: key)
    }
  }

  /// A queue may hand out a task again.
  ///
  /// - Returns: `false` if the due time is something else's.
  mutating func fireThrottledQueue(_ key: String) -> Bool {
    guard let queue = throttledQueues.removeValue(forKey: key) else { return false }
    queues.wake(queue)
    return true
  }
}
