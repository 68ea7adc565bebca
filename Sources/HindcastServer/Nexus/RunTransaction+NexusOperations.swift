internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// An operation from scheduled to its end (`server.md` 15).
//
//   scheduled ── request ──▶ answered: completed, failed, canceled, or started ── callback ──▶ its end
//       ▲                        │
//       └── backoff ◀── refused, retryable or not answered in time
//
// A cancel request goes the same way beside it, once the operation has started.

extension RunTransaction {
  /// Notes what came of a request.
  mutating func answerNexusRequest(_ id: NexusRequestID, _ answer: NexusAnswer) {
    guard let operation = execution.nexusOperations[id.scheduledEventID] else { return }
    switch id.kind {
    case .start: answerStart(operation, answer)
    case .cancel: answerCancel(operation, answer)
    }
  }

  private mutating func answerStart(_ operation: NexusOperationRecord, _ answer: NexusAnswer) {
    switch answer {
    case .started(let token, let links):
      startNexusOperation(operation, token: token, links: links)
    case .completed(let result, let links):
      endNexusOperation(operation, .completed(result, links: links))
    case .failed, .canceled:
      endNexusOperation(operation, answer)
    case .refused(let failure, isRetryable: false):
      endNexusOperation(operation, .failed(failure))
    case .refused(let failure, isRetryable: true):
      let due = now.addingClamped(backoff(after: operation.attempt &+ 1))
      let time = now
      execution.nexusOperations.update(operation.scheduledEventID) {
        $0.endRequest(.start)
        $0.attempt &+= 1
        $0.lastAttemptCompleteTime = time
        $0.lastFailure = failure
        $0.state = .backingOff
        $0.nextAttemptDue = due
      }
    case .accepted: break
    }
  }

  private mutating func answerCancel(_ operation: NexusOperationRecord, _ answer: NexusAnswer) {
    let scheduledEventID = operation.scheduledEventID
    let time = now
    execution.nexusOperations.update(scheduledEventID) {
      $0.endRequest(.cancel)
      $0.cancelAttempt &+= 1
      $0.cancelLastAttemptCompleteTime = time
      $0.clearCancelLastFailure()
    }
    switch answer {
    case .refused(let failure, isRetryable: true):
      let due = now.addingClamped(backoff(after: operation.cancelAttempt &+ 1))
      execution.nexusOperations.update(scheduledEventID) {
        $0.cancelLastFailure = failure
        $0.cancelState = .backingOff
        $0.cancelNextAttemptDue = due
      }
    case .refused(let failure, isRetryable: false):
      add(
        .nexusOperationCancelRequestFailedEventAttributes(
          .with {
            $0.scheduledEventID = scheduledEventID
            $0.requestedEventID = operation.cancelRequestedEventID
            $0.failure = failure
          }))
    default:
      add(
        .nexusOperationCancelRequestCompletedEventAttributes(
          .with {
            $0.scheduledEventID = scheduledEventID
            $0.requestedEventID = operation.cancelRequestedEventID
          }))
    }
  }

  /// The operation goes on outside; a cancel request that waited for that is sent.
  mutating func startNexusOperation(
    _ operation: NexusOperationRecord, token: String, links: [Link], at time: Int64? = nil
  ) {
    let completeTime = now
    execution.nexusOperations.update(operation.scheduledEventID) { $0.lastAttemptCompleteTime = completeTime }
    add(
      .nexusOperationStartedEventAttributes(
        .with {
          $0.scheduledEventID = operation.scheduledEventID
          $0.operationID = token
          $0.operationToken = token
          $0.requestID = operation.scheduled.requestID
        }), at: time, links: links)
    if operation.cancelRequested {
      followUps.append(
        .sendNexusRequest(runID: record.runID, scheduledEventID: operation.scheduledEventID, .cancel))
    }
  }

  /// The operation's end, by answer or by callback.
  mutating func endNexusOperation(_ operation: NexusOperationRecord, _ answer: NexusAnswer) {
    let scheduledEventID = operation.scheduledEventID
    let requestID = operation.scheduled.requestID
    switch answer {
    case .completed(let result, let links):
      add(
        .nexusOperationCompletedEventAttributes(
          .with {
            $0.scheduledEventID = scheduledEventID
            if let result { $0.result = result }
            $0.requestID = requestID
          }), links: links)
    case .failed(let cause):
      add(
        .nexusOperationFailedEventAttributes(
          .with {
            $0.scheduledEventID = scheduledEventID
            $0.failure = operation.failure(cause)
            $0.requestID = requestID
          }))
    case .canceled(let cause):
      add(
        .nexusOperationCanceledEventAttributes(
          .with {
            $0.scheduledEventID = scheduledEventID
            $0.failure = operation.failure(cause.asCanceled)
            $0.requestID = requestID
          }))
    case .started, .accepted, .refused: break
    }
  }

