internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// What a handler is asked to do for an operation.
enum NexusRequestKind: Int64, Sendable {
  case start = 0, cancel = 1
}

/// One request to a handler, an attempt of it.
struct NexusRequestID: Sendable, Equatable {
  var runID: String
  var scheduledEventID: Int64
  var kind: NexusRequestKind
  /// From 1.
  var attempt: Int32
}

/// What came of a request to a handler.
enum NexusAnswer: Sendable {
  /// The operation is done.
  case completed(Payload?, links: [Link])
  /// The operation goes on; its end comes by callback.
  case started(token: String, links: [Link])
  /// The operation has ended without success.
  case failed(Failure)
  case canceled(Failure)
  /// A cancel request has been taken.
  case accepted
  /// The request came to nothing.
  case refused(Failure, isRetryable: Bool)

  /// A refusal in the words of Nexus: `NOT_FOUND`, `UPSTREAM_TIMEOUT`.
  static func refused(_ type: String, _ message: String) -> Self {
    let failure = Failure.with {
      $0.message = message
      $0.nexusHandlerFailureInfo.type = type
    }
    return .refused(failure, isRetryable: failure.isRetryableRefusal)
  }
}

extension NexusOperationRecord {
  /// The attempt that a request under way is, or the next would be.
  func requestID(_ kind: NexusRequestKind, runID: String) -> NexusRequestID {
    NexusRequestID(
      runID: runID, scheduledEventID: scheduledEventID, kind: kind,
      attempt: (kind == .start ? attempt : cancelAttempt) &+ 1)
  }

  /// When a request that is under way is given up; 0 when none is.
  func requestDue(_ kind: NexusRequestKind) -> Int64 { kind == .start ? requestDue : cancelRequestDue }

  /// Whether a worker has the request that is under way.
  func isTaken(_ kind: NexusRequestKind) -> Bool { kind == .start ? requestTaken : cancelRequestTaken }

  mutating func take(_ kind: NexusRequestKind) {
    if kind == .start { requestTaken = true } else { cancelRequestTaken = true }
  }

  mutating func beginRequest(_ kind: NexusRequestKind, at time: Int64, due: Int64) {
    switch kind {
    case .start:
      requestTime = time
      requestDue = due
      requestTaken = false
    case .cancel:
      cancelRequestTime = time
      cancelRequestDue = due
      cancelRequestTaken = false
    }
  }

  mutating func endRequest(_ kind: NexusRequestKind) { beginRequest(kind, at: 0, due: 0) }

  // MARK: Time

  var scheduleToCloseDue: Int64 { due(scheduled.scheduleToCloseTimeout, after: scheduledTime) }

  /// When it must have started; 0 once it has.
  var scheduleToStartDue: Int64 {
    state == .started ? 0 : due(scheduled.scheduleToStartTimeout, after: scheduledTime)
  }

  var startToCloseDue: Int64 { state == .started ? due(scheduled.startToCloseTimeout, after: startedTime) : 0 }

  private func due(_ timeout: Google_Protobuf_Duration, after time: Int64) -> Int64 {
    timeout.nanoseconds > 0 ? time.addingClamped(timeout.nanoseconds) : 0
  }

  var nextDue: Int64? {
    [
      scheduleToCloseDue, scheduleToStartDue, startToCloseDue, requestDue, nextAttemptDue, cancelRequestDue,
      cancelNextAttemptDue,
    ].filter { $0 > 0 }.min()
  }

  /// How long a handler has for a request, and which timeout says so if it is not the request's own.
  func timeForRequest(
    _ kind: NexusRequestKind, at now: Int64, limits: Limits
  ) -> (time: Int64, bound: Temporal_Api_Enums_V1_TimeoutType) {
    var time = limits.nexusRequestTimeout.clampedNanoseconds
    var bound = Temporal_Api_Enums_V1_TimeoutType.unspecified
    let bounds: [(Int64, Temporal_Api_Enums_V1_TimeoutType)] =
      kind == .start
      ? [(scheduleToCloseDue, .scheduleToClose), (scheduleToStartDue, .scheduleToStart)]
      : [(startToCloseDue, .startToClose), (scheduleToCloseDue, .scheduleToClose)]
    for (due, type) in bounds where due > 0 {
      time = min(time, due.addingClamped(-now))
      bound = type
    }
    return (time, bound)
  }

  /// The failure of an operation as the workflow sees it.
  func failure(_ cause: Failure) -> Failure {
    .with {
      $0.message = "nexus operation completed unsuccessfully"
      $0.cause = cause
      $0.nexusOperationExecutionFailureInfo = .with {
        $0.scheduledEventID = scheduledEventID
        $0.endpoint = scheduled.endpoint
        $0.service = scheduled.service
        $0.operation = scheduled.operation
        $0.operationID = operationToken
        $0.operationToken = operationToken
      }
    }
  }
}
