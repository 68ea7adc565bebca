internal import Foundation
internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Operations on many runs (`server.md` 15).

extension ServerMachine {
  static var batchRoutes: [Route] {
    [
      .prompt(WorkflowService.startBatchOperation) { (machine, request, turn) throws(ServiceError) in
        try machine.startBatch(request, &turn)
      },
      .prompt(WorkflowService.describeBatchOperation) { (machine, request, _) throws(ServiceError) in
        try machine.batch(request.jobID, in: request.namespace).description_p
      },
      .prompt(WorkflowService.stopBatchOperation) { (machine, request, turn) throws(ServiceError) in
        try machine.stopBatch(request, &turn)
      },
      .prompt(WorkflowService.listBatchOperations) { (machine, request, _) throws(ServiceError) in
        try machine.listBatches(request)
      },
    ]
  }

  private func batch(_ jobID: String, in namespace: String) throws(ServiceError) -> BatchRecord {
    try checkNamespace(namespace)
    if jobID.isEmpty { throw .invalidArgument("JobId is not set on request.") }
    guard let batch = batches[BatchRecord.key(namespace: namespace, jobID: jobID)] else {
      throw .notFound("workflow not found for ID: \(jobID)")
    }
    return batch
  }

  // MARK: Starting

  private mutating func startBatch(
    _ request: StartBatchRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_StartBatchOperationResponse {
    try checkNamespace(request.namespace)
    try check(request)
    if let existing = batches[BatchRecord.key(namespace: request.namespace, jobID: request.jobID)] {
      throw ServiceError(
        .alreadyExists,
        existing.isRunning
          ? "Workflow execution is already running. WorkflowId: \(request.jobID)."
          : "Workflow execution already finished. WorkflowId: \(request.jobID). "
            + "Workflow Id reuse policy: reject duplicate workflow Id.",
        detail: Temporal_Api_Errordetails_V1_WorkflowExecutionAlreadyStartedFailure())
    }
    var batch = BatchRecord(request, at: turn.now.nanoseconds)
    do throws(ServiceError) {
      batch.remaining = try targets(of: request)
      batch.description_p.totalOperationCount = Int64(batch.remaining.count)
      run(batch, &turn)
    } catch {
      // A query that names what there is not is found out by the job.
      batch.end(.failed, at: turn.now.nanoseconds)
      save(batch, &turn)
    }
    return .init()
  }

  private func check(_ request: StartBatchRequest) throws(ServiceError) {
    let selectors = [
      !request.visibilityQuery.isEmpty, !request.executions.isEmpty, !request.targetExecutions.isEmpty,
    ].count { $0 }
    guard let operation = request.operation, !request.reason.isEmpty, selectors > 0 else {
      throw .invalidArgument(
        "must provide required parameters: BatchType,Reason,Namespace, AND one of (Query OR Executions OR "
          + "TargetExecutions)")
    }
    if request.jobID.isEmpty { throw .invalidArgument("JobId is not set on request.") }
    if selectors > 1 {
      throw .invalidArgument("visibility query, executions, and target executions are mutually exclusive")
    }
    try check(operation)
    do throws(QueryRefusal) {
      _ = try QueryParser.parse(request.visibilityQuery, table: "dummy")
    } catch {
      throw .invalidArgument(
        "invalid visibility query: \(error.message.dropFirst(QueryRefusal.malformedPrefix.count))")
    }
  }

  private func check(_ operation: BatchOperation) throws(ServiceError) {
    switch operation {
    case .signalOperation(let signal):
      if signal.signal.isEmpty { throw .invalidArgument("must provide signal name") }
    case .updateWorkflowOptionsOperation(let update):
      if !update.hasWorkflowExecutionOptions { throw .invalidArgument("must provide UpdateOptions") }
      if !update.hasUpdateMask { throw .invalidArgument("must provide UpdateMask") }
    case .resetOperation(let reset):
      if reset.hasOptions {
        if reset.options.target == nil { throw .invalidArgument("batch reset missing target") }
      } else if reset.resetType != .firstWorkflowTask && reset.resetType != .lastWorkflowTask {
        throw .invalidArgument(
          "unknown batch reset type \(reset.resetType == .unspecified ? "Unspecified" : "\(reset.resetType)")")
      }
    case .unpauseActivitiesOperation(let unpause):
      switch unpause.activity {
      case nil: throw .invalidArgument("activity filter must be set")
      case .type("")?, .matchAll(false)?:
        throw .invalidArgument("Either activity type must be set, or match all should be set to true")
      default: break
      }
    case .terminationOperation, .cancellationOperation, .deletionOperation, .resetActivitiesOperation,
      .updateActivityOptionsOperation:
      break
    case .cancelActivitiesOperation, .terminateActivitiesOperation, .deleteActivitiesOperation:
      throw .invalidArgument("The operation type is not supported for this namespace")
    }
  }

  /// The runs that the job is for, the newest first.
  private func targets(of request: StartBatchRequest) throws(ServiceError) -> [WorkflowExecutionMessage] {
    if request.visibilityQuery.isEmpty {
      return request.namedExecutions.map { execution in
        .with {
          $0.workflowID = execution.businessID
          $0.runID = execution.runID
        }
      }
    }
    let isForRunning = request.operation?.isForRunning ?? true
    return try runs(matching: request.visibilityQuery, in: request.namespace).filter { !isForRunning || $0.isRunning }
      .sorted { VisibilityPosition($0) < VisibilityPosition($1) }.map(\.record.execution)
  }

  // MARK: Stopping and listing

  private mutating func stopBatch(
    _ request: Temporal_Api_Workflowservice_V1_StopBatchOperationRequest, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_StopBatchOperationResponse {
    try checkNamespace(request.namespace)
    if request.jobID.isEmpty { throw .invalidArgument("JobId is not set on request.") }
    if request.reason.isEmpty { throw .invalidArgument("Reason is not set on request.") }
    var batch = try batch(request.jobID, in: request.namespace)
    guard batch.isRunning else { throw .alreadyCompleted }
    batch.end(.failed, at: turn.now.nanoseconds)
    save(batch, &turn)
    return .init()
  }

  private func listBatches(
    _ request: Temporal_Api_Workflowservice_V1_ListBatchOperationsRequest
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_ListBatchOperationsResponse {
    try checkNamespace(request.namespace)
    let all = batches.values.filter { $0.namespace == request.namespace }.sorted {
      ($1.description_p.startTime.nanoseconds, $0.jobID) < ($0.description_p.startTime.nanoseconds, $1.jobID)
    }
    var first = 0
    if !request.nextPageToken.isEmpty {
      let id = String(decoding: request.nextPageToken, as: UTF8.self)
      guard let last = all.firstIndex(where: { $0.jobID == id }) else {
        throw .invalidArgument("Invalid NextPageToken.")
      }
      first = last + 1
    }
    let size = Int(request.pageSize)
    let page = all[first...].prefix(size > 0 ? min(size, limits.visibilityPageSize) : limits.visibilityPageSize)
    return .with {
      $0.operationInfo = page.map { batch in
        .with {
          $0.jobID = batch.jobID
          $0.state = batch.description_p.state
          $0.startTime = batch.description_p.startTime
          if batch.description_p.hasCloseTime { $0.closeTime = batch.description_p.closeTime }
          $0.operationType = batch.description_p.operationType
        }
      }
      if first + page.count < all.count { $0.nextPageToken = Data((page.last?.jobID ?? "").utf8) }
    }
  }
}
