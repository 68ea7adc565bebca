import Foundation

/// State that several threads share, and a way to wait until it has changed.
final class Monitor<State>: @unchecked Sendable {
  // Unchecked, because every access to `state` holds the lock of `condition`.
  private let condition = NSCondition()
  private var state: State

  init(_ state: sending State) {
    self.state = state
  }

  /// Reads or changes the state.
  func withLock<R>(_ body: (inout State) throws -> R) rethrows -> R {
    condition.lock()
    defer { condition.unlock() }
    return try body(&state)
  }

  /// What to do after a look at the state.
  enum Look<R> {
    /// Done, with this result.
    case done(R)
    /// Look again when the state has changed, or after this time.
    case wait(atMost: Duration?)
  }

  /// Looks at the state until `body` is done.
  func wait<R>(_ body: (inout State) -> Look<R>) -> R {
    condition.lock()
    defer { condition.unlock() }
    while true {
      switch body(&state) {
      case .done(let result): return result
      case .wait(let duration?): _ = condition.wait(until: Date(timeIntervalSinceNow: duration.seconds))
      case .wait(nil): condition.wait()
      }
    }
  }

  /// Makes every waiting thread look again.
  func wakeAll() { condition.broadcast() }
}
