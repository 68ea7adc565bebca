internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Update-with-start: a start and an update under one workflow id, carried out together (`server.md` 9).

typealias MultiOperationRequest = Temporal_Api_Workflowservice_V1_ExecuteMultiOperationRequest
typealias MultiOperationResponse = Temporal_Api_Workflowservice_V1_ExecuteMultiOperationResponse

/// An update-with-start whose start is done and whose update is waited for.
struct UpdateWithStart: Sendable {
  /// As it came.
  var request: MultiOperationRequest
  var update: UpdateWorkflowRequest
  var startResponse: StartWorkflowResponse
  /// Whether it was carried out a second time because the run that it met closed.
  var isRepeated: Bool

  /// An update that a closing run aborted gets a new run, once, if the run was not started for it.
  var canBeRepeated: Bool { !startResponse.started && !isRepeated }

  func response(with update: UpdateWorkflowResponse) -> MultiOperationResponse {
    .with {
      $0.responses = [.with { $0.startWorkflow = startResponse }, .with { $0.updateWorkflow = update }]
    }
  }

  /// The error for both when the update has failed.
  func failure(ofUpdate error: ServiceError) -> ServiceError {
    if startResponse.started { return .multiOperation(start: nil, update: error) }
    // The caller may try again what a closing run prevented twice.
    let isAborted = isRepeated && error == .updateAborted
    return .multiOperation(
      start: .operationAborted, update: isAborted ? ServiceError(.aborted, error.message) : error)
  }
}

extension ServerMachine {
  mutating func executeMultiOperation(
    _ request: MultiOperationRequest, _ call: Call, isRepeated: Bool, _ turn: inout Turn
  ) throws(ServiceError) -> (any Message)? {
    try checkNamespace(request.namespace)
    guard request.operations.count == 2, case .startWorkflow(var start)? = request.operations[0].operation,
      case .updateWorkflow(var update)? = request.operations[1].operation
    else { throw .invalidArgument("Operations have to be exactly [Start, Update].") }
    try checkOperations(&start, &update, in: request.namespace, turn)

    let runID: String
    let startResponse: StartWorkflowResponse
    let updateID = update.request.meta.updateID
    let current = currentRun(of: WorkflowKey(namespace: start.namespace, workflowID: start.workflowID))
    if let current, let done = current.updates[updateID], done.stage == .completed {
      return answerAtOnce(current, done)
    }
    if let current, current.isRunning, attaches(start, updateID, to: current) {
      runID = current.runID
      startResponse = response(toStartThatFound: current)
      do throws(ServiceError) {
        try admit(update, to: current, &turn)
      } catch {
        throw .multiOperation(start: .operationAborted, update: error)
      }
    } else {
      do throws(ServiceError) {
        startResponse = try startNewRun(start, after: current, &turn)
        runID = startResponse.runID
      } catch {
        throw .multiOperation(start: error, update: .operationAborted)
      }
      do throws(ServiceError) {
        if let run = executions[runID] { try admit(update, to: run, &turn) }
      } catch {
        throw .multiOperation(start: nil, update: error)
      }
    }
    let operation = UpdateWithStart(
      request: request, update: update, startResponse: startResponse, isRepeated: isRepeated)
    return try answerOrWait(
      UpdateWait(
        runID: runID, updateID: updateID, stage: update.waitPolicy.lifecycleStage, caller: .updateWithStart(operation)),
      call)
  }

  /// Carries out again what met a run that closed.
  mutating func repeatUpdateWithStart(_ call: CallID, _ request: MultiOperationRequest, _ turn: inout Turn) {
    do throws(ServiceError) {
      if let response = try executeMultiOperation(request, Call(id: call), isRepeated: true, &turn) {
        turn.reply(call, response)
      }
    } catch {
      var error = error
      error.method = WorkflowService.executeMultiOperation.name
      turn.reply(call, error: error)
    }
  }

  // MARK: Checks

  /// Checks both operations and fills in what they leave open.
  ///
  /// - Throws: An error that tells of each operation what is wrong with it.
  private mutating func checkOperations(
    _ start: inout StartWorkflowRequest, _ update: inout UpdateWorkflowRequest, in namespace: String, _ turn: Turn
  ) throws(ServiceError) {
    var startError: ServiceError?
    var updateError: ServiceError?
    do throws(ServiceError) { start = try checkedOperation(start, in: namespace, turn) } catch { startError = error }
    do throws(ServiceError) {
      update = try checkedOperation(update, in: namespace)
      if startError == nil, update.workflowExecution.workflowID != start.workflowID {
        throw .invalidArgument("WorkflowId is not consistent with previous operation(s).")
      }
    } catch {
      updateError = error
    }
    if startError == nil, updateError == nil { return }
    throw .multiOperation(start: startError ?? .operationAborted, update: updateError ?? .operationAborted)
  }

