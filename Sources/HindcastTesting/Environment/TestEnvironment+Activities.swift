internal import HindcastCalls
internal import HindcastHistory
internal import HindcastService
internal import HindcastSwift
internal import HindcastWorker
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Activities on the stage: begun one at a time, heard out, and answered.

extension TestEnvironment {
  func begin(_ polled: Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse, _ index: Int) throws {
    lastActivity += 1
    let number = lastActivity
    let worker = workers[index]
    running[number] = (polled, index)
    let stage = stage
    let activity = ActivityContext(
      info: ActivityInfo(polled, taskQueue: worker.taskQueue), input: polled.hasInput ? polled.input : nil,
      header: polled.hasHeader ? polled.header : nil, log: worker.log, clock: stage,
      beat: { stage.heartbeat(number, $0) })
    activities.note(activity)
    let type = activity.info.type
    if let mock = activities.body(for: type) {
      let scope = ObjectIdentifier(self)
      stage.begin(number, activity) {
        await MockScope.$environment.withValue(scope) { await Self.result(of: mock, activity) }
      }
    } else if let code = worker.activities, code.activityTypes.contains(type) {
      stage.begin(number, activity) { Result { () throws(ActivityError) in try code.run(activity) } }
    } else {
      running[number] = nil
      throw TestEnvironmentError.activityNotRegistered(
        type, workflowID: polled.workflowExecution.workflowID, registered: worker.activities?.activityTypes ?? [])
    }
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
      if events.isEmpty { return }
      for event in events { try await report(event) }
    }
  }

  func report(_ event: ActivityStage.Event) async throws {
    switch event {
    case .heartbeat(let number, let details):
      guard let (task, index) = running[number] else { return }
      do {
        let answer = try await service.call(
          WorkflowService.recordActivityTaskHeartbeat,
          .with {
            $0.taskToken = task.taskToken
            $0.namespace = workers[index].namespace
            $0.identity = workers[index].identity
            if let details { $0.details = details }
          })
        if answer.cancelRequested { stage.cancel(number, .requested) }
        if answer.activityPaused || answer.activityReset { stage.cancel(number, .paused) }
      } catch let error as ServiceError where error.code == .notFound {
        stage.cancel(number, .timedOut)
      }
    case .ended(let number, let result):
      guard let (task, index) = running.removeValue(forKey: number) else { return }
      do {
        try await respond(to: task, result, workers[index])
      } catch let error as ServiceError where error.code == .notFound {
        // It was timed out, or its workflow is over: nobody waits for the answer.
      }
    }
  }

  func respond(
    to task: Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse, _ result: Result<Payloads?, ActivityError>,
    _ worker: WorkerConfiguration
  ) async throws {
    switch result {
    case .success(let result):
      _ = try await service.call(
        WorkflowService.respondActivityTaskCompleted,
        .with {
          $0.taskToken = task.taskToken
          $0.namespace = worker.namespace
          $0.identity = worker.identity
          if let result { $0.result = result }
        })
    case .failure(.canceled(let details)):
      do {
        _ = try await service.call(
          WorkflowService.respondActivityTaskCanceled,
          .with {
            $0.taskToken = task.taskToken
            $0.namespace = worker.namespace
            $0.identity = worker.identity
            if let details { $0.details = details }
          })
      } catch let error as ServiceError where error.code == .invalidArgument {
        // Nobody asked for it: then it counts as a failure.
        try await fail(task, ActivityError.canceled(details: details), worker)
      }
    case .failure(let error):
      try await fail(task, error, worker)
    }
  }

  func fail(
    _ task: Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse, _ error: ActivityError,
    _ worker: WorkerConfiguration
  ) async throws {
    _ = try await service.call(
      WorkflowService.respondActivityTaskFailed,
      .with {
        $0.taskToken = task.taskToken
        $0.namespace = worker.namespace
        $0.identity = worker.identity
        $0.failure = error.failure
      })
  }
}
