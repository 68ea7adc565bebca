import Synchronization

/// Says who has the word on a drain thread: workflow code, or the host that serves it.
///
/// A thread whose workflow code does not yield can only be abandoned. Should it come back to the host afterwards, the
/// gate parks it for good, so that it never touches what other threads meanwhile use.
final class HostGate: Sendable {
  private enum Turn {
    static let code: UInt8 = 0
    static let host: UInt8 = 1
    static let abandoned: UInt8 = 2
  }

  private let turn = Atomic<UInt8>(Turn.host)

  /// Workflow code calls the host.
  /// - Returns: whether the host did not have the word already.
  func enter() -> Bool {
    let (exchanged, found) = turn.compareExchange(
      expected: Turn.code, desired: Turn.host, ordering: .acquiringAndReleasing)
    if found == Turn.abandoned { parkForEver() }
    return exchanged
  }

  /// The host gives the word back to workflow code.
  func leave() {
    turn.store(Turn.code, ordering: .releasing)
  }

  /// Runs foreign code from within the host.
  func outside<Result>(_ body: () throws -> Result) rethrows -> Result {
    leave()
    defer { _ = enter() }
    return try body()
  }

  /// Shuts the host for a thread that is in workflow code.
  /// - Returns: false while the thread is in the host, which it is only for moments; ask again.
  func tryToAbandon() -> Bool {
    turn.compareExchange(expected: Turn.code, desired: Turn.abandoned, ordering: .acquiringAndReleasing).exchanged
  }
}
