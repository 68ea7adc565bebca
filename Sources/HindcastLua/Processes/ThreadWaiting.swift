private import Foundation

/// Waits on a thread until it is woken.
final class ThreadWaiting: Sendable {
  private nonisolated(unsafe) var isWoken = false
  private let changes = NSCondition()

  /// Blocks until ``wake()`` is called, or was since the last wait, or so many nanoseconds are over.
  func wait(_ nanoseconds: Int64?) -> Bool {
    changes.lock()
    defer { changes.unlock() }
    if let nanoseconds {
      let end = Date(timeIntervalSinceNow: Double(nanoseconds) / 1e9)
      while !isWoken, changes.wait(until: end) {}
    } else {
      while !isWoken { changes.wait() }
    }
    isWoken = false
    return true
  }

  func wake() {
    changes.lock()
    isWoken = true
    changes.signal()
    changes.unlock()
  }
}

/// A process's place among others.
package struct ProcessSeat: Sendable {
  let id: ProcessID
  let mailbox: ProcessMailbox

  package init(_ id: ProcessID, _ mailbox: ProcessMailbox) {
    self.id = id
    self.mailbox = mailbox
  }
}
