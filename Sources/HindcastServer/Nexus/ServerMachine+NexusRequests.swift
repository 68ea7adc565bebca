internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Requests to Nexus handlers on their way from an operation to a worker's poll.

extension ServerMachine {
  /// Puts a request into the queue of the operation's endpoint.
  mutating func sendNexusRequest(
    _ scheduledEventID: Int64, of runID: String, _ kind: NexusRequestKind, _ turn: inout Turn
  ) {
    guard let execution = executions[runID], let operation = execution.nexusOperations[scheduledEventID],
      operation.mayBeSent(kind)
    else { return }
    let id = operation.requestID(kind, runID: runID)
    // The registry is asked by name for an endpoint that was made anew under another id.
    let endpoint =
      endpoint(withID: operation.scheduled.endpointID) ?? nexusEndpoints[operation.scheduled.endpoint]
    let worker = endpoint?.endpoint.spec.target.worker
    let limits = limits
    changeIfThere(runID, &turn) { transaction in
      guard let endpoint else {
        return transaction.answerNexusRequest(id, .refused("NOT_FOUND", "endpoint not registered"))
      }
      let (time, bound) = operation.timeForRequest(kind, at: transaction.now, limits: limits)
      if time < limits.nexusMinimumRequestTimeout.clampedNanoseconds {
        return transaction.giveUpForLackOfTime(operation, kind, bound)
      }
      guard let worker, case .worker? = endpoint.endpoint.spec.target.variant else {
        return transaction.answerNexusRequest(id, .refused("UNAVAILABLE", "external endpoints cannot be called"))
      }
      // The server keeps some of the time for itself.
      let reserve = limits.nexusReservedTime.clampedNanoseconds * (kind == .start ? 2 : 1)
      let due = transaction.now.addingClamped(max(time - reserve, 1))
      let now = transaction.now
      transaction.execution.nexusOperations.update(scheduledEventID) {
        $0.beginRequest(kind, at: now, due: due)
        $0.requestNamespace = worker.namespace
        $0.requestTaskQueue = worker.taskQueue
      }
      if let operation = transaction.execution.nexusOperations[scheduledEventID] {
        transaction.dispatches.append(transaction.execution.dispatch(of: operation, kind))
      }
    }
  }

  /// Hands a request to a poll.
  ///
  /// - Returns: `false` if the operation no longer waits for it.
  mutating func deliverNexusRequest(
    _ id: NexusRequestID, to poll: PollWaiter, _ turn: inout Turn
  ) throws(ServiceError) -> Bool {
    guard let execution = executions[id.runID], execution.isRunning,
      let operation = execution.nexusOperations[id.scheduledEventID],
      operation.requestDue(id.kind) > 0, !operation.isTaken(id.kind),
      operation.requestID(id.kind, runID: id.runID) == id
    else { return false }
    let now = turn.now.nanoseconds.addingClamped(execution.record.skipped)
    try change(id.runID, &turn) { transaction in
      transaction.execution.nexusOperations.update(id.scheduledEventID) { $0.take(id.kind) }
    }
    let request = execution.nexusRequest(operation, id.kind, at: now)
    turn.reply(
      poll.call,
      Temporal_Api_Workflowservice_V1_PollNexusTaskQueueResponse.with {
        $0.taskToken = TaskToken(id).data
        $0.request = request
      })
    return true
  }
}

extension NexusOperationRecord {
  /// Whether the operation waits for a request of this kind to be sent.
  fileprivate func mayBeSent(_ kind: NexusRequestKind) -> Bool {
    switch kind {
    case .start: state == .scheduled && requestDue == 0
    case .cancel: state == .started && cancelState == .scheduled && cancelRequestDue == 0
    }
  }
}

