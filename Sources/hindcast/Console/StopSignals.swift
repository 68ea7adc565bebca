import Dispatch
import Foundation
import Synchronization

/// Turns the signals with which people and supervisors end a process into a call. A second one ends the process at once.
struct StopSignals {
  private let sources: [any DispatchSourceSignal]

  private static let numbers = [SIGINT, SIGTERM]

  /// - Parameter stop: Called once, on any thread.
  init(stop: @escaping @Sendable () -> Void) {
    self.init { _ in stop() }
  }

  /// - Parameter stop: Called once, on any thread, with the signal.
  init(_ stop: @escaping @Sendable (_ signal: Int32) -> Void) {
    let isFirst = FirstTime()
    sources = Self.numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if isFirst.take() { stop(number) } else { Self.die(of: number) }
      }
      source.resume()
      return source
    }
  }

  /// Leaves the signals to the system again.
  func ignore() {
    for source in sources { source.cancel() }
    for number in Self.numbers { signal(number, SIG_DFL) }
  }

  /// Ends the process as the signal would have ended it.
  static func die(of number: Int32) {
    signal(number, SIG_DFL)
    // The queue's threads have signals blocked. To leave them to the system from the first on would lose some: the source
    // takes them from it for as long as it lives.
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
  }

  private final class FirstTime: Sendable {
    private let isTaken = Mutex(false)

    /// Whether nobody has asked before.
    func take() -> Bool {
      isTaken.withLock { taken in
        defer { taken = true }
        return !taken
      }
    }
  }
}
