private import Foundation
internal import HindcastCore
internal import HindcastHistory
private import SwiftProtobuf
private import Synchronization
internal import TemporalAPI
private import TemporalServiceAPI

/// Runs a worker's local activities: those that belong to a workflow task, which waits for them.
final class LocalActivityRunner: Sendable {
  private struct State {
    var groups: [ObjectIdentifier: LocalActivityGroup] = [:]
    var isStopped = false
  }

  let clock: any Clock<Duration>
  private let code: (any ActivityCode)?
  private let slots: TaskSlots
  private let rate: RateLimiter?
  private let threads = ActivityThreads()
  private let log: WorkerLog
  private let measures: WorkerMetrics
  private let state = Mutex(State())

  init(_ configuration: WorkerConfiguration) {
    clock = configuration.clock
    code = configuration.activities
    slots = TaskSlots(limit: configuration.maximumConcurrentLocalActivities)
    rate = configuration.localActivitiesPerSecond.map { RateLimiter(perSecond: $0, clock: configuration.clock) }
    log = configuration.log
    measures = configuration.measures
  }

  // MARK: The end

  /// Gives up what is under way: the tasks that wait for it are not answered.
  func stop() {
    let groups = state.withLock { state in
      state.isStopped = true
      return Array(state.groups.values)
    }
    for group in groups { group.stop() }
  }

  /// Takes note of a group that has activities; `false` if none may begin any more.
  func add(_ group: LocalActivityGroup) -> Bool {
    state.withLock { state in
      if !state.isStopped { state.groups[ObjectIdentifier(group)] = group }
      return !state.isStopped
    }
  }

  func remove(_ group: LocalActivityGroup) {
    _ = state.withLock { $0.groups.removeValue(forKey: ObjectIdentifier(group)) }
  }

  // MARK: Attempts

  /// Tries an activity until it has a result, a failure that is not tried again, or a pause that is too long for the task.
  ///
  /// - Parameters:
  ///   - execution: The task that asks for it.
  ///   - longestPause: How long the task can wait for the next attempt.
  ///   - switchboard: Where it is told to stop, and which counts its attempts.
  func run(
    _ request: LocalActivityRequest, for execution: WorkflowTaskExecution, longestPause: Duration,
    _ switchboard: LocalActivitySwitch
  ) async -> LocalActivityOutcome {
    let watch = Stopwatch(clock)
    var attempt = request.attempt
    while true {
      let remaining =
        request.scheduleToCloseTimeout > .zero
        ? request.scheduleToCloseTimeout - request.age - watch.elapsed : nil
      let failure: Failure
      let start = measures.start()
      let result = await runOnce(request, attempt, remaining: remaining, execution, switchboard)
      measure(request, execution, result, since: start)
      switch result {
      case .success(let result): return LocalActivityOutcome(.success(result), attempt: attempt)
      case .failure(let failed): failure = failed.failure
      }
      log(
        WorkerLogLine(
          .warning, "a local activity failed",
          [.init("error", failure.message), .init("activityType", request.type), .init("attempt", "\(attempt)")]
            + execution.task.logFields))
      let left =
        request.scheduleToCloseTimeout > .zero
        ? request.scheduleToCloseTimeout - request.age - watch.elapsed : nil
      let outcome = LocalActivityOutcome(.failure(.init(failure)), attempt: attempt)
      guard !switchboard.isCancelled,
        let pause = LocalActivityRetry.pause(request.retryPolicy, after: failure, attempt: attempt, remaining: left)
      else { return outcome }
      if pause > longestPause {
        var later = outcome
        later.backoffNanoseconds = pause.clampedNanoseconds
        return later
      }
      guard await switchboard.sleep(for: pause, of: clock) else {
        return LocalActivityOutcome(.failure(.init(.localActivityCanceled())), attempt: attempt)
      }
      attempt += 1
    }
  }

  private func measure(
    _ request: LocalActivityRequest, _ execution: WorkflowTaskExecution,
    _ result: Result<Payloads?, LocalActivityFailure>, since start: ContinuousClock.Instant?
  ) {
    guard let start else { return }
    let tags = MetricTags(
      workerType: "LocalActivityWorker", workflowType: execution.task.polled.workflowType.name,
      activityType: request.type)
    measures.count(.localActivityTotal, tags)
    measures.record(.localActivityExecutionLatency, since: start, tags)
    guard case .failure(let failed) = result else { return }
    let isCancelled = if case .canceledFailureInfo? = failed.failure.failureInfo { true } else { false }
    measures.count(isCancelled ? .localActivityExecutionCancelled : .localActivityExecutionFailed, tags)
  }

  private func runOnce(
    _ request: LocalActivityRequest, _ attempt: Int32, remaining: Duration?, _ execution: WorkflowTaskExecution,
    _ switchboard: LocalActivitySwitch
  ) async -> Result<Payloads?, LocalActivityFailure> {
    guard let code, code.activityTypes.contains(request.type) else {
      return .failure(.init(.localActivityNotRegistered(request.type)))
    }
    if let remaining, remaining <= .zero { return .failure(.init(.localActivityTimeout(.scheduleToClose))) }
    guard await slots.take() else { return .failure(.init(.localActivityCanceled())) }
    await rate?.wait()
    let past = remaining.map { request.scheduleToCloseTimeout - $0 } ?? request.age
    let activity = ActivityContext(
      info: ActivityInfo(request, attempt: attempt, of: execution.task, at: Date(), scheduled: past),
      input: request.input, header: request.header, log: log)
    guard switchboard.begin(activity) else {
      await slots.release()
      return .failure(.init(.localActivityCanceled()))
    }
    let limit = [request.startToCloseTimeout, remaining ?? .zero].filter { $0 > .zero }.min()
    let first = FirstResult<Result<Payloads?, LocalActivityFailure>>()
    Task.detached { [threads, slots] in
      let result = await threads.run { Result { () throws(ActivityError) in try code.run(activity) } }
      // The slot is taken for as long as the code runs, though nobody may wait for it any more.
      await slots.release()
      first.set(result.mapError { LocalActivityFailure($0.recorded) })
    }
    let impatience = Task { [clock] in
      guard let limit else { return }
      try await clock.sleep(for: limit)
      let isLast = remaining.map { $0 <= limit } ?? false
      first.set(.failure(.init(.localActivityTimeout(isLast ? .scheduleToClose : .startToClose))))
      activity.cancel(.timedOut)
    }
    switchboard.whenCancelled { first.set(.failure(.init(.localActivityCanceled()))) }
    defer {
      impatience.cancel()
      switchboard.endAttempt()
    }
    return await first.value
  }
}
