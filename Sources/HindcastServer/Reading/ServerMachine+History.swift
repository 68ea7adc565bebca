internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Reading histories (`server.md` 14.1).

typealias HistoryRequest = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest
typealias HistoryResponse = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse
typealias ReverseHistoryRequest = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryReverseRequest
typealias ReverseHistoryResponse = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryReverseResponse

/// A long poll of a history.
struct HistoryWait: Sendable {
  var runID: String
  /// The first event that the caller has not seen.
  var firstEventID: Int64
  var closeEventOnly: Bool
  /// Stored batches in a page.
  var pageSize: Int
  var clientName: String
  var form: HistoryForm
}

extension ServerMachine {
  static var readingRoutes: [Route] {
    [
      Route(WorkflowService.getWorkflowExecutionHistory) { (machine, request, call, turn) throws(ServiceError) in
        try machine.getHistory(request, call, &turn)
      },
      .prompt(WorkflowService.getWorkflowExecutionHistoryReverse) { (machine, request, turn) throws(ServiceError) in
        try machine.getHistoryReverse(request, &turn)
      },
    ]
  }

  // MARK: Forwards

  private mutating func getHistory(
    _ request: HistoryRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> HistoryResponse? {
    try checkNamespace(request.namespace)
    try check(request.hasExecution ? request.execution : nil)
    let token = try HistoryToken(request.nextPageToken, .page, .news)
    var execution = request.execution
    if let token {
      try token.check(runID: execution.runID)
      execution.runID = token.runID
    }
    let run = try self.run(execution, in: request.namespace)
    let wait = HistoryWait(
      runID: run.runID, firstEventID: token?.eventID ?? 1,
      closeEventOnly: request.historyEventFilterType == .closeEvent, pageSize: pageSize(request.maximumPageSize),
      clientName: call.clientName, form: turn.historyForm)
    let hasNews = wait.closeEventOnly ? false : token?.kind != .news || run.record.nextEventID > wait.firstEventID
    if request.waitNewEvent, run.mayGoOn, !hasNews {
      waiting[call.id] = .history(wait)
      historyWaiters[run.runID, default: []].append(call.id)
      return nil
    }
    return try page(wait, waits: request.waitNewEvent, turn)
  }

  private func pageSize(_ asked: Int32) -> Int {
    asked > 0 ? min(Int(asked), limits.historyPageBatches) : limits.historyPageBatches
  }

  private func page(_ wait: HistoryWait, waits: Bool, _ turn: Turn) throws(ServiceError) -> HistoryResponse {
    guard let run = executions[wait.runID] else { throw .runNotFound }
    var response = HistoryResponse()
    response.history = .init()
    if wait.closeEventOnly {
      if !run.mayGoOn {
        let last = run.record.nextEventID - 1
        response.history = .init(try turn.batches(ofRun: wait.runID, from: last), from: last, as: wait.form)
      } else if waits {
        response.nextPageToken = HistoryToken(runID: wait.runID, eventID: run.record.nextEventID, kind: .news).data
      }
      return response
    }
    var batches = try turn.batches(ofRun: wait.runID, from: wait.firstEventID, limit: wait.pageSize)
    let next = batches.last?.events.last.map { $0.eventID + 1 } ?? wait.firstEventID
    if batches.count >= wait.pageSize {
      response.history = .init(batches, as: wait.form)
      // Perhaps there is no more: then the next page is empty.
      response.nextPageToken = HistoryToken(runID: wait.runID, eventID: next, kind: .page).data
      return response
    }
    if waits, run.mayGoOn {
      response.nextPageToken = HistoryToken(runID: wait.runID, eventID: next, kind: .news).data
    }
    if !batches.isEmpty, let task = unstoredTask(run, for: wait.clientName) { batches.append(task) }
    response.history = .init(batches, as: wait.form)
    return response
  }

  /// The events of a task that is not stored, which readers see though they may never be (`server.md` 3.4).
  private func unstoredTask(_ run: Execution, for clientName: String) -> EventBatch? {
    let task = run.record.workflowTask
    guard run.isRunning, task.kind != .normal, task.kind != .none, task.scheduledEventID == run.record.nextEventID,
      clientName != "temporal-cli", clientName != "temporal-ui"
    else { return nil }
    return EventBatch(run.madeUpTaskEvents(identity: ""))
  }

  /// Answers a long poll whose run has new events.
  mutating func answer(_ wait: HistoryWait, _ call: CallID, _ turn: inout Turn) {
    if wait.closeEventOnly, executions[wait.runID]?.mayGoOn == true {
      waiting[call] = .history(wait)
      historyWaiters[wait.runID, default: []].append(call)
      return
    }
    do throws(ServiceError) {
      turn.reply(call, try page(wait, waits: true, turn))
    } catch {
      turn.reply(call, error: error)
    }
  }

  /// Answers a long poll that waited in vain: nothing new, and a token to go on with.
  mutating func answerExpired(_ wait: HistoryWait, _ call: CallID, _ turn: inout Turn) {
    turn.reply(
      call,
      HistoryResponse.with {
        $0.history = .init()
        $0.nextPageToken = HistoryToken(runID: wait.runID, eventID: wait.firstEventID, kind: .news).data
      })
  }

  // MARK: Backwards

  private func getHistoryReverse(
    _ request: ReverseHistoryRequest, _ turn: inout Turn
  ) throws(ServiceError) -> ReverseHistoryResponse {
    try checkNamespace(request.namespace)
    try check(request.hasExecution ? request.execution : nil)
    let token = try HistoryToken(request.nextPageToken, .backwards)
    var execution = request.execution
    if let token {
      try token.check(runID: execution.runID)
      execution.runID = token.runID
    }
    let run = try self.run(execution, in: request.namespace)
    let batches = try turn.batches(
      ofRun: run.runID, before: token?.eventID ?? run.record.nextEventID, limit: pageSize(request.maximumPageSize))
    var response = ReverseHistoryResponse()
    response.history.events = batches.flatMap { $0.events.reversed() }
    if let first = response.history.events.last?.eventID, first > 1 {
      response.nextPageToken = HistoryToken(runID: run.runID, eventID: first, kind: .backwards).data
    }
    return response
  }
}

extension Execution {
  /// Whether readers may wait for more of the run's history. Nobody waits for a run that is paused: the real server takes it for
  /// closed here, and its last event for the one that closed it.
  fileprivate var mayGoOn: Bool { isRunning && !record.paused }
}
