private import Foundation
public import HindcastCalls
private import HindcastHistory
private import HindcastSwift
private import SwiftProtobuf
private import TemporalAPI
private import TemporalServiceAPI

/// A shadow that was started: the workflow's ids, and what may be asked of it.
public struct Shadow: Sendable {
  private let connection: any ServiceConnection
  private let namespace: String
  /// The workflow's id.
  public let workflowID: String
  /// The run that was started, or found running.
  public let runID: String

  /// Starts a shadow, or takes on one of the same id that is running.
  ///
  /// - Parameters:
  ///   - request: What it is to look at.
  ///   - workflowID: Its id.
  ///   - namespace: Where the workflow runs, which may be another one than that whose runs it looks at.
  ///   - taskQueue: Where its workers poll.
  ///   - identity: Who starts it.
  /// - Throws: ``ServiceError``.
  public static func start(
    _ request: ShadowRequest, workflowID: String, namespace: String, taskQueue: String, identity: String,
    on connection: any ServiceConnection
  ) async throws -> Shadow {
    let input = try PayloadConverter.payloads(request)
    let response = try await connection.call(
      WorkflowService.startWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.workflowID = workflowID
        $0.workflowType.name = ShadowNames.workflow
        $0.taskQueue.name = taskQueue
        $0.input = input
        $0.identity = identity
        $0.requestID = UUID().uuidString
        $0.workflowIDConflictPolicy = .useExisting
      })
    return Shadow(connection: connection, namespace: namespace, workflowID: workflowID, runID: response.runID)
  }

  /// What it found so far. A worker has to be there to answer.
  public func progress() async throws -> ShadowResult {
    let response = try await connection.call(
      WorkflowService.queryWorkflow,
      .with {
        $0.namespace = namespace
        $0.execution.workflowID = workflowID
        $0.query.queryType = ShadowNames.progress
      })
    return try PayloadConverter.decode(ShadowResult.self, from: response.queryResult)
  }

  /// Asks it to end with what it has.
  public func cancel() async throws {
    _ = try await connection.call(
      WorkflowService.requestCancelWorkflowExecution,
      .with {
        $0.namespace = namespace
        $0.workflowExecution.workflowID = workflowID
        $0.firstExecutionRunID = runID
        $0.requestID = UUID().uuidString
      })
  }

  /// Waits for the end, through all runs that follow, and gives what was found.
  ///
  /// - Throws: ``ShadowError`` when the workflow ended without a result, ``ServiceError``.
  public func result() async throws -> ShadowResult {
    var runID = runID
    while true {
      let (workflowID, run) = (workflowID, runID)
      let event = try await connection.closingEvent(
        of: .with {
          $0.workflowID = workflowID
          $0.runID = run
        }, in: namespace)
      switch event?.attributes {
      case .workflowExecutionCompletedEventAttributes(let attributes)?:
        return try PayloadConverter.decode(ShadowResult.self, from: attributes.result)
      case .workflowExecutionCanceledEventAttributes(let attributes)? where attributes.hasDetails:
        return try PayloadConverter.decode(ShadowResult.self, from: attributes.details)
      case .workflowExecutionContinuedAsNewEventAttributes(let attributes)?: runID = attributes.newExecutionRunID
      case .workflowExecutionFailedEventAttributes(let attributes)?:
        throw ShadowError(Self.reason(attributes.failure))
      case .workflowExecutionCanceledEventAttributes?: throw ShadowError("it was cancelled before it began")
      case .workflowExecutionTerminatedEventAttributes?: throw ShadowError("it was terminated")
      default: throw ShadowError("it ended with \(event?.eventType.displayName ?? "nothing")")
      }
    }
  }

  /// The innermost message: what the server said of a query, for example.
  private static func reason(_ failure: Failure) -> String {
    failure.hasCause ? reason(failure.cause) : failure.message
  }
}

/// Why a shadow has no result.
public struct ShadowError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reason.
  public let description: String

  init(_ reason: String) { description = "the shadow has no result: \(reason)" }
}
