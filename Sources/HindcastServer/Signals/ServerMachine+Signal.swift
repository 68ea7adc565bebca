internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Signals (`server.md` 8.1).

typealias SignalRequest = Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionRequest
typealias SignalResponse = Temporal_Api_Workflowservice_V1_SignalWorkflowExecutionResponse
typealias SignaledAttributes = Temporal_Api_History_V1_WorkflowExecutionSignaledEventAttributes

extension ServerMachine {
  static var signalRoutes: [Route] {
    [
      .prompt(WorkflowService.signalWorkflowExecution) { (machine, request, turn) throws(ServiceError) in
        try machine.signalWorkflow(request, &turn)
      }
    ]
  }

  private mutating func signalWorkflow(
    _ request: SignalRequest, _ turn: inout Turn
  ) throws(ServiceError) -> SignalResponse {
    try checkNamespace(request.namespace)
    try check(request.hasWorkflowExecution ? request.workflowExecution : nil)
    if request.signalName.isEmpty { throw .invalidArgument("SignalName is not set on request.") }
    try checkLength(request.signalName, of: "SignalName")
    try checkLength(request.requestID, of: "RequestId")
    try check(request.links)
    try checkBlob(request.hasInput ? request.input : nil)

    let execution = try run(request.workflowExecution, in: request.namespace)
    let signal = SignaledAttributes.with {
      $0.signalName = request.signalName
      if request.hasInput { $0.input = request.input }
      $0.identity = request.identity
      if request.hasHeader { $0.header = request.header }
      $0.requestID = request.requestID
    }
    if !execution.hasSignal(request: request.requestID) {
      try change(execution.runID, &turn) { (transaction: inout RunTransaction) throws(ServiceError) in
        try transaction.signal(signal, links: request.links)
      }
    }
    return .with { $0.link = .toRequest(request.requestID, .workflowExecutionSignaled, of: execution) }
  }
}

extension Execution {
  /// Whether a signal with this request id has come before: it is not taken twice.
  func hasSignal(request id: String) -> Bool {
    !id.isEmpty && requests[id]?.eventType == .workflowExecutionSignaled
  }
}

extension RunTransaction {
  /// Takes a signal from outside.
  ///
  /// Not asked here: whether the signal came before (``Execution/hasSignal(request:)``).
  ///
  /// - Throws: NOT_FOUND for a closed run, INVALID_ARGUMENT when it has had too many signals, RESOURCE_EXHAUSTED while it
  ///   is about to close.
  mutating func signal(
    _ attributes: SignaledAttributes, links: [Temporal_Api_Common_V1_Link] = []
  ) throws(ServiceError) {
    guard execution.isRunning else { throw .alreadyCompleted }
    if record.signalCount >= limits.signals {
      throw .invalidArgument("exceeded workflow execution limit for signal events")
    }
    if execution.isAboutToClose { throw .workflowClosing }
    add(.workflowExecutionSignaledEventAttributes(attributes), links: links)
  }
}
