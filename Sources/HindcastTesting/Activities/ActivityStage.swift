internal import Foundation
internal import HindcastHistory
internal import HindcastWorker
private import Synchronization

/// The activities, functions and processes that are under way in a test environment, and the time they live in.
///
/// Each is running, or it waits for the environment's clock or for others, or it is woken and waits for its turn, or it has
/// ended. The environment goes on only when none is running or woken and no call of theirs is under way, so that what happens
/// does not depend on threads; of those that wake each other only one runs at a time.
final class ActivityStage: ActivityClock {
  /// What an activity came to, or has to say, in the order in which it came.
  enum Event: Sendable {
    case heartbeat(Int, Payloads?)
    case ended(Int, Result<Payloads?, ActivityError>)
  }

  private enum Phase {
    case running
    /// Until when, if time can end it, and how it is woken.
    case waiting(until: Int64?, wake: @Sendable () -> Void)
    /// It is woken when its turn has come.
    case ready(wake: @Sendable () -> Void)
  }

  /// What the outside has to do after a change.
  private enum Next {
    case nothing
    case wake(@Sendable () -> Void)
    case call(@Sendable () async -> Void)
    case settled(CheckedContinuation<Void, Never>)
  }

  private struct State {
    var now: Int64
    var phases: [Int: Phase] = [:]
    var numbers: [ObjectIdentifier: Int] = [:]
    var contexts: [Int: ActivityContext] = [:]
    var events: [Event] = []
    /// Those that are woken, in the order of their turns.
    var ready: [Int] = []
    /// Those that were woken while they did not wait.
    var wokenEarly: Set<Int> = []
    /// Calls to the server that are to be made, one after another.
    var calls: [@Sendable () async -> Void] = []
    var isCalling = false
    /// The environment, while it waits for everything to settle; nobody gets a turn otherwise.
    var settled: CheckedContinuation<Void, Never>?
    var lastProcess = 0

    mutating func leave(_ number: Int, _ activity: ActivityContext) {
      phases[number] = nil
      numbers[ObjectIdentifier(activity)] = nil
      contexts[number] = nil
      wokenEarly.remove(number)
    }

    private var isAnyRunning: Bool {
      phases.values.contains { if case .running = $0 { true } else { false } }
    }

    /// Whose turn it is, if it is anybody's.
    mutating func next() -> Next {
      guard settled != nil, !isAnyRunning, !isCalling else { return .nothing }
      if !calls.isEmpty {
        isCalling = true
        return .call(calls.removeFirst())
      }
      while !ready.isEmpty {
        let number = ready.removeFirst()
        guard case .ready(let wake)? = phases[number] else { continue }
        phases[number] = .running
        return .wake(wake)
      }
      guard let continuation = settled else { return .nothing }
      settled = nil
      return .settled(continuation)
    }
  }

  private let state: Mutex<State>

  init(now: Int64) { state = Mutex(State(now: now)) }

  private func change(_ body: (inout State) -> Void) {
    let next = state.withLock { state in
      body(&state)
      return state.next()
    }
    switch next {
    case .nothing: break
    case .wake(let wake): wake()
    case .call(let call):
      Task {
        await call()
        self.change { $0.isCalling = false }
      }
    case .settled(let continuation): continuation.resume()
    }
  }

  // MARK: For the environment

  /// Begins an activity on a thread of its own.
  func begin(
    _ number: Int, _ activity: ActivityContext, _ body: @escaping @Sendable () -> Result<Payloads?, ActivityError>
  ) {
    enter(number, activity, .running)
    startThread(number, activity) { self.finish(number, activity, body()) }
  }

  /// Begins an activity that is an `async` closure.
  func begin(
    _ number: Int, _ activity: ActivityContext, _ body: @escaping @Sendable () async -> Result<Payloads?, ActivityError>
  ) {
    enter(number, activity, .running)
    Task { finish(number, activity, await body()) }
  }

  /// Begins a function or a process that is no activity, on a thread of its own, when its turn comes.
  func begin(_ process: ActivityContext, _ body: @escaping @Sendable () -> Void) {
    // Activities count upwards.
    let number = state.withLock { state in
      state.lastProcess -= 1
      return state.lastProcess
    }
    let start: @Sendable () -> Void = {
      self.startThread(number, process) {
        body()
        self.change { $0.leave(number, process) }
      }
    }
    enter(number, process, .ready(wake: start))
    change { $0.ready.append(number) }
  }

  private func enter(_ number: Int, _ activity: ActivityContext, _ phase: Phase) {
    state.withLock {
      $0.phases[number] = phase
      $0.numbers[ObjectIdentifier(activity)] = number
      $0.contexts[number] = activity
    }
  }

  private func startThread(_ number: Int, _ activity: ActivityContext, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread { body() }
    thread.name = "activity \(activity.info.type)"
    thread.start()
  }

  /// Waits until no activity is running, and gives what came meanwhile.
  func untilSettled() async -> [Event] {
    await withCheckedContinuation { continuation in
      change { $0.settled = continuation }
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
        guard case .waiting(let until?, _) = phase, until <= state.now else { return nil }
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

  /// Makes a call to the server; nothing else happens until it is answered.
  func call(_ body: @escaping @Sendable () async -> Void) { change { $0.calls.append(body) } }

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
    guard duration > .zero else { return }
    let semaphore = DispatchSemaphore(value: 0)
    if park(activity, duration, wake: { semaphore.signal() }) { semaphore.wait() }
  }

  func sleep(_ duration: Duration, in activity: ActivityContext) async {
    await withCheckedContinuation { continuation in
      if duration <= .zero || !park(activity, duration, wake: { continuation.resume() }) { continuation.resume() }
    }
  }

  func waitUntilWoken(for duration: Duration?, in activity: ActivityContext) {
    if let duration, duration <= .zero { return }
    let semaphore = DispatchSemaphore(value: 0)
    if park(activity, duration, takesWake: true, wake: { semaphore.signal() }) { semaphore.wait() }
  }

  /// Notes that an activity waits; `false` if there is nothing to wait for.
  private func park(
    _ activity: ActivityContext, _ duration: Duration?, takesWake: Bool = false, wake: @escaping @Sendable () -> Void
  ) -> Bool {
    var waits = false
    change { state in
      guard let number = state.numbers[ObjectIdentifier(activity)] else { return }
      if takesWake, state.wokenEarly.remove(number) != nil { return }
      let until = duration.map { duration in
        let (until, overflow) = state.now.addingReportingOverflow(duration.nanoseconds)
        return overflow ? Int64.max : until
      }
      state.phases[number] = .waiting(until: until, wake: wake)
      waits = true
    }
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

  func wakeUp(_ activity: ActivityContext) {
    change { state in
      guard let number = state.numbers[ObjectIdentifier(activity)] else { return }
      guard case .waiting(_, let wake)? = state.phases[number] else {
        state.wokenEarly.insert(number)
        return
      }
      state.phases[number] = .ready(wake: wake)
      state.ready.append(number)
    }
  }

  func heartbeat(_ number: Int, _ details: Payloads?) {
    state.withLock { $0.events.append(.heartbeat(number, details)) }
  }

  private func finish(_ number: Int, _ activity: ActivityContext, _ result: Result<Payloads?, ActivityError>) {
    change { state in
      state.leave(number, activity)
      state.events.append(.ended(number, result))
    }
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
