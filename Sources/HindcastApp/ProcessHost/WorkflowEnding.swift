internal import HindcastCalls
package import HindcastHistory
package import HindcastLua
internal import SwiftProtobuf
package import TemporalAPI

/// How a workflow ended, as the processes that watch it learn.
package typealias WorkflowEnding = Result<Payload?, FailedOperation>

extension WorkflowReference {
  /// Waits for the end of the run, and of those that follow it.
  func ending() async -> WorkflowEnding {
    var runID = runID
    do {
      while true {
        let execution = Temporal_Api_Common_V1_WorkflowExecution.with {
          $0.workflowID = workflowID
          $0.runID = runID
        }
        guard let event = try await connection.closingEvent(of: execution, in: namespace) else { continue }
        if let ending = WorkflowEnding(event) { return ending }
        runID = event.runThatFollows
      }
    } catch let error as ServiceError {
      return .failure(FailedOperation(kind: ErrorKind.internalError, error.message))
    } catch {
      return .failure(FailedOperation(kind: ErrorKind.internalError, "\(error)"))
    }
  }
}

extension Result where Success == Payload?, Failure == FailedOperation {
  /// What the last event of a run says; `nil` where another run goes on in its place.
  package init?(_ event: HistoryEvent) {
    guard event.runThatFollows.isEmpty else { return nil }
    switch event.attributes {
    case .workflowExecutionCompletedEventAttributes(let attributes)?: self = .success(attributes.result.payloads.first)
    case .workflowExecutionFailedEventAttributes(let attributes)?:
      self = .failure(FailedOperation(attributes.failure))
    case .workflowExecutionCanceledEventAttributes?:
      self = .failure(FailedOperation(.with { $0.canceledFailureInfo = .init() }))
    case .workflowExecutionTerminatedEventAttributes?:
      self = .failure(FailedOperation(.with { $0.terminatedFailureInfo = .init() }))
    case .workflowExecutionTimedOutEventAttributes?:
      self = .failure(
        FailedOperation(
          .with {
            $0.message = "Workflow timeout"
            $0.timeoutFailureInfo.timeoutType = .startToClose
          }))
    default: return nil
    }
  }
}

extension HistoryEvent {
  /// The run that goes on where this event ended one; empty where none does.
  package var runThatFollows: String {
    switch attributes {
    case .workflowExecutionContinuedAsNewEventAttributes(let attributes)?: attributes.newExecutionRunID
    case .workflowExecutionCompletedEventAttributes(let attributes)?: attributes.newExecutionRunID
    case .workflowExecutionFailedEventAttributes(let attributes)?: attributes.newExecutionRunID
    case .workflowExecutionTimedOutEventAttributes(let attributes)?: attributes.newExecutionRunID
    default: ""
    }
  }
}

extension FailedOperation {
  /// Why a call to a server came to nothing.
  init(calling error: any Error) {
    switch error {
    case let error as FailedOperation: self = error
    // What the runtime's Go client makes of a server's error has no kind.
    case let error as ServiceError: self.init(error.message)
    default: self.init("\(error)")
    }
  }
}
