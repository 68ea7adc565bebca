internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Callbacks of a run's end: they end the operations that other runs wait for (`server.md` 15).

extension ServerMachine {
  /// Calls what is to be called when a run has closed. The runs of a chain are one operation: the last one's end counts.
  mutating func callBack(from runID: String, _ event: HistoryEvent, _ turn: inout Turn) {
    guard let execution = executions[runID], !execution.record.callbacks.isEmpty, execution.record.newRunID.isEmpty,
      !event.endsRunThatIsReset
    else { return }
    var outcomes: [Failure?] = []
    for callback in execution.record.callbacks {
      outcomes.append(call(callback, of: execution, event, &turn))
    }
    do throws(ServiceError) {
      try change(runID, &turn) { transaction in
        let now = transaction.now
        for (index, failure) in outcomes.enumerated() where index < transaction.record.callbacks.count {
          transaction.record.callbacks[index].attempt &+= 1
          transaction.record.callbacks[index].lastAttemptTime = now
          transaction.record.callbacks[index].state = failure == nil ? .succeeded : .failed
          if let failure { transaction.record.callbacks[index].lastFailure = failure }
        }
      }
    } catch {
      // The run is there: it was read above.
    }
  }

  /// - Returns: Why the callback could not be delivered; `nil` if it was.
  private mutating func call(
    _ callback: CallbackRecord, of execution: Execution, _ event: HistoryEvent, _ turn: inout Turn
  ) -> Failure? {
    let nexus = callback.callback.nexus
    guard nexus.url == CallbackToken.systemURL else {
      return .refusal("UNAVAILABLE", "callbacks to other servers cannot be called")
    }
    guard let text = nexus.header[CallbackToken.headerName], let token = CallbackToken(text) else {
      return .refusal("BAD_REQUEST", "invalid callback token")
    }
    guard let outcome = event.operationOutcome, let caller = caller(token) else {
      return .refusal("NOT_FOUND", "operation not found")
    }
    var link = execution.eventLink(to: 1, .workflowExecutionStarted)
    if let request = execution.requests[callback.requestID], request.eventType == .workflowExecutionOptionsUpdated {
      link = execution.eventLink(toRequest: callback.requestID, request.eventType)
    }
    let operationToken = nexus.header["nexus-operation-token"] ?? ""
    changeIfThere(caller.runID, &turn) { transaction in
      if let operation = transaction.execution.nexusOperations[token.scheduledEventID], operation.state != .started {
        // The end came before the handler's answer: the operation is told to have started first.
        transaction.startNexusOperation(
          operation, token: operationToken, links: [.with { $0.workflowEvent = link }], at: execution.record.startTime)
      }
      if let operation = transaction.execution.nexusOperations[token.scheduledEventID] {
        transaction.endNexusOperation(operation, outcome)
      }
    }
    return nil
  }

  /// The run that waits for the operation: the one that scheduled it, or what a reset made of that.
  private func caller(_ token: CallbackToken) -> Execution? {
    let key = WorkflowKey(namespace: token.namespace, workflowID: token.workflowID)
    return [executions[token.runID], currentRun(of: key)].compactMap { $0 }.first {
      $0.isRunning && $0.nexusOperations[token.scheduledEventID]?.scheduled.requestID == token.requestID
    }
  }
}

extension Failure {
  /// A refusal as Nexus tells it.
  fileprivate static func refusal(_ type: String, _ message: String) -> Self {
    .with {
      $0.message = message
      $0.nexusHandlerFailureInfo.type = type
    }
  }
}

extension HistoryEvent {
  /// What the end of a run means for the operation that it was.
  fileprivate var operationOutcome: NexusAnswer? {
    switch attributes {
    case .workflowExecutionCompletedEventAttributes(let completed)?:
      return .completed(completed.result.payloads.first, links: [])
    case .workflowExecutionFailedEventAttributes(let failed)?:
      return .failed(failed.failure)
    case .workflowExecutionCanceledEventAttributes(let canceled)?:
      return .canceled(
        .with {
          $0.message = "operation canceled"
          $0.canceledFailureInfo = .init()
          if canceled.hasDetails { $0.canceledFailureInfo.details = canceled.details }
        })
    case .workflowExecutionTerminatedEventAttributes?:
      return .failed(
        .with {
          $0.message = "operation terminated"
          $0.terminatedFailureInfo = .init()
        })
    case .workflowExecutionTimedOutEventAttributes?:
      return .failed(
        .with {
          $0.message = "operation exceeded internal timeout"
          $0.timeoutFailureInfo = .init()
        })
    default:
      return nil
    }
  }
}
