package import HindcastCalls
package import SwiftProtobuf
private import Synchronization
internal import TemporalAPI
internal import TemporalServiceAPI

/// A connection whose polls also give the workflow tasks that came with the answers to starts.
///
/// A worker polls through it as through any other. A poll that is under way at the server while its caller gets such a task
/// goes on, for the next caller.
package final class EagerConnection: ServiceConnection {
  /// A workflow task that came with the answer to a start.
  package typealias EagerTask = ClientConnection.EagerTask
  private typealias Poll = Task<EagerTask, any Error>

  private struct Waiter {
    var number: Int
    var poll: Poll
    var continuation: CheckedContinuation<EagerTask, any Error>
  }

  private struct State {
    /// By task queue.
    var tasks: [String: [EagerTask]] = [:]
    var waiters: [String: [Waiter]] = [:]
    /// Polls that nobody waits for.
    var unwatched: [String: [Poll]] = [:]
    var lastNumber = 0
  }

  private let base: any ServiceConnection
  private let state = Mutex(State())

  /// - Parameter base: What goes to the server.
  package init(_ base: any ServiceConnection) { self.base = base }

  /// Gives what takes an eager task of a queue; `nil` where no worker waits for one.
  package func worker(of queue: String) -> (@Sendable (EagerTask) async -> Void)? {
    let isAwaited = state.withLock { $0.waiters[queue]?.isEmpty == false }
    guard isAwaited else { return nil }
    return { [self] task in take(task, queue) }
  }

  package func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    guard method.name == WorkflowService.pollWorkflowTaskQueue.name,
      let poll = request as? Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest,
      let task = try await next(poll, timeout) as? Response
    else { return try await base.call(method, request, timeout: timeout) }
    return task
  }

  private func next(
    _ request: Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueRequest, _ timeout: Duration?
  ) async throws -> EagerTask {
    let queue = request.taskQueue.name
    if let task = state.withLock({ $0.tasks[queue]?.popFirst() }) { return task }
    let poll =
      state.withLock { $0.unwatched[queue]?.popFirst() }
      ?? Task { [base] in
        try await base.call(WorkflowService.pollWorkflowTaskQueue, request, timeout: timeout)
      }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let number = state.withLock { state in
          state.lastNumber += 1
          state.waiters[queue, default: []].append(
            Waiter(number: state.lastNumber, poll: poll, continuation: continuation))
          return state.lastNumber
        }
        Task { finish(number, queue, await poll.result) }
      }
    } onCancel: {
      poll.cancel()
      for poll in state.withLock({ $0.unwatched.removeValue(forKey: queue) ?? [] }) { poll.cancel() }
    }
  }

  /// Gives the answer of a poll to whoever waits for it.
  private func finish(_ number: Int, _ queue: String, _ result: Result<EagerTask, any Error>) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiters[queue]?.firstIndex(where: { $0.number == number }) else { return nil }
      return state.waiters[queue]?.remove(at: index)
    }
    waiter?.continuation.resume(with: result)
  }

  private func take(_ task: EagerTask, _ queue: String) {
    let waiter = state.withLock { state -> Waiter? in
      guard let waiter = state.waiters[queue]?.popFirst() else {
        state.tasks[queue, default: []].append(task)
        return nil
      }
      state.unwatched[queue, default: []].append(waiter.poll)
      return waiter
    }
    waiter?.continuation.resume(returning: task)
  }
}

extension Array {
  fileprivate mutating func popFirst() -> Element? { isEmpty ? nil : removeFirst() }
}
