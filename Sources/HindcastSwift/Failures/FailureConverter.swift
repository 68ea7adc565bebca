import Foundation
import HindcastCore
import SwiftProtobuf
package import TemporalAPI

/// Errors as failures on the wire and back, by the rules of sdk-go `failure_converter.go`.
package enum FailureConverter {
  // MARK: From the wire

  static func error(for failure: Temporal_Api_Failure_V1_Failure) -> any Error {
    let cause = failure.hasCause ? error(for: failure.cause) : nil
    switch failure.failureInfo {
    case .applicationFailureInfo(let info)?:
      let delay = info.nextRetryDelay
      return ApplicationFailure(
        failure.message, type: info.type, isNonRetryable: info.nonRetryable,
        details: info.hasDetails ? info.details : nil,
        nextRetryDelay: info.hasNextRetryDelay ? .seconds(delay.seconds) + .nanoseconds(Int64(delay.nanos)) : nil,
        cause: cause)
    case .canceledFailureInfo(let info)?:
      return CanceledFailure(failure.message, details: info.hasDetails ? info.details : nil, cause: cause)
    case .timeoutFailureInfo(let info)?:
      return TimeoutFailure(
        failure.message, timeoutType: info.timeoutType,
        lastHeartbeatDetails: info.hasLastHeartbeatDetails ? info.lastHeartbeatDetails : nil, cause: cause)
    case .terminatedFailureInfo?: return TerminatedFailure()
    case .serverFailureInfo(let info)?:
      return ServerFailure(failure.message, isNonRetryable: info.nonRetryable, cause: cause)
    case .resetWorkflowFailureInfo(let info)?:
      return ApplicationFailure(
        failure.message, isNonRetryable: true,
        details: info.hasLastHeartbeatDetails ? info.lastHeartbeatDetails : nil, cause: cause)
    case .activityFailureInfo?: return ActivityFailure(failure, cause: cause)
    case .childWorkflowExecutionFailureInfo?: return ChildWorkflowFailure(failure, cause: cause)
    default: return ApplicationFailure(failure.message, cause: cause)
    }
  }

  static func error(for rejection: OperationRejection) -> any Error {
    switch rejection {
    case .canceled: CanceledFailure()
    case .childWorkflowAlreadyStarted: ChildWorkflowAlreadyStartedError()
    case .unknownExternalWorkflowExecution: ExternalWorkflowError.unknownExternalWorkflowExecution
    case .namespaceNotFound: ExternalWorkflowError.namespaceNotFound
    case .other(let text): ExternalWorkflowError.other(text)
    }
  }

  // MARK: To the wire

  package static func failure(for error: any Error) -> Temporal_Api_Failure_V1_Failure {
    var failure = Temporal_Api_Failure_V1_Failure()
    failure.source = "Hindcast"
    switch error {
    case let known as ActivityFailure: return known.failure
    case let known as ChildWorkflowFailure: return known.failure
    case let known as ApplicationFailure:
      failure.applicationFailureInfo = .with {
        $0.type = known.type
        $0.nonRetryable = known.isNonRetryable
        if let details = known.details { $0.details = details }
        if let delay = known.nextRetryDelay {
          $0.nextRetryDelay = Google_Protobuf_Duration(nanoseconds: delay.nanoseconds)
        }
      }
    case let known as CanceledFailure:
      failure.canceledFailureInfo = .with { if let details = known.details { $0.details = details } }
    case is CancellationError: failure.canceledFailureInfo = .init()
    case let known as TimeoutFailure:
      failure.timeoutFailureInfo = .with {
        $0.timeoutType = known.timeoutType
        if let details = known.lastHeartbeatDetails { $0.lastHeartbeatDetails = details }
      }
    case is TerminatedFailure: failure.terminatedFailureInfo = .init()
    case let known as ServerFailure: failure.serverFailureInfo.nonRetryable = known.isNonRetryable
    default: failure.applicationFailureInfo.type = "\(type(of: error))"
    }
    failure.message = message(of: error)
    if let cause = (error as? any TemporalFailure)?.cause { failure.cause = self.failure(for: cause) }
    return failure
  }

  private static func message(of error: any Error) -> String {
    switch error {
    case let known as any TemporalFailure: known.message
    case is CancellationError: CanceledFailure().message
    case let known as any LocalizedError: known.errorDescription ?? "\(error)"
    default: "\(error)"
    }
  }

  /// The first error in the chain of causes for which `match` has an answer.
  static func first<Match>(in error: any Error, _ match: (any Error) -> Match?) -> Match? {
    var next: (any Error)? = error
    while let error = next {
      if let found = match(error) { return found }
      next = (error as? any TemporalFailure)?.cause
    }
    return nil
  }
}

extension FailureConverter {
  /// How a workflow ends that threw an error. Source: sdk-go `completeWorkflow`.
  static func completion(for error: any Error, _ info: WorkflowInfo) -> Completion {
    let canceled = first(in: error) { error in
      error is CancellationError ? CanceledFailure() : error as? CanceledFailure
    }
    if let canceled { return .canceled(details: canceled.details) }
    if let next = error as? ContinueAsNewError {
      do {
        return .continuedAsNew(try next.attributes(info))
      } catch {
        return .failed(failure(for: error), isUncaught: true)
      }
    }
    let isOnPurpose =
      error is any TemporalFailure || error is ChildWorkflowAlreadyStartedError || error is ExternalWorkflowError
    return .failed(failure(for: error), isUncaught: !isOnPurpose)
  }
}
