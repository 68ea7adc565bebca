private import Foundation
public import HindcastHistory
private import Synchronization
public import TemporalAPI

/// Why an activity should stop.
public enum ActivityCancellation: Sendable, Hashable {
  /// The workflow asked for it, or the workflow is over.
  case requested
  /// Its time is up; the server counts it as timed out already.
  case timedOut
  /// An operator paused or reset the activity.
  case paused
  /// The worker ends.
  case workerStopped
}

/// An activity as its code sees it: what was asked for, and the line to the server.
public final class ActivityContext: Sendable {
  /// What is known of the activity.
  public let info: ActivityInfo
  /// The arguments.
  public let input: Payloads?
  /// The header that the workflow sent along.
  public let header: Temporal_Api_Common_V1_Header?

  private let sink: WorkerLog
  private let beat: @Sendable (Payloads?) -> Void
  private let deadline: ContinuousClock.Instant?
  private let clock: (any ActivityClock)?
  private let request = Mutex(Request())
  private let changes = NSCondition()
  /// Whether it was woken since it waited for that last.
  private let isWoken = Mutex(false)

  /// What the code was told, and who wants to know.
  private struct Request {
    var reason: ActivityCancellation?
    var listeners: [@Sendable () -> Void] = []
  }

  /// Makes a context.
  ///
  /// - Parameters:
  ///   - info: What the code may know.
  ///   - input: The arguments.
  ///   - header: The header.
  ///   - log: Where log lines go.
  ///   - clock: Another time than the machine's, in which the activity waits.
  ///   - beat: Where heartbeats go; must not block.
  public init(
    info: ActivityInfo, input: Payloads? = nil, header: Temporal_Api_Common_V1_Header? = nil,
    log: @escaping WorkerLog = { _ in }, clock: (any ActivityClock)? = nil,
    beat: @escaping @Sendable (Payloads?) -> Void = { _ in }
  ) {
    self.info = info
    self.input = input
    self.header = header
    sink = log
    self.beat = beat
    self.clock = clock
    // In another time the server's own timeouts are enough: they come to the activity as cancellations.
    deadline = clock == nil ? info.remainingTime.map { ContinuousClock.now + $0 } : nil
  }

  /// Why the activity should stop; `nil` while it may go on. A request is learnt of only by heartbeats.
  public var cancellation: ActivityCancellation? {
    if let requested = request.withLock({ $0.reason }) { return requested }
    guard let deadline, deadline <= .now else { return nil }
    return .timedOut
  }

  /// Writes a log line, with what the activity is called behind the line's own fields.
  public func log(_ line: WorkerLogLine) {
    var line = line
    line.fields += info.logFields
    sink(line)
  }

  /// Tells the server that the activity is alive and how far it is.
  ///
  /// It returns at once; reports that come quickly one after the other are thinned out. What is reported last is what the
  /// next try finds in ``ActivityInfo/heartbeatDetails``.
  public func heartbeat(_ details: Payloads? = nil) {
    beat(details)
  }

  /// Blocks for a while, or until the activity should stop.
  ///
  /// - Returns: Why it should stop; `nil` when the time has passed.
  @discardableResult
  public func wait(_ duration: Duration) -> ActivityCancellation? {
    if let clock {
      if cancellation == nil { clock.wait(duration, in: self) }
      return cancellation
    }
    let end = ContinuousClock.now + duration
    changes.lock()
    defer { changes.unlock() }
    while cancellation == nil {
      let now = ContinuousClock.now
      if now >= end { return nil }
      let pause = min(end, deadline ?? end) - now
      _ = changes.wait(until: Date(timeIntervalSinceNow: pause / .seconds(1)))
    }
    return cancellation
  }

