#if GRPC
package import NIOCore
private import Synchronization

/// The connections of a listener that are open.
package final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isStopped = false
  }

  private let state = Mutex(State())

  package init() {}

  /// - Returns: `false` if no more are taken.
  package func add(_ channel: any Channel) -> Bool {
    let isTaken = state.withLock { state in
      if state.isStopped { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    if isTaken { channel.closeFuture.whenComplete { _ in self.remove(channel) } }
    return isTaken
  }

  private func remove(_ channel: any Channel) {
    state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
  }

  /// Takes no more.
  ///
  /// - Returns: Those that are open.
  package func stop() -> [any Channel] {
    state.withLock { state in
      state.isStopped = true
      return Array(state.channels.values)
    }
  }

  /// Takes no more, and returns when all are closed.
  package func untilClosed() async {
    for channel in stop() { try? await channel.closeFuture.get() }
  }
}
#endif
