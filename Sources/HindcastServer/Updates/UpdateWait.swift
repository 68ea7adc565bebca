internal import HindcastCalls
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

/// A call that waits until an update has come so far.
struct UpdateWait: Sendable {
  /// Who waits: each is answered in its own form.
  enum Caller: Sendable {
    /// UpdateWorkflowExecution.
    case update(UpdateWorkflowRequest)
    /// PollWorkflowExecutionUpdate.
    case poll
    /// ExecuteMultiOperation.
    case updateWithStart(UpdateWithStart)
  }

  var runID: String
  var updateID: String
  /// How far the update must be.
  var stage: UpdateLifecycleStage
  var caller: Caller

  var key: UpdateKey { UpdateKey(runID: runID, updateID: updateID) }
}

/// Names an update of a run.
struct UpdateKey: Hashable, Sendable {
  var runID: String
  var updateID: String
}

extension ServerMachine {
  /// The answer if the update is far enough; else the call waits.
  mutating func answerOrWait(_ wait: UpdateWait, _ call: Call) throws(ServiceError) -> (any Message)? {
    let state = executions[wait.runID]?.state(ofUpdate: wait.updateID)
    if let state, state.stage.rawValue >= wait.stage.rawValue { return answer(to: wait, state) }
    waiting[call.id] = .update(wait)
    updateWaiters[wait.key, default: []].append(call.id)
    return nil
  }

  /// Tells those who wait for a run's updates what became of these.
  mutating func noteUpdates(_ results: [(id: String, result: UpdateResult)], _ runID: String, _ turn: inout Turn) {
    for (id, result) in results {
      let key = UpdateKey(runID: runID, updateID: id)
      for call in updateWaiters.removeValue(forKey: key) ?? [] {
        guard case .update(let wait)? = waiting[call] else { continue }
        switch result {
        case .reached(let state) where state.stage.rawValue < wait.stage.rawValue:
          updateWaiters[key, default: []].append(call)
          continue
        case .reached(let state): turn.reply(call, answer(to: wait, state))
        case .aborted(let error): abort(wait, call, error, &turn)
        }
        waiting[call] = nil
      }
    }
  }

  /// A call has waited long enough: it learns how far the update is.
  mutating func answerExpired(_ wait: UpdateWait, _ call: CallID, _ turn: inout Turn) {
    let state = executions[wait.runID]?.state(ofUpdate: wait.updateID) ?? .admitted
    turn.reply(call, answer(to: wait, state))
  }

  private mutating func abort(_ wait: UpdateWait, _ call: CallID, _ error: ServiceError, _ turn: inout Turn) {
    var error = error
    switch wait.caller {
    case .update: error.method = WorkflowService.updateWorkflowExecution.name
    case .poll: error.method = WorkflowService.pollWorkflowExecutionUpdate.name
    case .updateWithStart(let operation):
      if error == .updateAborted, operation.canBeRepeated {
        followUps.append(.repeatUpdateWithStart(call, operation.request))
        return
      }
      error = operation.failure(ofUpdate: error)
    }
    turn.reply(call, error: error)
  }

  private func answer(to wait: UpdateWait, _ state: UpdateState) -> any Message {
    switch wait.caller {
    case .update(let request):
      return response(to: request, wait, state)
    case .poll:
      return Temporal_Api_Workflowservice_V1_PollWorkflowExecutionUpdateResponse.with {
        if let outcome = state.outcome { $0.outcome = outcome }
        $0.stage = state.stage
        $0.updateRef = reference(to: wait)
      }
    case .updateWithStart(let operation):
      return operation.response(with: response(to: operation.update, wait, state))
    }
  }

  private func response(
    to request: UpdateWorkflowRequest, _ wait: UpdateWait, _ state: UpdateState
  ) -> UpdateWorkflowResponse {
    .with {
      $0.updateRef = reference(to: wait)
      if let outcome = state.outcome { $0.outcome = outcome }
      $0.stage = state.stage
      if let link = link(to: wait, state, requestID: request.request.requestID) { $0.link = link }
    }
  }

  func reference(to wait: UpdateWait) -> Temporal_Api_Update_V1_UpdateRef {
    .with {
      if let run = executions[wait.runID] { $0.workflowExecution = run.record.execution }
      $0.updateID = wait.updateID
    }
  }

  /// Where to read of the update: its accepted event, or the run if it failed, because then there may be no event.
  private func link(
    to wait: UpdateWait, _ state: UpdateState, requestID: String
  ) -> Temporal_Api_Common_V1_Link? {
    guard let run = executions[wait.runID] else { return nil }
    switch state {
    case .admitted:
      return nil
    case .completed(let outcome) where outcome.isFailure:
      return .with {
        $0.workflow = .with {
          $0.namespace = run.record.namespace
          $0.workflowID = run.record.workflowID
          $0.runID = run.runID
          $0.reason = "Update rejected"
        }
      }
    case .accepted, .completed:
      return .toRequest(requestID, .workflowExecutionUpdateAccepted, of: run)
    }
  }
}
