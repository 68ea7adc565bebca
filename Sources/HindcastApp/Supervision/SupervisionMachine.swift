internal import HindcastRegistry
internal import HindcastWorker

/// What a supervisor does about what happens to its services: a value without clock, tasks or randomness of its own.
struct SupervisionMachine {
  /// What happened. An attempt's number tells late news of an earlier attempt from news of this one.
  enum Event: Sendable {
    case begin
    case started(EntryID, attempt: Int)
    /// `nil`: it ended without an error.
    case ended(EntryID, attempt: Int, (any Error)?)
    case timeIsUp(EntryID, attempt: Int)
    /// Somebody wants an end, or what the services ran for is done.
    case stop
  }

  /// What to do about it.
  enum Effect: Sendable {
    case start(EntryID, attempt: Int)
    /// Tells the service's task to stop.
    case cancel(EntryID)
    /// Asks for ``Event/timeIsUp(_:attempt:)``; replaces the service's earlier wish.
    case wait(EntryID, attempt: Int, Duration)
    case stopWaiting(EntryID)
    case log(WorkerLogLine)
    /// All services run, for the first time.
    case allRun
    /// Everything has stopped.
    case finish((any Error)?)
  }

  private struct Entry {
    let service: SupervisedService
    let dependents: [EntryID]
    var state = ServiceState.waiting
    /// Numbers starts, and pauses between them.
    var attempt = 0
    /// Failures since the service last ran for long.
    var failures = 0
    var runningSince = Duration.zero
  }

  private let order: [EntryID]
  private var entries: [EntryID: Entry]
  /// A number from 0 up to 1, for jitter.
  private let random: @Sendable () -> Double
  private var haveAllRun = false
  private var isStopping = false
  private var isFinished = false
  private var failure: (any Error)?

  /// - Parameter services: Each after those that it needs.
  init(_ services: [SupervisedService], random: @escaping @Sendable () -> Double) {
    order = services.map(\.id)
    entries = Dictionary(
      services.map { service in
        let dependents = services.filter { $0.dependencies.contains(service.id) }.map(\.id)
        return (service.id, Entry(service: service, dependents: dependents))
      }
    ) { first, _ in first }
    self.random = random
  }

  /// Where a service is.
  func state(of id: EntryID) -> ServiceState? { entries[id]?.state }

