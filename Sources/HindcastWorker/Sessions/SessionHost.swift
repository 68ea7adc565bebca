private import Foundation
private import Synchronization

/// The sessions that are open on a worker (sdk-go's session environment).
///
/// A session is an activity that runs for as long as the session is open. It tells its workflow the name of a queue that only
/// this worker polls, and the workflow sends the session's activities there.
final class SessionHost: Sendable {
  /// The activity that opens a session and keeps it open.
  static let creationActivity = "internalSessionCreationActivity"
  /// The activity that closes it.
  static let completionActivity = "internalSessionCompletionActivity"

  /// The queue for activities that open sessions, beside a task queue.
  static func creationQueue(of taskQueue: String) -> String { taskQueue + "__internal_session_creation" }

  /// What happens to an open session.
  enum Event: Sendable {
    /// It was completed.
    case completed
    /// It is time for a heartbeat, or the activity should stop.
    case tick
  }

  private struct State {
    var free: Int
    var open: [String: AsyncStream<Event>.Continuation] = [:]
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    var lastWaiter = 0
  }

  /// Names what sessions use up; sdk-go makes one up for each worker, too.
  let resourceID = UUID().uuidString.lowercased()
  let hostName = ProcessInfo.processInfo.hostName
  /// The queue for the activities of this worker's sessions.
  var taskQueue: String { "\(resourceID)@\(hostName)" }

  private let state: Mutex<State>

  /// - Parameter limit: How many sessions may be open at once.
  init(limit: Int) { state = Mutex(State(free: max(1, limit))) }

  /// Waits until another session could be opened, or the calling task is cancelled.
  func untilFree() async {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayGoOn = state.withLock { state in
          if state.free > 0 || Task.isCancelled { return true }
          state.waiting[number] = continuation
          return false
        }
        if mayGoOn { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
    }
  }

  /// Opens a session.
  ///
  /// - Returns: What happens to it; `nil` when too many are open.
  func open(_ id: String) -> (events: AsyncStream<Event>, continuation: AsyncStream<Event>.Continuation)? {
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let isOpen = state.withLock { state in
      guard state.free > 0 else { return false }
      state.free -= 1
      state.open[id] = continuation
      return true
    }
    return isOpen ? (events, continuation) : nil
  }

  /// Tells the activity that keeps a session open to end; one that is not open is no error.
  func complete(_ id: String) {
    state.withLock { $0.open.removeValue(forKey: id) }?.yield(.completed)
  }

  /// The activity that kept a session open has ended: another one may be opened.
  func release(_ id: String) {
    let waiting = state.withLock { state in
      state.open[id] = nil
      state.free += 1
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for continuation in waiting { continuation.resume() }
  }
}
