internal import Foundation
internal import HindcastHistory
internal import HindcastWorker
private import Synchronization

/// The activities that are under way in a test environment, and the time they live in.
///
/// An activity is running, or it waits for the environment's clock, or it has ended. The environment goes on only when none is
/// running, so that what happens does not depend on threads.
final class ActivityStage: ActivityClock {
  /// What an activity came to, or has to say, in the order in which it came.
  enum Event: Sendable {
    case heartbeat(Int, Payloads?)
    case ended(Int, Result<Payloads?, ActivityError>)
  }

  private enum Phase {
    case running
    /// Until when, and how it is woken.
    case waiting(until: Int64, wake: @Sendable () -> Void)
  }

  private struct State {
    var now: Int64
    var phases: [Int: Phase] = [:]
    var numbers: [ObjectIdentifier: Int] = [:]
    var contexts: [Int: ActivityContext] = [:]
    var events: [Event] = []
    var settled: CheckedContinuation<Void, Never>?

    var isSettled: Bool {
      phases.values.allSatisfy { if case .running = $0 { false } else { true } }
    }

    /// Who waits until no activity is running, if that is so now.
    mutating func takeSettled() -> CheckedContinuation<Void, Never>? {
      guard isSettled else { return nil }
      defer { settled = nil }
      return settled
    }
  }

  private let state: Mutex<State>

  init(now: Int64) { state = Mutex(State(now: now)) }

  // MARK: For the environment

  /// Begins an activity on a thread of its own.
  func begin(
    _ number: Int, _ activity: ActivityContext, _ body: @escaping @Sendable () -> Result<Payloads?, ActivityError>
  ) {
    state.withLock {
      $0.phases[number] = .running
      $0.numbers[ObjectIdentifier(activity)] = number
      $0.contexts[number] = activity
    }
    let thread = Thread { [self] in
      let result = body()
      finish(number, activity, result)
    }
    thread.name = "activity \(activity.info.type)"
    thread.start()
  }

  /// Begins an activity that is an `async` closure.
  func begin(
    _ number: Int, _ activity: ActivityContext, _ body: @escaping @Sendable () async -> Result<Payloads?, ActivityError>
  ) {
    state.withLock {
      $0.phases[number] = .running
      $0.numbers[ObjectIdentifier(activity)] = number
      $0.contexts[number] = activity
    }
    Task { finish(number, activity, await body()) }
  }

  /// Waits until no activity is running, and gives what came meanwhile.
  func untilSettled() async -> [Event] {
    await withCheckedContinuation { continuation in
      let isSettled = state.withLock { state in
        if state.isSettled { return true }
        state.settled = continuation
        return false
      }
      if isSettled { continuation.resume() }
    }
    return state.withLock { state in
      defer { state.events = [] }
      return state.events
    }
  }

  /// The earliest moment for which an activity waits.
  var nextWake: Int64? {
    state.withLock { state in
      state.phases.values.compactMap { if case .waiting(let until, _) = $0 { until } else { nil } }.min()
    }
  }

  /// Sets the clock, and lets the activity go on that has waited longest; `false` if none is due.
  func advance(to time: Int64) -> Bool {
    let wake = state.withLock { state -> (@Sendable () -> Void)? in
      state.now = max(state.now, time)
      let due = state.phases.compactMap { number, phase -> (until: Int64, number: Int)? in
        guard case .waiting(let until, _) = phase, until <= state.now else { return nil }
        return (until, number)
      }
      guard let first = due.min(by: { ($0.until, $0.number) < ($1.until, $1.number) }),
        case .waiting(_, let wake)? = state.phases[first.number]
      else { return nil }
      state.phases[first.number] = .running
      return wake
    }
    wake?()
    return wake != nil
  }

  /// Tells an activity to stop.
  func cancel(_ number: Int, _ reason: ActivityCancellation) {
    state.withLock { $0.contexts[number] }?.cancel(reason)
  }

  /// Whether any activity has begun and not ended.
  var isEmpty: Bool { state.withLock { $0.phases.isEmpty } }

  /// Tells all activities to stop.
  func cancelAll() {
    for context in state.withLock({ Array($0.contexts.values) }) { context.cancel(.workerStopped) }
  }

  // MARK: For activities

  var nanosecondsSince1970: Int64 { state.withLock { $0.now } }

  func wait(_ duration: Duration, in activity: ActivityContext) {
    let semaphore = DispatchSemaphore(value: 0)
    if park(activity, duration, wake: { semaphore.signal() }) { semaphore.wait() }
  }

  func sleep(_ duration: Duration, in activity: ActivityContext) async {
    await withCheckedContinuation { continuation in
      if !park(activity, duration, wake: { continuation.resume() }) { continuation.resume() }
    }
  }

  /// Notes that an activity waits; `false` if there is nothing to wait for.
  private func park(_ activity: ActivityContext, _ duration: Duration, wake: @escaping @Sendable () -> Void) -> Bool {
    let (continuation, waits) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
      guard let number = state.numbers[ObjectIdentifier(activity)], duration > .zero else { return (nil, false) }
      let (until, overflow) = state.now.addingReportingOverflow(duration.nanoseconds)
      state.phases[number] = .waiting(until: overflow ? .max : until, wake: wake)
      return (state.takeSettled(), true)
    }
    continuation?.resume()
    return waits
  }

  func wake(_ activity: ActivityContext) {
    let wake = state.withLock { state -> (@Sendable () -> Void)? in
      guard let number = state.numbers[ObjectIdentifier(activity)], case .waiting(_, let wake)? = state.phases[number]
      else { return nil }
      state.phases[number] = .running
      return wake
    }
    wake?()
  }

  func heartbeat(_ number: Int, _ details: Payloads?) {
    state.withLock { $0.events.append(.heartbeat(number, details)) }
  }

  private func finish(_ number: Int, _ activity: ActivityContext, _ result: Result<Payloads?, ActivityError>) {
    let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.phases[number] = nil
      state.numbers[ObjectIdentifier(activity)] = nil
      state.contexts[number] = nil
      state.events.append(.ended(number, result))
      return state.takeSettled()
    }
    continuation?.resume()
  }
}

extension Duration {
  /// Whole nanoseconds, at the end of the range where there are more than 64 bits hold.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return seconds > 0 ? .max : .min }
    let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
    return overflowed ? .max : sum
  }
}
