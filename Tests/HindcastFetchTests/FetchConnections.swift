import HindcastCalls
import HindcastFetch
import SwiftProtobuf
import Synchronization
import TemporalAPI
import TemporalServiceAPI

/// A service that gives the last run of a page again on the next one, as when newer runs push the list down.
final class RepeatingList: ServiceConnection {
  private let service: any ServiceConnection
  private let last = Mutex<Temporal_Api_Workflow_V1_WorkflowExecutionInfo?>(nil)
  private let given = Mutex(0)

  init(_ service: any ServiceConnection) { self.service = service }

  /// How many rows the list had.
  var rows: Int { given.withLock { $0 } }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let response = try await service.call(method, request, timeout: timeout)
    guard var list = response as? Temporal_Api_Workflowservice_V1_ListWorkflowExecutionsResponse else {
      return response
    }
    last.withLock { last in
      if let last { list.executions.insert(last, at: 0) }
      last = list.executions.last
    }
    given.withLock { $0 += list.executions.count }
    return list as? Response ?? response
  }
}

/// A service that answers no question for a history before so many have been asked.
final class GatedHistories: ServiceConnection {
  private let service: any ServiceConnection
  private let opensAt: Int
  private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

  init(_ service: any ServiceConnection, opensAt: Int) {
    self.service = service
    self.opensAt = opensAt
  }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    if method.name == "GetWorkflowExecutionHistory" {
      await withCheckedContinuation { continuation in
        let opened = waiting.withLock { waiting in
          waiting.append(continuation)
          return waiting.count == opensAt ? waiting : []
        }
        for continuation in opened { continuation.resume() }
      }
    }
    return try await service.call(method, request, timeout: timeout)
  }
}

/// A service that does not write the workflow id into the first event.
struct ForgetfulHistories: ServiceConnection {
  let service: any ServiceConnection

  init(_ service: any ServiceConnection) { self.service = service }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    let response = try await service.call(method, request, timeout: timeout)
    guard var history = response as? Temporal_Api_Workflowservice_V1_GetWorkflowExecutionHistoryResponse else {
      return response
    }
    history.history.events[0].workflowExecutionStartedEventAttributes.workflowID = ""
    return history as? Response ?? response
  }
}

/// A service that never gives a history.
struct StuckHistories: ServiceConnection {
  let service: any ServiceConnection

  init(_ service: any ServiceConnection) { self.service = service }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    if method.name == "GetWorkflowExecutionHistory" {
      let (never, end) = AsyncStream.makeStream(of: Void.self)
      for await _ in never {}
      end.finish()
      try Task.checkCancellation()
    }
    return try await service.call(method, request, timeout: timeout)
  }
}
