internal import HindcastHistory
internal import HindcastWorker
private import Synchronization

/// Tells the server that a batch is worked on, also while one history takes long, and how far it is.
final class BatchHeart: Sendable {
  private let activity: ActivityContext
  private let latest: Mutex<Payloads?>
  private let task = Mutex<Task<Void, Never>?>(nil)

  init(_ activity: ActivityContext) {
    self.activity = activity
    latest = Mutex(activity.info.heartbeatDetails)
    let timeout = activity.info.heartbeatTimeout
    guard timeout > .zero else { return }
    let beating = Task { [weak self] in
      while !Task.isCancelled {
        self?.beat()
        try? await Task.sleep(for: timeout / 3)
      }
    }
    task.withLock { $0 = beating }
  }

  /// Says how far the batch is.
  func report(_ details: Payloads) {
    latest.withLock { $0 = details }
    beat()
  }

  func stop() {
    task.withLock { $0?.cancel() }
  }

  private func beat() {
    activity.heartbeat(latest.withLock { $0 })
  }
}
