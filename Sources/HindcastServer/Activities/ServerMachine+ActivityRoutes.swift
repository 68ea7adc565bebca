internal import HindcastCalls
internal import HindcastHistory
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// The calls of activity workers: each says in its own message what ``ActivityAnswer`` says in one.

extension ServerMachine {
  static var activityRoutes: [Route] {
    [
      Route(WorkflowService.pollActivityTaskQueue) { (machine, request, call, turn) throws(ServiceError) in
        try machine.pollActivityTask(request, call, &turn)
      },
      .prompt(WorkflowService.recordActivityTaskHeartbeat) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(request.taskToken, request.namespace)
        let details = request.hasDetails ? request.details : nil
        let answer = try machine.recordHeartbeat(target, details, identity: request.identity, &turn)
        return .with {
          $0.cancelRequested = answer.cancelRequested
          $0.activityPaused = answer.isPaused
          $0.activityReset = answer.isReset
        }
      },
      .prompt(WorkflowService.recordActivityTaskHeartbeatByID) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(
          namespace: request.namespace, workflowID: request.workflowID, runID: request.runID,
          activityID: request.activityID)
        let details = request.hasDetails ? request.details : nil
        let answer = try machine.recordHeartbeat(target, details, identity: request.identity, &turn)
        return .with {
          $0.cancelRequested = answer.cancelRequested
          $0.activityPaused = answer.isPaused
          $0.activityReset = answer.isReset
        }
      },
      .prompt(WorkflowService.respondActivityTaskCompleted) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(request.taskToken, request.namespace)
        let worker = ActivityWorker(
          identity: request.identity, version: request.hasWorkerVersion ? request.workerVersion : nil)
        _ = try machine.answer(target, .completed(request.hasResult ? request.result : nil), by: worker, &turn)
        return .init()
      },
      .prompt(WorkflowService.respondActivityTaskCompletedByID) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(
          namespace: request.namespace, workflowID: request.workflowID, runID: request.runID,
          activityID: request.activityID)
        let worker = ActivityWorker(identity: request.identity)
        _ = try machine.answer(target, .completed(request.hasResult ? request.result : nil), by: worker, &turn)
        return .init()
      },
      .prompt(WorkflowService.respondActivityTaskFailed) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(request.taskToken, request.namespace)
        let failure = request.hasFailure ? request.failure : nil
        if let failure, failure.failureInfo?.isApplicationFailure != true {
          throw .invalidArgument("Failure must have ApplicationFailureInfo.")
        }
        let worker = ActivityWorker(
          identity: request.identity, version: request.hasWorkerVersion ? request.workerVersion : nil)
        let details = request.hasLastHeartbeatDetails ? request.lastHeartbeatDetails : nil
        let failures = try machine.answer(
          target, .failed(failure, lastHeartbeatDetails: details), by: worker, &turn)
        return .with { $0.failures = failures }
      },
      .prompt(WorkflowService.respondActivityTaskFailedByID) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(
          namespace: request.namespace, workflowID: request.workflowID, runID: request.runID,
          activityID: request.activityID)
        let failure = request.hasFailure ? request.failure : nil
        let details = request.hasLastHeartbeatDetails ? request.lastHeartbeatDetails : nil
        let failures = try machine.answer(
          target, .failed(failure, lastHeartbeatDetails: details), by: ActivityWorker(identity: request.identity), &turn
        )
        return .with { $0.failures = failures }
      },
      .prompt(WorkflowService.respondActivityTaskCanceled) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(request.taskToken, request.namespace)
        let worker = ActivityWorker(identity: request.identity)
        _ = try machine.answer(target, .canceled(request.hasDetails ? request.details : nil), by: worker, &turn)
        return .init()
      },
      .prompt(WorkflowService.respondActivityTaskCanceledByID) { (machine, request, turn) throws(ServiceError) in
        let target = try machine.target(
          namespace: request.namespace, workflowID: request.workflowID, runID: request.runID,
          activityID: request.activityID)
        let worker = ActivityWorker(identity: request.identity)
        _ = try machine.answer(target, .canceled(request.hasDetails ? request.details : nil), by: worker, &turn)
        return .init()
      },
    ] + activityControlRoutes
  }

  private mutating func recordHeartbeat(
    _ target: ActivityTarget, _ details: Payloads?, identity: String, _ turn: inout Turn
  ) throws(ServiceError) -> HeartbeatAnswer {
    var failures: [Failure] = []
    let answer = ActivityAnswer.heartbeat(details).bounded(limits, telling: &failures)
    let heard = try answerActivity(target, answer, by: ActivityWorker(identity: identity), &turn)
    // Details that are too large end the attempt: the worker is told to stop.
    if case .failed = answer { return HeartbeatAnswer(cancelRequested: true) }
    return heard
  }

  /// - Returns: What was too large.
  private mutating func answer(
    _ target: ActivityTarget, _ answer: ActivityAnswer, by worker: ActivityWorker, _ turn: inout Turn
  ) throws(ServiceError) -> [Failure] {
    if case .failed(let failure?, _) = answer, let fault = failure.retryDelayFault {
      throw .invalidArgument("NextRetryDelay is not a valid duration: \(fault)")
    }
    var failures: [Failure] = []
    let bounded = answer.bounded(limits, telling: &failures)
    _ = try answerActivity(target, bounded, by: worker, &turn)
    return failures
  }
}

extension Failure.OneOf_FailureInfo {
  fileprivate var isApplicationFailure: Bool {
    if case .applicationFailureInfo = self { return true }
    return false
  }
}

extension Failure {
  /// What is wrong with the delays that this failure and its causes ask for; `nil` if nothing is.
  fileprivate var retryDelayFault: String? {
    if case .applicationFailureInfo(let info)? = failureInfo, info.hasNextRetryDelay {
      let delay = info.nextRetryDelay
      if abs(Int64(delay.nanos)) > 999_999_999 { return "duration (\(delay)) has out-of-range nanos" }
      if (delay.seconds > 0 && delay.nanos < 0) || (delay.seconds < 0 && delay.nanos > 0) {
        return "duration (\(delay)) has seconds and nanos with different signs"
      }
    }
    return hasCause ? cause.retryDelayFault : nil
  }
}