  /// Takes note of an event.
  ///
  /// - Parameter now: The time since some moment in the past.
  mutating func handle(_ event: Event, at now: Duration) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .begin: startWhatCanStart(&effects)
    case .started(let id, let attempt):
      guard let entry = entries[id], entry.attempt == attempt, entry.state == .starting else { break }
      entries[id]?.state = .running
      entries[id]?.runningSince = now
      effects += [.stopWaiting(id), .log(line(.info, "service runs", id))]
      startWhatCanStart(&effects)
      if !haveAllRun, entries.values.allSatisfy({ $0.state == .running }) {
        haveAllRun = true
        effects.append(.allRun)
      }
    case .ended(let id, let attempt, let error):
      guard let entry = entries[id], entry.attempt == attempt else { break }
      ended(entry, error, at: now, &effects)
    case .timeIsUp(let id, let attempt):
      guard let entry = entries[id], entry.attempt == attempt else { break }
      timeIsUp(entry, at: now, &effects)
    case .stop:
      stop(&effects)
    }
    finishIfDone(&effects)
    return effects
  }

  // MARK: Starting

  private mutating func startWhatCanStart(_ effects: inout [Effect]) {
    for id in order { startIfPossible(id, &effects) }
  }

  private mutating func startIfPossible(_ id: EntryID, _ effects: inout [Effect]) {
    guard !isStopping, let entry = entries[id], entry.state == .waiting else { return }
    let needed = entry.service.dependencies.compactMap { entries[$0]?.state }
    if needed.contains(where: \.isFinal) {
      entries[id]?.state = .blocked
      effects.append(.log(line(.error, "service cannot start: what it needs has failed", id)))
      // In the order, dependents come later, so each is looked at after this one.
      return
    }
    guard needed.allSatisfy({ $0 == .running }) else { return }
    entries[id]?.state = .starting
    entries[id]?.attempt += 1
    effects += [
      .start(id, attempt: entry.attempt + 1),
      .wait(id, attempt: entry.attempt + 1, entry.service.lifecycle.startTimeout.duration),
    ]
  }

  // MARK: Failing

  private mutating func ended(_ entry: Entry, _ error: (any Error)?, at now: Duration, _ effects: inout [Effect]) {
    let id = entry.service.id
    switch entry.state {
    case .starting, .running:
      effects.append(.stopWaiting(id))
      if entry.state == .running, now - entry.runningSince >= entry.service.lifecycle.stableThreshold.duration {
        entries[id]?.failures = 0
      }
      failed(id, error ?? ServiceProblem.ended, &effects)
    case .stopping:
      effects.append(.stopWaiting(id))
      if let error, !(error is CancellationError) {
        effects.append(.log(line(.warning, "service failed while it stopped", id, ("error", "\(error)"))))
      }
      stopped(id, &effects)
    case .waiting, .pausing, .stopped, .failed, .blocked: break
    }
  }

  private mutating func failed(_ id: EntryID, _ error: any Error, _ effects: inout [Effect]) {
    guard let entry = entries[id] else { return }
    let failures = entry.failures + 1
    entries[id]?.failures = failures
    // News of what has just failed is old from here on.
    entries[id]?.attempt += 1
    let restart = entry.service.lifecycle.restart
    let mayTryAgain = restart.maxAttempts <= 0 || failures < restart.maxAttempts
    guard !isStopping, mayTryAgain, !entry.service.isLasting(error) else {
      giveUp(entry, error, &effects)
      return
    }
    entries[id]?.state = .pausing
    let pause = restart.pause(afterFailures: failures, random: random())
    effects += [
      .log(
        line(
          .warning, "service failed and is started again", id, ("error", "\(error)"), ("failures", "\(failures)"),
          ("after", pause.formatted))),
      .wait(id, attempt: entry.attempt + 1, pause),
    ]
  }

  private mutating func giveUp(_ entry: Entry, _ error: any Error, _ effects: inout [Effect]) {
    let id = entry.service.id
    entries[id]?.state = .failed
    guard entry.service.lifecycle.startup == .required else {
      effects.append(.log(line(.error, "service failed; the app goes on without it", id, ("error", "\(error)"))))
      startWhatCanStart(&effects)
      return
    }
    effects.append(.log(line(.error, "service failed", id, ("error", "\(error)"))))
    if failure == nil { failure = ServiceFailure(service: id, reason: error) }
    stop(&effects)
  }

  private mutating func timeIsUp(_ entry: Entry, at now: Duration, _ effects: inout [Effect]) {
    let id = entry.service.id
    switch entry.state {
    case .starting:
      effects.append(.cancel(id))
      failed(id, ServiceProblem.startTimeout(entry.service.lifecycle.startTimeout.duration), &effects)
    case .pausing:
      entries[id]?.state = .waiting
      startIfPossible(id, &effects)
    case .stopping:
      let limit = entry.service.stopTimeout.formatted
      effects.append(.log(line(.warning, "service did not stop in time and is left behind", id, ("limit", limit))))
      stopped(id, &effects)
    case .waiting, .running, .stopped, .failed, .blocked: break
    }
  }

  // MARK: Stopping

  private mutating func stop(_ effects: inout [Effect]) {
    guard !isStopping else { return }
    isStopping = true
    for id in order {
      guard let entry = entries[id], entry.state == .waiting || entry.state == .pausing else { continue }
      entries[id]?.state = .stopped
      effects.append(.stopWaiting(id))
    }
    stopWhatCanStop(&effects)
  }

  /// Tells the services to stop that nothing needs any more, the last started first.
  private mutating func stopWhatCanStop(_ effects: inout [Effect]) {
    for id in order.reversed() {
      guard let entry = entries[id], entry.state == .running || entry.state == .starting,
        entry.dependents.allSatisfy({ entries[$0]?.state.isFinal != false })
      else { continue }
      entries[id]?.state = .stopping
      effects += [
        .log(line(.info, "service stops", id)), .cancel(id),
        .wait(id, attempt: entry.attempt, entry.service.stopTimeout),
      ]
    }
  }

  private mutating func stopped(_ id: EntryID, _ effects: inout [Effect]) {
    entries[id]?.state = .stopped
    stopWhatCanStop(&effects)
  }

  private mutating func finishIfDone(_ effects: inout [Effect]) {
    guard !isFinished, entries.values.allSatisfy(\.state.isFinal) else { return }
    isFinished = true
    if failure == nil, !isStopping, let last = order.last {
      failure = ServiceFailure(service: last, reason: ServiceProblem.nothingRuns)
    }
    effects.append(.finish(failure))
  }

  private func line(
    _ level: WorkerLogLine.Level, _ message: String, _ id: EntryID, _ fields: (String, String)...
  ) -> WorkerLogLine {
    WorkerLogLine(level, message, [.init("service", "\(id)")] + fields.map { .init($0.0, $0.1) })
  }
}

extension RestartConfiguration {
  /// The pause after a number of failures in a row, one or more.
  ///
  /// - Parameter random: A number from 0 up to 1 that places the pause within its jitter.
  func pause(afterFailures failures: Int, random: Double) -> Duration {
    var pause = initialDelay.duration
    for _ in 1..<max(failures, 1) where pause < maxDelay.duration { pause = pause * max(backoffFactor, 1) }
    return max(.zero, min(pause, maxDelay.duration) * (1 + jitter * (2 * random - 1)))
  }
}
