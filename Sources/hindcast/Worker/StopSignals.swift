#if GRPC
import Dispatch
import Foundation

/// Turns the signals with which people and supervisors end a process into a call. A second one ends the process at once.
struct StopSignals {
  private let sources: [any DispatchSourceSignal]

  private static let numbers = [SIGINT, SIGTERM]

  /// - Parameter stop: Called once, on any thread.
  init(stop: @escaping @Sendable () -> Void) {
    sources = Self.numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        for number in Self.numbers { signal(number, SIG_DFL) }
        stop()
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
}
#endif
