internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What workers with Nexus handlers call.

typealias NexusTaskCompletedRequest = Temporal_Api_Workflowservice_V1_RespondNexusTaskCompletedRequest
typealias NexusTaskFailedRequest = Temporal_Api_Workflowservice_V1_RespondNexusTaskFailedRequest

extension ServerMachine {
  static var nexusTaskRoutes: [Route] {
    [
      Route(WorkflowService.pollNexusTaskQueue) { (machine, request, call, turn) throws(ServiceError) in
        try machine.pollNexusTask(request, call, &turn)
      },
      .prompt(WorkflowService.respondNexusTaskCompleted) { (machine, request, turn) throws(ServiceError) in
        try machine.completeNexusTask(request, &turn)
        return .init()
      },
      .prompt(WorkflowService.respondNexusTaskFailed) { (machine, request, turn) throws(ServiceError) in
        try machine.failNexusTask(request, &turn)
        return .init()
      },
    ]
  }

  private mutating func pollNexusTask(
    _ request: Temporal_Api_Workflowservice_V1_PollNexusTaskQueueRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse? {
    try checkNamespace(request.namespace)
    if request.taskQueue.name.isEmpty { throw .invalidArgument("taskQueue is not set") }
    try checkLength(request.taskQueue.name, of: "taskQueue")
    try checkLength(request.identity, of: "Identity")
    // Nexus tasks are bound to no version: they go to whoever polls.
    let poll = PollWaiter(
      call: call.id, identity: request.identity, queue: request.taskQueue,
      workerInstanceKey: request.workerInstanceKey)
    wait(poll, kind: .nexus, namespace: request.namespace, &turn)
    return nil
  }

  private mutating func completeNexusTask(
    _ request: NexusTaskCompletedRequest, _ turn: inout Turn
  ) throws(ServiceError) {
    try checkNamespace(request.namespace)
    let answer = try request.answer(limits)
    try answerNexusTask(request.taskToken, answer, &turn)
  }

  private mutating func failNexusTask(_ request: NexusTaskFailedRequest, _ turn: inout Turn) throws(ServiceError) {
    try checkNamespace(request.namespace)
    if !request.hasError, !request.hasFailure {
      throw .invalidArgument("request must contain error or failure")
    }
    if request.hasError, !request.error.failure.details.isJSON {
      throw .invalidArgument("failure details must be JSON serializable")
    }
    if request.hasFailure, request.failure.failureInfo?.isNexusHandlerFailure != true {
      throw .invalidArgument("request Failure must contain error or failure with NexusHandlerFailureInfo")
    }
    let failure = request.hasError ? request.error.temporalFailure : request.failure
    try answerNexusTask(request.taskToken, .refused(failure, isRetryable: failure.isRetryableRefusal), &turn)
  }

  private mutating func answerNexusTask(
    _ token: Data, _ answer: NexusAnswer, _ turn: inout Turn
  ) throws(ServiceError) {
    guard let id = try TaskToken(token, .nexus).nexusRequestID else { throw .invalidArgument("Invalid TaskToken.") }
    guard let execution = executions[id.runID], execution.isRunning,
      let operation = execution.nexusOperations[id.scheduledEventID],
      operation.requestDue(id.kind) > 0, operation.isTaken(id.kind),
      operation.requestID(id.kind, runID: id.runID) == id
    else { throw .notFound("Nexus task not found or already expired") }
    try change(id.runID, &turn) { $0.answerNexusRequest(id, id.kind == .cancel ? answer.toCancel : answer) }
  }
}

extension NexusAnswer {
  /// What an answer means for a cancel request: anything but a refusal takes it.
  fileprivate var toCancel: Self {
    if case .refused = self { self } else { .accepted }
  }
}

extension NexusTaskCompletedRequest {
  /// What the handler says of the operation.
  fileprivate func answer(_ limits: Limits) throws(ServiceError) -> NexusAnswer {
    switch response.variant {
    case .cancelOperation?: return .accepted
    case .startOperation(let started)?:
      switch started.variant {
      case .syncSuccess(let success)?:
        if success.payload.byteCount > limits.blobBytes {
          let failure = Failure.with {
            $0.message = "http: response body too large"
            $0.applicationFailureInfo = .with {
              $0.type = "CallError"
              $0.nonRetryable = true
            }
          }
          return .refused(failure, isRetryable: false)
        }
        return .completed(
          success.hasPayload ? success.payload : nil, links: success.links.compactMap(\.link))
      case .asyncSuccess(let success)?:
        let token = success.operationToken.isEmpty ? success.operationID : success.operationToken
        if token.isEmpty { throw .invalidArgument("missing opration token in response") }
        if token.utf8.count > limits.nexusOperationTokenBytes {
          throw .invalidArgument(
            "operation token length exceeds allowed limit (\(token.utf8.count)/\(limits.nexusOperationTokenBytes))")
        }
        return .started(token: token, links: success.links.compactMap(\.link))
      case .operationError(let error)?:
        guard error.failure.details.isJSON else {
          throw .invalidArgument("failure details must be JSON serializable")
        }
        let failure = error.failure.temporalFailure
        return error.operationState == "canceled" ? .canceled(failure) : .failed(failure)
      case .failure(let failure)?:
        if case .canceledFailureInfo? = failure.failureInfo { return .canceled(failure) }
        return .failed(failure)
      case nil: break
      }
    case nil: break
    }
    return .refused("INTERNAL", "empty outcome")
  }
}

extension Failure.OneOf_FailureInfo {
  fileprivate var isNexusHandlerFailure: Bool {
    if case .nexusHandlerFailureInfo = self { true } else { false }
  }
}

extension Data {
  /// Whether this is JSON, or nothing.
  fileprivate var isJSON: Bool {
    isEmpty || (try? JSONSerialization.jsonObject(with: self, options: .fragmentsAllowed)) != nil
  }
}
