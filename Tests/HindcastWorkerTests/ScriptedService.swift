import Foundation
import HindcastCalls
import HindcastWorker
import SwiftProtobuf
import Synchronization
import TemporalServiceAPI

typealias WorkflowPoll = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse
typealias ActivityPoll = Temporal_Api_Workflowservice_V1_PollActivityTaskQueueResponse

/// A service in memory that hands out the tasks it is given and keeps what it is asked.
final class ScriptedService: ServiceConnection {
  /// A request that a test waited for did not come.
  struct Silence: Error, CustomStringConvertible {
    let awaited: String
    var description: String { "no \(awaited) came" }
  }

  private let workflowTasks = AsyncStream.makeStream(of: WorkflowPoll.self)
  private let activityTasks = AsyncStream.makeStream(of: ActivityPoll.self)
  private let requests = AsyncStream.makeStream(of: (any Message).self)
  private let answers: @Sendable (any Message) throws -> (any Message)?

  /// - Parameter answers: What is answered to a request; `nil`: an empty message, or for polls the next task.
  init(answers: @escaping @Sendable (any Message) throws -> (any Message)? = { _ in nil }) {
    self.answers = answers
  }

  func offer(_ task: WorkflowPoll) { workflowTasks.continuation.yield(task) }
  func offer(_ task: ActivityPoll) { activityTasks.continuation.yield(task) }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request, timeout: Duration?
  ) async throws -> Response {
    requests.continuation.yield(request)
    let answer: any Message
    if let scripted = try answers(request) {
      answer = scripted
    } else if Response.self == WorkflowPoll.self {
      answer = try await next(of: workflowTasks.stream)
    } else if Response.self == ActivityPoll.self {
      answer = try await next(of: activityTasks.stream)
    } else {
      answer = Response()
    }
    guard let answer = answer as? Response else {
      throw ServiceError(.internal, "the script answers \(type(of: answer))", method: method.name)
    }
    return answer
  }

  private func next<Element: Sendable>(of stream: AsyncStream<Element>) async throws -> Element {
    for await element in stream { return element }
    throw CancellationError()
  }

  /// The next request of a type; those before it that are of other types are skipped.
  func request<Request: Message>(_ type: Request.Type = Request.self) async throws -> Request {
    let impatience = Task { [requests] in
      try await Task.sleep(for: .seconds(60))
      requests.continuation.finish()
    }
    defer { impatience.cancel() }
    for await request in requests.stream {
      if let request = request as? Request { return request }
    }
    throw Silence(awaited: Request.protoMessageName)
  }
}
