private import Synchronization

/// Lets so many through in a second, one after the other: what was not used is not saved up (sdk-go's limiter, whose bucket
/// holds one token).
final class RateLimiter: Sendable {
  private struct Schedule {
    /// When the next may pass, reckoned from the limiter's start.
    var next: Duration = .zero

    /// Takes the next turn.
    ///
    /// - Returns: How long it is until then.
    mutating func reserve(at now: Duration, spacing: Duration) -> Duration {
      let turn = max(next, now)
      next = turn + spacing
      return turn - now
    }
  }

  private let clock: Stopwatch
  private let spacing: Duration
  private let schedule = Mutex(Schedule())

  /// - Parameter perSecond: How many; more than zero.
  init(perSecond: Double, clock: any Clock<Duration>) {
    spacing = .seconds(1 / perSecond)
    self.clock = Stopwatch(clock)
  }

  /// Waits for its turn; at once when the calling task is cancelled.
  func wait() async {
    let delay = schedule.withLock { $0.reserve(at: clock.elapsed, spacing: spacing) }
    if delay > .zero { await clock.sleep(for: delay) }
  }
}

/// Any clock, for measuring times from a beginning on.
struct Stopwatch: Sendable {
  private let clock: any Clock<Duration>
  private let measure: @Sendable () -> Duration

  /// Begins to measure.
  init(_ clock: any Clock<Duration>) {
    self.clock = clock
    measure = Self.measure(clock)
  }

  private static func measure<Source: Clock<Duration>>(_ clock: Source) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }

  /// The time since the beginning.
  var elapsed: Duration { measure() }

  /// Waits for a while; less when the calling task is cancelled.
  func sleep(for duration: Duration) async { try? await clock.sleep(for: duration) }
}