  /// Blocks until ``wakeUp()`` is called (a call since the last wait counts), so much time has passed, or the activity should
  /// stop.
  ///
  /// - Parameter duration: The longest; `nil` for as long as it takes.
  /// - Returns: Why it should stop; `nil` otherwise, and now and then before anything has come.
  public func waitUntilWoken(for duration: Duration?) -> ActivityCancellation? {
    if let clock {
      if cancellation == nil { clock.waitUntilWoken(for: duration, in: self) }
      return cancellation
    }
    let end = [duration.map { ContinuousClock.now + $0 }, deadline].compactMap(\.self).min()
    changes.lock()
    defer { changes.unlock() }
    while cancellation == nil, !takeWake() {
      guard let end else {
        changes.wait()
        continue
      }
      let rest = end - .now
      if rest <= .zero { break }
      _ = changes.wait(until: Date(timeIntervalSinceNow: rest / .seconds(1)))
    }
    return cancellation
  }

  /// Ends ``waitUntilWoken(for:)``, or the next one.
  public func wakeUp() {
    if let clock { return clock.wakeUp(self) }
    changes.lock()
    isWoken.withLock { $0 = true }
    changes.broadcast()
    changes.unlock()
  }

  private func takeWake() -> Bool {
    isWoken.withLock { isWoken in
      defer { isWoken = false }
      return isWoken
    }
  }

  /// Waits for a while, or until the activity should stop, without blocking a thread.
  ///
  /// - Returns: Why it should stop; `nil` when the time has passed.
  @discardableResult
  public func sleep(for duration: Duration) async -> ActivityCancellation? {
    if let clock {
      if cancellation == nil { await clock.sleep(duration, in: self) }
      return cancellation
    }
    let end = ContinuousClock.now + duration
    while cancellation == nil, ContinuousClock.now < end {
      // Cancellations are looked for now and then: they come by heartbeats, which are seconds apart.
      try? await Task.sleep(for: min(.milliseconds(100), end - .now))
      if Task.isCancelled { break }
    }
    return cancellation
  }

  /// The time now, in nanoseconds since 1970: of the environment that the activity runs in.
  public var now: Int64 {
    if let clock { return clock.nanosecondsSince1970 }
    let seconds = Date().timeIntervalSince1970
    return Int64(seconds * 1_000_000_000)
  }

  /// Whether the activity waits in a time of its own, which passes only while it waits.
  package var hasTimeOfItsOwn: Bool { clock != nil }

  /// Calls `body` once the code is told to stop, at once if it was already. A deadline that passes tells nobody.
  package func whenCancelled(_ body: @escaping @Sendable () -> Void) {
    let isCancelled = request.withLock { request in
      if request.reason == nil { request.listeners.append(body) }
      return request.reason != nil
    }
    if isCancelled { body() }
  }

  /// Tells the code to stop; the first reason counts.
  package func cancel(_ reason: ActivityCancellation) {
    let listeners = request.withLock { request in
      request.reason = request.reason ?? reason
      defer { request.listeners = [] }
      return request.listeners
    }
    for listener in listeners { listener() }
    clock?.wake(self)
    changes.lock()
    changes.broadcast()
    changes.unlock()
  }
}

/// A time of its own for activities to wait in, such as a test's.
public protocol ActivityClock: Sendable {
  /// Now, in nanoseconds since 1970.
  var nanosecondsSince1970: Int64 { get }
  /// Blocks the calling thread until so much time has passed or ``wake(_:)`` is called for the activity.
  func wait(_ duration: Duration, in activity: ActivityContext)
  /// As ``wait(_:in:)``, for code that must not block its thread.
  func sleep(_ duration: Duration, in activity: ActivityContext) async
  /// Ends the activity's wait, if it waits.
  func wake(_ activity: ActivityContext)
  /// Blocks the calling thread until ``wakeUp(_:)`` is called for the activity, or was since the last wait, or so much time has
  /// passed.
  func waitUntilWoken(for duration: Duration?, in activity: ActivityContext)
  /// Ends the activity's wait until it is woken, or the next one.
  func wakeUp(_ activity: ActivityContext)
}
