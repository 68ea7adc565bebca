internal import Foundation
internal import HindcastCalls
internal import HindcastHistory
internal import HindcastRecords
internal import SwiftProtobuf
internal import TemporalAPI
internal import TemporalServiceAPI

// Reading histories (`server.md` 14.1).

/// A long poll of a history.
struct HistoryWait: Sendable {
  var runID: String
  /// The first event that the caller has not seen.
  var firstEventID: Int64
  var closeEventOnly: Bool
  var pageSize: Int
  var clientName: String
}

/// Where a reader of a history goes on; opaque to clients.
struct HistoryToken: Sendable, Equatable {
  var runID: String
  var firstEventID: Int64
  var waits: Bool

  var data: Data { Data("h1|\(runID)|\(firstEventID)|\(waits ? 1 : 0)".utf8) }

  init(runID: String, firstEventID: Int64, waits: Bool) {
    self.runID = runID
    self.firstEventID = firstEventID
    self.waits = waits
  }

  init(_ data: Data) throws(ServiceError) {
    let parts = String(decoding: data, as: UTF8.self).split(separator: "|", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "h1", let first = Int64(parts[2]) else {
      throw .invalidArgument("Invalid NextPageToken.")
    }
    self.init(runID: String(parts[1]), firstEventID: first, waits: parts[3] == "1")
  }
}

extension ServerMachine {
  static var readingRoutes: [Route] {
    [
      Route(WorkflowService.getWorkflowExecutionHistory) { (machine, request, call, turn) throws(ServiceError) in
        try machine.getHistory(request, call, &turn)
      }
    ]
  }

  private mutating func getHistory(
    _ request: Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryRequest, _ call: Call, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse? {
    var execution = request.execution
    var first: Int64 = 1
    if !request.nextPageToken.isEmpty {
      let token = try HistoryToken(request.nextPageToken)
      execution.runID = token.runID
      first = token.firstEventID
    }
    let run = try self.run(execution, in: request.namespace)
    let size = Int(request.maximumPageSize)
    let wait = HistoryWait(
      runID: run.runID, firstEventID: first, closeEventOnly: request.historyEventFilterType == .closeEvent,
      pageSize: size > 0 ? min(size, limits.historyPageBatches) : limits.historyPageBatches,
      clientName: call.clientName)
    if request.waitNewEvent, run.isRunning, wait.closeEventOnly || run.record.nextEventID <= first {
      waiting[call.id] = .history(wait)
      historyWaiters[run.runID, default: []].append(call.id)
      return nil
    }
    return try page(wait, waits: request.waitNewEvent, &turn)
  }

  private mutating func page(
    _ wait: HistoryWait, waits: Bool, _ turn: inout Turn
  ) throws(ServiceError) -> Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse {
    guard let run = executions[wait.runID] else { throw .runNotFound }
    var response = Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse()
    if wait.closeEventOnly {
      if !run.isRunning {
        response.history.events = try turn.events(ofRun: wait.runID, from: run.record.nextEventID - 1)
      } else if waits {
        response.nextPageToken =
          HistoryToken(runID: wait.runID, firstEventID: run.record.nextEventID, waits: true).data
      } else {
        response.history = .init()
      }
      return response
    }
    let batches = try turn.batches(ofRun: wait.runID, from: wait.firstEventID, limit: wait.pageSize)
    response.history.events = batches.flatMap { $0 }
    let next = (response.history.events.last?.eventID ?? wait.firstEventID - 1) + 1
    if batches.count >= wait.pageSize || (waits && run.isRunning) {
      response.nextPageToken = HistoryToken(runID: wait.runID, firstEventID: next, waits: waits).data
    } else if run.isRunning, run.record.workflowTask.kind != .normal, run.record.workflowTask.kind != .none,
      wait.clientName != "temporal-cli", wait.clientName != "temporal-ui"
    {
      response.history.events += RunTransaction(run, now: 0, ids: ids, limits: limits).madeUpTaskEvents()
    }
    return response
  }

  /// Answers a long poll whose run has new events.
  mutating func answer(_ wait: HistoryWait, _ call: CallID, _ turn: inout Turn) {
    if wait.closeEventOnly, executions[wait.runID]?.isRunning == true {
      waiting[call] = .history(wait)
      historyWaiters[wait.runID, default: []].append(call)
      return
    }
    do throws(ServiceError) {
      turn.reply(call, try page(wait, waits: true, &turn))
    } catch {
      turn.reply(call, error: error)
    }
  }

  /// Answers a long poll that waited in vain: nothing new, and a token to go on with.
  mutating func answerExpired(_ wait: HistoryWait, _ call: CallID, _ turn: inout Turn) {
    turn.reply(
      call,
      Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse.with {
        $0.history = .init()
        $0.nextPageToken = HistoryToken(runID: wait.runID, firstEventID: wait.firstEventID, waits: true).data
      })
  }
}