  mutating func timeOutNexusOperation(_ operation: NexusOperationRecord, _ type: Temporal_Api_Enums_V1_TimeoutType) {
    let cause = Failure.with {
      $0.message = "operation timed out"
      $0.timeoutFailureInfo.timeoutType = type
    }
    add(
      .nexusOperationTimedOutEventAttributes(
        .with {
          $0.scheduledEventID = operation.scheduledEventID
          $0.failure = operation.failure(cause)
          $0.requestID = operation.scheduled.requestID
        }))
  }

  /// Sends the requests that the history does not know to have been answered.
  mutating func sendPendingNexusRequests() {
    for operation in execution.nexusOperations.sorted {
      let id = operation.scheduledEventID
      if operation.state == .scheduled {
        followUps.append(.sendNexusRequest(runID: record.runID, scheduledEventID: id, .start))
      } else if operation.cancelState == .scheduled {
        followUps.append(.sendNexusRequest(runID: record.runID, scheduledEventID: id, .cancel))
      }
    }
  }

  /// Does what is due of the operations.
  mutating func fireNexusOperations() {
    guard let due = execution.nexusOperations.nextDue, due <= now else { return }
    for operation in execution.nexusOperations.sorted { fire(operation) }
  }

  private mutating func fire(_ operation: NexusOperationRecord) {
    let now = now
    func isDue(_ time: Int64) -> Bool { time > 0 && time <= now }
    let id = operation.scheduledEventID
    let timeouts: [(Int64, Temporal_Api_Enums_V1_TimeoutType)] = [
      (operation.scheduleToCloseDue, .scheduleToClose), (operation.scheduleToStartDue, .scheduleToStart),
      (operation.startToCloseDue, .startToClose),
    ]
    if let (_, type) = timeouts.first(where: { isDue($0.0) }) { return timeOutNexusOperation(operation, type) }
    if isDue(operation.requestDue) {
      answerNexusRequest(
        operation.requestID(.start, runID: record.runID), .refused("UPSTREAM_TIMEOUT", "upstream timeout"))
    }
    if isDue(operation.cancelRequestDue) {
      answerNexusRequest(
        operation.requestID(.cancel, runID: record.runID), .refused("UPSTREAM_TIMEOUT", "upstream timeout"))
    }
    if isDue(operation.nextAttemptDue) {
      execution.nexusOperations.update(id) {
        $0.state = .scheduled
        $0.nextAttemptDue = 0
      }
      followUps.append(.sendNexusRequest(runID: record.runID, scheduledEventID: id, .start))
    }
    if isDue(operation.cancelNextAttemptDue) {
      execution.nexusOperations.update(id) {
        $0.cancelState = .scheduled
        $0.cancelNextAttemptDue = 0
      }
      followUps.append(.sendNexusRequest(runID: record.runID, scheduledEventID: id, .cancel))
    }
  }

  /// 1 s and twice as much after each failure, an hour at most, with up to a fifth taken off.
  private mutating func backoff(after attempt: Int32) -> Int64 {
    let second = 1_000_000_000.0
    let backoff = min(second * Double(UInt64(1) << UInt64(min(max(attempt, 1) - 1, 20))), 3_600 * second)
    return Int64(backoff * Double.random(in: 0.8...1, using: &ids))
  }
}

extension Failure {
  /// A failure that says that an operation was canceled; older workers send another kind.
  fileprivate var asCanceled: Failure {
    if case .canceledFailureInfo? = failureInfo { return self }
    return .with {
      $0.message = message
      $0.stackTrace = stackTrace
      $0.canceledFailureInfo = .init()
      if hasCause { $0.cause = cause }
    }
  }

  /// Whether a handler's refusal may be tried again: as it says, else by its type.
  var isRetryableRefusal: Bool {
    let info = nexusHandlerFailureInfo
    switch info.retryBehavior {
    case .retryable: return true
    case .nonRetryable: return false
    default: break
    }
    return ![
      "BAD_REQUEST", "UNAUTHENTICATED", "UNAUTHORIZED", "NOT_FOUND", "CONFLICT", "NOT_IMPLEMENTED",
    ].contains(info.type)
  }
}
