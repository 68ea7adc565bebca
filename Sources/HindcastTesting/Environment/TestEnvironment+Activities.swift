internal import HindcastCalls
internal import HindcastCore
internal import HindcastHistory
internal import HindcastService
internal import HindcastSwift
internal import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Activities on the stage: begun one at a time, heard out, and answered.

extension TestEnvironment {
  func begin(_ polled: ActivityTask.Polled, _ index: Int) throws {
    lastActivity += 1
    let number = lastActivity
    let worker = workers[index]
    let task = ActivityTask(polled: polled, taskQueue: worker.taskQueue)
    running[number] = (task, index)
    let stage = stage
    let activity = ActivityContext(
      info: task.info, input: task.input, header: task.header, log: worker.log, clock: stage,
      beat: { stage.heartbeat(number, $0) })
    guard enter(activity, number, worker) else {
      running[number] = nil
      throw TestEnvironmentError.activityNotRegistered(
        activity.info.type, workflowID: polled.workflowExecution.workflowID,
        registered: worker.activities?.activityTypes ?? [])
    }
  }

  /// Lets a mock, a recording or the worker's code play an activity; `false` if there is none.
  func enter(
    _ activity: ActivityContext, _ number: Int, _ worker: WorkerConfiguration, isLocal: Bool = false
  ) -> Bool {
    activities.note(activity)
    let type = activity.info.type
    if let mock = activities.body(for: type) {
      let scope = ObjectIdentifier(self)
      stage.begin(number, activity) {
        await MockScope.$environment.withValue(scope) { await Self.result(of: mock, activity) }
      }
    } else if let recorded = play?.body(for: activity, isLocal: isLocal) {
      stage.begin(number, activity, recorded)
    } else if let code = worker.activities, code.activityTypes.contains(type) {
      stage.begin(number, activity) { Result { () throws(ActivityError) in try code.run(activity) } }
    } else {
      return false
    }
    return true
  }

  private static func result(
    of mock: ActivityMocks.Body, _ activity: ActivityContext
  ) async -> Result<Payloads?, ActivityError> {
    do {
      do {
        return .success(try await mock(activity))
      } catch let outcome as MockOutcome {
        return .success(try await outcome.payloads(of: activity))
      }
    } catch let error as ActivityError {
      return .failure(error)
    } catch let error as CanceledFailure {
      return .failure(.canceled(details: error.details))
    } catch {
      return .failure(.failed(FailureConverter.failure(for: error)))
    }
  }

  /// Waits until every activity has ended or waits for time to pass, and tells the server what they had to say.
  func settleActivities() async throws {
    while true {
      let events = await stage.untilSettled()
      for event in events { try await report(event) }
      let hasTold = try await tellOfEnds()
      if events.isEmpty, !hasTold { return }
    }
  }

  func report(_ event: ActivityStage.Event) async throws {
    if takeLone(event) { return }
    switch event {
    case .heartbeat(let number, let details):
      guard let (task, index) = running[number] else { return }
      do {
        let answer = try await service.call(
          WorkflowService.recordActivityTaskHeartbeat, task.heartbeat(details, by: workers[index]))
        if let reason = ActivityCancellation(answer) { stage.cancel(number, reason) }
      } catch let error as ServiceError where error.code == .notFound {
        stage.cancel(number, .timedOut)
      }
    case .ended(let number, let result):
      if let local = locals.end(number) {
        return try await end(local, result.mapError { LocalActivityFailure($0.recorded) })
      }
      guard let (task, index) = running.removeValue(forKey: number) else { return }
      do {
        try await respond(to: task, result, workers[index])
      } catch let error as ServiceError where error.code == .notFound {
        // It was timed out, or its workflow is over: nobody waits for the answer.
      }
    }
  }

  func respond(
    to task: ActivityTask, _ result: Result<Payloads?, ActivityError>, _ worker: WorkerConfiguration
  ) async throws {
    switch result {
    case .success(let result):
      _ = try await service.call(
        WorkflowService.respondActivityTaskCompleted, task.completed(with: result, by: worker))
    case .failure(.canceled(let details)):
      do {
        _ = try await service.call(
          WorkflowService.respondActivityTaskCanceled, task.canceled(with: details, by: worker))
      } catch let error as ServiceError where error.code == .invalidArgument {
        // Nobody asked for it: then it counts as a failure.
        try await fail(task, ActivityError.canceled(details: details), worker)
      }
    case .failure(let error):
      try await fail(task, error, worker)
    }
  }

  func fail(_ task: ActivityTask, _ error: ActivityError, _ worker: WorkerConfiguration) async throws {
    _ = try await service.call(
      WorkflowService.respondActivityTaskFailed, task.failed(with: error.failure, by: worker))
  }
}
