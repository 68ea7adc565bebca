internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// What another run with the same workflow id means for a start (`server.md` 9).

extension RunStart {
  enum Resolution {
    case startAnother, useIt, terminateIt
  }

  /// The reuse policy that says "terminate if running" is an older way to give a conflict policy.
  mutating func migratePolicies() {
    if reusePolicy == .terminateIfRunning {
      reusePolicy = .allowDuplicate
      conflictPolicy = .terminateExisting
    }
    if reusePolicy == .unspecified { reusePolicy = .allowDuplicate }
    if conflictPolicy == .unspecified { conflictPolicy = .fail }
  }

  /// - Throws: ALREADY_EXISTS where the policies do not allow another run.
  func resolve(_ current: Execution) throws(ServiceError) -> Resolution {
    if current.isRunning {
      switch conflictPolicy {
      case .useExisting: return .useIt
      case .terminateExisting: return .terminateIt
      default:
        throw current.alreadyStarted(
          "Workflow execution is already running. WorkflowId: \(current.record.workflowID), RunId: \(current.runID).")
      }
    }
    let which = "WorkflowId: \(current.record.workflowID), RunId: \(current.runID). Workflow Id reuse policy"
    switch reusePolicy {
    case .allowDuplicateFailedOnly:
      if [.failed, .canceled, .terminated, .timedOut].contains(current.record.status) { return .startAnother }
      throw current.alreadyStarted(
        "Workflow execution already finished successfully. \(which): allow duplicate workflow Id if last run failed.")
    case .rejectDuplicate:
      throw current.alreadyStarted(
        "Workflow execution already finished. \(which): reject duplicate workflow Id.")
    default: return .startAnother
    }
  }
}

extension Execution {
  fileprivate func alreadyStarted(_ message: String) -> ServiceError {
    ServiceError(
      .alreadyExists, message,
      detail: Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure.with {
        $0.startRequestID = record.startRequestID
        $0.runID = runID
        $0.firstExecutionRunID = record.started.firstExecutionRunID
      })
  }
}
