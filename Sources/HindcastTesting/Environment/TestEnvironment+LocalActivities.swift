internal import Foundation
internal import HindcastCore
internal import HindcastHistory
internal import HindcastWorker
internal import TemporalAPI
internal import TemporalServiceAPI

// Local activities: mocks and the worker's code play them within the workflow task, in the environment's time.

extension TestEnvironment {
  /// A task waits for local activities; others are worked meanwhile.
  func hold(_ task: WorkflowTask, _ wait: LocalActivityWait, _ worker: WorkerConfiguration) async throws {
    if locals.tasks[task.runID] == nil {
      // As the worker does it, after four fifths of the time that the server waits.
      locals.open(
        .init(
          task: task, worker: worker, lastTime: now, due: now + (wait.taskTimeout * 0.8).nanoseconds))
    }
    // They begin one after another, each when those before have ended or wait: the order is not left to threads.
    for request in wait.orders.starts {
      locals.add(
        .init(
          runID: task.runID, request: request, attempt: request.attempt, start: now, due: now,
          longestPause: wait.taskTimeout))
    }
    for id in wait.orders.cancellations {
      guard let activity = locals.find(task.runID, id) else { continue }
      if let number = activity.number { stage.cancel(number, .requested) }
      try await finish(activity, .failure(.init(.localActivityCanceled())))
    }
    // What ended between the task before and this one.
    while locals.tasks[task.runID] != nil, let activity = locals.waiting(of: task.runID),
      let outcome = activity.outcome
    {
      try await finish(activity, outcome)
    }
  }

  /// Does what is due about local activities.
  ///
  /// - Returns: The workflow that it was done for; `nil` when nothing was due.
  func serveLocalActivities() async throws -> String? {
    if var activity = locals.due(at: now), let open = locals.tasks[activity.runID] {
      if let number = activity.number {
        stage.cancel(number, .timedOut)
        (activity.number, activity.due) = (nil, nil)
        locals.add(activity)
        try await end(activity, .failure(.init(.localActivityTimeout(activity.timeout))))
      } else {
        try await attempt(activity, open.worker)
      }
      return open.task.polled.workflowExecution.workflowID
    }
    if let open = locals.oldTask(at: now) {
      try await proceed(try await driver.prolong(open.task, log: open.worker.log), open.task, open.worker)
      return open.task.polled.workflowExecution.workflowID
    }
    return nil
  }

  /// An attempt has ended.
  func end(_ activity: LocalActivities.Activity, _ result: Result<Payloads?, LocalActivityFailure>) async throws {
    guard case .failure(let failed) = result else { return try await finish(activity, result) }
    let pause = LocalActivityRetry.pause(
      activity.request.retryPolicy, after: failed.failure, attempt: activity.attempt,
      remaining: activity.remaining(at: now))
    guard let pause else { return try await finish(activity, result) }
    if pause > activity.longestPause {
      return try await finish(activity, result, backoff: pause)
    }
    var next = activity
    next.attempt += 1
    next.due = now.addingReportingOverflow(pause.nanoseconds).partialValue
    locals.add(next)
  }

  /// Gives up what runs for a run.
  func dropLocalActivities(of runID: String) {
    locals.close(runID)
    for activity in locals.removeAll(of: runID) {
      if let number = activity.number { stage.cancel(number, .requested) }
    }
  }

  private func attempt(_ activity: LocalActivities.Activity, _ worker: WorkerConfiguration) async throws {
    guard let task = locals.tasks[activity.runID]?.task else { return }
    lastActivity += 1
    var activity = activity
    let remaining = activity.remaining(at: now)
    let limits = [activity.request.startToCloseTimeout, remaining ?? .zero].filter { $0 > .zero }
    activity.number = lastActivity
    activity.due = limits.min().map { now.addingReportingOverflow($0.nanoseconds).partialValue }
    activity.timeout = limits.min() == remaining ? .scheduleToClose : .startToClose
    locals.add(activity)
    let past = remaining.map { activity.request.scheduleToCloseTimeout - $0 } ?? activity.request.age
    let context = ActivityContext(
      info: ActivityInfo(
        activity.request, attempt: activity.attempt, of: task,
        at: Date(timeIntervalSince1970: Double(now) / 1e9), scheduled: past),
      input: activity.request.input, header: activity.request.header, log: worker.log, clock: stage)
    if !enter(context, lastActivity, worker, isLocal: true) {
      throw TestEnvironmentError.activityNotRegistered(
        activity.request.type, workflowID: task.polled.workflowExecution.workflowID,
        registered: worker.activities?.activityTypes ?? [])
    }
  }

  private func finish(
    _ activity: LocalActivities.Activity, _ result: Result<Payloads?, LocalActivityFailure>, backoff: Duration = .zero
  ) async throws {
    try await finish(
      activity, LocalActivityOutcome(result, attempt: activity.attempt, backoffNanoseconds: backoff.nanoseconds))
  }

  private func finish(_ activity: LocalActivities.Activity, _ outcome: LocalActivityOutcome) async throws {
    guard let open = locals.tasks[activity.runID] else {
      var waiting = activity
      waiting.outcome = outcome
      return locals.add(waiting)
    }
    locals.remove(activity.runID, activity.request.id)
    let step = try await driver.resume(
      open.task, activity.request.id, outcome, after: locals.setTime(of: activity.runID, to: now),
      log: open.worker.log)
    try await proceed(step, open.task, open.worker)
  }
}
