import Foundation
import HindcastCalls
import HindcastHistory
import HindcastVerify
import SwiftProtobuf
import TemporalAPI
import TemporalServiceAPI

/// A worker of another SDK, as far as the server sees it: a client's name, polls, and answers that a test makes up.
struct FakeWorker: Sendable {
  typealias Polled = Temporal_Api_Workflowservice_V1_PollWorkflowTaskQueueResponse

  enum Answer: Sendable {
    case answered
    case failed(String, Temporal_Api_Enums_V1_WorkflowTaskFailedCause = .unspecified, type: String = "")
    case completed([Command])
    /// None at all.
    case silence
  }

  var server: VerificationServer
  var client = "temporal-python"
  var identity = "1@fake"
  var queue = "queue"
  var namespace = "default"

  /// Asks for a task; one without a token when there was none.
  func poll(_ kind: Temporal_Api_Enums_V1_TaskQueueKind = .normal) async throws -> Polled {
    try await call(
      WorkflowService.pollWorkflowTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = kind == .sticky ? "sticky" : queue
        $0.taskQueue.kind = kind
        $0.taskQueue.normalName = kind == .sticky ? queue : ""
        $0.identity = identity
      })
  }

  /// Asks for an activity.
  func pollForActivities() async throws {
    _ = try await call(
      WorkflowService.pollActivityTaskQueue,
      .with {
        $0.namespace = namespace
        $0.taskQueue.name = queue
        $0.identity = identity
      })
  }

  /// Polls and answers until it is cancelled.
  func run(_ answer: @escaping @Sendable (Polled) async -> Answer) async throws {
    while !Task.isCancelled {
      let polled = try await poll()
      if polled.taskToken.isEmpty { continue }
      try await respond(to: polled, await answer(polled))
    }
  }

  func respond(to polled: Polled, _ answer: Answer) async throws {
    switch answer {
    case .answered:
      _ = try await call(
        WorkflowService.respondQueryTaskCompleted,
        .with {
          $0.taskToken = polled.taskToken
          $0.completedType = .answered
        })
    case .failed(let message, let cause, let type) where polled.hasQuery:
      _ = try await call(
        WorkflowService.respondQueryTaskCompleted,
        .with {
          $0.taskToken = polled.taskToken
          $0.completedType = .failed
          $0.errorMessage = message
          $0.cause = cause
          $0.failure.message = message
          $0.failure.applicationFailureInfo.type = type
        })
    case .failed(let message, let cause, let type):
      _ = try await call(
        WorkflowService.respondWorkflowTaskFailed,
        .with {
          $0.taskToken = polled.taskToken
          $0.cause = cause
          $0.failure.message = message
          $0.failure.applicationFailureInfo.type = type
        })
    case .completed(let commands):
      _ = try await call(
        WorkflowService.respondWorkflowTaskCompleted,
        .with {
          $0.taskToken = polled.taskToken
          $0.commands = commands
        })
    case .silence: break
    }
  }

  func call<Request: Message, Response: Message>(
    _ method: ServiceMethod<Request, Response>, _ request: Request
  ) async throws -> Response {
    let data = try await server.call(
      service: method.service, method: method.name, encoded: request.serializedData(), timeout: .seconds(60),
      clientName: client)
    return try Response(serializedBytes: data)
  }
}