  private func checkedOperation(
    _ start: StartWorkflowRequest, in namespace: String, _ turn: Turn
  ) throws(ServiceError) -> StartWorkflowRequest {
    var start = start
    try checkNamespace(ofOperation: start.namespace, is: namespace)
    start.namespace = namespace
    _ = try validStart(start, turn)
    if !start.cronSchedule.isEmpty { throw .invalidArgument("CronSchedule is not allowed.") }
    if start.requestEagerExecution { throw .invalidArgument("RequestEagerExecution is not supported.") }
    if start.workflowStartDelay.nanoseconds > 0 { throw .invalidArgument("WorkflowStartDelay is not supported.") }
    return start
  }

  private mutating func checkedOperation(
    _ update: UpdateWorkflowRequest, in namespace: String
  ) throws(ServiceError) -> UpdateWorkflowRequest {
    try checkNamespace(ofOperation: update.namespace, is: namespace)
    var update = try checked(update)
    update.namespace = namespace
    if !update.firstExecutionRunID.isEmpty { throw .invalidArgument("FirstExecutionRunId is not allowed.") }
    if !update.workflowExecution.runID.isEmpty { throw .invalidArgument("RunId is not allowed.") }
    return update
  }

  private func checkNamespace(ofOperation name: String, is namespace: String) throws(ServiceError) {
    if !name.isEmpty, name != namespace {
      throw .invalidArgument("Operation namespace did not match request's namespace.")
    }
  }

  // MARK: The start

  /// Whether a start is content with the run that there is: it made this run, or the update is there already, whatever the
  /// policy says.
  private func attaches(_ start: StartWorkflowRequest, _ updateID: String, to run: Execution) -> Bool {
    start.workflowIDConflictPolicy == .useExisting || run.state(ofUpdate: updateID) != nil
      || !start.requestID.isEmpty && start.requestID == run.record.startRequestID
  }

  /// - Throws: What the start throws; UNAVAILABLE if it was carried out before, and that run is over.
  private mutating func startNewRun(
    _ start: StartWorkflowRequest, after current: Execution?, _ turn: inout Turn
  ) throws(ServiceError) -> StartWorkflowResponse {
    let response = try startWorkflow(start, &turn)
    if response.runID == current?.runID {
      throw ServiceError(.unavailable, "Workflow was not started: StartDeduped")
    }
    return response
  }

  private func response(toStartThatFound run: Execution) -> StartWorkflowResponse {
    .with {
      $0.runID = run.runID
      $0.status = .running
      $0.link = .toStart(of: run)
    }
  }

  /// The answer when the update is done already: it is not told where to read of that.
  private func answerAtOnce(_ run: Execution, _ update: UpdateRecord) -> MultiOperationResponse {
    .with {
      $0.responses = [
        .with {
          $0.startWorkflow = .with {
            $0.runID = run.runID
            $0.status = run.record.status
          }
        },
        .with {
          $0.updateWorkflow = .with {
            $0.updateRef = .with {
              $0.workflowExecution = run.record.execution
              $0.updateID = update.updateID
            }
            $0.outcome = update.outcome
            $0.stage = .completed
          }
        },
      ]
    }
  }
}

extension ServiceError {
  /// The operation failed only because the other one did.
  static let operationAborted = Self(
    .aborted, "Operation was aborted.", detail: Temporal_Api_Failure_V1_MultiOperationExecutionAborted())

  /// The error of both operations; it has the code of the one that failed by itself.
  static func multiOperation(start: ServiceError?, update: ServiceError?) -> Self {
    let failed = [start, update].compactMap { $0 }.first { $0 != .operationAborted }
    return Self(
      failed?.code ?? .aborted, "Update-with-Start could not be executed.",
      detail: Temporal_Api_Errordetails_V1_MultiOperationExecutionFailure.with {
        $0.statuses = [start, update].map { error in
          .with {
            $0.code = Int32(error?.code.rawValue ?? 0)
            $0.message = error?.message ?? ""
            $0.details = error?.details ?? []
          }
        }
      })
  }
}
