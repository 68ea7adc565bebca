internal import Foundation
internal import HindcastCalls
public import HindcastHistory
internal import HindcastServer
internal import HindcastService
internal import SwiftProtobuf
public import TemporalAPI
internal import TemporalServiceAPI

/// A workflow in a test environment: a chain of runs under one id.
public struct TestRun: Sendable {
  /// Where it runs.
  public let environment: TestEnvironment
  /// Its id.
  public let workflowID: String
  /// Its first run.
  public let firstRunID: String
  /// The registered type; empty for one that something else started.
  public let workflowType: String

  // MARK: Results

  /// Works tasks and skips time until the workflow has ended, and gives its result.
  ///
  /// - Throws: ``TestEnvironmentError`` when it ends otherwise, or cannot.
  public func result<Value: Decodable>(as type: Value.Type = Value.self) async throws -> Value {
    try decode(type, from: try await resultPayloads())
  }

  /// As ``result(as:)``, for a workflow whose result does not matter or that has none.
  public func result() async throws { _ = try await resultPayloads() }

  /// As ``result(as:)``, with the payloads as they are.
  public func resultPayloads() async throws -> Payloads? {
    switch try await end() {
    case .workflowExecutionCompletedEventAttributes(let attributes)?:
      return attributes.hasResult ? attributes.result : nil
    case .workflowExecutionFailedEventAttributes(let attributes)?:
      throw TestEnvironmentError.notCompleted(workflowID: workflowID, .failed(attributes.failure))
    case .workflowExecutionCanceledEventAttributes?:
      throw TestEnvironmentError.notCompleted(workflowID: workflowID, .canceled)
    case .workflowExecutionTerminatedEventAttributes(let attributes)?:
      throw TestEnvironmentError.notCompleted(workflowID: workflowID, .terminated(reason: attributes.reason))
    default:
      throw TestEnvironmentError.notCompleted(workflowID: workflowID, .timedOut)
    }
  }

  /// Works tasks and skips time until the workflow has ended, however it does; runs that follow one another count as one.
  public func waitUntilClosed() async throws { _ = try await end() }

  private func end() async throws -> EventAttributes? {
    try await environment.lastEvent(of: workflowID, from: firstRunID).attributes
  }

  // MARK: Talking to it

  /// Sends a signal. The workflow sees it when something is waited for.
  public func signal<each Argument: Encodable & Sendable>(
    _ name: String, _ arguments: repeat each Argument
  ) async throws {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    try await signal(name, payloads: input.payloads.isEmpty ? nil : input)
  }

  /// Sends a signal with payloads as they are.
  public func signal(_ name: String, payloads: Payloads?) async throws {
    let id = await environment.nextRequestID()
    _ = try await refusing {
      try await environment.service.call(
        WorkflowService.signalWorkflowExecution,
        .with {
          $0.namespace = environment.options.namespace
          $0.workflowExecution.workflowID = workflowID
          $0.signalName = name
          if let payloads { $0.input = payloads }
          $0.identity = "test"
          $0.requestID = id
        })
    }
  }

  /// Asks the workflow to cancel itself.
  public func cancel(reason: String = "") async throws {
    let id = await environment.nextRequestID()
    _ = try await refusing {
      try await environment.service.call(
        WorkflowService.requestCancelWorkflowExecution,
        .with {
          $0.namespace = environment.options.namespace
          $0.workflowExecution.workflowID = workflowID
          $0.identity = "test"
          $0.requestID = id
          $0.reason = reason
        })
    }
  }

  /// Ends the workflow at once.
  public func terminate(reason: String = "") async throws {
    _ = try await refusing {
      try await environment.service.call(
        WorkflowService.terminateWorkflowExecution,
        .with {
          $0.namespace = environment.options.namespace
          $0.workflowExecution.workflowID = workflowID
          $0.identity = "test"
          $0.reason = reason
        })
    }
  }

  /// Ends the workflow's run and begins another that goes on from a workflow task of the old one.
  ///
  /// ```swift
  /// let history = try await run.history()
  /// let again = try await run.reset(to: history.require(.workflowTaskCompleted)[0].eventID)
  /// ```
  ///
  /// - Parameter eventID: The end of a workflow task: what came after it has not happened in the new run.
  /// - Returns: The new run.
  public func reset(to eventID: Int64, reason: String = "") async throws -> TestRun {
    try await environment.reset(workflowID, to: eventID, reason: reason)
  }

  /// Works the tasks that there are now and asks the workflow a question.
  public func query<Value: Decodable, each Argument: Encodable & Sendable>(
    _ name: String, _ arguments: repeat each Argument, as type: Value.Type = Value.self
  ) async throws -> Value {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    return try decode(type, from: try await query(name, payloads: input.payloads.isEmpty ? nil : input))
  }

  /// Asks a question with payloads as they are.
  public func query(_ name: String, payloads: Payloads?) async throws -> Payloads? {
    try await environment.query(workflowID, name, payloads)
  }

  /// Sends an update, works tasks and skips time until it has an outcome.
  public func update<Value: Decodable, each Argument: Encodable & Sendable>(
    _ name: String, _ arguments: repeat each Argument, id: String? = nil, as type: Value.Type = Value.self
  ) async throws -> Value {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    return try decode(type, from: try await update(name, payloads: input.payloads.isEmpty ? nil : input, id: id))
  }

  /// Sends an update whose outcome does not matter or that has none.
  public func update<each Argument: Encodable & Sendable>(
    _ name: String, _ arguments: repeat each Argument, id: String? = nil
  ) async throws {
    var input = Payloads()
    for argument in repeat each arguments { input.payloads += try encode(argument).payloads }
    _ = try await update(name, payloads: input.payloads.isEmpty ? nil : input, id: id)
  }

  /// Sends an update with payloads as they are.
  public func update(_ name: String, payloads: Payloads?, id: String? = nil) async throws -> Payloads? {
    let number = await environment.nextNumber()
    return try await environment.update(workflowID, name, payloads, id: id ?? "update-\(number)")
  }

  // MARK: Its history

  /// The history of the workflow's newest run, or of another one.
  public func history(runID: String = "") async throws -> WorkflowHistory {
    try await environment.history(workflowID: workflowID, runID: runID)
  }

  /// Works tasks and skips time until the history holds an event of a type so many times.
  public func wait(for type: EventType, count: Int = 1) async throws {
    try await wait(describing: type.displayName) { history in history.events.count { $0.eventType == type } >= count }
  }

  /// Works tasks and skips time until the history is as it should be.
  ///
  /// - Parameter what: What is waited for, for the error when it does not come.
  public func wait(
    describing what: String, until isEnough: @Sendable (WorkflowHistory) -> Bool
  ) async throws {
    try await environment.wait(workflowID, describing: what, until: isEnough)
  }
}
