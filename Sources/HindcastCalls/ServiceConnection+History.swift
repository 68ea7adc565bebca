public import TemporalAPI
private import TemporalServiceAPI

extension ServiceConnection {
  /// Reads the history of a run, all pages of it.
  ///
  /// A page holds as many stored transactions as the service likes, and the last one may be empty (`server.md` 14.1), so
  /// only the token tells the end.
  ///
  /// - Parameters:
  ///   - execution: The run; without a run id, the newest under the workflow id.
  ///   - namespace: Where it runs.
  ///   - untilClosed: Wait until the run has closed, however long that takes; `false` reads what is there now.
  /// - Throws: As ``call(_:_:timeout:)`` does.
  public func history(
    of execution: Temporal_Api_Common_V1_WorkflowExecution, in namespace: String, untilClosed: Bool = false
  ) async throws -> Temporal_Api_History_V1_History {
    var history = Temporal_Api_History_V1_History()
    try await readHistory(of: execution, in: namespace, waiting: untilClosed, filter: .allEvent) {
      history.events.append(contentsOf: $0)
    }
    return history
  }

  /// Waits until a run has closed, however long that takes, and gives its last event.
  ///
  /// The event of a run that continued as new, or that a retry or a cron schedule followed, names the run that follows.
  ///
  /// - Returns: The closing event; `nil` only from a service that forgot to send it.
  /// - Throws: As ``call(_:_:timeout:)`` does.
  public func closingEvent(
    of execution: Temporal_Api_Common_V1_WorkflowExecution, in namespace: String
  ) async throws -> Temporal_Api_History_V1_HistoryEvent? {
    var last: Temporal_Api_History_V1_HistoryEvent?
    try await readHistory(of: execution, in: namespace, waiting: true, filter: .closeEvent) {
      last = $0.last ?? last
    }
    return last
  }

  private func readHistory(
    of execution: Temporal_Api_Common_V1_WorkflowExecution, in namespace: String, waiting: Bool,
    filter: Temporal_Api_Enums_V1_HistoryEventFilterType, page: ([Temporal_Api_History_V1_HistoryEvent]) -> Void
  ) async throws {
    var request = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest()
    request.namespace = namespace
    request.execution = execution
    request.waitNewEvent = waiting
    request.historyEventFilterType = filter
    repeat {
      let response = try await call(WorkflowService.getWorkflowExecutionHistory, request)
      page(response.history.events)
      request.nextPageToken = response.nextPageToken
    } while !request.nextPageToken.isEmpty
  }
}