extension RunTransaction {
  /// There is not enough time left for another request: the operation times out, or its cancel request fails.
  fileprivate mutating func giveUpForLackOfTime(
    _ operation: NexusOperationRecord, _ kind: NexusRequestKind, _ bound: Temporal_Api_Enums_V1_TimeoutType
  ) {
    if kind == .start { return timeOutNexusOperation(operation, bound) }
    let failure = Failure.with {
      $0.message = "not enough time to execute another request before \(bound.serverName) timeout"
      $0.applicationFailureInfo = .with {
        $0.type = "CallError"
        $0.nonRetryable = true
      }
    }
    answerNexusRequest(
      operation.requestID(.cancel, runID: record.runID), .refused(failure, isRetryable: false))
  }
}

extension Execution {
  /// The request as the handler sees it.
  fileprivate func nexusRequest(
    _ operation: NexusOperationRecord, _ kind: NexusRequestKind, at now: Int64
  ) -> Temporal_Api_Nexus_V1_Request {
    let scheduled = operation.scheduled
    let left = max(operation.requestDue(kind).addingClamped(-now), 0).goDuration
    return .with {
      $0.header = scheduled.nexusHeader
      $0.header["user-agent"] = "temporalio/server"
      // One of the SDKs reads the name with capitals.
      $0.header["request-timeout"] = left
      $0.header["Request-Timeout"] = left
      $0.scheduledTime = (kind == .start ? operation.requestTime : operation.cancelRequestTime).timestamp
      $0.endpoint = scheduled.endpoint
      switch kind {
      case .cancel:
        $0.header["content-length"] = "0"
        $0.capabilities = .init()
        $0.cancelOperation = .with {
          $0.service = scheduled.service
          $0.operation = scheduled.operation
          $0.operationID = operation.operationToken
          $0.operationToken = operation.operationToken
        }
      case .start:
        let link = NexusLink(to: eventLink(to: operation.scheduledEventID, .nexusOperationScheduled))
        $0.header["nexus-request-id"] = scheduled.requestID
        $0.header["nexus-link"] = "<\(link.url)>; type=\"\(link.type)\""
        if let time = operation.timeForOperation(at: now), $0.header["operation-timeout"] == nil {
          $0.header["operation-timeout"] = "\(time / 1_000_000)ms"
        }
        $0.capabilities.temporalFailureResponses = true
        $0.startOperation = .with {
          $0.service = scheduled.service
          $0.operation = scheduled.operation
          $0.requestID = scheduled.requestID
          $0.callback = CallbackToken.systemURL
          $0.callbackHeader = [CallbackToken.headerName: CallbackToken(operation, of: self).text]
          if scheduled.hasInput { $0.payload = scheduled.input }
          $0.links = [link]
        }
      }
    }
  }
}

extension NexusOperationRecord {
  /// How long the handler has for the whole operation; `nil` for no limit.
  fileprivate func timeForOperation(at now: Int64) -> Int64? {
    var times: [Int64] = []
    let startToClose = scheduled.startToCloseTimeout.nanoseconds
    if startToClose > 0 { times.append(startToClose) }
    if scheduleToCloseDue > 0 { times.append(scheduleToCloseDue.addingClamped(-now)) }
    return times.min().map { max($0, 0) }
  }
}

extension Int64 {
  /// Nanoseconds as Go writes a duration, to the millisecond: `7.5s`, `800ms`.
  fileprivate var goDuration: String {
    let milliseconds = self / 1_000_000
    if milliseconds < 1_000 { return "\(milliseconds)ms" }
    let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
    if rest == 0 { return "\(seconds)s" }
    var fraction = String(rest + 1_000).dropFirst()
    while fraction.last == "0" { fraction = fraction.dropLast() }
    return "\(seconds).\(fraction)s"
  }
}

extension TaskToken {
  init(_ id: NexusRequestID) {
    self.init(
      kind: .nexus, runID: id.runID, scheduledEventID: id.scheduledEventID, startedEventID: id.kind.rawValue,
      attempt: id.attempt)
  }

  /// The request that a token of its kind is for.
  var nexusRequestID: NexusRequestID? {
    NexusRequestKind(rawValue: startedEventID).map {
      NexusRequestID(runID: runID, scheduledEventID: scheduledEventID, kind: $0, attempt: attempt)
    }
  }
}
